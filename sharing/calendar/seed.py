"""What the package `holidays` knows of announcements, for years of which nothing was imported."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.metadata import version
from itertools import count
from typing import TYPE_CHECKING

from sharing.calendar.model import Announcement, DayKind, SpecialDay

if TYPE_CHECKING:
    import holidays

FIRST_YEAR = 2001
"""From this year on the package was checked against the notices of the State Council."""

_DECEMBER = 12
_MADE_UP = "调休上班"


@cache
def seed() -> tuple[Announcement, ...]:
    """One announcement a year, up to the first year of which the package knows no make-up days.

    Beyond the notices it reckons holidays from the law alone; none of those is taken.
    """
    import holidays

    known = holidays.country_holidays("CN", language="zh_CN")
    last = next(year for year in count(FIRST_YEAR) if not _announced(known, year)) - 1
    days = [SpecialDay(day, DayKind.OFF, name) for day, name in known.items()]
    days += [SpecialDay(day, DayKind.WORK, _MADE_UP) for day in known.weekend_workdays]
    by_year: dict[int, list[SpecialDay]] = {year: [] for year in range(FIRST_YEAR, last + 1)}
    for one in sorted(days):
        # What is special about a day in December comes from the New Year's Day that follows.
        year = one.day.year + (one.day.month == _DECEMBER)
        if one.day.year <= last:
            by_year[min(year, last)].append(one)
    source = f"holidays {version('holidays')}"
    return tuple(
        Announcement(year=year, source=source, days=tuple(found)) for year, found in by_year.items()
    )


def _announced(known: holidays.HolidayBase, year: int) -> bool:
    """Whether the package knows make-up days of `year`; asking for a day of it makes it look."""
    _ = date(year, 1, 1) in known
    return any(day.year == year for day in known.weekend_workdays)
