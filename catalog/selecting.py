"""From a plan to SQL: the rows that are chosen, and their cells as they are given.

Three steps, each over the one before: the rows of the grant, the cells masked, the reader's choice.
The last looks at what the second gives, and so finds nothing that is masked or left out.
"""

# ruff: noqa: S608  # names and texts enter SQL through identifier() and literal() only
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from catalog.plan import Column, Mask, MaskKind, ReadPlan
from catalog.predicate import All, Comparison, Not, Operator, Predicate, columns_of
from catalog.predicate import Any as AnyOf
from catalog.source.casts import SQL_TYPES
from catalog.source.connection import identifier, literal
from catalog.source.constants import read_constant
from core.errors import NotFound

STARS = "****"
"""In the place of what a partial mask hides: as many whatever was there."""
_PSEUDONYM = 32
"""Hexadecimal digits of a pseudonym: 128 bits."""
_BLOCK = 64
"""Bytes of a block of SHA-256, to which the keys of HMAC are filled up (RFC 2104)."""
_COMPARISONS = {
    Operator.EQ: "=",
    Operator.NE: "<>",
    Operator.LT: "<",
    Operator.LE: "<=",
    Operator.GT: ">",
    Operator.GE: ">=",
}


def known_columns(columns: Sequence[Column]) -> dict[str, Column]:
    return {column.name: column for column in columns}


def find_column(known: Mapping[str, Column], name: str) -> Column:
    """Raises NotFound for a column that is not there, or is not given."""
    if name not in known:
        raise NotFound("column", name)
    return known[name]


def files_sql(files: Sequence[str]) -> str:
    return f"read_parquet([{', '.join(literal(file) for file in files)}])"


def select_sql(
    files: Sequence[str], plan: ReadPlan, columns: Sequence[Column], constants: list[Any]
) -> str:
    """A query of the chosen columns, masked; appends its constants.

    In the order of the rows, or of what is given where there are pseudonyms.

    Raises NotFound for a column outside `columns`, InvalidInput for a constant that its column
    cannot hold.
    """
    known = known_columns(columns)
    chosen = f"SELECT * FROM {files_sql(files)} WHERE {_test_sql(plan.rows, known, constants)}"
    groups = groups_sql(plan, known, constants)
    if groups and plan.anonymity is not None and plan.anonymity.suppress:
        chosen += f" QUALIFY count(*) OVER (PARTITION BY {groups}) >= {plan.anonymity.k}"
        chosen += " ORDER BY file_index, file_row_number"  # a window keeps no order
    cells = ", ".join(
        f"{_given_sql(plan, find_column(known, name), constants)} AS {identifier(name)}"
        for name in plan.columns
    )
    test = _test_sql(plan.where, known_columns(plan.given(columns)), constants)
    names = ", ".join(map(identifier, plan.chosen))
    query = f"SELECT {names} FROM (SELECT {cells} FROM ({chosen})) WHERE {test}"
    pseudonyms = any(mask.kind is MaskKind.PSEUDONYM for mask in plan.masks)
    # The order of the source would join two grants line by line, and tell the rank of a value.
    return f"{query} ORDER BY ALL" if pseudonyms else query


def small_groups_sql(
    files: Sequence[str], plan: ReadPlan, columns: Sequence[Column], constants: list[Any]
) -> str:
    """A query of how many groups, and rows in them, are smaller than the plan's k; '' if none can be."""
    known = known_columns(columns)
    test = _test_sql(plan.rows, known, constants)
    groups = groups_sql(plan, known, constants)
    if not groups or plan.anonymity is None:
        return ""
    return (
        "SELECT count(*), coalesce(sum(size), 0) FROM (SELECT count(*) AS size"
        f" FROM {files_sql(files)} WHERE {test} GROUP BY {groups} HAVING size < {plan.anonymity.k})"
    )


def groups_sql(plan: ReadPlan, known: Mapping[str, Column], constants: list[Any]) -> str:
    """By what the rows fall into groups: the quasi-identifiers that are told, as they are given."""
    names = told_quasi_identifiers(plan)
    return ", ".join(_given_sql(plan, known[name], constants) for name in names if name in known)


