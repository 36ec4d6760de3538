"""When a grant is reviewed, by whom, what its use proposes, what is left, and its next period."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.model import ShareMode
from core.actor import Actor, Role
from core.errors import Conflict, Denied, InvalidInput
from sharing.calendar.model import Announcement, DayKind, SpecialDay, WorkingCalendar
from sharing.model import (
    AccessRequest,
    Grant,
    GrantState,
    RequestState,
    Suspension,
    Terms,
)
from sharing.policy import Asked, decide_read
from sharing.reviews.model import (
    AHEAD,
    Evidence,
    ReviewState,
    case_of,
    check_can_review,
    due_after,
)
from sharing.reviews.remaining import remaining
from sharing.reviews.renewal import check_can_renew, next_period
from sharing.workflow import MAX_PERIOD, check_can_resume, check_can_suspend

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
CALENDAR = WorkingCalendar(
    [
        Announcement(
            year=2026,
            source="",
            days=tuple(SpecialDay(date(2026, 10, day), DayKind.OFF, "国庆节") for day in (1, 2)),
        )
    ]
)


def grant(**changes):
    terms = Terms(
        dataset="meters",
        contract_version="1.0.0",
        application="lawns",
        legal_basis="law",
        scenario="watering",
        columns=("meter", "day"),
        rows=None,
        mode=ShareMode.FILE,
        not_before=NOW,
        not_after=NOW + timedelta(days=800),
    )
    of_terms = {name: changes.pop(name) for name in list(changes) if hasattr(terms, name)}
    terms = replace(terms, **of_terms)
    values = {
        "ref": "GRT-0001",
        "request": "REQ-0001",
        "provider": "water",
        "department": "parks",
        "terms": terms,
        "terms_hash": terms.hash,
        "granted_at": NOW,
        "granted_by": "approver.water",
        "delivered_at": NOW,
        "review_due": NOW + timedelta(days=180),
    }
    return Grant(**(values | changes))


def actor(*roles, person="li", department="water", **more):
    return Actor(
        person=person,
        department=department,
        roles=frozenset(roles),
        commitment="",
        os_user="",
        **more,
    )


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 3, 2), 6, date(2026, 9, 2)),
        (date(2026, 3, 5), 6, date(2026, 9, 7)),  # 5 September is a Saturday
        (date(2026, 4, 1), 6, date(2026, 10, 5)),  # the holiday, then the week's end
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 1, 31), 1, date(2026, 3, 2)),  # 28 February is a Saturday
        (date(2026, 8, 30), 6, date(2027, 2, 28)),  # no calendar: a Sunday stays
        (date(2026, 12, 5), 12, date(2027, 12, 5)),
    ],
)
def test_a_review_is_due_months_later_on_a_working_day(day, months, last):
    due = due_after(day, months, CALENDAR, ZONE)
    assert due == datetime(last.year, last.month, last.day, tzinfo=ZONE) + timedelta(days=1)


def test_a_day_that_the_calendar_moves_past_its_end_stays_as_it_was():
    assert due_after(date(2026, 12, 31), 12, CALENDAR, ZONE).date() == date(2027, 12, 31)
    year_end = WorkingCalendar(
        [
            Announcement(
                year=2026,
                source="",
                days=(SpecialDay(date(2026, 12, 31), DayKind.OFF, "休"),),
            )
        ]
    )
    due = due_after(date(2026, 6, 30), 6, year_end, ZONE)
    assert due.astimezone(ZONE).date() == date(2026, 12, 31)


def test_a_missed_review_suspends_from_its_moment_and_an_attested_one_does_not():
    due = NOW + timedelta(days=180)
    reviewed = grant()
    assert reviewed.state_at(due - timedelta(microseconds=1)) is GrantState.ACTIVE
    assert reviewed.state_at(due) is GrantState.SUSPENDED
    assert reviewed.suspension_at(due) is None
    later = replace(reviewed, review_due=due + timedelta(days=180))
    assert later.state_at(due) is GrantState.ACTIVE
    assert grant(review_due=None).state_at(NOW + timedelta(days=799)) is GrantState.ACTIVE


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"revoked_at": NOW}, GrantState.REVOKED),
        ({"not_after": NOW + timedelta(days=100)}, GrantState.ENDED),
        ({"not_before": NOW + timedelta(days=300)}, GrantState.SUSPENDED),
        ({}, GrantState.SUSPENDED),
    ],
)
def test_what_is_over_is_not_suspended_by_a_missed_review(changes, state):
    assert grant(**changes).state_at(NOW + timedelta(days=200)) is state


def test_a_read_after_a_missed_review_is_denied_and_told_why():
    reader = actor(Role.REQUESTER, department="parks")
    due = datetime(2026, 9, 2, 16, tzinfo=UTC)  # the end of 2 September in Shanghai
    missed = grant(review_due=due, not_before=NOW.astimezone(ZONE))
    asked = Asked(dataset="meters", application="lawns", purpose="watering")
    decision = decide_read(reader, [missed], asked, now=due)
    assert not decision.allow
    assert decision.reasons == (
        "GRT-0001 is suspended: its review was due on 2026-09-02, and water made none",
    )


def test_a_missed_review_is_not_rectified_and_does_not_hide_a_cause():
    late = NOW + timedelta(days=200)
    approver = actor(Role.APPROVER)
    missed = grant()
    with pytest.raises(Conflict, match="its review is overdue") as caught:
        check_can_resume(missed, approver, provider="water", now=late)
    assert caught.value.hint == "water reviews it: bureau review keep GRT-0001 --reason TEXT"
    check_can_suspend(missed, approver, provider="water", now=late)
    both = replace(missed, suspensions=(Suspension(since=late, until=None, reason="leak"),))
    with pytest.raises(Conflict, match="suspended already"):
        check_can_suspend(both, approver, provider="water", now=late)
    with pytest.raises(Conflict, match="not rectified yet: leak"):
        check_can_resume(both, approver, provider="water", now=late)


ROLES = [*Role, None]


@pytest.mark.parametrize("state", list(GrantState), ids=str)
def test_every_state_and_role_of_a_review(state):
    made = {
        GrantState.SCHEDULED: grant(not_before=NOW + timedelta(days=9)),
        GrantState.ACTIVE: grant(),
        GrantState.SUSPENDED: grant(review_due=NOW),
        GrantState.ENDED: grant(not_after=NOW + timedelta(seconds=1)),
        GrantState.REVOKED: grant(revoked_at=NOW),
    }[state]
    now = NOW + timedelta(days=1)
    assert made.state_at(now) is state
    over = state in (GrantState.ENDED, GrantState.REVOKED)
    for role, department, person in product(ROLES, ("water", "parks", "data"), ("li", "asked")):
        acting = actor(*([role] if role else []), person=person, department=department)
        may = role is Role.APPROVER and department == "water" and person == "li"
        if may and not over:
            check_can_review(made, acting, provider="water", requested_by="asked", now=now)
        else:
            with pytest.raises(Conflict if may else Denied):
                check_can_review(made, acting, provider="water", requested_by="asked", now=now)


def test_the_using_department_does_not_review_its_own_grant_by_any_way():
    own = actor(Role.APPROVER, department="parks")
    with pytest.raises(Denied) as caught:
        check_can_review(grant(), own, provider="parks", requested_by="asked", now=NOW)
    assert caught.value.reasons == ("parks uses the data and does not review its own grant",)
    delegate = actor(Role.APPROVER, acting_for="head", home="parks")
    with pytest.raises(Denied, match="may not review"):
        check_can_review(grant(), delegate, provider="water", requested_by="asked", now=NOW)


def test_nobody_reviews_what_they_asked_for_by_delegation_either():
    for acting in (actor(Role.APPROVER, person="asked"), actor(Role.APPROVER, acting_for="asked")):
        with pytest.raises(Denied) as caught:
            check_can_review(grant(), acting, provider="water", requested_by="asked", now=NOW)
        assert caught.value.reasons == ("nobody reviews what they asked for",)


def test_an_emergency_grant_has_a_review_of_its_own():
    with pytest.raises(Conflict, match="given in an emergency"):
        check_can_review(
            grant(emergency=True),
            actor(Role.APPROVER),
            provider="water",
            requested_by="asked",
            now=NOW,
        )


def judged(made, at, evidence=Evidence(), **more):  # noqa: B008 (a frozen value)
    return case_of(made, evidence, now=at, zone=ZONE, **({"dormant_days": 90} | more))


def test_a_review_is_announced_then_due_then_overdue():
    made = grant()
    due = made.review_due
    moment = timedelta(microseconds=1)
    assert judged(made, due - AHEAD - moment).state is ReviewState.NOT_DUE
    assert judged(made, due - AHEAD).state is ReviewState.DUE
    assert judged(made, due - moment).state is ReviewState.DUE
    assert judged(made, due).state is ReviewState.OVERDUE
    assert judged(made, NOW).due_on == date(2026, 8, 29)
    never = judged(grant(review_due=None), NOW)
    assert (never.state, never.due_on) == (ReviewState.DUE, None)


def test_what_ends_before_its_review_is_never_due():
    short = grant(not_after=NOW + timedelta(days=180))
    assert judged(short, NOW + timedelta(days=179)).state is ReviewState.NOT_DUE


@pytest.mark.parametrize(
    ("changes", "last_use", "days", "unused", "dormant"),
    [
        ({}, None, 89, 89, False),
        ({}, None, 90, 90, True),
        ({}, date(2026, 3, 12), 90, 80, False),
        ({}, date(2026, 3, 12), 100, 90, True),
        ({"not_before": NOW + timedelta(days=50)}, None, 100, 50, False),
        ({"not_before": NOW + timedelta(days=150)}, None, 100, 0, False),
        ({"delivered_at": NOW + timedelta(days=20)}, None, 100, 80, False),
        ({"delivered_at": None}, None, 400, None, False),
    ],
)
def test_what_nobody_uses_is_proposed_for_revocation(changes, last_use, days, unused, dormant):
    case = judged(grant(**changes), NOW + timedelta(days=days), Evidence(last_use=last_use))
    assert (case.unused_days, case.dormant) == (unused, dormant)


def test_a_right_is_gone_only_when_no_other_grant_gives_it():
    ended = grant()
    same = {"ref": "GRT-0002", "application": "ponds"}
    cases = {
        "the same": (grant(**same), ("meter", "day")),
        "one column": (grant(**same, columns=("day", "litres")), ("day",)),
        "later": (grant(**same, not_before=NOW + timedelta(days=1)), ("meter", "day")),
        "other columns": (grant(**same, columns=("litres",)), None),
        "other data": (grant(**same, dataset="pipes"), None),
        "another department": (grant(**same, department="roads"), None),
        "revoked": (grant(**same, revoked_at=NOW), None),
        "over": (grant(**same, not_after=NOW), None),
        "suspended": (grant(**same, review_due=NOW), None),
        "itself": (grant(), None),
    }
    for name, (other, columns) in cases.items():
        found = [one.columns for one in remaining(ended, [other], NOW)]
        assert found == ([columns] if columns else []), name
    assert remaining(ended, [grant(**same)], NOW)[0].application == "ponds"


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("first", "before", "now", "ends_on", "period"),
    [
        ("2026-01-01", "2027-01-01", "2026-12-01", "quarter", ("2027-01-01", "2028-01-01")),
        ("2026-03-02", "2027-03-02", "2026-12-01", "quarter", ("2027-03-02", "2028-04-01")),
        ("2026-03-02", "2026-04-01", "2026-03-20", "month", ("2026-04-01", "2026-05-01")),
        ("2026-03-02", "2026-04-01", "2026-03-20", "quarter", ("2026-04-01", "2026-07-01")),
        ("2026-03-02", "2026-03-09", "2026-03-05", "month", ("2026-03-09", "2026-04-01")),
        ("2026-03-10", "2026-04-20", "2026-04-01", "month", ("2026-04-20", "2026-06-01")),
        # it has ended: from today on
        ("2026-01-01", "2026-02-01", "2026-05-20", "month", ("2026-05-20", "2026-07-01")),
        ("2026-01-01", "2026-05-20", "2026-05-20", "month", ("2026-05-20", "2026-10-01")),
        # never more than five years
        ("2021-02-10", "2026-02-10", "2026-01-01", "quarter", ("2026-02-10", "2031-01-01")),
    ],
)
def test_the_next_period_ends_with_a_month_or_a_quarter(first, before, now, ends_on, period):
    old = grant(not_before=at(first), not_after=at(before))
    found = next_period(old, now=at(now), zone=ZONE, ends_on=ends_on)
    assert [moment.date().isoformat() for moment in found] == list(period)


def test_a_next_period_that_no_calendar_has_is_refused():
    old = grant(not_before=at("9995-01-01"), not_after=at("9999-06-01"))
    with pytest.raises(InvalidInput, match="too far away") as caught:
        next_period(old, now=NOW, zone=ZONE, ends_on="quarter")
    assert caught.value.hint.startswith("ask for an earlier period: bureau request new ")


@given(
    st.timedeltas(timedelta(-2000), timedelta(2000)),
    st.timedeltas(timedelta(seconds=1), MAX_PERIOD),
    st.timedeltas(timedelta(-2000), timedelta(4000)),
    st.sampled_from(["month", "quarter"]),
)
def test_every_next_period_can_be_asked_for(first, length, now, ends_on):
    begins, moment = NOW + first, NOW + now
    old = grant(not_before=begins, not_after=begins + length)
    new_begin, new_end = next_period(old, now=moment, zone=ZONE, ends_on=ends_on)
    assert timedelta(0) < new_end - new_begin <= MAX_PERIOD
    assert new_end > moment
    last = (new_end - timedelta(microseconds=1)).astimezone(ZONE).date()
    assert (last + timedelta(days=1)).day == 1
    assert ends_on == "month" or last.month % 3 == 0


def renewal(state):
    return AccessRequest(
        ref="REQ-0002",
        state=state,
        department="parks",
        terms=grant().terms,
        created_by="li",
        created_at=NOW,
    )


@pytest.mark.parametrize("state", list(RequestState), ids=str)
def test_a_grant_is_renewed_once_at_a_time(state):
    ended = ("refused", "upheld", "withdrawn", "lapsed")
    again = state in ended
    if again:
        check_can_renew(grant(), [renewal(state)], NOW)
    else:
        with pytest.raises(Conflict, match=f"renewed by REQ-0002 already, which is {state}"):
            check_can_renew(grant(), [renewal(state)], NOW)


def test_what_was_revoked_or_bridged_an_emergency_is_not_renewed():
    check_can_renew(grant(not_after=NOW), [], NOW)
    with pytest.raises(Conflict, match="is revoked: it cannot be renewed"):
        check_can_renew(grant(revoked_at=NOW), [], NOW)
    with pytest.raises(Conflict, match="given in an emergency: it is not renewed"):
        check_can_renew(grant(emergency=True), [], NOW)
