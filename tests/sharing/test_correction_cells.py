"""Every cell of state, act and role of a correction, legal and illegal, and the page that lists them."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest

from catalog.model import Delivery, DeliveryPolicy, DeliveryStatus
from core.actor import Actor, Role
from core.errors import Conflict, Denied, InvalidInput
from sharing.corrections import procedure
from sharing.corrections.model import Channel, Correction, CorrectionState, Finding
from sharing.corrections.procedure import NEXT, SIDES, Act, Side

NOW = datetime(2026, 3, 2, tzinfo=UTC)
MENDED = Delivery(
    id="",
    dataset="meters",
    number=2,
    status=DeliveryStatus.ACCEPTED,
    policy=DeliveryPolicy.REFUSE,
    contract="meters",
    contract_version="1.0.0",
    source_sha256="",
    source_bytes=0,
    source_format="csv",
    encoding="utf-8",
    header=True,
    sheet="",
    rows_read=1,
    rows_published=1,
    lake_table="",
    lake_version=1,
    check_run="",
    delivered_by="p",
    delivered_at=NOW,
)
ROLES = [*Role, None]
ENDED = {CorrectionState.CLOSED, CorrectionState.WITHDRAWN}


def correction(state: CorrectionState = CorrectionState.OPEN) -> Correction:
    return Correction(
        ref="COR-0001",
        state=state,
        department="parks",
        dataset="meters",
        delivery=1,
        grant="GRT-0001",
        channel=Channel.DEPARTMENT,
        columns=(),
        rows=None,
        problem="wrong",
        created_by="somebody",
        created_at=NOW,
        received_at=None if state is CorrectionState.OPEN else NOW,
    )


def actor(*roles: Role | None, department: str = "water", person: str = "other") -> Actor:
    held = frozenset(role for role in roles if role)
    return Actor(person=person, department=department, roles=held, commitment="", os_user="")


BY = {"provider": "water", "now": NOW}
PERFORM = {
    Act.RECEIVE: [lambda made, who: procedure.receive(made, who, **BY)],
    Act.VERIFY: [
        lambda made, who: procedure.verify(made, who, finding=Finding.CONFIRMED, reason="r", **BY),
        lambda made, who: procedure.verify(made, who, finding=Finding.UNFOUNDED, reason="r", **BY),
    ],
    Act.CORRECT: [
        lambda made, who: procedure.correct(made, who, delivery=MENDED, none_needed=None, **BY)
    ],
    Act.CLOSE: [lambda made, who: procedure.close(made, who, feedback="f", **BY)],
    Act.WITHDRAW: [lambda made, who: procedure.withdraw(made, who, provider="water", now=NOW)],
}
"""How each act is done, once for every state that it may lead to."""


def entitled(act: Act, who: Actor) -> bool:
    if SIDES[act] is Side.PROVIDER:
        own = who.person == "somebody"
        return who.department == "water" and bool(who.roles & procedure.PROVIDERS) and not own
    return who.department == "parks" and bool(who.roles & procedure.ASKERS)


@pytest.mark.parametrize(("state", "act"), list(product(CorrectionState, Act)), ids=str)
def test_every_cell(state, act):
    made = correction(state)
    for role, department, person in product(
        ROLES, ("parks", "water", "data"), ("other", "somebody")
    ):
        who = actor(role, department=department, person=person)
        if (state, act) not in NEXT:
            for perform in PERFORM[act]:
                with pytest.raises(Conflict, match=f"is {state}: it cannot be"):
                    perform(made, who)
        elif not entitled(act, who):
            for perform in PERFORM[act]:
                with pytest.raises(Denied, match=rf"which is {state}: .* \((Art\.|policy: )"):
                    perform(made, who)
        else:
            led = tuple(perform(made, who).state for perform in PERFORM[act])
            assert led == NEXT[state, act]


def test_who_acts_for_another_does_not_answer_what_either_of_them_or_their_department_asked():
    deputy = replace(actor(Role.APPROVER), acting_for="approver.water", home="water")
    procedure.receive(correction(), deputy, **BY)
    for barred, reason in (
        (replace(deputy, acting_for="somebody"), "nobody decides"),
        (replace(deputy, home="parks"), "is of parks, which asks"),
    ):
        with pytest.raises(Denied) as found:
            procedure.receive(correction(), barred, **BY)
        assert reason in found.value.reasons[0]


def test_what_ended_never_moves_again():
    assert {state for state, _ in NEXT} == set(CorrectionState) - ENDED
    assert set(SIDES) == {act for _, act in NEXT} == set(Act) == set(PERFORM)


def test_an_illegal_move_says_why_and_what_is_possible():
    with pytest.raises(Conflict, match=r"it is verified first and.*corrected") as found:
        PERFORM[Act.CLOSE][0](correction(CorrectionState.CONFIRMED), actor(Role.STEWARD))
    assert found.value.hint == "possible now: correct"
    with pytest.raises(Conflict) as found:
        PERFORM[Act.WITHDRAW][0](correction(CorrectionState.CLOSED), actor(Role.REQUESTER))
    assert found.value.hint == "nothing more can happen"


def test_whoever_verifies_without_having_signed_signs_with_it():
    who = actor(Role.APPROVER)
    at_once = procedure.verify(correction(), who, finding=Finding.CONFIRMED, reason="r", **BY)
    assert (at_once.received_by, at_once.received_at) == ("other", NOW)
    signed = procedure.receive(correction(), actor(Role.STEWARD, person="first"), **BY)
    later = procedure.verify(signed, who, finding=Finding.UNFOUNDED, reason="r", **BY)
    assert (later.received_by, later.verified_by) == ("first", "other")


def test_a_correction_names_a_published_delivery_newer_than_the_one_complained_about():
    made = correction(CorrectionState.CONFIRMED)
    for delivery in (None, replace(MENDED, number=1)):
        with pytest.raises(Conflict, match="nothing newer than delivery #1 of meters"):
            procedure.correct(made, actor(Role.STEWARD), delivery=delivery, none_needed=None, **BY)
    refused = replace(MENDED, status=DeliveryStatus.REFUSED)
    with pytest.raises(Conflict, match="#2 of meters was refused"):
        procedure.correct(made, actor(Role.STEWARD), delivery=refused, none_needed=None, **BY)
    with pytest.raises(InvalidInput, match="is named, and that none is needed"):
        procedure.correct(made, actor(Role.STEWARD), delivery=MENDED, none_needed="x", **BY)
    with pytest.raises(InvalidInput, match="not said why no newer delivery is needed"):
        procedure.correct(made, actor(Role.STEWARD), delivery=None, none_needed="\u200b", **BY)
    done = procedure.correct(
        made, actor(Role.STEWARD), delivery=None, none_needed=" 说明有误 ", **BY
    )
    assert (done.corrected_in, done.none_needed) == (None, "说明有误")


@pytest.mark.parametrize("text", ["", " \u3000", "\u200b"])
def test_findings_and_feedback_are_said_in_words(text):
    who = actor(Role.STEWARD)
    with pytest.raises(InvalidInput, match="the finding has no reason"):
        procedure.verify(correction(), who, finding=Finding.CONFIRMED, reason=text, **BY)
    with pytest.raises(InvalidInput, match="is not closed without feedback"):
        procedure.close(correction(CorrectionState.CORRECTED), who, feedback=text, **BY)


def test_who_may_ask():
    def ask(who: Actor, *, granted: bool = True) -> None:
        procedure.check_may_ask(who, dataset="meters", provider="water", granted=granted)

    for role in ROLES:
        user = actor(role, department="parks")
        if role in procedure.ASKERS:
            ask(user)
        else:
            with pytest.raises(Denied, match="may not ask"):
                ask(user)
    ask(actor(Role.AUTHORITY, department="data"), granted=False)
    with pytest.raises(Denied) as found:
        ask(actor(Role.STEWARD, department="parks"), granted=False)
    assert found.value.reasons == ("parks never had a grant on meters",)
    with pytest.raises(Conflict, match="own data"):
        ask(actor(Role.STEWARD, department="water"))


def test_the_page_lists_every_move():
    page = (Path(__file__).parents[2] / "docs" / "corrections.md").read_text("utf-8")
    rows = [
        f"| {state} | {act} | {SIDES[act]} | {' or '.join(led)} |"
        for (state, act), led in NEXT.items()
    ]
    assert "\n".join(rows) in page
