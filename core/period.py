"""A stretch of whole days, as people name one: a year, a quarter, a month, or two days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.clock import end_of_day
from core.errors import InvalidInput

FORMS = "2026, 2026Q2, 2026-05 or 2026-04-01..2026-06-30"
"""One example of each way to name a period."""

_NAMED = re.compile(r"(?P<year>[0-9]{4})(?:[Qq](?P<quarter>[0-9])|-(?P<month>[0-9]{2}))?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_QUARTERS = 4
_MONTHS = 12
_ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` to `last`, both within; `name` is the word that gives it again."""

    first: date
    last: date
    name: str

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its first instant and the first one after it, in UTC; InvalidInput past the calendar."""
        try:
            begin = datetime.combine(self.first, time.min, tzinfo=zone).astimezone(UTC)
        except OverflowError as error:
            raise InvalidInput(
                f"the day {self.first} is too far away to count with", hint="name a later day"
            ) from error
        return begin, end_of_day(self.last, zone)


def parse_period(text: str) -> Period:
    """The period that a word names; raises InvalidInput where it names none."""
    word = text.strip()
    if ".." in word:
        return _between(word)
    match = _NAMED.fullmatch(word)
    if match is None:
        raise InvalidInput(f"'{text}' is no period", hint=f"write it as {FORMS}")
    year = int(match["year"])
    if match["quarter"]:
        quarter = _within(int(match["quarter"]), _QUARTERS, word, "quarter")
        return _months(year, 3 * quarter - 2, 3, f"{match['year']}Q{quarter}")
    if match["month"]:
        month = _within(int(match["month"]), _MONTHS, word, "month")
        return _months(year, month, 1, word)
    return _months(year, 1, _MONTHS, word)


def _within(number: int, most: int, word: str, what: str) -> int:
    if not 1 <= number <= most:
        raise InvalidInput(
            f"the period '{word}' has no {what} {number}", hint=f"a {what} is 1 to {most}"
        )
    return number


def _months(year: int, month: int, count: int, name: str) -> Period:
    """`count` months from `month` on; they stay within their year."""
    try:
        first = date(year, month, 1)
        end = month + count
        last = date(year, _MONTHS, 31) if end > _MONTHS else date(year, end, 1) - _ONE
    except ValueError as error:
        raise InvalidInput(f"the period '{name}' is before all days", hint=FORMS) from error
    return Period(first, last, name)


def _between(word: str) -> Period:
    begin, _, end = (part.strip() for part in word.partition(".."))
    if not (_DAY.fullmatch(begin) and _DAY.fullmatch(end)):
        raise InvalidInput(
            f"'{word}' is no period of two days",
            hint="write the first and the last day, as in 2026-04-01..2026-06-30",
        )
    try:
        first, last = date.fromisoformat(begin), date.fromisoformat(end)
    except ValueError as error:
        raise InvalidInput(
            f"the period '{word}' has a day that no calendar has",
            hint="write the first and the last day, as in 2026-04-01..2026-06-30",
        ) from error
    if last < first:
        raise InvalidInput(
            f"the period '{word}' ends before it begins", hint=f"write it as {last}..{first}"
        )
    return Period(first, last, f"{first}..{last}")
