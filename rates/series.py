"""Stretches of time that follow each other, each measured by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice

from core.period import Period
from rates.model import RateQuery

_ONE = timedelta(days=1)
_MONTHS = 12


class Every(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_LENGTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.YEAR: _MONTHS}


def period_of(day: date, every: Every) -> Period:
    """The whole month, quarter or year that holds a day."""
    length = _LENGTHS[every]
    month = (day.month - 1) // length * length + 1
    first = date(day.year, month, 1)
    end = month + length
    last = date(day.year, _MONTHS, 31) if end > _MONTHS else date(day.year, end, 1) - _ONE
    match every:
        case Every.MONTH:
            name = f"{day.year:04}-{month:02}"
        case Every.QUARTER:
            name = f"{day.year:04}Q{month // length + 1}"
        case Every.YEAR:
            name = f"{day.year:04}"
    return Period(first, last, name)


def last_periods(query: RateQuery, every: Every, count: int) -> list[RateQuery]:
    """The query over each of `count` periods, oldest first; the last one holds its day.

    They are whole, but for the last, which ends with the day.
    """
    periods = list(islice(_backwards(query.as_of, every), count))
    return [_over(query, one, one.first) for one in reversed(periods)]


def months(query: RateQuery) -> list[RateQuery]:
    """The query over each month of its window, oldest first; the first and last as far as it goes."""
    first = query.as_of - timedelta(days=query.window_days - 1)
    found: list[RateQuery] = []
    for one in _backwards(query.as_of, Every.MONTH):
        found.append(_over(query, one, max(one.first, first)))
        if one.first <= first:
            break
    return found[::-1]


def _backwards(day: date, every: Every) -> Iterator[Period]:
    """The period that holds a day, and those before it as far as there are days."""
    while True:
        period = period_of(day, every)
        yield period
        if period.first == date.min:
            return
        day = period.first - _ONE


def _over(query: RateQuery, period: Period, first: date) -> RateQuery:
    as_of = min(period.last, query.as_of)
    return replace(query, as_of=as_of, window_days=(as_of - first).days + 1, period=period.name)
