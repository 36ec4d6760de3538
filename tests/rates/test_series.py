"""Periods that follow each other, and two lists of the same rows held against each other."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.period import parse_period
from rates.comparing import Change, compare
from rates.cut import query_over
from rates.model import Member, RateQuery
from rates.series import Every, last_periods, months, period_of


def spans(queries):
    return [
        (one.period, one.as_of - timedelta(days=one.window_days - 1), one.as_of) for one in queries
    ]


def test_the_months_of_a_window_are_cut_at_both_ends():
    query = RateQuery(as_of=date(2026, 3, 10), window_days=40)
    assert spans(months(query)) == [
        ("2026-01", date(2026, 1, 30), date(2026, 1, 31)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-03", date(2026, 3, 1), date(2026, 3, 10)),
    ]


def test_periods_before_a_day_are_whole_but_the_last():
    query = RateQuery(as_of=date(2026, 2, 3), department="env")
    found = last_periods(query, Every.QUARTER, 3)
    assert spans(found) == [
        ("2025Q3", date(2025, 7, 1), date(2025, 9, 30)),
        ("2025Q4", date(2025, 10, 1), date(2025, 12, 31)),
        ("2026Q1", date(2026, 1, 1), date(2026, 2, 3)),
    ]
    assert {one.department for one in found} == {"env"}


def test_there_are_no_periods_before_all_days():
    assert len(last_periods(RateQuery(as_of=date(2, 1, 1)), Every.YEAR, 600)) == 2


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)), st.sampled_from(Every))
def test_a_period_holds_its_day_and_has_the_name_that_gives_it_again(day, every):
    period = period_of(day, every)
    assert day in period
    assert parse_period(period.name) == period


def test_a_period_is_measured_as_far_as_it_has_come():
    quarter = parse_period("2026Q1")
    assert query_over(quarter, date(2026, 7, 1)) == RateQuery(
        as_of=date(2026, 3, 31), window_days=90, period="2026Q1"
    )
    assert query_over(quarter, date(2026, 1, 1)).window_days == 1
    with pytest.raises(InvalidInput, match="2026Q1 has not begun: today is 2025-12-31"):
        query_over(quarter, date(2025, 12, 31))


def row(key: str, n: int = 0, base: int = 1, excluded: str = "") -> Member:
    return Member(
        id=key,
        title=key,
        department="env",
        division="",
        theme="",
        in_numerator=0 < base == n,
        n=n,
        base=base,
        excluded=excluded,
    )


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ([], [row("a")], Change.ENTERED),
        ([row("a", base=0, excluded="exempt")], [row("a", 1)], Change.ENTERED),
        ([row("a", 1)], [], Change.LEFT),
        ([row("a", 1)], [row("a", base=0, excluded="exempt")], Change.EXCLUDED),
        ([row("a")], [row("a", 1)], Change.GAINED),
        ([row("a", 1)], [row("a")], Change.LOST),
        ([row("a", 3, 9)], [row("a", 4, 9)], Change.GAINED),
        ([row("a", 3, 9)], [row("a", 3, 10)], Change.LOST),
        ([row("a", 0, 0, "x")], [row("a", 0, 0, "y")], Change.EXCLUDED),
        ([], [row("a", 0, 0, "x")], Change.EXCLUDED),
        ([row("a", 0, 0, "x")], [], Change.LEFT),
    ],
)
def test_what_became_of_a_row(before, after, change):
    [found] = compare(before, after)
    assert found.change is change
    assert found.member == (after or before)[0]


rows = st.dictionaries(
    st.sampled_from("abcdef"),
    st.sampled_from([(0, 1, ""), (1, 1, ""), (0, 0, "x"), (0, 0, "y"), (2, 5, ""), (5, 5, "")]),
).map(lambda found: [row(key, *parts) for key, parts in found.items()])


@given(rows, rows)
def test_the_changes_add_up_to_the_difference_of_the_numbers(before, after):
    changes = compare(before, after)
    assert sum(one.n for one in changes) == sum(r.n for r in after) - sum(r.n for r in before)
    assert sum(one.base for one in changes) == sum(r.base for r in after) - sum(
        r.base for r in before
    )
    unchanged = {one.member.id for one in changes}
    assert all(r in before for r in after if r.id not in unchanged)
    assert compare(after, after) == []
