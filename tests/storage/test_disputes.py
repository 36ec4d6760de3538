"""Disputes on both databases."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from core.clock import FixedClock
from core.errors import Conflict, NotFound
from sharing.disputes.model import (
    Decision,
    Dispute,
    DisputeState,
    Outcome,
    Settlement,
    Step,
    Tier,
)
from sharing.disputes.repository import DisputeRepository
from tests.storage.test_repositories import session

__all__ = ["session"]

T0 = FixedClock().now()
NEGOTIATION = Step(tier=Tier.NEGOTIATION, department="water", since=T0, brought_by="ding")
OPEN = Dispute(
    ref="DSP-0001",
    state=DisputeState.NEGOTIATING,
    subject="request:REQ-0001",
    department="parks",
    provider="water",
    dataset="meters",
    grounds="拒绝理由不成立",
    raised_by="ding",
    raised_at=T0,
    steps=(NEGOTIATION,),
)


def test_a_dispute_keeps_what_happened_on_its_way(session):
    disputes = DisputeRepository(session)
    assert disputes.next_ref() == OPEN.ref
    disputes.add(OPEN)
    assert disputes.get("dsp-1") == OPEN
    decision = Decision(
        outcome=Outcome.OVERTURNED,
        reason="职责需要",
        by="xin",
        at=T0 + timedelta(days=3),
        confirmed_by="zi",
        confirmed_at=T0 + timedelta(days=4, microseconds=7),
    )
    authority = Step(
        tier=Tier.AUTHORITY,
        department="data",
        since=T0 + timedelta(days=2),
        brought_by="yi",
        reason="协商不成",
        decision=decision,
    )
    settlement = Settlement(
        outcome=Outcome.UPHELD,
        text="不再申请",
        department="parks",
        by="ding",
        at=T0 + timedelta(days=1),
        agreed_by="yi",
        agreed_at=T0 + timedelta(days=2),
    )
    ended = replace(
        OPEN,
        state=DisputeState.OVERTURNED,
        steps=(NEGOTIATION, authority),
        settlement=settlement,
        withdrawn_by="ding",
        withdrawn_at=T0 + timedelta(days=5),
    )
    for whole in (ended, authority, decision, settlement):
        assert all(getattr(whole, f.name) for f in fields(whole)), "nothing that can get lost"
    disputes.update(ended, expected=DisputeState.NEGOTIATING)
    session.expire_all()
    assert disputes.get(OPEN.ref) == ended
    assert disputes.get(OPEN.ref).standing == ended.standing
    with pytest.raises(Conflict, match="changed meanwhile"):
        disputes.update(OPEN, expected=DisputeState.NEGOTIATING)


def test_disputes_are_listed_by_number(session):
    disputes = DisputeRepository(session)
    other = replace(OPEN, ref="DSP-0002", subject="item:readings", dataset="")
    for one in (other, OPEN):
        disputes.add(one)
    assert disputes.list_all() == [OPEN, other]
    assert disputes.list_all(subject="item:readings") == [other]
    assert disputes.list_all(state=DisputeState.SETTLED) == []
    assert disputes.next_ref() == "DSP-0003"
    with pytest.raises(NotFound, match="there is no dispute 'DSP-0007'"):
        disputes.get("DSP-0007")
