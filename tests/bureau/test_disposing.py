"""The end of a purpose and what becomes of the data: who owes it, by when, and who says it is done."""

from datetime import date, timedelta

import pytest

from bureau import Bureau
from core.errors import Conflict, Denied, InvalidInput
from sharing.clocks.model import ClockState
from sharing.disposal.model import DisposalState, Method
from sharing.model import FinishCause, GrantState
from sharing.profiles.model import LimitName
from sharing.records.model import RecordKind
from tests.bureau.test_sharing import granted, read


@pytest.fixture
def water(delivered: Bureau):
    return delivered.acting_as("approver.water")


@pytest.fixture
def parks(delivered: Bureau):
    return delivered.acting_as("requester.parks")


@pytest.fixture
def used(delivered, clock, tmp_path):
    """GRT-0001, under which parks has read; until 2026-04-01."""
    grant = granted(delivered, clock)
    read(delivered, tmp_path)
    return grant.ref


def finish(parks: Bureau, ref):
    return parks.disposals.finish(ref, cause=FinishCause.MET, reason="灌溉计划已完成")[0]


def owed(bureau: Bureau):
    return [task for task in bureau.inbox() if task.limit == "disposal"]


def facts(town: Bureau, kind):
    [entry] = town.ledger_log(limit=1, kind=kind)
    _, body, _ = town.ledger_entry(entry.index)
    return body.facts


def test_rule_17_a_finished_purpose_ends_the_grant_and_disposal_is_owed(
    delivered, used, water, parks, clock, tmp_path
):
    finished = finish(parks, used)
    assert finished.state_at(clock.now()) is GrantState.ENDED
    with pytest.raises(Denied) as caught:
        read(delivered, tmp_path)
    assert "was finished on 2026-03-02: its purpose is met" in caught.value.reasons[0]
    told = facts(delivered, "grant.finished")
    assert (told["because"], told["due_on"], told["limit"]) == ("met", "2026-03-16", "disposal")
    assert "灌溉计划已完成" not in str(told)
    [task] = owed(parks)
    assert (task.due_on, task.days_left, task.state) == (date(2026, 3, 16), 10, "running")
    assert task.todo == f"bureau grant dispose {used} --how METHOD --proof TEXT"
    page, _ = parks.disposals.dispose(used, how=Method.DELETED, proof="删除日志 2026-03-02")
    assert (page.state, owed(parks)) == (DisposalState.PROVED, [])
    [task] = water.inbox()
    assert task.todo == f"bureau grant confirm-disposal {used}"
    page, _ = water.disposals.confirm(used)
    assert (page.state, page.clock.state_on(date(2030, 1, 1))) == ("disposed", ClockState.ENDED)
    assert (water.inbox(), owed(parks)) == ([], [])
    [record] = parks.records.list_by_grant(used).records
    assert (record.kind, record.text) == (RecordKind.DESTRUCTION, "deleted: 删除日志 2026-03-02")
    assert delivered.verify_ledger().faults == ()


def test_rule_17_without_a_proof_disposal_is_overdue_and_stays_late(
    delivered, used, water, parks, clock
):
    finish(parks, used)
    clock.advance(days=15)
    assert [task.state for task in owed(parks)] == ["overdue"]
    assert [task.subject for task in delivered.tasks(overdue=True)] == [f"grant:{used}"]
    parks.disposals.dispose(used, how=Method.DELETED, proof="晚了")
    assert facts(delivered, "grant.disposal_proved")["late"] is True
    page, _ = water.disposals.confirm(used)
    assert page.clock.state_on(date(2030, 1, 1)) is ClockState.ENDED_LATE


def test_a_proof_that_is_rejected_leaves_what_was_left_of_the_time(
    delivered, used, water, parks, clock
):
    finish(parks, used)
    clock.advance(days=4)  # Friday, 6 March: six working days are left
    parks.disposals.dispose(used, how=Method.DELETED, proof="一张截图")
    clock.advance(days=10)  # Monday, 16 March
    with pytest.raises(InvalidInput, match="a rejection needs a reason"):
        water.disposals.reject(used, reason=" ")
    page, _ = water.disposals.reject(used, reason="备份未删除")
    assert (page.state, page.clock.due_on) == (DisposalState.OWED, date(2026, 3, 24))
    assert [task.due_on for task in owed(parks)] == [date(2026, 3, 24)]
    with pytest.raises(Conflict, match="no proof of disposal waits"):
        water.disposals.confirm(used)
    page, _ = parks.disposals.dispose(used, how=Method.DELETED, proof="备份也已删除")
    assert [(proof.number, proof.verdict) for proof in page.proofs] == [(1, "rejected"), (2, None)]
    water.disposals.confirm(used)
    assert delivered.verify_ledger().faults == ()


