"""The list of liability events of a workspace, from what was done in it."""

from datetime import date, timedelta

import pytest

from core.errors import Denied, InvalidInput, NotFound
from core.period import parse_period
from sharing.disposal.model import Method
from sharing.liability.model import Code, Ground, Kind
from sharing.model import FinishCause
from tests.bureau.test_sharing import asked, granted, read, sent
from tests.hall import open_hall


def test_rule_26_what_happened_is_listed_with_its_department_and_entry(delivered, clock, tmp_path):
    granted(delivered, clock)
    with pytest.raises(Denied):
        read(delivered, tmp_path, purpose="别的用途")
    ref = sent(delivered, asked(clock)).ref
    clock.advance(days=9)
    report = delivered.liability.report()
    late, denied = report.events
    assert (late.code, late.department, late.open) == (Code.P4, "water", True)
    assert (late.subject, late.kind) == (f"request:{ref}", Kind.BREACH)
    assert late.basis.ground is Ground.POLICY, "to sign for it by a day is a setting"
    assert (denied.code, denied.department, denied.open) == (Code.R2, "parks", None)
    assert (denied.kind, denied.basis.ground) == (Kind.ATTEMPT, Ground.LAW)
    assert delivered.ledger_entry(denied.entries[0])[1].kind == "read.denied"
    assert delivered.liability.report(department="water").events == [late]
    with pytest.raises(NotFound):
        delivered.liability.report(department="nobody")


def of_disposal(bureau):
    """What the list, the inbox and the page of GRT-0001 say of its disposal: (open, overdue, state)."""
    events = [event.open for event in bureau.liability.report().events if event.code is Code.R4]
    parks = bureau.acting_as("requester.parks")
    tasks = [task.due_on for task in parks.inbox(overdue=True) if task.limit == "disposal"]
    return events, tasks, parks.disposals.get("GRT-0001").clock.state_on(bureau.today())


@pytest.mark.parametrize("finished", [True, False], ids=["finished", "ran out"])
def test_rule_26_no_disposal_is_overdue_while_another_grant_stops_its_time(
    delivered, clock, tmp_path, finished
):
    until = clock.now() + timedelta(days=30 if finished else 0, seconds=1)
    grant = granted(delivered, clock, not_after=until)
    read(delivered, tmp_path)
    if finished:
        parks = delivered.acting_as("requester.parks")
        parks.disposals.finish(grant.ref, cause=FinishCause.MET, reason="灌溉计划已完成")
    clock.advance(days=2)  # Wednesday, 4 March: eight working days are left
    other = granted(delivered, clock, application="ponds")
    clock.advance(days=19)  # Monday, 23 March: past the day that disposal was due at first
    assert of_disposal(delivered) == ([], [], "paused")
    delivered.acting_as("authority.data").revoke_grant(other.ref, reason="no longer needed")
    assert of_disposal(delivered) == ([], [], "running")
    clock.advance(days=11)
    due = date(2026, 4, 2)
    assert of_disposal(delivered) == ([True], [due], "overdue")
    granted(delivered, clock, application="ponds")
    assert of_disposal(delivered) == ([False], [], "overdue"), "it was late, and is owed no more"


def test_rule_26_a_proof_that_waits_stops_no_lateness(delivered, clock, tmp_path):
    grant = granted(delivered, clock)
    read(delivered, tmp_path)
    parks = delivered.acting_as("requester.parks")
    parks.disposals.finish(grant.ref, cause=FinishCause.MET, reason="灌溉计划已完成")
    clock.advance(days=20)
    parks.disposals.dispose(grant.ref, how=Method.DELETED, proof="日志")
    assert of_disposal(delivered) == ([True], [], "overdue")
    delivered.acting_as("approver.water").disposals.confirm(grant.ref)
    assert of_disposal(delivered) == ([False], [], "ended_late")


def test_rule_26_an_empty_list_says_what_was_looked_at(delivered):
    report = delivered.liability.report(department="audit")
    newest = delivered.ledger_log(limit=1)[0]
    looked = report.looked_at
    assert (report.events, looked.department) == ([], "audit")
    assert (looked.entries, looked.last_at) == (newest.index + 1, newest.recorded_at)
    assert looked.until == delivered.today()


