"""Working days against what the State Council announced, and laws of counting them."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from sharing.calendar.documents import read_announcement
from sharing.calendar.model import (
    Announcement,
    DayKind,
    NotAnnounced,
    SpecialDay,
    WorkingCalendar,
)
from sharing.calendar.seed import FIRST_YEAR, seed

ANNOUNCED = Path(__file__).parents[1] / "data" / "cn-holidays"
FILES = sorted(ANNOUNCED.glob("*.json"))
FIRST, LAST = date(2018, 12, 29), date(2026, 12, 31)
"""The first day that the announcements name, and the last that they cover."""

SEEDED = WorkingCalendar(seed())
IMPORTED = WorkingCalendar(read_announcement(path.read_bytes(), path.name) for path in FILES)


def days_between(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def announced() -> dict[date, bool]:
    """Whether each named day is worked, read from the files without the program."""
    documents = [json.loads(path.read_text("utf-8")) for path in FILES]
    return {
        date.fromisoformat(one["date"]): not one["isOffDay"]
        for document in documents
        for one in document["days"]
    }


def test_seed_and_import_say_of_every_day_what_was_announced():
    named = announced()
    assert len(FILES) == 8
    for day in days_between(FIRST, LAST):
        worked = named.get(day, day.weekday() < 5)
        assert SEEDED.is_working(day) is worked, day
        if day.year > FIRST.year:
            assert IMPORTED.is_working(day) is worked, day


def test_the_seed_ends_with_the_last_year_whose_make_up_days_are_known():
    years = [told.year for told in seed()]
    assert years == list(range(FIRST_YEAR, years[-1] + 1))
    assert years[-1] >= LAST.year
    for told in seed():
        assert {one.kind for one in told.days} == set(DayKind)
        assert told.source.startswith("holidays ")


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        # Rule 1: ten working days from a Friday before National Day; a week's count gives 10-10.
        ("2025-09-26", 10, "2025-10-16"),
        ("2025-10-16", 20, "2025-11-13"),
        ("2025-09-30", 1, "2025-10-09"),
        # Received on a day off; the make-up Sunday before National Day counts.
        ("2025-09-27", 1, "2025-09-28"),
        ("2025-10-03", 1, "2025-10-09"),
    ],
)
@pytest.mark.parametrize("calendar", [SEEDED, IMPORTED], ids=["seed", "imported"])
def test_due_days_of_the_law(calendar, start, days, due):
    assert calendar.due(date.fromisoformat(start), days).isoformat() == due


def test_the_day_of_receipt_counts_where_it_is_asked_to():
    friday, sunday = date(2025, 9, 26), date(2025, 10, 5)
    assert SEEDED.due(friday, 1, counting_start=True) == friday
    assert SEEDED.due(friday, 10, counting_start=True) == date(2025, 10, 15)
    assert SEEDED.due(sunday, 1, counting_start=True) == SEEDED.due(sunday, 1)


STARTS = st.dates(date(FIRST_YEAR, 1, 1), date(2025, 12, 31))
DAYS = st.integers(1, 60)


@given(STARTS, DAYS, st.booleans())
def test_due_is_a_working_day_that_many_days_away(start, days, counting):
    due = SEEDED.due(start, days, counting_start=counting)
    assert SEEDED.is_working(due)
    counted = SEEDED.working_days_between(start, due)
    assert counted == days - (counting and SEEDED.is_working(start))
    assert SEEDED.working_days_between(due, start) == -counted


@given(STARTS, DAYS, DAYS, st.integers(0, 40))
def test_more_days_and_a_later_start_are_due_later(start, days, more, later):
    assert SEEDED.due(start, days) < SEEDED.due(start, days + more)
    assert SEEDED.due(start, days) <= SEEDED.due(start + timedelta(days=later), days)


@pytest.mark.parametrize("days", [0, -1])
def test_less_than_one_day_is_refused(days):
    with pytest.raises(InvalidInput, match="end on no day"):
        SEEDED.due(FIRST, days)


def day(text, kind=DayKind.OFF):
    return SpecialDay(date.fromisoformat(text), kind, "名")


def told(year, *days):
    return Announcement(year=year, source="test", days=days)


GAPPED = WorkingCalendar([told(2025), told(2026), told(2028)])


@pytest.mark.parametrize(
    "ask",
    [
        lambda: GAPPED.due(date(2026, 12, 31), 1),
        lambda: GAPPED.due(date(2027, 1, 1), 1),
        lambda: GAPPED.is_working(date(2027, 5, 3)),
        lambda: GAPPED.working_days_between(date(2026, 12, 31), date(2028, 1, 1)),
        lambda: GAPPED.special_days(2027),
    ],
    ids=["due after", "due from", "is working", "between", "special days"],
)
def test_of_a_year_that_nobody_announced_nothing_is_said(ask):
    with pytest.raises(NotAnnounced, match=r"says nothing of 2027.*2025 to 2026, 2028") as caught:
        ask()
    assert caught.value.hint.endswith("2027: bureau calendar import FILE")


def test_the_ends_of_the_calendar_of_python_are_outside_too():
    for ask in (date.min, date.max):
        with pytest.raises(NotAnnounced, match="it covers 2001 to"):
            SEEDED.due(ask, 1)
    with pytest.raises(NotAnnounced, match="says nothing of 99999"):
        SEEDED.special_days(99999)
    with pytest.raises(NotAnnounced, match="it covers no year"):
        WorkingCalendar([]).is_working(FIRST)


def test_an_import_replaces_the_year_and_nothing_else():
    calendar = WorkingCalendar([*seed(), told(2025, day("2025-09-29"))])
    assert not calendar.is_working(date(2025, 9, 29))
    assert calendar.is_working(date(2025, 10, 1))
    assert not calendar.is_working(date(2024, 10, 1))
    assert calendar.special_days(2025) == [day("2025-09-29")]
    assert calendar.special_days(2026) == SEEDED.special_days(2026)


def test_the_next_year_may_change_december():
    before = told(2025, day("2025-12-31"))
    after = told(2026, day("2025-12-27", DayKind.WORK), day("2025-12-31", DayKind.WORK))
    calendar = WorkingCalendar([after, before])
    assert calendar.is_working(date(2025, 12, 27))
    assert calendar.is_working(date(2025, 12, 31))


def test_answers_name_the_announcements_that_they_rest_on():
    def years(calendar, first, last):
        found = calendar.sources(date.fromisoformat(first), date.fromisoformat(last))
        return [one.year for one in found]

    assert years(SEEDED, "2025-09-26", "2025-10-16") == [2025]
    assert years(SEEDED, "2018-12-20", "2018-12-29") == [2018, 2019]
    assert years(SEEDED, "2024-12-20", "2025-01-10") == [2024, 2025]


def test_equal_announcements_have_equal_hashes_whatever_their_source():
    one = told(2025, day("2025-01-01"))
    assert one.sha256 == Announcement(year=2025, source="other", days=one.days).sha256
    assert one.sha256 != told(2026, day("2025-01-01")).sha256
    assert one.sha256 != told(2025, day("2025-01-01", DayKind.WORK)).sha256
