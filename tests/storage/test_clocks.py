"""Clocks and the stages of a request on both databases."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.clock import FixedClock
from core.errors import Conflict
from sharing.clocks.model import Clock, Pause
from sharing.clocks.repository import ClockRepository
from sharing.model import Extension, RefusalGround, RequestState, Return
from sharing.profiles.model import LimitName
from sharing.requests.repository import RequestRepository
from tests.storage.test_repositories import a_request, session

__all__ = ["session"]

T0 = FixedClock().now()
CLOCK = Clock(
    subject="request:REQ-0001",
    limit=LimitName.REPLY_CONDITIONAL,
    debtor="water",
    days=10,
    article="21",
    profile="0" * 64,
    started_on=date(2026, 3, 2),
    due_on=date(2026, 3, 16),
)


def test_a_clock_comes_back_as_it_went_in_and_is_changed(session):
    clocks = ClockRepository(session)
    clocks.add(CLOCK)
    assert clocks.find(CLOCK.subject, CLOCK.limit) == CLOCK
    pauses = (
        Pause(since=date(2026, 3, 3), until=date(2026, 3, 5), left=9),
        Pause(since=date(2026, 3, 9), until=None, left=7),
    )
    changed = replace(CLOCK, pauses=pauses, extended_by=5, extended_after=1)
    clocks.update(changed)
    session.expire_all()
    assert clocks.find(CLOCK.subject, CLOCK.limit) == changed
    assert clocks.find(CLOCK.subject, LimitName.RECEIPT) is None


def test_a_clock_is_kept_as_it_was_from_each_moment_on(session):
    clocks = ClockRepository(session)
    later = T0 + timedelta(days=1)
    ended = replace(CLOCK, ended_on=date(2026, 3, 3))
    clocks.keep([], T0)
    clocks.keep([CLOCK, replace(CLOCK, subject="request:REQ-0002")], T0)
    clocks.keep([ended], later)
    kept = {(at, one.subject): one for at, one in clocks.list_kept()}
    assert len(kept) == 3
    assert kept[T0, CLOCK.subject] == CLOCK
    assert kept[later, CLOCK.subject] == ended


def test_of_two_changes_at_one_moment_the_last_is_kept(session):
    clocks = ClockRepository(session)
    ended = replace(CLOCK, ended_on=date(2026, 3, 2))
    clocks.keep([CLOCK], T0)
    clocks.keep([ended], T0)
    assert list(clocks.list_kept()) == [(T0, ended)]


def test_open_clocks_are_listed_by_the_day_they_are_due(session):
    clocks = ClockRepository(session)
    later = replace(CLOCK, subject="request:REQ-0002", due_on=date(2026, 3, 20))
    other = replace(CLOCK, subject="request:REQ-0003", debtor="parks", due_on=date(2026, 3, 1))
    ended = replace(CLOCK, limit=LimitName.RECEIPT, ended_on=date(2026, 3, 2))
    for clock in (later, CLOCK, other, ended):
        clocks.add(clock)
    assert clocks.list_open(debtor="water") == [CLOCK, later]
    assert clocks.list_open() == [other, CLOCK, later]
    assert clocks.list_by_subject(CLOCK.subject) == [ended, CLOCK]


def test_a_request_keeps_what_happened_on_its_way(session):
    requests = RequestRepository(session)
    request = a_request()
    requests.add(request)
    returned = replace(
        request,
        state=RequestState.RETURNED,
        received_at=T0,
        received_by="li",
        returned=Return(missing=("批准文件", "承诺书"), at=T0, by="li"),
    )
    requests.update(returned, expected=request.state)
    assert requests.get(request.ref) == returned
    assert requests.list_asking_extension() == []
    asked = Extension(days=5, reason="核对", asked_at=T0, asked_by="li")
    submitted = replace(returned, state=RequestState.SUBMITTED, extension=asked)
    requests.update(submitted, expected=RequestState.RETURNED)
    assert requests.list_asking_extension() == [submitted]
    given = replace(asked, consented_at=T0 + timedelta(days=1), consented_by="wang")
    refused = replace(
        submitted, state=RequestState.REFUSED, extension=given, ground=RefusalGround.NOT_HELD
    )
    requests.update(refused, expected=RequestState.SUBMITTED)
    session.expire_all()
    assert requests.get(request.ref) == refused
    assert requests.list_asking_extension() == []
    with pytest.raises(Conflict, match="changed meanwhile"):
        requests.update(returned, expected=RequestState.SUBMITTED)
