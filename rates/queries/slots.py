"""The slots of an update cycle: the hours, days, weeks or months in each of which data is due.

Slots are those of the city's calendar: a dataset with a monthly cycle is refreshed once in each
month. They are numbered by whole-number arithmetic alone, the same in SQL and in Python.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, literal, type_coerce

from catalog.model import UpdateCycle
from core.clock import to_micros
from rates.cut import Cut
from rates.queries.source import DATASET

_ONE_DAY, _ONE_HOUR = timedelta(days=1), timedelta(hours=1)
_MICRO = timedelta(microseconds=1)
_SLOT_AND_MORE = timedelta(days=368)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONDAY = 3
"""1970 began on a Thursday."""
_MONTHS = {
    UpdateCycle.MONTHLY: 1,
    UpdateCycle.QUARTERLY: 3,
    UpdateCycle.SEMIANNUAL: 6,
    UpdateCycle.ANNUAL: 12,
}
SLOT_AGES = {cycle: cycle.allowed_age for cycle in UpdateCycle if cycle.allowed_age is not None}
"""The cycles that have slots, each with an age that no slot exceeds."""


class Slots:
    """The slots that end within the window of a cut, by the cycle of the dataset."""

    def __init__(self, cut: Cut) -> None:
        self._cut = cut
        self._first_offset, *changes = _offsets(cut)
        self._changes = [(to_micros(moment), offset) for moment, offset in reversed(changes)]

    def number_of(self, moment: ColumnElement[Any]) -> ColumnElement[int]:
        """The number of the slot that the moment falls in."""
        micros = type_coerce(moment, BigInteger)
        changes = [(micros >= start, offset) for start, offset in self._changes]
        first = literal(self._first_offset[1])
        local = micros + (case(*changes, else_=first) if changes else first)
        return _by_cycle({cycle: _number(cycle, micros, local) for cycle in SLOT_AGES})

    @property
    def first(self) -> ColumnElement[int]:
        """The one that was running when the window began."""
        return _by_cycle({cycle: self._running(cycle, self._cut.since) for cycle in SLOT_AGES})

    @property
    def last(self) -> ColumnElement[int]:
        """The last one that was over at the cut."""
        return _by_cycle({cycle: self._running(cycle, self._cut.until) - 1 for cycle in SLOT_AGES})

    @property
    def earliest(self) -> ColumnElement[int]:
        """A moment before which none of them began, as it is stored."""
        return _by_cycle({cycle: self._before(age) for cycle, age in SLOT_AGES.items()})

    @property
    def earliest_of_all(self) -> int:
        """The same, whatever the cycle: a bound that databases know how to look for."""
        return self._before(max(SLOT_AGES.values()))

    def _before(self, age: timedelta) -> int:
        return to_micros(self._cut.since) - age // _MICRO

    def _running(self, cycle: UpdateCycle, moment: datetime) -> int:
        micros = to_micros(moment)
        offsets = (offset for start, offset in self._changes if micros >= start)
        return int(_number(cycle, micros, micros + next(offsets, self._first_offset[1])))


def _by_cycle(values: Mapping[UpdateCycle, Any]) -> ColumnElement[int]:
    by_name = {cycle.value: value for cycle, value in values.items()}
    return case(by_name, value=DATASET.c.update_cycle)


def _number(cycle: UpdateCycle, micros: Any, local: Any) -> Any:
    """The number of a slot from a moment in microseconds since 1970, in UTC and in the city."""
    day = local // (_ONE_DAY // _MICRO)
    match cycle:
        case UpdateCycle.REALTIME | UpdateCycle.HOURLY:
            return micros // (_ONE_HOUR // _MICRO)
        case UpdateCycle.DAILY:
            return day
        case UpdateCycle.WEEKLY:
            return (day + _MONDAY) // 7
        case _:
            return _month(day) // _MONTHS[cycle]


def _month(day: Any) -> Any:
    """Months since January of the year 0 from days since 1970; right from 1968 to February 2100.

    Years that begin with March have their leap day at the end, so that their months begin after
    the same number of days in every year, and four of them have 1461 days.
    """
    since = day + 671  # the first of March 1968
    year = (4 * since + 3) // 1461
    of_year = since - 1461 * year // 4
    return 12 * (1968 + year) + (5 * of_year + 2) // 153 + 2


def _offsets(cut: Cut) -> Iterator[tuple[datetime, int]]:
    """From when on the city's clocks were ahead of UTC by how many microseconds, oldest first."""

    def offset(moment: datetime) -> int:
        return (moment.astimezone(cut.zone).utcoffset() or timedelta()) // _MICRO

    moment = max(cut.since, _EPOCH + _SLOT_AND_MORE) - _SLOT_AND_MORE
    yield moment, offset(moment)
    while moment < cut.until:
        following = moment + _ONE_DAY
        if offset(following) != offset(moment):
            hour = moment
            while offset(hour) == offset(moment):
                hour += _ONE_HOUR
            yield hour, offset(hour)
        moment = following
