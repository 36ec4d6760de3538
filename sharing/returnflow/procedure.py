"""What may happen to a return, and who may make it so: pure (Decree 809 Art. 24).

The provider does not decide whether data is returned; it confirms how the area is cut out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum

from catalog.plan import Column, ColumnType
from core.actor import Actor, Role
from core.errors import Conflict, Denied, InvalidInput
from sharing.authority import Ruling, decides, own_case
from sharing.denial import denied, denied_grant
from sharing.model import Grant, GrantState
from sharing.returnflow.areas import Parents, foreign, lies_below
from sharing.returnflow.model import Match, ReturnFlow, ReturnState
from sharing.words import words
from sharing.workflow import MAX_PERIOD


class Act(StrEnum):
    CONFIRM = "confirm"
    ACCEPT = "accept"
    WITHDRAW = "withdraw"
    RENEW = "renew"
    CHECK = "check"


POSSIBLE: dict[ReturnState, tuple[Act, ...]] = {
    ReturnState.ASKED: (Act.CONFIRM, Act.WITHDRAW),
    ReturnState.LISTED: (Act.ACCEPT, Act.WITHDRAW),
    ReturnState.SCHEDULED: (Act.RENEW, Act.CHECK),
    ReturnState.IN_FORCE: (Act.RENEW, Act.CHECK),
    ReturnState.SUSPENDED: (Act.CHECK,),
    ReturnState.ENDED: (Act.RENEW, Act.CHECK),
    ReturnState.WITHDRAWN: (),
}
"""Every legal act; whatever is not here is refused."""


class Side(StrEnum):
    RECEIVER = "requester of the receiving department"
    PROVIDER = "approver of the providing department or data authority"
    EITHER = (
        "requester of the receiving department, approver of the providing one or data authority"
    )
    CHECKING = "requester of the receiving department, steward or approver of the providing one, data authority or auditor"


SIDES: dict[Act, Side] = {
    Act.CONFIRM: Side.PROVIDER,
    Act.ACCEPT: Side.RECEIVER,
    Act.WITHDRAW: Side.RECEIVER,
    Act.RENEW: Side.EITHER,
    Act.CHECK: Side.CHECKING,
}
_PAST = {
    Act.CONFIRM: "confirmed",
    Act.ACCEPT: "accepted",
    Act.WITHDRAW: "withdrawn",
    Act.RENEW: "renewed",
    Act.CHECK: "checked",
}
_WHOSE = {
    Side.RECEIVER: "who receives the data says what it is for",
    Side.PROVIDER: "who provides the data says how the area is cut out",
    Side.EITHER: "either side lets a return go on",
    Side.CHECKING: "either side, and who watches over them, looks whether it is whole",
}
_RULES = {
    Act.CONFIRM: "what a lower level asked for is put on the list once",
    Act.ACCEPT: "what is on the list is accepted once, to begin the grant",
    Act.WITHDRAW: "only a return that has no grant yet is withdrawn",
    Act.RENEW: "only a grant that holds, or ended in its time, goes on",
    Act.CHECK: "only what is returned already can be complete",
}


def check_act(
    flow: ReturnFlow, act: Act, actor: Actor, *, provider: str, grant: GrantState | None
) -> None:
    """Raise Conflict where the act has no place, Denied where it is somebody else's."""
    state = flow.state(grant)
    if act not in POSSIBLE[state]:
        possible = ", ".join(POSSIBLE[state])
        raise Conflict(
            f"return {flow.ref} is {state}: it cannot be {_PAST[act]}, for {_RULES[act]} (Art. 24)",
            hint=f"possible now: {possible}" if possible else "nothing more can happen",
        )
    reasons = []
    if act is Act.CONFIRM and (
        actor.is_or_acts_for(flow.entered_by) or _receives(actor, flow.department)
    ):
        reasons.append("nobody decides what they asked for")
    reasons += own_case(actor, Ruling.RETURN, provider, flow.department)
    side = SIDES[act]
    named = side.replace("receiving department", flow.department)
    named = named.replace("providing department", provider).replace("providing one", provider)
    if not _is_of(side, actor, provider, flow.department):
        reasons.append(f"it takes a {named}")
    if reasons:
        raise denied(
            actor,
            act,
            f"return {flow.ref}",
            state,
            rule=f"{_WHOSE[side]} (Art. 24)",
            reasons=reasons,
            who=f"a {named}" + (" who did not ask for it" if act is Act.CONFIRM else ""),
        )


def check_can_enter(actor: Actor, *, provider: str, department: str) -> None:
    """Who may put a return on the list: the provider or the data authority, not for themselves."""
    if not _is_of(Side.PROVIDER, actor, provider, department):
        raise Denied(
            f"{actor.person} may not put a return of {provider}'s data on the list",
            reasons=own_case(actor, Ruling.RETURN, provider, department)
            or (f"it takes an approver of {provider} or the data authority",),
            hint="a department asks for its own return: bureau return ask DATASET",
        )
    if _receives(actor, department):
        raise Denied(
            f"{actor.person} is of {department}, which would receive it",
            reasons=("nobody decides what they asked for",),
            hint="ask for it: bureau return ask DATASET",
        )


