"""Clocks of the law: the due day is stored, and its other facts always lead to the same day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict, InvalidInput
from sharing.calendar.model import NotAnnounced, WorkingCalendar
from sharing.calendar.seed import seed
from sharing.clocks import model as clocks
from sharing.clocks.model import ClockState
from sharing.profiles.model import LimitName
from sharing.profiles.national import national

CALENDAR = WorkingCalendar(seed())
PROFILE = national()
REPLY = PROFILE.limit(LimitName.REPLY_CONDITIONAL)
DAY = timedelta(days=1)


def started(day, name=LimitName.REPLY_CONDITIONAL):
    return clocks.start(
        "request:REQ-0001", name, debtor="water", profile=PROFILE, calendar=CALENDAR, day=day
    )


def test_rule_1_working_days_know_holidays_and_make_up_days():
    """Received on Friday 26 September 2025; a count from Monday to Friday would say 10 October."""
    clock = started(date(2025, 9, 26))
    assert (clock.due_on, clock.days, clock.article) == (date(2025, 10, 16), 10, "21")
    assert started(date(2025, 10, 16), LimitName.DELIVER).due_on == date(2025, 11, 13)
    received = started(date(2025, 9, 30), LimitName.REPLY_UNCONDITIONAL)
    assert received.due_on == date(2025, 10, 9)


def test_overdue_is_derived_and_late_stays_late():
    clock = started(date(2026, 3, 2))
    assert clock.due_on == date(2026, 3, 16)
    assert clock.state_on(clock.due_on) is ClockState.RUNNING
    assert clock.state_on(clock.due_on + DAY) is ClockState.OVERDUE
    assert clocks.end(clock, clock.due_on).state_on(date(2027, 1, 1)) is ClockState.ENDED
    late = clocks.end(clock, clock.due_on + DAY)
    assert (late.state_on(clock.due_on), late.late_on(clock.due_on)) == (
        ClockState.ENDED_LATE,
        True,
    )
    with pytest.raises(Conflict, match="ended on 2026-03-17"):
        clocks.end(late, clock.due_on)


def test_a_pause_gives_back_the_days_that_were_left():
    clock = started(date(2026, 3, 2))
    paused = clocks.pause(clock, CALENDAR, date(2026, 3, 6))
    assert paused.pauses[-1].left == 6
    assert paused.state_on(date(2026, 5, 1)) is ClockState.PAUSED
    resumed = clocks.resume(paused, CALENDAR, date(2026, 4, 10))
    assert resumed.due_on == CALENDAR.due(date(2026, 4, 10), 6)
    assert clocks.resume(resumed, CALENDAR, date(2026, 4, 11)) == resumed
    same_day = clocks.resume(paused, CALENDAR, date(2026, 3, 6))
    assert same_day.due_on == clock.due_on


def test_papers_returned_on_the_last_day_or_after_it():
    clock = started(date(2026, 3, 2))
    last = clocks.resume(clocks.pause(clock, CALENDAR, clock.due_on), CALENDAR, date(2026, 4, 4))
    assert last.due_on == date(2026, 4, 7), "the first working day after the Qingming holiday"
    overdue = clocks.pause(clock, CALENDAR, clock.due_on + DAY)
    assert overdue == clock


def test_rule_9_an_extension_is_given_once_in_time_and_within_its_limit():
    clock = started(date(2026, 3, 2))
    extended = clocks.extend(clock, REPLY, CALENDAR, days=10, day=clock.due_on)
    assert extended.due_on == CALENDAR.due(clock.due_on, 10)
    for days, error, said in (
        (0, InvalidInput, "is none"),
        (-1, InvalidInput, "is none"),
        (11, Conflict, r"is running: .* Art\. 21 allows 1 to 10"),
    ):
        with pytest.raises(error, match=said):
            clocks.extend(clock, REPLY, CALENDAR, days=days, day=clock.due_on)
    with pytest.raises(Conflict, match="was extended already"):
        clocks.extend(extended, REPLY, CALENDAR, days=1, day=clock.due_on)
    with pytest.raises(Conflict, match="what is overdue cannot be extended"):
        clocks.extend(clock, REPLY, CALENDAR, days=1, day=clock.due_on + DAY)
    paused = clocks.pause(clock, CALENDAR, date(2026, 3, 6))
    with pytest.raises(Conflict, match="stands still"):
        clocks.extend(paused, REPLY, CALENDAR, days=1, day=date(2026, 3, 7))
    deliver = started(date(2026, 3, 2), LimitName.DELIVER)
    with pytest.raises(Conflict, match="cannot be extended"):
        clocks.extend(
            deliver, PROFILE.limit(LimitName.DELIVER), CALENDAR, days=1, day=date(2026, 3, 3)
        )


def test_no_clock_starts_that_would_be_due_past_the_calendar():
    with pytest.raises(NotAnnounced, match="the working-day calendar says nothing of"):
        started(CALENDAR.announcements[-1].days[-1].day.replace(month=12, day=30))


STEPS = st.lists(
    st.tuples(st.sampled_from(["pause", "resume", "extend"]), st.integers(0, 15)), max_size=8
)


@given(st.dates(date(2019, 1, 1), date(2025, 6, 30)), STEPS)
def test_the_stored_day_is_recomputed_from_the_other_facts(first, steps):
    clock, day = started(first), first
    for act, wait in steps:
        day += timedelta(days=wait)
        if act == "pause":
            clock = clocks.pause(clock, CALENDAR, day)
        elif act == "resume":
            clock = clocks.resume(clock, CALENDAR, day)
        elif not (clock.extended_by or clock.paused or day > clock.due_on):
            clock = clocks.extend(clock, REPLY, CALENDAR, days=3, day=day)
    assert CALENDAR.is_working(clock.due_on)
    ended = clocks.end(clock, day)
    assert clocks.recomputed(ended, CALENDAR, counting_start=False) == clock.due_on
    assert replace(ended, ended_on=None) == clock
