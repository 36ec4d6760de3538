"""Every cell of state, act and role of a request, legal and illegal, and the page that lists them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import product
from pathlib import Path

import pytest

from catalog.model import ShareMode
from core.actor import Actor, Role
from core.errors import Conflict, Denied
from sharing import workflow
from sharing.clocks.model import Clock
from sharing.model import (
    AccessRequest,
    Approval,
    Extension,
    RefusalGround,
    RequestState,
    Return,
    Terms,
)
from sharing.moves import NEXT, SIDES, Act, Side, possible_acts
from sharing.profiles.model import LimitName
from sharing.requests import disputed, procedure

NOW = datetime(2026, 3, 2, tzinfo=UTC)
TERMS = Terms(
    dataset="meters",
    contract_version="1.0.0",
    application="lawns",
    legal_basis="law",
    scenario="watering",
    columns=("meter",),
    rows=None,
    mode=ShareMode.FILE,
    not_before=NOW,
    not_after=NOW + timedelta(days=9),
)
OVERDUE = Clock(
    subject="request:REQ-0001",
    limit=LimitName.SUPPLEMENT,
    debtor="parks",
    days=10,
    article="",
    profile="",
    started_on=date(2026, 1, 1),
    due_on=date(2026, 1, 15),
)
ROLES = [*Role, None]


def request(state: RequestState, act: Act) -> AccessRequest:
    """A request in which nothing but the state or the role can stand against the act."""
    made = AccessRequest(
        ref="REQ-0001",
        state=state,
        department="parks",
        terms=TERMS,
        created_by="somebody",
        created_at=NOW,
    )
    if state is RequestState.RETURNED:
        made = replace(made, returned=Return(missing=("x",), at=NOW, by="p"))
    if state is RequestState.SECONDING:
        first = Approval(by="first", at=NOW, columns=("meter",))
        made = replace(made, first_approval=first)
    if act in (Act.CONSENT, Act.DECLINE):
        asked = Extension(days=1, reason="r", asked_at=NOW, asked_by="p")
        made = replace(made, extension=asked)
    return made


BY_PROVIDER = {"provider": "water", "now": NOW}
PERFORM = {
    Act.SUBMIT: lambda made, actor: workflow.submit(made, actor, NOW),
    Act.ENDORSE: lambda made, actor: workflow.endorse(made, actor, NOW, provider="water"),
    Act.WITHDRAW: workflow.withdraw,
    Act.RECEIVE: lambda made, actor: procedure.receive(made, actor, **BY_PROVIDER),
    Act.RETURN: lambda made, actor: procedure.return_once(
        made, actor, missing=["盖章"], **BY_PROVIDER
    ),
    Act.SUPPLEMENT: lambda made, actor: procedure.supplement(
        made, actor, answer="a", terms=TERMS, **BY_PROVIDER
    ),
    Act.PROLONG: lambda made, actor: procedure.prolong(made, actor, late=3, now=NOW),
    Act.EXTEND: lambda made, actor: procedure.ask_extension(
        made, actor, days=1, reason="r", **BY_PROVIDER
    ),
    Act.CONSENT: lambda made, actor: procedure.consent(made, actor, **BY_PROVIDER),
    Act.DECLINE: lambda made, actor: procedure.decline(made, actor, reason="r", **BY_PROVIDER),
    Act.APPROVE_FIRST: lambda made, actor: procedure.approve_first(made, actor, **BY_PROVIDER),
    Act.SECOND: lambda made, actor: procedure.second(made, actor, grant="GRT-0001", **BY_PROVIDER)[
        0
    ],
    Act.APPROVE: lambda made, actor: procedure.approve(
        made, actor, grant="GRT-0001", **BY_PROVIDER
    )[0],
    Act.REFUSE: lambda made, actor: procedure.refuse(
        made, actor, ground=RefusalGround.NOT_HELD, reason="r", grantable=True, **BY_PROVIDER
    ),
    Act.LAPSE: lambda made, actor: procedure.lapse(
        made, actor, waiting=OVERDUE, today=date(2026, 3, 2), **BY_PROVIDER
    ),
    Act.DISPUTE: lambda made, _: disputed.dispute(made, "DSP-0001"),
    Act.REOPEN: lambda made, _: disputed.reopen(made),
    Act.UPHOLD: lambda made, _: disputed.uphold(made, ruled_by="data"),
    Act.OVERTURN: lambda made, actor: disputed.overturn(
        made, ruled_by="data", by=actor.person, grant="GRT-0001", **BY_PROVIDER
    )[0],
    Act.DROP: lambda made, _: disputed.drop(made),
}


def acting(person: str, department: str, role: Role | None, **more: str) -> Actor:
    roles = frozenset({role} if role else ())
    return Actor(person, department, roles, commitment="", os_user="", **more)


def entitled(act: Act, actor: Actor) -> bool:
    match SIDES[act]:
        case Side.REQUESTER:
            return actor.department == "parks" and actor.has(Role.REQUESTER)
        case Side.OWN_APPROVER:
            return actor.department == "parks" and actor.has(Role.APPROVER)
        case Side.PROVIDER:
            return actor.department == "water" and actor.has(Role.APPROVER)
        case Side.SECOND:
            second = actor.department == "water" and actor.has(Role.APPROVER)
            return (second or actor.has(Role.AUTHORITY)) and actor.person != "first"
        case Side.AUTHORITY:
            return actor.has(Role.AUTHORITY)
        case Side.DISPUTE:
            return True


@pytest.mark.parametrize(("state", "act"), list(product(RequestState, Act)), ids=str)
def test_every_cell(state, act):
    made = request(state, act)
    for role, department, person in product(
        ROLES, ("parks", "water", "data"), ("other", "somebody", "first")
    ):
        actor = acting(person, department, role)
        guarded_there = SIDES[act] in (Side.REQUESTER, Side.DISPUTE)
        own = person == made.created_by and not guarded_there
        if (state, act) not in NEXT:
            with pytest.raises(Conflict, match=f"is {state}: it cannot be"):
                PERFORM[act](made, actor)
        elif own or not entitled(act, actor):
            with pytest.raises(Denied, match=rf"which is {state}: .* \((Art\.|policy: )") as caught:
                PERFORM[act](made, actor)
            assert caught.value.hint.startswith("it takes ")
        else:
            assert PERFORM[act](made, actor).state is NEXT[state, act]


ENTITLED = {
    Side.REQUESTER: ("parks", Role.REQUESTER),
    Side.OWN_APPROVER: ("parks", Role.APPROVER),
    Side.PROVIDER: ("water", Role.APPROVER),
    Side.SECOND: ("water", Role.APPROVER),
    Side.AUTHORITY: ("data", Role.AUTHORITY),
    Side.DISPUTE: ("parks", Role.REQUESTER),
}
ASKED = Extension(days=1, reason="r", asked_at=NOW, asked_by="p")
EXTENSIONS = [
    None,
    ASKED,
    replace(ASKED, consented_at=NOW, consented_by="a"),
    replace(ASKED, declined_at=NOW, declined_by="a", why_declined="r"),
]
LISTED = Return(missing=("x",), at=NOW, by="p", supplement="x", supplemented_at=NOW)
FOLLOWING = {Act.APPROVE_FIRST, Act.REOPEN, Act.UPHOLD, Act.OVERTURN, Act.DROP}
"""What somebody does as a part of another act."""


def refusal(act: Act, made: AccessRequest) -> Conflict | None:
    """What stands in the way of whoever may do the act."""
    department, role = ENTITLED[SIDES[act]]
    actor = acting("other", department, role)
    try:
        PERFORM[act](made, actor)
    except Conflict as refused:
        return refused
    return None


@pytest.mark.parametrize("state", RequestState)
def test_what_is_called_possible_is_just_what_whoever_may_can_do(state):
    for received, listed, extension in product((None, NOW), (None, LISTED), EXTENSIONS):
        made = replace(request(state, Act.SUBMIT), received_at=received, extension=extension)
        if listed and state is not RequestState.RETURNED:
            made = replace(made, returned=listed)
        refusals = {act: refusal(act, made) for act in Act}
        can = {act for act, refused in refusals.items() if refused is None}
        assert set(possible_acts(made)) == can - FOLLOWING
        for refused in filter(None, refusals.values()):
            assert refused.hint
            assert "Art. " in str(refused) or "policy" in str(refused)


def test_a_refused_act_says_why_and_who_can_do_what_instead():
    with pytest.raises(Conflict) as caught:
        PERFORM[Act.APPROVE](request(RequestState.RETURNED, Act.APPROVE), None)
    assert str(caught.value) == (
        "request REQ-0001 is returned: it cannot be approved, for what was submitted is replied to"
        " once (Art. 21)"
    )
    assert caught.value.hint == (
        "possible now: supplement, withdraw (a requester of parks); lapse, once the time to bring"
        " papers is over (an approver of the provider)"
    )
    agreed = replace(request(RequestState.AGREED, Act.APPROVE), grant="GRT-0007")
    with pytest.raises(Conflict) as caught:
        PERFORM[Act.WITHDRAW](agreed, None)
    assert caught.value.hint == "it ended with grant GRT-0007: bureau grant show GRT-0007"
    disputed_one = replace(request(RequestState.DISPUTED, Act.APPROVE), dispute="DSP-0002")
    with pytest.raises(Conflict) as caught:
        PERFORM[Act.REFUSE](disputed_one, None)
    assert caught.value.hint == "its dispute decides: bureau dispute show DSP-0002"


def test_whoever_endorsed_for_the_department_that_asks_does_not_decide_for_the_other():
    moved = acting("head", "water", Role.APPROVER)
    made = replace(request(RequestState.SUBMITTED, Act.APPROVE), endorsed_by="head")
    for act in (Act.RECEIVE, Act.RETURN, Act.EXTEND, Act.APPROVE, Act.APPROVE_FIRST, Act.REFUSE):
        with pytest.raises(Denied) as caught:
            PERFORM[act](made, moved)
        assert caught.value.reasons == (
            "nobody decides what they endorsed for the department that asks",
        )


def test_what_ended_never_moves_again():
    ended = {
        RequestState.AGREED,
        RequestState.UPHELD,
        RequestState.OVERTURNED,
        RequestState.WITHDRAWN,
        RequestState.LAPSED,
    }
    assert {state for state, _ in NEXT} == set(RequestState) - ended
    assert set(SIDES) == {act for _, act in NEXT} == set(Act)


def test_the_page_lists_every_move():
    page = (Path(__file__).parents[2] / "docs" / "sharing.md").read_text("utf-8")
    rows = [f"| {state} | {act} | {SIDES[act]} | {to} |" for (state, act), to in NEXT.items()]
    assert "\n".join(rows) in page


def test_what_is_reopened_keeps_why_it_was_refused_and_nothing_else_of_it():
    refused = replace(
        request(RequestState.DISPUTED, Act.REOPEN),
        first_approval=Approval(by="first", at=NOW, columns=("meter",)),
        decided_by="head",
        decided_at=NOW,
        ground=RefusalGround.NOT_HELD,
        reason="r",
    )
    reopened = disputed.reopen(refused)
    anew = request(RequestState.SUBMITTED, Act.APPROVE)
    assert reopened == replace(anew, ground=RefusalGround.NOT_HELD, reason="r")


@pytest.mark.parametrize("state", [RequestState.SUBMITTED, RequestState.SECONDING])
def test_what_was_settled_is_refused_only_where_it_cannot_be_granted(state):
    made = replace(request(state, Act.REFUSE), dispute="DSP-0001")
    head = acting("head", "water", Role.APPROVER)
    assert Act.REFUSE not in possible_acts(made)
    refuse = partial(
        procedure.refuse, made, head, ground=RefusalGround.NOT_HELD, reason="r", **BY_PROVIDER
    )
    with pytest.raises(Conflict, match=r"dispute DSP-0001 .* binds them \(Art\. 28\)"):
        refuse(grantable=True)
    assert refuse(grantable=False).state is RequestState.REFUSED


def test_what_is_overturned_grants_all_that_was_asked_for():
    made, grant = disputed.overturn(
        request(RequestState.DISPUTED, Act.OVERTURN),
        ruled_by="data",
        by="second",
        grant="GRT-0001",
        **BY_PROVIDER,
    )
    assert (made.ruled_by, made.decided_by, made.grant) == ("data", "second", "GRT-0001")
    assert (grant.terms_hash, grant.granted_by) == (made.terms.hash, "second")


def test_who_stands_in_endorses_nothing_that_is_asked_of_their_own_department():
    made = request(RequestState.PROPOSED, Act.ENDORSE)
    deputy = acting("deputy", "parks", Role.APPROVER, acting_for="head", home="water")
    with pytest.raises(Denied) as caught:
        PERFORM[Act.ENDORSE](made, deputy)
    assert caught.value.reasons == ("deputy is of water, which provides the data",)
    changed = request(RequestState.RETURNED, Act.SUPPLEMENT)
    other = replace(TERMS, scenario="another")
    with pytest.raises(Denied, match="may not change the terms"):
        procedure.supplement(changed, deputy, answer="a", terms=other, **BY_PROVIDER)
    elsewhere = replace(deputy, home="data")
    assert PERFORM[Act.ENDORSE](made, elsewhere).state is RequestState.SUBMITTED


def test_who_stands_in_decides_no_request_of_their_own_department():
    made = request(RequestState.SUBMITTED, Act.APPROVE)
    deputy = acting("deputy", "water", Role.APPROVER, acting_for="head", home="parks")
    with pytest.raises(Denied) as caught:
        PERFORM[Act.APPROVE](made, deputy)
    assert caught.value.reasons == ("deputy is of parks, which asks for the data",)
    with pytest.raises(Denied, match="may not approve"):
        PERFORM[Act.APPROVE](made, replace(deputy, acting_for="somebody", home="data"))
    assert PERFORM[Act.APPROVE](made, replace(deputy, home="data")).state is RequestState.AGREED
