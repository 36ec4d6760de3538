"""Needs and answers on both databases."""

from dataclasses import replace

import pytest

from core.errors import Conflict, NotFound
from sharing.needs.model import Need, NeedState
from sharing.needs.once_only import Answer
from sharing.needs.repository import AnswerRepository, NeedRepository
from tests.storage.test_repositories import T0, session

__all__ = ["session"]

NEED = Need(
    ref="NED-0001",
    state=NeedState.OPEN,
    department="schools",
    application="enrolment",
    title="租金",
    items=("月租金", "押金"),
    legal_basis="法",
    scenario="核验",
    not_covered="口径不同",
    created_by="li",
    created_at=T0,
)


def test_a_need_comes_back_as_it_went_in_and_moves_on(session):
    needs = NeedRepository(session)
    assert needs.next_ref() == "NED-0001"
    needs.add(NEED)
    assert needs.get("ned-0001 ") == NEED
    assert needs.next_ref() == "NED-0002"
    assigned = replace(
        NEED,
        state=NeedState.ASSIGNED,
        assigned_to="housing",
        assigned_by="wang",
        assigned_at=T0,
        assign_reason="职责",
    )
    needs.update(assigned, expected=NeedState.OPEN)
    met = replace(
        assigned,
        state=NeedState.MET,
        dataset="rents",
        closed_by="chen",
        closed_at=T0,
        reason="已核实",
    )
    needs.update(met, expected=NeedState.ASSIGNED)
    session.expire_all()
    assert needs.list_all() == [met]
    with pytest.raises(Conflict, match="changed meanwhile"):
        needs.update(assigned, expected=NeedState.OPEN)
    for unknown in ("NED-0009", "REQ-0001", "x"):
        with pytest.raises(NotFound):
            needs.get(unknown)


def test_answers_are_kept_by_service(session):
    answers = AnswerRepository(session)
    first = Answer(
        service="a", item="住址", dataset="d", reason="不同", answered_by="li", answered_at=T0
    )
    second = replace(first, service="b")
    answers.add(second)
    answers.add(first)
    assert answers.list_all() == [first, second]
    assert answers.list_all(service="b") == [second]
