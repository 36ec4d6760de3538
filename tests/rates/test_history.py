"""Laws that hold in every history: a number is a count of rows, and the past does not change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from statistics import median
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from rates.counting import count_members
from rates.definitions import list_rates
from rates.model import GroupBy, Member, RateCount, RateQuery, Spread
from tests.rates.city import ZONE, City
from tests.rates.history import (
    BIRTH,
    DEPARTMENTS,
    DIVISIONS,
    THEMES,
    Chronicle,
    Event,
    events,
)

EVERYWHERE = (GroupBy.DEPARTMENT, GroupBy.DIVISION, GroupBy.THEME)
RECKONED = ("COL-1", "SHA-2", "USE-1", "CAT-7", "COL-6")
"""Rates that `Chronicle` counts too."""
RATES = [rate.definition.id for rate in list_rates()]
SOME = st.lists(st.sampled_from(RATES), min_size=4, max_size=4, unique=True)
"""A few rates at a time: each is asked about in some of the histories."""


@st.composite
def questions(draw: st.DrawFn) -> tuple[int, int, dict[str, str], int]:
    """Near which event, how many days beside it, for which part of the city, over what window."""
    part = draw(
        st.one_of(
            st.fixed_dictionaries({"department": st.sampled_from(DEPARTMENTS)}),
            st.fixed_dictionaries({"division": st.sampled_from(DIVISIONS)}),
            st.fixed_dictionaries({"theme": st.sampled_from(THEMES)}),
        )
    )
    return (
        draw(st.integers(0, 30)),
        draw(st.sampled_from([-1, 0, 1])),
        part,
        draw(st.sampled_from([1, 2, 7])),
    )


def tally(members: list[Member], group: str = "") -> RateCount:
    base = [member for member in members if not member.excluded]
    excluded = Counter(member.excluded for member in members if member.excluded)
    return RateCount(
        group=group,
        n=sum(member.n for member in base),
        base=sum(member.base for member in base),
        excluded=dict(excluded),
        spread=spread_of([one.value for one in base if one.value is not None]),
    )


def spread_of(values: list[int]) -> Spread | None:
    ordered = sorted(values)
    if not ordered:
        return None
    below = next(one for one in ordered if 10 * sum(x <= one for x in ordered) >= 9 * len(ordered))
    return Spread(median=f"{median(ordered):g}", p90=below, maximum=ordered[-1])


def by(
    members: list[Member], group_by: GroupBy, above: Callable[[str], set[str]]
) -> list[RateCount]:
    groups: dict[str, list[Member]] = {}
    for member in members:
        own = getattr(member, group_by.value)
        for group in above(own) if group_by is GroupBy.DIVISION else {own}:
            groups.setdefault(group, []).append(member)
    return [tally(groups[group], group) for group in sorted(groups)]


def everything(city: City, rates: list[str], query: RateQuery) -> list[Any]:
    counted = [(city.members(rate, query), city.count(rate, query)) for rate in rates]
    return [*counted, city.funnel(query)]


@settings(max_examples=30, deadline=None)
@given(history=events(), question=questions(), group_by=st.sampled_from(EVERYWHERE), some=SOME)
def test_a_number_is_the_count_of_its_rows_and_the_rows_are_those_of_the_facts(
    engine: Engine,
    history: list[Event],
    question: tuple[int, int, dict[str, str], int],
    group_by: GroupBy,
    some: list[str],
) -> None:
    with Session(engine) as session:
        city = City(session)
        chronicle = Chronicle(city)
        days = [chronicle.tell(event).astimezone(ZONE).date() for event in history]
        event, offset, part, window = question
        day = days[event % len(days)] + timedelta(days=offset)
        whole = RateQuery(as_of=max(day, BIRTH), window_days=window)
        for query in (whole, replace(whole, **part)):
            for rate in {*RECKONED, *some}:
                compare_rate(city, chronicle, rate, query, group_by)
            compare_funnel(city, chronicle, query)
            compare_sums(city, some, query)
        session.rollback()


def compare_rate(
    city: City, chronicle: Chronicle, rate: str, query: RateQuery, group_by: GroupBy
) -> None:
    members = city.members(rate, query)
    assert city.count(rate, query) == [tally(members)] == [count_members(members)]
    assert city.count(rate, query, group_by) == by(
        members, group_by, lambda division: city.above(division, query)
    )
    found = {m.id: (m.department, m.division, m.theme, m.in_numerator, m.excluded) for m in members}
    assert len(found) == len(members)
    assert all(0 <= member.n <= member.base for member in members)
    if rate in RECKONED:
        assert found == chronicle.members(rate, query)


def compare_sums(city: City, rates: list[str], query: RateQuery) -> None:
    """Departments add up to the city."""
    for rate in rates:
        (whole,) = city.count(rate, query)
        parts = city.count(rate, query, GroupBy.DEPARTMENT)
        assert sum(part.n for part in parts) == whole.n
        assert sum(part.base for part in parts) == whole.base
        assert sum((Counter(part.excluded) for part in parts), Counter()) == whole.excluded


def compare_funnel(city: City, chronicle: Chronicle, query: RateQuery) -> None:
    funnel = city.funnel(query)
    assert (list(funnel.reached), funnel.outside) == chronicle.funnel(query)
    assert list(funnel.reached) == sorted(funnel.reached, reverse=True)
    (collected,) = city.count("COL-1", query)
    assert (funnel.reached[0], funnel.reached[2]) == (collected.base, collected.n)


@settings(max_examples=20, deadline=None)
@given(
    history=events(),
    shown=st.lists(st.tuples(st.integers(0, 39), st.integers(1, 20)), min_size=1, max_size=3),
    window=st.sampled_from([1, 10]),
    some=SOME,
)
def test_a_past_day_gives_what_was_shown_then_whatever_happens_later(
    engine: Engine,
    history: list[Event],
    shown: list[tuple[int, int]],
    window: int,
    some: list[str],
) -> None:
    """Each of `shown` asks, before an event, about a day that is so many days ago."""
    with Session(engine) as session:
        city = City(session)
        chronicle = Chronicle(city)
        rates = [*RECKONED, *some]
        before: list[tuple[RateQuery, list[Any]]] = []
        for place, event in enumerate(history):
            for days_ago in (ago for at, ago in shown if at == place):
                today = chronicle.now.astimezone(ZONE).date()
                query = RateQuery(as_of=today - timedelta(days=days_ago), window_days=window)
                before.append((query, everything(city, rates, query)))
            chronicle.tell(event)
        for query, told in before:
            assert everything(city, rates, query) == told
        session.rollback()


@settings(max_examples=3, deadline=None)
@given(history=events())
def test_a_period_with_no_facts_is_not_a_number(engine: Engine, history: list[Event]) -> None:
    with Session(engine) as session:
        city = City(session)
        chronicle = Chronicle(city)
        for event in history:
            chronicle.tell(event)
        for rate in RATES:
            query = RateQuery(as_of=BIRTH - timedelta(days=1), window_days=31)
            assert city.count(rate, query) == [tally([])]
        session.rollback()