def test_rule_17_a_period_that_runs_out_owes_disposal_by_itself(
    delivered, used, water, parks, clock
):
    clock.advance(days=29)
    assert owed(parks) == []
    clock.advance(days=1)  # Wednesday, 1 April, 09:00: the period is over
    entries = delivered.ledger_head().size
    [task] = owed(parks)
    assert (task.due_on, task.state) == (date(2026, 4, 16), "running")  # Qingming is off
    clock.advance(days=16)
    assert [task.state for task in owed(parks)] == ["overdue"]
    assert [task.subject for task in delivered.tasks(overdue=True)] == [f"grant:{used}"]
    assert delivered.ledger_head().size == entries
    assert delivered.clocks(f"grant:{used}") == []
    parks.disposals.dispose(used, how=Method.ANONYMISED, proof="已去标识化")
    [stored] = delivered.clocks(f"grant:{used}")
    assert (stored.started_on, stored.due_on) == (date(2026, 4, 1), date(2026, 4, 16))
    assert facts(delivered, "grant.disposal_proved")["late"] is True
    water.disposals.confirm(used)
    assert delivered.verify_ledger().faults == ()


def test_past_the_calendar_disposal_is_owed_on_a_day_that_nobody_knows(
    delivered, clock, tmp_path, parks
):
    end = clock.now().replace(year=2030, month=12, day=31)
    grant = granted(delivered, clock, not_after=end)
    read(delivered, tmp_path)
    clock.advance(days=(end - clock.now()).days)
    [task] = owed(parks)
    assert (task.due_on, task.days_left, task.state) == (None, None, "running")
    assert parks.disposals.get(grant.ref).clock is None
    with pytest.raises(Conflict, match="calendar says nothing of 2031"):
        parks.disposals.dispose(grant.ref, how=Method.DELETED, proof="日志")


def test_a_right_ends_even_where_the_calendar_does_not_reach(delivered, clock, tmp_path, parks):
    clock.advance(days=5 * 365)
    late = granted_on(delivered, clock, tmp_path)
    ended = finish(parks, late)
    assert ended.finished_at == clock.now()
    assert delivered.clocks(f"grant:{late}") == []
    assert [task.due_on for task in owed(parks)] == [None]


def granted_on(delivered, clock, tmp_path):
    """A grant by direct policy of dates alone: the reply's clock needs a calendar, so go back."""
    clock.advance(days=-5 * 365)
    grant = granted(delivered, clock, not_after=clock.now() + timedelta(days=5 * 365 + 1))
    read(delivered, tmp_path)
    clock.advance(days=5 * 365)
    return grant.ref


def test_who_never_read_has_nothing_to_dispose_of(delivered, clock, parks):
    grant = granted(delivered, clock)
    with pytest.raises(Conflict, match="has not ended"):
        parks.disposals.dispose(grant.ref, how=Method.DELETED, proof="日志")
    finish(parks, grant.ref)
    assert parks.disposals.get(grant.ref).state is DisposalState.NOTHING
    assert (owed(parks), delivered.clocks(f"grant:{grant.ref}")) == ([], [])
    with pytest.raises(Conflict, match="nothing was ever read"):
        parks.disposals.dispose(grant.ref, how=Method.DELETED, proof="日志")


def test_a_revoked_grant_owes_disposal_from_that_act(delivered, used, parks):
    delivered.acting_as("authority.data").revoke_grant(used, reason="misuse")
    told = facts(delivered, "grant.revoked")
    assert (told["limit"], told["due_on"]) == ("disposal", "2026-03-16")
    assert [task.due_on for task in owed(parks)] == [date(2026, 3, 16)]
    with pytest.raises(Conflict, match="is revoked already"):
        finish(parks, used)


