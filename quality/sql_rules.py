"""What a rule written in SQL may say: one query that reads the delivered table and nothing else."""

from __future__ import annotations

from core.errors import InvalidInput

DIALECT = "duckdb"


def require_query(sql: str, tables: frozenset[str]) -> None:
    """Raise InvalidInput unless `sql` is one query over `tables` (in lower case) alone.

    What this overlooks, the engine's sandbox forbids; this says it before any data is read, and in
    words.
    """
    # Contracts are compiled to be looked at too, and few have such a rule.
    from sqlglot import exp, parse
    from sqlglot.errors import SqlglotError

    try:
        statements = [statement for statement in parse(sql, dialect=DIALECT) if statement]
    except SqlglotError as error:
        line = str(error).partition("\n")[0]
        raise InvalidInput(f"the query cannot be read: {line}") from error
    if len(statements) != 1:
        raise InvalidInput(f"the rule needs one query, and has {len(statements)}")
    statement = statements[0]
    if not isinstance(statement, exp.Query) or statement.find(exp.Into, exp.Command, exp.DML):
        raise InvalidInput("the rule may only read: write one SELECT")
    own = {cte.alias_or_name.lower() for cte in statement.find_all(exp.CTE)}
    for table in statement.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier) or table.db:
            raise InvalidInput(f"the rule may only read the table itself, not {table.sql(DIALECT)}")
        if table.name.lower() not in own | tables:
            known = ", ".join(sorted(tables))
            raise InvalidInput(f"the rule reads '{table.name}', and only {known} can be read")
