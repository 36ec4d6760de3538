"""The stretch of time that a query looks at, worked out once for all its parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.clock import end_of_day, local_day
from core.errors import InvalidInput
from core.period import Period
from rates.model import RateQuery
from sharing.calendar.model import WorkingCalendar
from sharing.calendar.seed import seed

_RESOLUTION = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Facts recorded before `until` count; the window is the moments from `since` up to `until`.

    The window is made of whole days, `first_day` to `last_day`, in the city's zone.
    """

    since: datetime
    until: datetime
    first_day: date
    last_day: date
    zone: ZoneInfo
    calendar: Callable[[], WorkingCalendar] = lambda: WorkingCalendar(seed())
    """The working days as they were announced at the cut; read only by whom they matter to."""

    @property
    def last(self) -> datetime:
        """The last moment that counts; ages are measured at it."""
        return self.until - _RESOLUTION

    @property
    def last_day_over(self) -> date:
        """The last day that was over at the cut: what is due on a day is late when it is over."""
        return local_day(self.until, self.zone) - timedelta(days=1)


def query_over(period: Period, today: date, **filters: str) -> RateQuery:
    """The query that measures a period, as far as it has come; raises InvalidInput before it begins."""
    if period.first > today:
        raise InvalidInput(
            f"the period {period.name} has not begun: today is {today}",
            hint="ask for one that has",
        )
    as_of = min(period.last, today)
    days = (as_of - period.first).days + 1
    return RateQuery(as_of=as_of, window_days=days, period=period.name, **filters)


def cut_for(query: RateQuery, *, zone: ZoneInfo, now: datetime) -> Cut:
    """The cut of `query`; a day that is not over yet ends, so far, with `now`.

    Raises InvalidInput for a day that has not begun and for an impossible window.
    """
    today = local_day(now, zone)
    if query.as_of > today:
        raise InvalidInput(
            f"the day {query.as_of} has not begun: today is {today} in {zone.key}",
            hint="ask for today or a day before it",
        )
    if not 1 <= query.window_days < query.as_of.toordinal():
        raise InvalidInput(
            f"a window of {query.window_days} days before {query.as_of} is not possible",
            hint="use a whole number of days from 1 on, such as 365",
        )
    before = query.as_of - timedelta(days=query.window_days)
    return Cut(
        since=end_of_day(before, zone),
        until=min(end_of_day(query.as_of, zone), now + _RESOLUTION),
        first_day=before + timedelta(days=1),
        last_day=query.as_of,
        zone=zone,
    )
