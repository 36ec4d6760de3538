"""Time comes in from outside, so that every decision can be replayed at another moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from core.errors import InvalidInput


class Clock(Protocol):
    def now(self) -> datetime:
        """The present, in UTC, to the microsecond."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that moves only when told to."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 1, tzinfo=UTC))

    def now(self) -> datetime:
        return self.moment

    def advance(self, **timedelta_args: float) -> datetime:
        self.moment += timedelta(**timedelta_args)
        return self.moment


class EarlierClock:
    """Runs like the system's clock, from another moment on."""

    def __init__(self, begin: datetime) -> None:
        self._behind = datetime.now(UTC) - begin

    def now(self) -> datetime:
        return datetime.now(UTC) - self._behind


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Whole microseconds since 1970 UTC, without the rounding of float timestamps.

    Raises InvalidInput for a time without a zone.
    """
    if moment.tzinfo is None:
        raise InvalidInput(f"the time {moment.isoformat()} has no zone")
    return (moment - _EPOCH) // _MICROSECOND


def optional_micros(moment: datetime | None) -> int | None:
    """`to_micros` of a moment that may not have come."""
    return None if moment is None else to_micros(moment)


def from_micros(micros: int) -> datetime:
    return _EPOCH + micros * _MICROSECOND


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant after `day` in `zone`, as UTC: facts recorded before it belong to the day.

    Raises InvalidInput for a day after which there is none.
    """
    try:
        return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone).astimezone(UTC)
    except OverflowError as error:
        raise InvalidInput(
            f"the day {day} is too far away to count with", hint="name an earlier day"
        ) from error


def last_of(days: int, first: date) -> date:
    """The last of `days` days that begin with `first`; raises InvalidInput past the calendar."""
    try:
        return first + timedelta(days=days - 1)
    except OverflowError as error:
        raise InvalidInput(
            f"{days} days from {first} are too many to count with", hint="name fewer days"
        ) from error


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The calendar day of `moment` in `zone`."""
    return moment.astimezone(zone).date()
