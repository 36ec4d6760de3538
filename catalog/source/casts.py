r"""How a cell of text is read as a typed value; what cannot be read is null, never an error.

| type | text |
|---|---|
| integer | sign and digits; beyond 64 bits is unread |
| number | decimal notation with an optional exponent; up to 29 digits before the point, rounded to nine after it; `NaN` is unread |
| double | as number, and NaN and infinity, which are values of this type |
| boolean | true false t f yes no y n 1 0, in any case |
| date | 2026-01-31, or the column's format |
| time | 08:30, 08:30:00, 08:30:00.5, or the column's format; kept as text in this form |
| timestamp | 2026-01-31, 2026-01-31 08:30:00.5, also with T and with Z or an offset, which is turned into UTC; or the column's format |

Spaces around a value are no part of it, except in strings. Dates lie in the years 1 to 9999.
DuckDB's own casts are wider (1.5 and 0x10 are integers to it, an offset is dropped), so each has a
guard. A regular expression costs more than the cast: it is asked only when the value's own text
differs from the cell.
"""

from __future__ import annotations

import duckdb

from catalog.plan import Column, ColumnType
from catalog.source.connection import identifier, literal
from core.errors import InvalidInput

SQL_TYPES = {
    ColumnType.STRING: "VARCHAR",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.NUMBER: "DECIMAL(38, 9)",
    ColumnType.DOUBLE: "DOUBLE",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.DATE: "DATE",
    ColumnType.TIME: "VARCHAR",  # Delta has no time of day; the text sorts as the time does
    ColumnType.TIMESTAMP: "TIMESTAMP",
}

_INTEGER = r"\s*[+-]?[0-9]+\s*"
_DATE = r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*"
_TIME = r"\s*[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?\s*"
_TIMESTAMP = r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?)?\s*"
_OFFSET = (
    r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?"
    r" ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)\s*"
)


def value_sql(column: Column, text: str) -> str:
    """The typed value of the SQL expression `text`, which yields a VARCHAR."""
    if column.type is ColumnType.STRING:
        return text
    if column.format and column.type in _PARSED:
        return _parsed(column.type, f"try_strptime({text}, {literal(column.format)})")
    return _READERS[column.type](text)


def select_list(columns: dict[str, str]) -> str:
    """`{name: expression}` as the columns of a SELECT."""
    return ", ".join(f"{sql} AS {identifier(name)}" for name, sql in columns.items())


def check_formats(connection: duckdb.DuckDBPyConnection, columns: tuple[Column, ...]) -> None:
    """Raise InvalidInput for the first format that is not a strptime pattern."""
    for column in columns:
        try:
            connection.execute(f"SELECT {value_sql(column, literal(''))}").fetchall()
        except duckdb.Error as error:
            raise InvalidInput(
                f"column '{column.name}': '{column.format}' is not a date pattern",
                hint="write a strptime pattern such as %Y-%m-%d or %d/%m/%Y %H:%M",
            ) from error


def _integer(text: str) -> str:
    value = f"TRY_CAST({text} AS BIGINT)"
    return _guarded(value, text, _INTEGER)


def _number(text: str) -> str:
    return f"CASE WHEN NOT contains({text}, '_') THEN TRY_CAST({text} AS DECIMAL(38, 9)) END"


def _double(text: str) -> str:
    return f"CASE WHEN NOT contains({text}, '_') THEN TRY_CAST({text} AS DOUBLE) END"


def _boolean(text: str) -> str:
    return f"TRY_CAST(trim({text}) AS BOOLEAN)"


def _date(text: str) -> str:
    value = f"TRY_CAST({text} AS DATE)"
    return _within_years(_guarded(value, text, _DATE), "DATE")


def _time(text: str) -> str:
    value = f"TRY_CAST(TRY_CAST({text} AS TIME) AS VARCHAR)"
    return (
        f"CASE WHEN regexp_full_match({text}, '{_TIME}') AND NOT {value} >= '24' THEN {value} END"
    )


def _timestamp(text: str) -> str:
    value = f"TRY_CAST({text} AS TIMESTAMP)"
    shifted = f"CAST(TRY_CAST({text} AS TIMESTAMPTZ) AS TIMESTAMP)"
    read = (
        f"CASE WHEN CAST({value} AS VARCHAR) = {text} OR regexp_full_match({text}, '{_TIMESTAMP}')"
        f" THEN {value} WHEN regexp_full_match({text}, '{_OFFSET}') THEN {shifted} END"
    )
    return _within_years(read, "TIMESTAMP")


def _guarded(value: str, text: str, pattern: str) -> str:
    return (
        f"CASE WHEN CAST({value} AS VARCHAR) = {text} OR regexp_full_match({text}, '{pattern}')"
        f" THEN {value} END"
    )


def _within_years(value: str, kind: str) -> str:
    low, high = f"{kind} '0001-01-01'", f"{kind} '9999-12-31'"
    if kind == "TIMESTAMP":
        high = "TIMESTAMP '9999-12-31 23:59:59.999999'"
    return f"CASE WHEN ({value}) BETWEEN {low} AND {high} THEN ({value}) END"


def _parsed(kind: ColumnType, moment: str) -> str:
    if kind is ColumnType.TIME:
        return f"CAST(CAST({moment} AS TIME) AS VARCHAR)"
    return _within_years(f"CAST({moment} AS {SQL_TYPES[kind]})", SQL_TYPES[kind])


_PARSED = (ColumnType.DATE, ColumnType.TIME, ColumnType.TIMESTAMP)
_READERS = {
    ColumnType.INTEGER: _integer,
    ColumnType.NUMBER: _number,
    ColumnType.DOUBLE: _double,
    ColumnType.BOOLEAN: _boolean,
    ColumnType.DATE: _date,
    ColumnType.TIME: _time,
    ColumnType.TIMESTAMP: _timestamp,
}
