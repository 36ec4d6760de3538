"""Every cell of state, act and role of a dispute, legal and illegal, and the page that lists them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path

import pytest

from core.actor import Actor, Role
from core.errors import Conflict, Denied, InvalidInput
from sharing.disputes import procedure
from sharing.disputes.model import (
    About,
    Decision,
    Dispute,
    DisputeState,
    Outcome,
    Settlement,
    Step,
    Tier,
)
from sharing.disputes.procedure import DECIDERS, NEXT, RAISERS, SIDES, Act, Side
from sharing.disputes.tiers import Seat

NOW = datetime(2026, 3, 2, tzinfo=UTC)
TODAY, BEFORE = date(2026, 3, 2), date(2026, 3, 1)
SEATS = [
    Seat(tier=Tier.NEGOTIATION, department="water", division="4403"),
    Seat(tier=Tier.AUTHORITY, department="data", division="4403"),
    Seat(tier=Tier.GOVERNMENT, department="mayor", division="4403"),
]
TIERS = {
    DisputeState.NEGOTIATING: Tier.NEGOTIATION,
    DisputeState.AT_AUTHORITY: Tier.AUTHORITY,
    DisputeState.AUTHORITY_DECIDED: Tier.AUTHORITY,
}
"""Where a dispute is in each state; in any other it is at the government, or ended there."""


def actor(*roles: Role | None, department: str = "parks", person: str = "other") -> Actor:
    held = frozenset(role for role in roles if role)
    return Actor(person=person, department=department, roles=held, commitment="", os_user="")


def dispute(state: DisputeState, outcome: Outcome = Outcome.UPHELD) -> Dispute:
    """A dispute of parks with water in which nothing but the state or the role stands in the way."""
    tier = TIERS.get(state, Tier.GOVERNMENT)
    seat = next(seat for seat in SEATS if seat.tier is tier)
    decision = Decision(outcome=outcome, reason="r", by="first", at=NOW)
    step = Step(tier=tier, department=seat.department, since=NOW, brought_by="somebody")
    return Dispute(
        ref="DSP-0001",
        state=state,
        subject="request:REQ-0001",
        department="parks",
        provider="water",
        dataset="meters",
        grounds="g",
        raised_by="somebody",
        raised_at=NOW,
        steps=(replace(step, decision=decision if state.value.endswith("decided") else None),),
        settlement=Settlement(
            outcome=Outcome.UPHELD, text="t", department="water", by="head", at=NOW
        ),
    )


def escalate(made: Dispute, who: Actor) -> Dispute:
    return procedure.escalate(
        made, who, seats=SEATS, reason="r", due_on=BEFORE, today=TODAY, now=NOW
    )


def confirm(made: Dispute, who: Actor) -> Dispute:
    return procedure.confirm(made, who, seats=SEATS, objections_until=BEFORE, today=TODAY, now=NOW)


PERFORM = {
    Act.PROPOSE: lambda made, who: procedure.propose(
        made, who, outcome=Outcome.UPHELD, text="t", now=NOW
    ),
    Act.AGREE: lambda made, who: procedure.agree(made, who, now=NOW),
    Act.ESCALATE: escalate,
    Act.DECIDE: lambda made, who: procedure.decide(
        made, who, outcome=Outcome.UPHELD, reason="r", now=NOW
    ),
    Act.CONFIRM: confirm,
    Act.WITHDRAW: lambda made, who: procedure.withdraw(made, who, now=NOW),
}


def entitled(made: Dispute, act: Act, who: Actor) -> bool:
    raiser = who.department == "parks" and bool(who.roles & RAISERS[About.REQUEST])
    provider = who.department == "water" and who.has(Role.APPROVER)
    deciders = DECIDERS.get(made.step.tier, frozenset())
    seat = who.department == made.step.department and bool(who.roles & deciders)
    match SIDES[act]:
        case Side.PARTY:
            return raiser or provider
        case Side.OTHER:
            return raiser and who.person != "head"
        case Side.RAISER:
            return raiser
        case Side.SEAT:
            return seat and who.person != "somebody"
        case Side.SECOND:
            return seat and who.person not in {"somebody", "first"}


@pytest.mark.parametrize(("state", "act"), list(product(DisputeState, Act)), ids=str)
def test_every_cell(state, act):
    made = dispute(state)
    for role, department, person in product(
        [*Role, None],
        ("parks", "water", "data", "mayor"),
        ("other", "somebody", "first", "head"),
    ):
        who = actor(role, department=department, person=person)
        if (state, act) not in NEXT:
            with pytest.raises(Conflict, match=f"is {state}: it is not possible to {act}"):
                PERFORM[act](made, who)
        elif not entitled(made, act, who):
            with pytest.raises(Denied, match=rf"which is {state}: .* \((Art\.|policy: )"):
                PERFORM[act](made, who)
        else:
            assert PERFORM[act](made, who).state in NEXT[state, act]


def test_every_move_leads_where_the_table_says():
    led = {
        (state, act): {
            PERFORM[act](dispute(state, outcome), who).state
            for who in people
            for outcome in Outcome
            if entitled(dispute(state), act, who)
        }
        for state, act in NEXT
        if (state, act) != (DisputeState.NEGOTIATING, Act.ESCALATE)
        for people in [
            [
                actor(role, department=department)
                for role in Role
                for department in ("parks", "water", "data", "mayor")
            ]
        ]
    }
    assert led == {cell: set(NEXT[cell]) for cell in led}


def test_negotiation_goes_to_the_authority_or_where_that_is_a_party_to_the_government():
    made, who = dispute(DisputeState.NEGOTIATING), actor(Role.REQUESTER)
    found = []
    for seats in (SEATS, [SEATS[0], SEATS[2]]):
        led = procedure.escalate(
            made, who, seats=seats, reason="r", due_on=TODAY, today=TODAY, now=NOW
        )
        found.append(led.state)
        assert (led.steps[0], led.step.reason) == (made.step, "r")
    assert tuple(found) == NEXT[DisputeState.NEGOTIATING, Act.ESCALATE]


def test_what_ended_never_moves_again():
    assert {state for state, _ in NEXT} == {state for state in DisputeState if state.open}
    assert set(SIDES) == {act for _, act in NEXT} == set(Act) == set(PERFORM)
    with pytest.raises(Conflict) as caught:
        escalate(dispute(DisputeState.SETTLED), actor(Role.REQUESTER))
    assert caught.value.hint == "nothing more can happen"


@pytest.mark.parametrize("text", ["", " \u3000", "\u200b"])
def test_everything_is_said_in_words(text):
    parks = actor(Role.REQUESTER)
    with pytest.raises(InvalidInput, match="not said what is agreed"):
        procedure.propose(
            dispute(DisputeState.NEGOTIATING), parks, outcome=Outcome.UPHELD, text=text, now=NOW
        )
    with pytest.raises(InvalidInput, match="not said why"):
        procedure.escalate(
            dispute(DisputeState.NEGOTIATING),
            parks,
            seats=SEATS,
            reason=text,
            due_on=TODAY,
            today=TODAY,
            now=NOW,
        )
    with pytest.raises(InvalidInput, match="the decision has no reason"):
        procedure.decide(
            dispute(DisputeState.AT_AUTHORITY),
            actor(Role.AUTHORITY, department="data"),
            outcome=Outcome.UPHELD,
            reason=text,
            now=NOW,
        )


def test_a_deputy_of_the_other_party_speaks_for_no_party():
    made = dispute(DisputeState.NEGOTIATING)
    deputy = replace(
        actor(Role.APPROVER, department="water", person="deputy"), acting_for="head", home="parks"
    )
    with pytest.raises(Denied) as caught:
        PERFORM[Act.PROPOSE](made, deputy)
    assert caught.value.reasons == ("deputy is of parks, the other party",)
    assert PERFORM[Act.PROPOSE](made, replace(deputy, home="data")).settlement.by == (
        "deputy for head"
    )


def test_the_standing_changes_with_every_fact_and_with_nobody_who_acted():
    made = dispute(DisputeState.AUTHORITY_DECIDED)
    who = actor(Role.AUTHORITY, department="data")
    assert confirm(made, who).standing != made.standing
    same = confirm(made, replace(who, person="another"))
    assert same.standing == confirm(made, who).standing
    assert replace(made, grounds="已核实").standing != made.standing
    assert replace(made, settlement=None).standing != made.standing


def test_the_page_lists_every_move():
    page = (Path(__file__).parents[2] / "docs" / "disputes.md").read_text("utf-8")
    rows = [
        f"| {state} | {act} | {SIDES[act]} | {' or '.join(led)} |"
        for (state, act), led in NEXT.items()
    ]
    assert "\n".join(rows) in page
