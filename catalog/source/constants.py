"""Constants of a row predicate, read as values of the column that they are compared with."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Context, Decimal
from typing import TypeAlias

from catalog.plan import Column, ColumnType
from catalog.predicate import Scalar
from core.errors import InvalidInput

Constant: TypeAlias = "str | int | float | bool | Decimal | dt.date | dt.datetime"

_INTEGER = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TRUTHS = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
_SCALE = Decimal(1).scaleb(-9)
_LARGEST = Decimal(10) ** 29


def read_constant(column: Column, value: Scalar) -> Constant:
    """`value` as the type of `column`; raises InvalidInput when the column could never hold it.

    Dates and times are ISO 8601 whatever the column's own format is; an offset is turned into UTC,
    as it is when data is read.
    """
    text = str(value).lower() if isinstance(value, bool) else str(value)
    try:
        return _READERS[column.type](text)
    except (ValueError, KeyError, OverflowError) as error:
        raise InvalidInput(
            f"'{text[:80]}' is not a valid {column.type} for column '{column.name}'",
            hint=_EXAMPLES.get(column.type),
        ) from error


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text) or not -(2**63) <= int(text) < 2**63:
        raise ValueError(text)
    return int(text)


def _number(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    number = Decimal(text)
    if number.copy_abs() >= _LARGEST or number != number.quantize(_SCALE, context=_EXACT):
        raise ValueError(text)
    return number


def _double(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return float(text)


def _date(text: str) -> dt.date:
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return dt.date.fromisoformat(text)


def _time(text: str) -> str:
    """As the lake keeps it: text without needless zeros."""
    moment = dt.time.fromisoformat(text)
    if moment.tzinfo is not None:
        raise ValueError(text)
    whole, _, fraction = moment.isoformat().partition(".")
    return f"{whole}.{fraction.rstrip('0')}" if fraction else whole


def _timestamp(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment


_EXACT = Context(prec=60)
_READERS: dict[ColumnType, Callable[[str], Constant]] = {
    ColumnType.STRING: str,
    ColumnType.INTEGER: _integer,
    ColumnType.NUMBER: _number,
    ColumnType.DOUBLE: _double,
    ColumnType.BOOLEAN: lambda text: _TRUTHS[text.lower()],
    ColumnType.DATE: _date,
    ColumnType.TIME: _time,
    ColumnType.TIMESTAMP: _timestamp,
}
_EXAMPLES = {
    ColumnType.INTEGER: "write an integer such as 42",
    ColumnType.NUMBER: 'write a decimal as text, such as "1.5", with at most nine decimals',
    ColumnType.DOUBLE: 'write a number as text, such as "1.5"',
    ColumnType.BOOLEAN: "write true or false",
    ColumnType.DATE: "write a date such as 2026-01-31",
    ColumnType.TIME: "write a time such as 08:30:00",
    ColumnType.TIMESTAMP: "write a time such as 2026-01-31T08:30:00",
}
