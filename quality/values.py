"""Texts of a contract (bounds, enumerated values) read as the type of the column they speak of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, InvalidOperation
from math import inf
from typing import TypeAlias

from sqlglot import exp

from catalog.plan import Column, ColumnType
from core.errors import InvalidInput

Value: TypeAlias = str | int | Decimal | float | bool | date | time | datetime

SQL_TYPES = {
    ColumnType.STRING: "VARCHAR",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.NUMBER: "DECIMAL(38, 9)",
    ColumnType.DOUBLE: "DOUBLE",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.DATE: "DATE",
    ColumnType.TIME: "TIME",
    ColumnType.TIMESTAMP: "TIMESTAMP",
}
"""How a column of each type is held; timestamps are instants in UTC without a zone."""

_SCALES = {ColumnType.INTEGER: 0, ColumnType.NUMBER: 9}
_EXACT = Context(prec=60)
"""More digits than any column holds; the default context would round a bound at 28."""
_RANGES = {
    ColumnType.INTEGER: (Decimal(-(2**63)), Decimal(2**63 - 1)),
    ColumnType.NUMBER: (
        Decimal(1 - 10**38).scaleb(-9, _EXACT),
        Decimal(10**38 - 1).scaleb(-9, _EXACT),
    ),
}


def read_value(text: str, column: Column) -> Value:
    """Read `text` as `column` reads a cell: its own date format first, then ISO 8601.

    Numbers keep every digit written, whatever the column can hold. Raises InvalidInput.
    """
    try:
        return _READERS[column.type](text, column.format)
    except (ValueError, InvalidOperation) as error:
        raise InvalidInput(
            f"'{text}' in the contract cannot be read as the {column.type} that '{column.name}' is"
        ) from error


def literal(value: Value, kind: ColumnType) -> exp.Expr:
    """Make a literal of the column's own type; an infinity is a double whatever the column is."""
    match value:
        case bool() | int() | str():
            return exp.convert(value)
        case float():
            return exp.cast(exp.Literal.string(repr(value)), SQL_TYPES[ColumnType.DOUBLE])
        case datetime():
            text = value.isoformat(sep=" ")
        case Decimal():
            text = f"{value:f}"
        case date() | time():
            text = value.isoformat()
    return exp.cast(exp.Literal.string(text), SQL_TYPES[kind])


def fits(value: Value, kind: ColumnType) -> Value | None:
    """Give the value of the column's type that equals `value`; None where no such value exists."""
    if not isinstance(value, Decimal):
        return value
    held = to_grid(value, kind, up=True)
    return held if held == value else None


def holdable(texts: Sequence[str], column: Column) -> list[Value]:
    """The values that the texts stand for, without those that the column cannot hold."""
    found: list[Value] = []
    for text in texts:
        try:
            value = fits(read_value(text, column), column.type)
        except InvalidInput:
            continue
        if value is not None:
            found.append(value)
    return found


def to_grid(bound: Value, kind: ColumnType, *, up: bool) -> Value:
    """Move a bound that falls between two values of the column to the next one up or down.

    Then `>= 0.5` is `>= 1` for integers and means what the contract says. A bound beyond every value
    of the column becomes an infinity.
    """
    if not isinstance(bound, Decimal):
        return bound
    smallest, largest = _RANGES[kind]
    if not smallest <= bound <= largest:
        return inf if bound > 0 else -inf
    step = Decimal(1).scaleb(-_SCALES[kind])
    held = bound.quantize(step, ROUND_CEILING if up else ROUND_FLOOR, _EXACT)
    return int(held) if kind is ColumnType.INTEGER else held


def _number(text: str, _: str) -> Decimal:
    value = Decimal(text.strip())
    if not value.is_finite():
        raise ValueError(text)
    return value


def _double(text: str, _: str) -> float:
    return float(text)


def _boolean(text: str, _: str) -> bool:
    return ("false", "true").index(text.strip().lower()) == 1


def _moment(text: str, pattern: str) -> datetime:
    if pattern:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007  a zone is kept if one is written
        except ValueError:
            pass
    return datetime.fromisoformat(text)


def _date(text: str, pattern: str) -> date:
    moment = _moment(text, pattern)
    if moment.time() != time.min:
        raise ValueError(text)
    return moment.date()


def _timestamp(text: str, pattern: str) -> datetime:
    moment = _moment(text, pattern)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _time(text: str, pattern: str) -> time:
    if pattern:
        try:
            return datetime.strptime(text, pattern).time()  # noqa: DTZ007  only the time is kept
        except ValueError:
            pass
    return time.fromisoformat(text)


_READERS: dict[ColumnType, Callable[[str, str], Value]] = {
    ColumnType.STRING: lambda text, _: text,
    ColumnType.INTEGER: _number,
    ColumnType.NUMBER: _number,
    ColumnType.DOUBLE: _double,
    ColumnType.BOOLEAN: _boolean,
    ColumnType.DATE: _date,
    ColumnType.TIME: _time,
    ColumnType.TIMESTAMP: _timestamp,
}
