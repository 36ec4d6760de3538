"""Every cell of state, act and role of a need, legal and illegal, and the page that lists them."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest

from catalog.model import Dataset, DatasetStatus, Department, DepartmentKind, Division, ShareType
from core.actor import Actor, Role
from core.errors import Conflict, Denied, InvalidInput
from sharing.needs import procedure
from sharing.needs.model import Need, NeedState
from sharing.needs.procedure import NEXT, SIDES, Act, Side

NOW = datetime(2026, 3, 2, tzinfo=UTC)
LEASES = Dataset(
    code="leases", title_zh="租赁", provider="housing", share_type=ShareType.CONDITIONAL
)
DEPARTMENTS = ("schools", "housing", "police", "data")
PAGE = Path(__file__).parents[2] / "docs" / "needs.md"


def need(state: NeedState) -> Need:
    return Need(
        ref="NED-0001",
        state=state,
        department="schools",
        application="enrolment",
        title="租赁合同",
        items=("租金",),
        legal_basis="law",
        scenario="enrolment",
        created_by="somebody",
        created_at=NOW,
        assigned_to="" if state is NeedState.OPEN else "housing",
    )


def actor(department: str, *roles: Role, person: str = "me") -> Actor:
    return Actor(person, department, frozenset(roles), "", "")


def act_on(thing: Need, act: Act, acting: Actor) -> Need:
    match act:
        case Act.ASSIGN:
            return procedure.assign(thing, acting, department="market", reason="职责", now=NOW)
        case Act.MEET:
            return procedure.meet(thing, acting, dataset=LEASES, now=NOW)
        case Act.DECLINE:
            return procedure.decline(thing, acting, reason="无此数据", now=NOW)
        case Act.WITHDRAW:
            return procedure.withdraw(thing, acting, now=NOW)


def may(thing: Need, act: Act, acting: Actor) -> bool:
    match SIDES[act]:
        case Side.ASKER:
            return acting.department == "schools" and acting.has(Role.REQUESTER)
        case Side.AUTHORITY:
            return acting.has(Role.AUTHORITY)
        case Side.HOLDER:
            holds = acting.department == thing.assigned_to
            return acting.has(Role.AUTHORITY) or (
                holds and bool(acting.roles & {Role.STEWARD, Role.APPROVER})
            )


@pytest.mark.parametrize(("state", "act"), list(product(NeedState, Act)))
def test_every_cell_of_state_act_and_role(state, act):
    for department, role in product(DEPARTMENTS, [*Role, None]):
        acting = actor(department, *([role] if role else []))
        thing = need(state)
        if (state, act) not in NEXT:
            with pytest.raises(Conflict, match=f"need NED-0001 is {state}: it cannot be"):
                act_on(thing, act, acting)
        elif may(thing, act, acting):
            assert act_on(thing, act, acting).state is NEXT[state, act]
        else:
            with pytest.raises(Denied, match=rf"which is {state}: .* \((Art\.|policy: )"):
                act_on(thing, act, acting)


@pytest.mark.parametrize("act", [Act.ASSIGN, Act.MEET, Act.DECLINE])
def test_nobody_decides_what_they_asked_for(act):
    acting = actor("data", Role.AUTHORITY, person="somebody")
    with pytest.raises(Denied) as caught:
        act_on(need(NeedState.ASSIGNED), act, acting)
    assert caught.value.reasons == ("nobody decides what they asked for",)


def test_a_need_is_not_assigned_to_its_asker_nor_twice_to_the_same():
    acting = actor("data", Role.AUTHORITY)
    for department, message in (("schools", "own need"), ("housing", "already")):
        with pytest.raises(Conflict, match=message):
            procedure.assign(
                need(NeedState.ASSIGNED), acting, department=department, reason="已核实", now=NOW
            )


@pytest.mark.parametrize("blank", ["", " ", "\u200b"])
def test_reasons_are_asked_for(blank):
    acting = actor("data", Role.AUTHORITY)
    with pytest.raises(InvalidInput, match="why it is theirs"):
        procedure.assign(need(NeedState.OPEN), acting, department="x", reason=blank, now=NOW)
    with pytest.raises(InvalidInput, match="not said why"):
        procedure.decline(need(NeedState.OPEN), acting, reason=blank, now=NOW)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"status": DatasetStatus.DRAFT}, "is draft: it meets no need"),
        ({"status": DatasetStatus.WITHDRAWN}, "is withdrawn"),
        ({"share_type": ShareType.NOT_SHARED}, "不予共享"),
        ({"provider": "schools"}, "own data of schools"),
    ],
)
def test_only_an_entry_that_can_be_asked_for_meets_a_need(changes, message):
    with pytest.raises(Conflict, match=message):
        procedure.meet(
            need(NeedState.ASSIGNED),
            actor("data", Role.AUTHORITY),
            dataset=replace(LEASES, **changes),
            now=NOW,
        )


def test_a_steward_meets_it_with_an_entry_of_the_own_department():
    with pytest.raises(Denied, match="leases is police's"):
        procedure.meet(
            need(NeedState.ASSIGNED),
            actor("housing", Role.STEWARD),
            dataset=replace(LEASES, provider="police"),
            now=NOW,
        )


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ([], "not said which data"),
        (["租金", "租 金"], "stands there twice"),
        (["租金\u202e"], "at position 3"),
        ([" "], "is empty"),
        ([f"项{n}" for n in range(51)], "too many"),
    ],
)
def test_items_are_lines_that_each_stand_once(items, message):
    with pytest.raises(InvalidInput, match=message):
        procedure.check_items(items)


def department(code, division, kind=DepartmentKind.BUSINESS):
    return Department(code=code, name_zh=code, division=division, kind=kind)


def test_the_authority_is_the_nearest_above_the_asker():
    divisions = {
        code: Division(code=code, name_zh=code, level="x", parent=parent)
        for code, parent in (("44", None), ("4403", "44"), ("440305", "4403"), ("45", None))
    }
    here = department("parks", "440305")
    city = department("data", "4403", DepartmentKind.AUTHORITY)
    province = department("bureau", "44", DepartmentKind.AUTHORITY)
    assert procedure.authority_for(here, [here, city, province], divisions) == "data"
    assert procedure.authority_for(here, [here, province], divisions) == "bureau"
    elsewhere = department("far", "45")
    assert procedure.authority_for(elsewhere, [city, province], divisions) == "bureau"
    with pytest.raises(Conflict, match="nobody would take the need"):
        procedure.authority_for(here, [here], divisions)


def test_the_page_lists_every_legal_move():
    text = PAGE.read_text("utf-8")
    for (state, act), after in NEXT.items():
        assert f"| {state} | {act} | {SIDES[act]} | {after} |" in text
    assert text.count("\n| open |") + text.count("\n| assigned |") == len(NEXT)