def check_can_ask(actor: Actor) -> None:
    if not actor.has(Role.REQUESTER):
        raise Denied(
            f"{actor.person} may not ask for a return: who receives the data does (Art. 24)",
            reasons=(f"it takes a requester of {actor.department}",),
            hint=f"ask a requester of {actor.department}: bureau person list shows who that is",
        )


def check_below(parents: Parents, flow: ReturnFlow, provider: str, upper: str) -> None:
    """Refuse a return to whoever is not of an area below the provider's own."""
    if not lies_below(parents, flow.division, upper):
        raise InvalidInput(
            f"{flow.department} is of {flow.division}, which does not lie in {upper} of {provider}:"
            f" {flow.dataset} is not returned to it",
            hint="Art. 24 returns data to lower levels; others ask for it: bureau request new",
        )


def check_start(start: date, today: date) -> None:
    if start - today > MAX_PERIOD:
        raise InvalidInput(
            f"a return that begins on {start} is too far away", hint="begin within five years"
        )


def refuse_condition(text: str, standing: str) -> None:
    """Fewer rows, fewer columns, another purpose, a term: Art. 24 allows none of them."""
    if words(text):
        raise Conflict(
            f"{standing}: a return takes no condition (不得设置额外的限制条件, Art. 24)",
            hint="leave it out: all rows of the area and all columns go back; misuse is suspended"
            " when it happens (Art. 27): bureau grant suspend",
        )


def check_cut(
    flow: ReturnFlow, columns: Sequence[Column], classified: Collection[str], parents: Parents
) -> None:
    """Refuse a cut that would give nothing, too much, or tell what a classified column hides."""
    found = next((column for column in columns if column.name == flow.column), None)
    if found is None:
        wrong = f"has no column {flow.column}" if flow.column else "has areas in no known column"
        raise InvalidInput(
            f"{flow.dataset} {wrong}",
            hint=f"name the column with the code of the area: --column NAME, one of"
            f" {', '.join(column.name for column in columns)}",
        )
    if found.type not in (ColumnType.STRING, ColumnType.INTEGER) or found.name in classified:
        kind = "classified" if found.name in classified else found.type.value
        raise InvalidInput(
            f"column '{found.name}' of {flow.dataset} is {kind}: areas are not cut out by it",
            hint="name a column of text or integers with the code of the area",
        )
    if found.type is ColumnType.INTEGER and not flow.division.isdecimal():
        raise InvalidInput(
            f"column '{found.name}' holds integers, and {flow.division} is none",
            hint="name a column that holds codes of divisions",
        )
    if flow.match is Match.PREFIX and (others := foreign(parents, flow.division)):
        raise InvalidInput(
            f"{', '.join(others[:5])} lie outside {flow.division}, and begin with it: a cut by"
            " prefix would give their rows too",
            hint="use --match equal, with a column of codes of the area itself",
        )


def confirm(flow: ReturnFlow, actor: Actor, *, now: datetime) -> ReturnFlow:
    return replace(flow, confirmed_at=now, confirmed_by=actor.signature)


def accept(flow: ReturnFlow, actor: Actor, *, application: str, now: datetime) -> ReturnFlow:
    return replace(flow, application=application, accepted_at=now, accepted_by=actor.signature)


def check_can_renew(
    flow: ReturnFlow, actor: Actor, grant: Grant, *, provider: str, recut: bool, now: datetime
) -> None:
    """Beyond `check_act`: another cut, and what was revoked, are the provider's or authority's.

    A return that never arrived is not renewed: the time to share it would begin anew.
    """
    state = grant.state_at(now)
    if state in (GrantState.ACTIVE, GrantState.SCHEDULED) and grant.delivered_at is None:
        raise Conflict(
            f"nothing was shared under {grant.ref} of return {flow.ref} yet",
            hint=f"{provider} has to deliver {flow.dataset}",
        )
    providing = _is_of(Side.PROVIDER, actor, provider, flow.department)
    if providing and not _receives(actor, flow.department):
        return
    who = f"an approver of {provider} or the data authority"
    if recut:
        raise denied(
            actor,
            f"change by which column {flow.dataset} is cut in",
            f"return {flow.ref}",
            flow.state(state),
            rule=f"{_WHOSE[Side.PROVIDER]} (Art. 24)",
            reasons=(f"it takes {who}",),
            who=who,
        )
    if state is GrantState.REVOKED:
        raise denied_grant(
            grant,
            actor,
            f"renew return {flow.ref} of",
            rule="who revoked it lets it go on (Art. 27)",
            reasons=(grant.revoke_reason,),
            who=who,
            now=now,
        )


def _receives(actor: Actor, department: str) -> bool:
    """Whether whoever acts, by a delegation or not, belongs to the receiving department."""
    return department in {actor.department, actor.home}


def _is_of(side: Side, actor: Actor, provider: str, department: str) -> bool:
    receiving = actor.department == department and actor.has(Role.REQUESTER)
    of_provider = actor.department == provider
    ruling = decides(actor, Ruling.RETURN, provider, department)
    providing = ruling or (of_provider and actor.has(Role.APPROVER))
    match side:
        case Side.RECEIVER:
            return receiving
        case Side.PROVIDER:
            return providing
        case Side.EITHER:
            return receiving or providing
        case Side.CHECKING:
            stewarding = of_provider and actor.has(Role.STEWARD)
            return receiving or providing or stewarding or actor.has(Role.AUDITOR)
