"""Corrections on both databases."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from catalog.predicate import Comparison, Operator
from core.clock import FixedClock
from core.errors import Conflict, NotFound
from sharing.corrections.model import Channel, Correction, CorrectionState, Finding
from sharing.corrections.repository import CorrectionRepository
from tests.storage.test_repositories import session

__all__ = ["session"]

T0 = FixedClock().now()
OPEN = Correction(
    ref="COR-0001",
    state=CorrectionState.OPEN,
    department="parks",
    dataset="meters",
    delivery=1,
    grant="",
    channel=Channel.HOTLINE,
    columns=("litres",),
    rows=Comparison("meter", Operator.IN, ("M001", "M002")),
    problem="少十倍",
    created_by="ding",
    created_at=T0,
)


def test_a_correction_keeps_what_happened_on_its_way(session):
    corrections = CorrectionRepository(session)
    assert corrections.next_ref() == OPEN.ref
    corrections.add(OPEN)
    assert corrections.get("cor-1") == OPEN
    closed = replace(
        OPEN,
        state=CorrectionState.CLOSED,
        received_by="jia",
        received_at=T0 + timedelta(days=1),
        finding=Finding.CONFIRMED,
        reason="漏一位",
        verified_by="jia",
        verified_at=T0 + timedelta(days=2),
        corrected_in=2,
        none_needed="x",
        corrected_by="jia",
        corrected_at=T0 + timedelta(days=3),
        feedback="已更正",
        closed_by="jia",
        closed_at=T0 + timedelta(days=4),
        withdrawn_by="ding",
        withdrawn_at=T0 + timedelta(days=5),
    )
    unset = {f.name for f in fields(closed) if not getattr(closed, f.name)}
    assert unset == {"grant"}, "every other field has a value that can get lost"
    corrections.update(closed, expected=CorrectionState.OPEN)
    session.expire_all()
    assert corrections.get(OPEN.ref) == closed
    with pytest.raises(Conflict, match="changed meanwhile"):
        corrections.update(OPEN, expected=CorrectionState.OPEN)


def test_corrections_are_listed_by_number(session):
    corrections = CorrectionRepository(session)
    other = replace(OPEN, ref="COR-0002", dataset="lakes", rows=None)
    for one in (other, OPEN):
        corrections.add(one)
    assert corrections.list_all() == [OPEN, other]
    assert corrections.list_all(dataset="lakes", state=CorrectionState.OPEN) == [other]
    assert corrections.list_all(state=CorrectionState.CLOSED) == []
    assert corrections.next_ref() == "COR-0003"
    with pytest.raises(NotFound, match="there is no correction 'COR-0007'"):
        corrections.get("COR-0007")
