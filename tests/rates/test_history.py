"""Laws that hold in every history: a number is a count of rows, and the past does not change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.errors import NotFound
from rates.model import GroupBy, Member, RateCount, RateQuery
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
RATES = ("COL-1", "SHA-2", "USE-1", "CAT-7", "COL-6")


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
    )


def by(
    members: list[Member], group_by: GroupBy, above: Callable[[str], set[str]]
) -> list[RateCount]:
    groups: dict[str, list[Member]] = {}
    for member in members:
        own = getattr(member, group_by.value)
        for group in above(own) if group_by is GroupBy.DIVISION else {own}:
            groups.setdefault(group, []).append(member)
    return [tally(groups[group], group) for group in sorted(groups)]


def everything(city: City, query: RateQuery) -> list[Any]:
    rates = [(city.members(rate, query), city.count(rate, query)) for rate in RATES]
    return [*rates, city.funnel(query)]


@settings(max_examples=30, deadline=None)
@given(history=events(), question=questions(), group_by=st.sampled_from(EVERYWHERE))
def test_a_number_is_the_count_of_its_rows_and_the_rows_are_those_of_the_facts(
    engine: Engine,
    history: list[Event],
    question: tuple[int, int, dict[str, str], int],
    group_by: GroupBy,
) -> None:
    with Session(engine) as session:
        city = City(session)
        chronicle = Chronicle(city)
        days = [chronicle.tell(event).astimezone(ZONE).date() for event in history]
        event, offset, part, window = question
        day = days[event % len(days)] + timedelta(days=offset)
        whole = RateQuery(as_of=max(day, BIRTH), window_days=window)
        for query in (whole, replace(whole, **part)):
            if query.theme and query.theme not in city.themes():
                with pytest.raises(NotFound, match=f"no theme '{query.theme}'"):
                    city.funnel(query)
                continue
            for rate in RATES:
                compare_rate(city, chronicle, rate, query, group_by)
            compare_funnel(city, chronicle, query)
        session.rollback()


def compare_rate(
    city: City, chronicle: Chronicle, rate: str, query: RateQuery, group_by: GroupBy
) -> None:
    members = city.members(rate, query)
    assert city.count(rate, query) == [tally(members)]
    assert city.count(rate, query, group_by) == by(
        members, group_by, lambda division: city.above(division, query)
    )
    found = {m.id: (m.department, m.division, m.theme, m.in_numerator, m.excluded) for m in members}
    assert len(found) == len(members)
    assert found == chronicle.members(rate, query)


def compare_funnel(city: City, chronicle: Chronicle, query: RateQuery) -> None:
    funnel = city.funnel(query)
    assert (list(funnel.reached), funnel.outside) == chronicle.funnel(query)
    assert list(funnel.reached) == sorted(funnel.reached, reverse=True)
    (collected,) = city.count("COL-1", query)
    assert (funnel.reached[0], funnel.reached[2]) == (collected.base, collected.n)


@settings(max_examples=20, deadline=None)
@given(
    before=events(), after=events(), days_ago=st.integers(0, 20), window=st.sampled_from([1, 10])
)
def test_a_past_day_gives_the_same_rows_whatever_happens_later(
    engine: Engine, before: list[Event], after: list[Event], days_ago: int, window: int
) -> None:
    with Session(engine) as session:
        city = City(session)
        chronicle = Chronicle(city)
        for event in before:
            chronicle.tell(event)
        today = chronicle.now.astimezone(ZONE).date()
        query = RateQuery(as_of=today - timedelta(days=days_ago), window_days=window)
        first = everything(city, query)
        chronicle.now += timedelta(days=1)  # from here on, `today` is over
        for event in after:
            chronicle.tell(event)
        assert everything(city, query) == first
        session.rollback()
