from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import local_day
from core.errors import InvalidInput
from core.period import Period, parse_period


@pytest.mark.parametrize(
    ("word", "first", "last", "name"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2026"),
        ("2026Q1", date(2026, 1, 1), date(2026, 3, 31), "2026Q1"),
        ("2026q2", date(2026, 4, 1), date(2026, 6, 30), "2026Q2"),
        ("2026Q4", date(2026, 10, 1), date(2026, 12, 31), "2026Q4"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "2024-02"),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31), "2026-12"),
        ("9999-12", date(9999, 12, 1), date(9999, 12, 31), "9999-12"),
        (" 2026Q3 ", date(2026, 7, 1), date(2026, 9, 30), "2026Q3"),
        (
            "2026-04-01..2026-04-01",
            date(2026, 4, 1),
            date(2026, 4, 1),
            "2026-04-01..2026-04-01",
        ),
        (
            "2026-03-31 .. 2026-05-02",
            date(2026, 3, 31),
            date(2026, 5, 2),
            "2026-03-31..2026-05-02",
        ),
    ],
)
def test_a_word_names_its_first_and_last_day(word, first, last, name):
    assert parse_period(word) == Period(first, last, name)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("", "is no period"),
        ("soon", "is no period"),
        ("２０２６", "is no period"),
        ("2026-4", "is no period"),
        ("2026Q", "is no period"),
        ("2026Q2Q3", "is no period"),
        ("2026-04-01", "is no period"),
        ("2026Q5", "no quarter 5"),
        ("2026Q0", "no quarter 0"),
        ("2026-13", "no month 13"),
        ("2026-00", "no month 0"),
        ("0000", "before all days"),
        ("2026-04-01..", "no period of two days"),
        ("2026Q1..2026Q2", "no period of two days"),
        ("2026-04-01..2026-05-01..2026-06-01", "no period of two days"),
        ("2026-02-30..2026-03-01", "no calendar has"),
        ("2026-06-30..2026-04-01", "ends before it begins"),
    ],
)
def test_a_word_that_names_no_period_says_how_to_write_one(word, said):
    with pytest.raises(InvalidInput, match=said) as wrong:
        parse_period(word)
    assert wrong.value.hint


def test_an_unlike_order_is_written_the_right_way_round():
    with pytest.raises(InvalidInput) as wrong:
        parse_period("2026-06-30..2026-04-01")
    assert wrong.value.hint == "write it as 2026-04-01..2026-06-30"


words = st.one_of(
    st.integers(1, 9999).map("{:04}".format),
    st.tuples(st.integers(1, 9999), st.integers(1, 4)).map(lambda t: "{:04}Q{}".format(*t)),
    st.tuples(st.integers(1, 9999), st.integers(1, 12)).map(lambda t: "{:04}-{:02}".format(*t)),
    st.tuples(st.dates(), st.dates()).map(lambda t: f"{min(t)}..{max(t)}"),
)


@given(words)
def test_the_name_gives_the_same_period_again(word):
    period = parse_period(word)
    assert parse_period(period.name) == period
    assert period.first in period
    assert period.last in period


@given(st.integers(1, 9999))
def test_months_and_quarters_make_up_the_year(year):
    days = {(p := parse_period(f"{year:04}")).first, p.last}
    for parts in (
        [f"{year:04}Q{q}" for q in range(1, 5)],
        [f"{year:04}-{m:02}" for m in range(1, 13)],
    ):
        periods = [parse_period(part) for part in parts]
        assert {periods[0].first, periods[-1].last} == days
        for one, after in pairwise(periods):
            assert one.last + timedelta(days=1) == after.first


def test_the_bounds_are_the_midnights_of_the_place():
    zone = ZoneInfo("Asia/Shanghai")
    begin, end = parse_period("2026-04").bounds(zone)
    assert begin == datetime(2026, 3, 31, 16, tzinfo=UTC)
    assert end == datetime(2026, 4, 30, 16, tzinfo=UTC)
    assert local_day(begin, zone) == date(2026, 4, 1)
    assert local_day(end - timedelta(microseconds=1), zone) == date(2026, 4, 30)


@pytest.mark.parametrize("word", ["0001", "9999"])
def test_a_period_at_an_end_of_the_calendar_has_no_bounds(word):
    with pytest.raises(InvalidInput, match="too far away"):
        parse_period(word).bounds(ZoneInfo("Asia/Shanghai"))
