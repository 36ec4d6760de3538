"""Ends of grants, disposal, records, transfers and changes of a service on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import NotFound
from sharing.changes.model import Consultation, ServiceChange
from sharing.changes.repository import ChangeRepository
from sharing.disposal.model import Method, Proof, Requirement, Verdict
from sharing.disposal.repository import DisposalRepository
from sharing.model import FinishCause
from sharing.onward.model import Answer, OnwardTransfer
from sharing.onward.repository import OnwardRepository
from sharing.records.model import RecordKind, UsageRecord
from sharing.records.repository import RecordRepository
from sharing.repository import GrantRepository
from tests.storage.test_repositories import T0, a_grant, session

__all__ = ["session"]

SOON, LATER = T0 + timedelta(minutes=1), T0 + timedelta(days=1)


@pytest.fixture
def grant(session):
    return a_grant(session)


def test_a_finished_grant_comes_back_and_is_undisposed_until_it_is_confirmed(session, grant):
    grants = GrantRepository(session)
    assert grants.list_undisposed(grant.terms.not_after) == [], "nothing was read under it"
    grants.mark_first_use([grant.ref], T0)
    assert grants.list_undisposed(SOON) == []
    finished = replace(
        grant,
        first_used_at=T0,
        finished_at=SOON,
        finished_by="ding",
        finish_cause=FinishCause.NOT_NEEDED,
        finish_reason="项目取消",
    )
    grants.finish(finished)
    session.flush()
    session.expire_all()
    assert grants.get(grant.ref) == finished
    assert grants.list_undisposed(SOON) == [finished]
    grants.mark_disposed(grant.ref, SOON)
    session.flush()
    session.expire_all()
    assert grants.get(grant.ref).disposed_at == SOON
    assert grants.list_undisposed(SOON) == []


def test_requirements_are_replaced_and_proofs_are_kept(session, grant):
    disposals = DisposalRepository(session)
    assert (disposals.requirement(grant.ref), disposals.proofs(grant.ref)) == (None, [])
    first = Requirement(how=Method.DELETED, text="", required_at=T0, required_by="yi")
    second = replace(first, how=Method.RETURNED, text="刻盘移交")
    disposals.require(grant.ref, first)
    disposals.require(grant.ref, second)
    proof = Proof(number=1, how=Method.RETURNED, text="单据", given_at=T0, given_by="ding")
    disposals.save(grant.ref, proof)
    assert disposals.list_waiting() == {grant.ref}
    judged = replace(
        proof, verdict=Verdict.REJECTED, decided_at=LATER, decided_by="yi", reason="不全"
    )
    disposals.save(grant.ref, judged)
    session.expire_all()
    assert disposals.requirement(grant.ref) == second
    assert (disposals.proofs(grant.ref), disposals.list_waiting()) == ([judged], set())


def test_a_purged_record_keeps_all_but_its_text(session, grant):
    records = RecordRepository(session)
    record = UsageRecord(
        number=1,
        kind=RecordKind.EFFECT,
        text="节水两成",
        sha256="a" * 64,
        recorded_at=T0,
        recorded_by="ding",
    )
    records.add(grant.ref, record)
    assert records.list_by_grant(grant.ref) == [record]
    records.purge(grant.ref, at=LATER)
    session.expire_all()
    assert records.list_by_grant(grant.ref) == [replace(record, text="", purged_at=LATER)]


def test_a_transfer_waits_until_it_is_answered(session, grant):
    onward = OnwardRepository(session)
    asked = OnwardTransfer(
        number=1, recipient="某公司", purpose="外包", asked_at=T0, asked_by="ding"
    )
    onward.save(grant.ref, asked)
    assert onward.list_waiting() == [(grant.ref, asked)]
    made = replace(
        asked,
        answer=Answer.CONSENTED,
        answered_at=T0,
        answered_by="yi",
        passed_on_at=LATER,
        passed_on_by="ding",
    )
    onward.save(grant.ref, made)
    session.expire_all()
    assert (onward.list_waiting(), onward.list_by_grant(grant.ref)) == ([], [made])


def test_a_change_keeps_whom_it_asked_and_what_they_said(session):
    changes = ChangeRepository(session)
    begun = ServiceChange(
        ref=changes.next_ref(),
        dataset="meters",
        provider="water",
        reason="改名",
        begun_at=T0,
        begun_by="jia",
        consulted=(Consultation(department="parks"), Consultation(department="roads")),
    )
    changes.save(begun)
    assert (begun.ref, changes.next_ref()) == ("CHG-0001", "CHG-0002")
    assert changes.list_open() == [begun]
    heard = Consultation(department="parks", text="好", answered_at=LATER, answered_by="ding")
    filed = replace(
        begun,
        consulted=(heard, begun.consulted[1]),
        filing="3",
        unheard="等不及",
        filed_at=LATER,
        filed_by="xin",
        made_at=LATER,
    )
    changes.save(filed)
    session.expire_all()
    assert changes.get("chg-1") == filed
    assert (changes.list_all(dataset="meters"), changes.list_open()) == ([filed], [])
    assert changes.list_all(dataset="other") == []
    with pytest.raises(NotFound, match="CHG-0002"):
        changes.get("CHG-0002")