def test_data_that_another_live_grant_gives_is_not_to_be_disposed_of(delivered, used, parks, clock):
    narrow = granted(delivered, clock, columns=("meter",), application="ponds")
    finish(parks, used)
    assert len(owed(parks)) == 1, "a grant of fewer columns does not cover it"
    clock.advance(days=2)  # Wednesday, 4 March: eight working days are left
    wide = granted(delivered, clock, application="ponds")
    assert owed(parks) == []
    with pytest.raises(Conflict, match=f"still granted under {wide.ref}"):
        parks.disposals.dispose(used, how=Method.DELETED, proof="日志")
    clock.advance(days=19)  # Monday, 23 March
    delivered.acting_as("authority.data").revoke_grant(wide.ref, reason="no longer needed")
    [task] = owed(parks)
    assert (task.subject, task.due_on) == (f"grant:{used}", date(2026, 4, 2))
    parks.disposals.dispose(used, how=Method.DELETED, proof="日志")
    assert narrow.ref not in str(owed(parks))
    assert delivered.verify_ledger().faults == ()


def test_a_renewal_puts_the_disposal_off_and_not_what_was_late(delivered, used, parks, clock):
    finish(parks, used)
    clock.advance(days=20)
    wide = granted(delivered, clock)
    assert owed(parks) == []
    clock.advance(days=1)
    delivered.acting_as("authority.data").revoke_grant(wide.ref, reason="no longer needed")
    assert [(task.state, task.due_on) for task in owed(parks)] == [("overdue", date(2026, 3, 16))]


def test_the_provider_says_how_it_is_to_be_disposed_of(used, water, parks):
    water.disposals.require(used, how=Method.RETURNED, text="刻盘移交")
    finish(parks, used)
    with pytest.raises(Conflict, match="requires that the data of GRT-0001 is returned: 刻盘移交"):
        parks.disposals.dispose(used, how=Method.DELETED, proof="日志")
    parks.disposals.dispose(used, how=Method.RETURNED, proof="交接单 7 号")
    with pytest.raises(Conflict, match="disposed of already"):
        water.disposals.require(used, how=Method.DELETED)
    page, _ = water.disposals.confirm(used)
    assert (page.requirement.how, page.requirement.text) == (Method.RETURNED, "刻盘移交")
    with pytest.raises(Conflict, match="is disposed of already"):
        parks.disposals.dispose(used, how=Method.RETURNED, proof="again")


@pytest.mark.parametrize(
    ("person", "act"),
    [
        ("approver.water", "finish"),
        ("steward.parks", "finish"),
        ("authority.data", "finish"),
        ("requester.parks", "require"),
        ("steward.water", "require"),
        ("approver.water", "dispose"),
        ("both.water", "dispose"),
        ("requester.parks", "confirm"),
        ("both.parks", "confirm"),
        ("authority.data", "reject"),
    ],
)
def test_each_act_is_somebodys(delivered, used, parks, person, act):
    acts = {
        "finish": {"cause": FinishCause.MET, "reason": "a"},
        "require": {"how": Method.DELETED},
        "dispose": {"how": Method.DELETED, "proof": "a"},
        "confirm": {},
        "reject": {"reason": "a"},
    }
    if act in {"dispose", "confirm", "reject"}:
        finish(parks, used)
    if act in {"confirm", "reject"}:
        parks.disposals.dispose(used, how=Method.DELETED, proof="日志")
    with pytest.raises(Denied, match="may not"):
        getattr(delivered.acting_as(person).disposals, act)(used, **acts[act])


@pytest.mark.parametrize("reason", ["", "\u200b", " "])
def test_the_end_and_the_proof_say_something(used, parks, reason):
    with pytest.raises(InvalidInput, match="needs a reason"):
        parks.disposals.finish(used, cause=FinishCause.IMPOSSIBLE, reason=reason)
    finish(parks, used)
    with pytest.raises(InvalidInput, match="has no proof"):
        parks.disposals.dispose(used, how=Method.DELETED, proof=reason)
    with pytest.raises(Conflict, match="is ended already"):
        finish(parks, used)


def test_a_suspended_grant_can_be_finished_and_nothing_is_rectified_then(
    delivered, used, water, parks
):
    water.suspend_grant(used, reason="audit")
    parks.rectify_grant(used, report="done")
    finish(parks, used)
    assert [task.limit for task in delivered.tasks()] == [LimitName.DISPOSAL]
