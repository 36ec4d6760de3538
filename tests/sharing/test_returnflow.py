"""Every cell of state, act and role of a return; and which rows are of which area."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product

import pytest

from core.actor import Actor, Role
from core.errors import Conflict, Denied
from sharing.model import GrantState
from sharing.returnflow import areas
from sharing.returnflow.model import Match, ReturnCheck, ReturnFlow, ReturnState
from sharing.returnflow.procedure import POSSIBLE, SIDES, Act, Side, check_act

NOW = datetime(2026, 3, 2, tzinfo=UTC)
FLOW = ReturnFlow(
    ref="RET-0001",
    dataset="shops",
    division="440305",
    department="parks",
    column="district",
    match=Match.EQUAL,
    start=date(2026, 3, 2),
    entered_at=NOW,
    entered_by="somebody",
)
GRANTED = {
    ReturnState.SCHEDULED: GrantState.SCHEDULED,
    ReturnState.IN_FORCE: GrantState.ACTIVE,
    ReturnState.SUSPENDED: GrantState.SUSPENDED,
    ReturnState.ENDED: GrantState.REVOKED,
}
PARENTS = {
    "44": None,
    "4403": "44",
    "440304": "4403",
    "440305": "4403",
    "440305001": "440305",
    "440305002": "440305",
}
TALLY = {None: (2, 0), "": (1, 0), "440305": (3, 3), "440305001": (4, 4), "440305777": (5, 5),
         "440304": (6, 0), "4403": (7, 0), "449999": (8, 0)}  # fmt: skip


def flow(state: ReturnState) -> ReturnFlow:
    facts = {
        ReturnState.ASKED: {},
        ReturnState.LISTED: {"confirmed_at": NOW},
        ReturnState.WITHDRAWN: {"withdrawn_at": NOW},
    }
    return replace(FLOW, **facts.get(state, {"confirmed_at": NOW, "accepted_at": NOW}))


def entitled(act: Act, actor: Actor) -> bool:
    receiving = actor.department == "parks" and actor.has(Role.REQUESTER)
    approving = actor.department == "water" and actor.has(Role.APPROVER)
    providing = approving or actor.has(Role.AUTHORITY)
    stewarding = actor.department == "water" and actor.has(Role.STEWARD)
    return {
        Side.RECEIVER: receiving,
        Side.PROVIDER: providing,
        Side.EITHER: receiving or providing,
        Side.CHECKING: receiving or providing or stewarding or actor.has(Role.AUDITOR),
    }[SIDES[act]]


@pytest.mark.parametrize(("state", "act"), list(product(ReturnState, Act)), ids=str)
def test_every_cell(state, act):
    made, grant = flow(state), GRANTED.get(state)
    assert made.state(grant) is state
    for role, department, person in product(
        [*Role, None], ("parks", "water", "data"), ("other", "somebody")
    ):
        own = person == "somebody" or department == "parks"
        actor = Actor(
            person=person,
            department=department,
            roles=frozenset({role} if role else ()),
            commitment="",
            os_user="",
        )
        if act not in POSSIBLE[state]:
            with pytest.raises(Conflict, match=f"is {state}: it cannot be"):
                check_act(made, act, actor, provider="water", grant=grant)
        elif not entitled(act, actor) or (act is Act.CONFIRM and own):
            with pytest.raises(
                Denied, match=rf"may not {act} return RET-0001, which is {state}: .* \(Art\."
            ):
                check_act(made, act, actor, provider="water", grant=grant)
        else:
            check_act(made, act, actor, provider="water", grant=grant)


def test_every_state_and_act_is_in_the_tables():
    assert set(POSSIBLE) == set(ReturnState)
    assert set(SIDES) == set(Act)


@pytest.mark.parametrize(
    ("code", "match", "held"),
    [
        ("440305", Match.EQUAL, 7),
        ("440305", Match.PREFIX, 12),
        ("440305001", Match.EQUAL, 4),
        ("4403", Match.EQUAL, 20),
        ("unknown", Match.PREFIX, 0),
    ],
)
def test_rows_of_an_area_are_its_own_and_those_of_what_lies_in_it(code, match, held):
    assert areas.held(TALLY, PARENTS, code, match) == held


def test_rows_of_no_area_below_go_to_nobody():
    assert areas.nobodys(TALLY, PARENTS, "4403", Match.PREFIX) == 2 + 1 + 8
    assert areas.nobodys(TALLY, PARENTS, "4403", Match.EQUAL) == 2 + 1 + 8 + 5
    assert areas.nobodys({}, PARENTS, "4403", Match.EQUAL) == 0


def test_an_area_lies_below_at_any_depth_and_never_in_itself():
    assert areas.lies_below(PARENTS, "440305001", "44")
    for code, upper in (("4403", "4403"), ("44", "4403"), ("440304", "440305"), ("x", "44")):
        assert not areas.lies_below(PARENTS, code, upper)
    assert areas.foreign(PARENTS | {"4403059": "4403"}, "440305") == ["4403059"]
    assert areas.foreign(PARENTS, "4403") == []


@pytest.mark.parametrize(
    ("facts", "complete"),
    [
        ({}, True),
        ({"given": 99}, False),
        ({"expected": 101}, False),
        ({"expected": 99}, True),
        ({"missing": ("owner",)}, False),
        ({"delivery": None}, False),
        ({"held": 0, "given": 0}, None),
        ({"held": 0, "given": 0, "expected": 1}, False),
    ],
)
def test_a_return_is_whole_when_all_rows_and_columns_are_there(facts, complete):
    values = {
        "flow": "RET-0001",
        "number": 1,
        "checked_at": NOW,
        "checked_by": "somebody",
        "delivery": 1,
        "held": 100,
        "given": 100,
        "expected": None,
        "nobodys": 0,
        "missing": (),
        "on_time": True,
    }
    assert ReturnCheck(**(values | facts)).complete is complete