def test_rule_26_nobody_reviews_a_grant_and_the_provider_answers_for_it(delivered, clock):
    grant = granted(delivered, clock, not_after=clock.now() + timedelta(days=300))
    clock.advance(days=200)
    [event] = delivered.liability.report().events
    assert (event.code, event.department, event.open) == (Code.P9, "water", True)
    assert (event.subject, event.basis.ground) == (f"grant:{grant.ref}", Ground.POLICY)
    delivered.acting_as("approver.water").reviews.keep(grant.ref, reason="仍需使用")
    [event] = delivered.liability.report().events
    assert event.open is False
    assert delivered.ledger_entry(event.entries[0])[1].kind == "grant.reviewed"


def test_rule_26_a_form_that_asks_for_what_is_shared_is_the_requesters(town, tmp_path, clock):
    hall = open_hall(town, tmp_path / "hall")
    before = clock.now()
    clock.advance(days=1)
    found = [event for event in hall.liability.report().events if event.code is Code.R1]
    assert {(one.department, one.subject) for one in found} == {
        ("police", "service:residence-permit"),
        ("health", "service:hygiene-licence"),
    }
    for event in found:
        kinds = [hall.ledger_entry(index)[1].kind for index in event.entries]
        assert sorted(kinds) == ["dataset.registered", "serviceitem.registered"]
        assert (event.open, event.first_at, event.basis.source[-2:]) == (True, before, "19")
    [licence] = [one for one in found if one.department == "health"]
    clock.advance(days=1)
    hall.acting_as("authority.data").services.answer(
        "hygiene-licence", "统一社会信用代码", "firms", reason="现场核验证照原件"
    )
    assert licence not in hall.liability.report().events, "the authority told them apart"
    assert licence in hall.liability.report(as_of=hall.today() - timedelta(days=1)).events


@pytest.mark.parametrize("finished", [True, False], ids=["finished", "ran out"])
def test_rule_26_the_list_of_a_past_day_is_what_was_shown_then(
    delivered, clock, tmp_path, finished
):
    """Through a late reply, an attempt, a disposal that is covered, owed, proved and confirmed."""
    until = clock.now() + timedelta(days=30 if finished else 0, seconds=1)
    grant = granted(delivered, clock, not_after=until)
    parks, water = delivered.acting_as("requester.parks"), delivered.acting_as("approver.water")
    read(delivered, tmp_path)
    with pytest.raises(Denied):
        read(delivered, tmp_path, purpose="别的用途")
    ref = sent(delivered, asked(clock)).ref
    if finished:
        parks.disposals.finish(grant.ref, cause=FinishCause.MET, reason="灌溉计划已完成")
    authority = delivered.acting_as("authority.data")
    acts = {
        12: lambda: water.receive_request(ref),
        18: lambda: parks.disposals.dispose(grant.ref, how=Method.DELETED, proof="日志"),
        22: lambda: water.disposals.reject(grant.ref, reason="日志不全"),
        25: lambda: granted(delivered, clock, application="ponds"),
        28: lambda: authority.revoke_grant("GRT-0002", reason="不再需要"),
        30: lambda: parks.disposals.dispose(grant.ref, how=Method.DELETED, proof="完整日志"),
        35: lambda: water.disposals.confirm(grant.ref),
    }
    shown = {}
    for number in range(40):
        acts.get(number, lambda: None)()
        shown[delivered.today()] = delivered.liability.report()
        clock.advance(days=1)
    assert {len(report.events) for report in shown.values()} >= {2, 3}
    for day, report in shown.items():
        assert delivered.liability.report(as_of=day) == report, day


def test_rule_26_a_period_has_what_began_in_it(delivered, clock):
    sent(delivered, asked(clock))
    clock.advance(days=40)
    [late] = delivered.liability.report().events
    assert late.day == date(2026, 3, 4)
    for word, events in (("2026Q1", [late]), ("2026-03", [late]), ("2026-02", []), ("2027", [])):
        report = delivered.liability.report(period=parse_period(word))
        assert (report.events, report.looked_at.period) == (events, word)
    assert delivered.liability.report(as_of=date(2026, 3, 3)).events == []
    with pytest.raises(InvalidInput, match="not"):
        delivered.liability.report(as_of=date(2027, 1, 1))