def told_quasi_identifiers(plan: ReadPlan) -> list[str]:
    """Those that a reader learns of each row: given, or what the rows of the plan are chosen by."""
    if plan.anonymity is None:
        return []
    chosen_by = set(columns_of(plan.rows)) if plan.rows is not None else set()
    redacted = {mask.column for mask in plan.masks if mask.kind is MaskKind.REDACT}
    given = set(plan.columns)
    flags = {one.flag for one in plan.secrecy if given & set(one.columns)}  # empty cells tell them
    told = (given - redacted) | chosen_by | flags
    return [name for name in plan.anonymity.quasi_identifiers if name in told]


def _given_sql(plan: ReadPlan, column: Column, constants: list[Any]) -> str:
    """A cell as the plan gives it: masked, and null where a flag keeps it secret."""
    cell = identifier(column.name)
    mask = plan.mask_of(column.name)
    given = cell if mask is None else _masked_sql(mask, column, plan.key, constants)
    flags = [secrecy.flag for secrecy in plan.secrecy if column.name in secrecy.columns]
    if not flags:
        return given
    shown = " AND ".join(f"NOT {identifier(flag)}" for flag in flags)
    return f"CASE WHEN {shown} THEN {given} END"


def _masked_sql(mask: Mask, column: Column, key: bytes, constants: list[Any]) -> str:
    text = f"CAST({identifier(column.name)} AS VARCHAR)"
    match mask.kind:
        case MaskKind.REDACT:
            return f"CAST(NULL AS {SQL_TYPES[column.type]})"
        case MaskKind.PARTIAL:
            shown = f"left({text}, {mask.head}) || '{STARS}' || right({text}, {mask.tail})"
            hidden = f"CASE WHEN length({text}) > {mask.head + mask.tail} THEN {shown}"
            return f"{hidden} WHEN {text} IS NOT NULL THEN '{STARS}' END"
        case MaskKind.PSEUDONYM:
            return _pseudonym_sql(text, column.name, key, constants)


def _pseudonym_sql(text: str, column: str, key: bytes, constants: list[Any]) -> str:
    """HMAC-SHA-256 (RFC 2104) of the text in NFC without blanks around it, cut to 128 bits.

    The column's name and a zero byte go before the text: one value in two columns has two names.
    """
    filled = key.ljust(_BLOCK, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in filled) for pad in (0x36, 0x5C))
    first = _parameter(inner + column.encode() + b"\0", constants)
    second = _parameter(outer, constants)
    message = f"{first}::BLOB || encode(nfc_normalize(trim({text})))"
    return f"left(sha256({second}::BLOB || unhex(sha256({message}))), {_PSEUDONYM})"


def _parameter(value: Any, constants: list[Any]) -> str:
    constants.append(value)
    return f"${len(constants)}"


def _test_sql(
    predicate: Predicate | None, known: Mapping[str, Column], constants: list[Any]
) -> str:
    return "true" if predicate is None else predicate_sql(predicate, known, constants)


def predicate_sql(predicate: Predicate, known: Mapping[str, Column], constants: list[Any]) -> str:
    """SQL of the predicate, in brackets; appends the constants of its parameters.

    SQL's three-valued logic is the predicate's own: a comparison with null is unknown, `not` of
    unknown is unknown, and only rows for which the whole is true are taken.
    """
    match predicate:
        case All(parts):
            return _joined(" AND ", parts, known, constants)
        case AnyOf(parts):
            return _joined(" OR ", parts, known, constants)
        case Not(part):
            return f"(NOT {predicate_sql(part, known, constants)})"
        case Comparison():
            return _comparison_sql(predicate, known, constants)


def _comparison_sql(
    comparison: Comparison, known: Mapping[str, Column], constants: list[Any]
) -> str:
    column = find_column(known, comparison.column)
    cell = identifier(column.name)
    if comparison.op is Operator.STARTS_WITH:
        [prefix] = comparison.values
        return f"starts_with(CAST({cell} AS VARCHAR), {_parameter(prefix, constants)})"
    values = [
        f"CAST({_parameter(read_constant(column, value), constants)} AS {SQL_TYPES[column.type]})"
        for value in comparison.values
    ]
    match comparison.op:
        case Operator.IS_NULL:
            return f"({cell} IS NULL)"
        case Operator.NOT_NULL:
            return f"({cell} IS NOT NULL)"
        case Operator.IN:
            return f"({cell} IN ({', '.join(values)}))"
        case op:
            return f"({cell} {_COMPARISONS[op]} {values[0]})"


def _joined(
    word: str, parts: Sequence[Predicate], known: Mapping[str, Column], constants: list[Any]
) -> str:
    return f"({word.join(predicate_sql(part, known, constants) for part in parts)})"
