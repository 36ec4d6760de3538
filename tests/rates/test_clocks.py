"""Which clocks a rate judges, and how they stood on the day that is asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from rates.cut import cut_for
from rates.model import RateQuery
from rates.queries.about import number_in
from rates.queries.clocks import from_clocks, in_time
from rates.queries.source import CLOCK_FACT
from sharing.clocks.model import Clock, Pause
from sharing.profiles.model import LimitName
from tests.rates.city import DAY, ZONE, City, noon

ONE = timedelta(days=1)
CLOCK = Clock(
    subject="request:REQ-0007",
    limit=LimitName.REPLY_CONDITIONAL,
    debtor="env",
    days=10,
    article="21",
    profile="0" * 64,
    started_on=DAY - 20 * ONE,
    due_on=DAY,
)
NEVER = datetime(2100, 1, 1, tzinfo=ZONE)
"""A present after which every day asked about is over."""


def judged(city: City, day: date = DAY, *, now: datetime = NEVER, window: int = 30):
    """Of each clock in the base: the number in its subject, and whether it was in time."""
    city.session.flush()
    cut = cut_for(RateQuery(as_of=day, window_days=window), zone=ZONE, now=now)
    query = from_clocks(cut, LimitName.REPLY_CONDITIONAL, LimitName.REPLY_UNCONDITIONAL)
    query = query.add_columns(number_in(CLOCK_FACT.c.subject, "request", "REQ"), in_time())
    return {number: bool(well) for number, well in city.session.execute(query)}


def test_one_that_has_time_left_is_not_judged(city):
    city.clock(CLOCK, noon(DAY - 20 * ONE))
    assert judged(city, DAY - ONE) == {}


def test_one_that_is_open_when_its_day_is_over_is_late_and_stays_so(city):
    city.clock(CLOCK, noon(DAY - 20 * ONE))
    assert judged(city, DAY) == {7: False}
    assert judged(city, DAY + 400 * ONE) == {7: False}


def test_its_own_day_is_not_over_while_it_lasts(city):
    city.clock(CLOCK, noon(DAY - 20 * ONE))
    assert judged(city, DAY, now=noon(DAY)) == {}
    assert judged(city, DAY + ONE, now=noon(DAY + ONE)) == {7: False}


@pytest.mark.parametrize(("after", "well"), [(-5, True), (0, True), (1, False)])
def test_one_that_ended_is_judged_by_its_day(city, after, well):
    ended_on = DAY + after * ONE
    city.clock(CLOCK, noon(DAY - 20 * ONE))
    city.clock(replace(CLOCK, ended_on=ended_on), noon(ended_on))
    assert judged(city, ended_on) == {7: well}


def test_what_ended_before_the_window_or_after_the_cut_is_not_in_it(city):
    city.clock(CLOCK, noon(DAY - 20 * ONE))
    city.clock(replace(CLOCK, ended_on=DAY - 5 * ONE), noon(DAY - 5 * ONE))
    assert judged(city, DAY - 6 * ONE) == {}
    assert judged(city, DAY, window=6) == {7: True}
    assert judged(city, DAY, window=5) == {}


def test_what_happens_later_does_not_change_a_past_day(city):
    city.clock(CLOCK, noon(DAY - 20 * ONE))
    later = replace(CLOCK, due_on=DAY + 9 * ONE, extended_by=7)
    city.clock(later, noon(DAY + ONE))
    city.clock(replace(later, ended_on=DAY + 5 * ONE), noon(DAY + 5 * ONE))
    assert judged(city, DAY) == {7: False}, "consented to on the day after"
    assert judged(city, DAY + ONE) == {}, "it had time again"
    assert judged(city, DAY + 5 * ONE) == {7: True}


def test_one_that_stands_still_is_not_judged_until_it_goes_on(city):
    city.clock(CLOCK, noon(DAY - 20 * ONE))
    since = DAY - 3 * ONE
    paused = replace(CLOCK, pauses=(Pause(since=since, until=None, left=3),))
    city.clock(paused, noon(since))
    assert judged(city, DAY + 9 * ONE) == {}
    going = (Pause(since=since, until=DAY + 10 * ONE, left=3),)
    city.clock(replace(paused, pauses=going, due_on=DAY + 13 * ONE), noon(DAY + 10 * ONE))
    assert judged(city, DAY + 12 * ONE) == {}
    assert judged(city, DAY + 13 * ONE) == {7: False}


def test_what_fell_away_while_it_stood_still_was_never_late(city):
    paused = replace(CLOCK, pauses=(Pause(since=DAY - ONE, until=None, left=1),))
    city.clock(paused, noon(DAY - ONE))
    ended = replace(paused, ended_on=DAY + 20 * ONE)
    city.clock(ended, noon(DAY + 20 * ONE))
    assert judged(city, DAY + 20 * ONE) == {7: True}


def test_one_that_was_opened_again_counts_as_it_stands(city):
    city.clock(CLOCK, noon(DAY - 20 * ONE))
    city.clock(replace(CLOCK, ended_on=DAY - ONE), noon(DAY - ONE))
    again = replace(CLOCK, pauses=(Pause(since=DAY - ONE, until=DAY, left=1),), due_on=DAY + ONE)
    city.clock(again, noon(DAY))
    assert judged(city, DAY - ONE) == {7: True}
    assert judged(city, DAY) == {}
    assert judged(city, DAY + ONE) == {7: False}


def test_the_debtor_is_whose_duty_it_was(city):
    city.clock(CLOCK, noon(DAY - 20 * ONE))
    city.clock(replace(CLOCK, debtor="edu"), noon(DAY + ONE))
    cut = cut_for(RateQuery(as_of=DAY), zone=ZONE, now=NEVER)
    query = from_clocks(cut, LimitName.REPLY_CONDITIONAL).add_columns(CLOCK_FACT.c.debtor)
    assert city.session.scalars(query).all() == ["env"]


def test_clocks_of_other_limits_are_left_alone(city):
    city.clock(replace(CLOCK, limit=LimitName.RECEIPT), noon(DAY - 20 * ONE))
    assert judged(city) == {}


def test_numbers_grow_beyond_four_digits(city):
    city.clock(replace(CLOCK, subject="request:REQ-1234567"), noon(DAY - 20 * ONE))
    assert judged(city) == {1234567: False}
