"""What the body of a ledger entry says, on both databases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class _Fact(GenericFunction[Any]):
    name = "fact_of_entry"
    inherit_cache = True
    type = Text()


@compiles(_Fact, "sqlite")
def _on_sqlite(element: GenericFunction[Any], compiler: Any, **kw: Any) -> str:
    body, name = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"json_extract(CAST({body} AS TEXT), '$.facts.' || {name})"


@compiles(_Fact, "postgresql")
def _on_postgresql(element: GenericFunction[Any], compiler: Any, **kw: Any) -> str:
    body, name = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"(CAST(convert_from({body}, 'UTF8') AS JSON) -> 'facts' ->> {name})"


def fact(body: ColumnElement[bytes], name: str) -> ColumnElement[str]:
    """The text of a fact; empty where the entry has none of this name."""
    found: ColumnElement[str] = func.coalesce(_Fact(body, cast(literal(name), Text)), "")
    return found
