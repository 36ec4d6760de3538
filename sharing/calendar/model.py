"""Working days: weekdays, less the announced days off, with the make-up working days (调休)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from core.canonical import content_hash
from core.errors import Conflict, InvalidInput

_DAY = timedelta(days=1)
_SATURDAY = 5


class NotAnnounced(Conflict):
    """No announcement that the calendar has covers a day: what is due then is not guessed."""


class DayKind(StrEnum):
    OFF = "off"
    WORK = "work"


@dataclass(frozen=True, slots=True, order=True)
class SpecialDay:
    """A day that is not what its place in the week says, or that is named all the same."""

    day: date
    kind: DayKind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What was announced of one year. Around New Year's, days of the December before belong to it.

    `recorded_at` is None for one that came with the program.
    """

    year: int
    source: str
    days: tuple[SpecialDay, ...]
    recorded_at: datetime | None = None

    @property
    def rows(self) -> list[list[str]]:
        """Its days as text: date, kind and name."""
        return [[one.day.isoformat(), one.kind.value, one.name] for one in self.days]

    @property
    def sha256(self) -> str:
        """The hash of what it says, whatever file it was read from."""
        return content_hash({"year": self.year, "days": self.rows})


class WorkingCalendar:
    """The years that announcements cover; of a day in any other year it says nothing.

    Of two announcements of a year the later one given holds. Of a day that two years name, what is
    announced of the later year holds.
    """

    def __init__(self, announcements: Iterable[Announcement]) -> None:
        by_year = {announcement.year: announcement for announcement in announcements}
        self.announcements = tuple(by_year[year] for year in sorted(by_year))
        self._years = by_year.keys()
        self._special = {one.day: one for told in self.announcements for one in told.days}

    def is_working(self, day: date) -> bool:
        """Raises NotAnnounced for a day that no announcement covers."""
        self._require(day.year, day)
        special = self._special.get(day)
        return special.kind is DayKind.WORK if special else day.weekday() < _SATURDAY

    def due(self, start: date, days: int, *, counting_start: bool = False) -> date:
        """The last of `days` working days after `start`, or from it on where `counting_start`.

        Raises InvalidInput for less than one day, NotAnnounced where the calendar ends before.
        """
        if days < 1:
            raise InvalidInput(
                f"{days} working days end on no day", hint="name one working day or more"
            )
        left = days - (self.is_working(start) and counting_start)
        day = start
        while left:
            day += _DAY
            left -= self.is_working(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days follow `start` up to `end`, itself included; less than none before."""
        if end < start:
            return -self.working_days_between(end, start)
        self._require(start.year, start)
        days = (start + n * _DAY for n in range(1, (end - start).days + 1))
        return sum(map(self.is_working, days))

    def special_days(self, year: int) -> list[SpecialDay]:
        """The days of `year` that are off, or worked, by announcement; raises NotAnnounced."""
        self._require(year, year)
        return sorted(one for one in self._special.values() if one.day.year == year)

    def sources(self, first: date, last: date) -> list[Announcement]:
        """The announcements on which answers about these days rest."""
        return [
            told
            for told in self.announcements
            if first.year <= told.year <= last.year
            or any(first <= one.day <= last for one in told.days)
        ]

    def _require(self, year: int, asked: date | int) -> None:
        if year not in self._years:
            raise NotAnnounced(
                f"the working-day calendar says nothing of {asked}: it covers {self._covered()}, and"
                " limits are counted in announced working days alone (Art. 17, 21, 22, 26)",
                hint=f"import what is announced of {year}: bureau calendar import FILE",
            )

    def _covered(self) -> str:
        """The years in words, as in "2001 to 2026, 2028"."""
        spans: list[tuple[int, int]] = []
        for year in sorted(self._years):
            if spans and spans[-1][1] == year - 1:
                spans[-1] = (spans[-1][0], year)
            else:
                spans.append((year, year))
        words = [f"{a} to {b}" if a != b else f"{a}" for a, b in spans]
        return ", ".join(words) or "no year"
