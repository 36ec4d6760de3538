"""What may become of a need, and who may make it so: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from catalog.model import Dataset, DatasetStatus, Department, DepartmentKind, Division
from catalog.naming import check_title, fold
from core.actor import Actor, Role
from core.errors import Conflict, Denied, InvalidInput
from sharing.authority import Ruling, own_case
from sharing.denial import denied
from sharing.needs.model import Need, NeedState
from sharing.words import require_words

MAX_ITEMS = 50


class Act(StrEnum):
    ASSIGN = "assign"
    MEET = "meet"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


class Side(StrEnum):
    """Whose act it is."""

    ASKER = "requester of the asking department"
    HOLDER = "steward or approver of the assigned department, or the data authority"
    AUTHORITY = "data authority"


NEXT: dict[tuple[NeedState, Act], NeedState] = {
    (NeedState.OPEN, Act.ASSIGN): NeedState.ASSIGNED,
    (NeedState.OPEN, Act.MEET): NeedState.MET,
    (NeedState.OPEN, Act.DECLINE): NeedState.DECLINED,
    (NeedState.OPEN, Act.WITHDRAW): NeedState.WITHDRAWN,
    (NeedState.ASSIGNED, Act.ASSIGN): NeedState.ASSIGNED,
    (NeedState.ASSIGNED, Act.MEET): NeedState.MET,
    (NeedState.ASSIGNED, Act.DECLINE): NeedState.DECLINED,
    (NeedState.ASSIGNED, Act.WITHDRAW): NeedState.WITHDRAWN,
}
"""Every legal move; whatever is not here is refused."""

SIDES: dict[Act, Side] = {
    Act.ASSIGN: Side.AUTHORITY,
    Act.MEET: Side.HOLDER,
    Act.DECLINE: Side.AUTHORITY,
    Act.WITHDRAW: Side.ASKER,
}


def check_items(items: Sequence[str]) -> tuple[str, ...]:
    """The items that are needed, each one visible line and each once; raises InvalidInput."""
    listed = tuple(check_title(item, "item") for item in items)
    if not listed:
        raise InvalidInput("it is not said which data is needed", hint="add --items A,B,C")
    if len(listed) > MAX_ITEMS:
        raise InvalidInput(
            f"{len(listed)} items are too many for one need", hint=f"state at most {MAX_ITEMS}"
        )
    folded = [fold(item) for item in listed]
    for item in listed:
        if folded.count(fold(item)) > 1:
            raise InvalidInput(f"the item '{item}' stands there twice", hint="name each once")
    return listed


def assign(need: Need, actor: Actor, *, department: str, reason: str, now: datetime) -> Need:
    """Name the department whose task it is (责任部门); it may be named anew."""
    state = _step(need, Act.ASSIGN, actor, department)
    if department == need.department:
        raise Conflict(
            f"{need.ref} is {department}'s own need", hint="name the department that has the data"
        )
    if department == need.assigned_to:
        raise Conflict(f"{need.ref} is assigned to {department} already")
    why = require_words(reason, "it is not said why it is theirs", "add --reason TEXT")
    return replace(
        need,
        state=state,
        assigned_to=department,
        assigned_by=actor.signature,
        assigned_at=now,
        assign_reason=why,
    )


def meet(need: Need, actor: Actor, *, dataset: Dataset, now: datetime) -> Need:
    """Close it with an entry that is in the catalogue now and may be asked for."""
    state = _step(need, Act.MEET, actor, dataset.provider)
    if not actor.has(Role.AUTHORITY) and dataset.provider != actor.department:
        raise Denied(
            f"need {need.ref} is {need.state}, and {dataset.code} is {dataset.provider}'s: each"
            " department answers with its own entries (policy: uncatalogued_need)",
            reasons=(f"{actor.person} answers for {actor.department}",),
            hint="name an entry of your own department",
        )
    if dataset.provider == need.department:
        raise Conflict(
            f"{dataset.code} is the own data of {need.department}, which needs other data"
        )
    share_type = dataset.share_type
    if dataset.status is not DatasetStatus.PUBLISHED:
        fault = f"is {dataset.status}"
    elif share_type is None or not share_type.shareable:
        fault = "is not shared (不予共享)"
    else:
        return replace(
            need, state=state, dataset=dataset.code, closed_by=actor.signature, closed_at=now
        )
    raise Conflict(
        f"{dataset.code} {fault}: it meets no need",
        hint="publish an entry that can be asked for, or let the data authority decline the need",
    )


def decline(need: Need, actor: Actor, *, reason: str, now: datetime) -> Need:
    """Say why it will not be met."""
    state = _step(need, Act.DECLINE, actor)
    why = require_words(reason, "it is not said why", "add --reason TEXT")
    return replace(need, state=state, closed_by=actor.signature, closed_at=now, reason=why)


def withdraw(need: Need, actor: Actor, *, now: datetime) -> Need:
    state = _step(need, Act.WITHDRAW, actor)
    return replace(need, state=state, closed_by=actor.signature, closed_at=now)


def authority_for(
    department: Department, departments: Iterable[Department], divisions: Mapping[str, Division]
) -> str:
    """The data authority (主管部门) of the department's division, or of the nearest above it.

    Where no division above has one, it is the first by code; raises Conflict where there is none.
    """
    found = sorted(one.code for one in departments if one.kind is DepartmentKind.AUTHORITY)
    by_division = {one.division: one.code for one in departments if one.code in found}
    place: str | None = department.division
    while place is not None:
        if place in by_division:
            return by_division[place]
        place = divisions[place].parent if place in divisions else None
    if not found:
        raise Conflict(
            "no department is the data authority, so nobody would take the need",
            hint="register one with kind: authority",
        )
    return found[0]


def _step(need: Need, act: Act, actor: Actor, holder: str = "") -> NeedState:
    """The state that the act leads to; raises Conflict or Denied where it has no place.

    `holder` is the department that it would come to, or that has what meets it.
    """
    found = NEXT.get((need.state, act))
    if found is None:
        possible = [a.value for (state, a) in NEXT if state is need.state]
        raise Conflict(
            f"need {need.ref} is {need.state}: it cannot be {_PAST[act]}, for a need is answered"
            " once (policy: uncatalogued_need)",
            hint=f"possible now: {', '.join(possible)}" if possible else "nothing more can happen",
        )
    reasons = list(_objections(need, act, actor, holder))
    if reasons:
        raise denied(
            actor,
            act,
            f"need {need.ref}",
            need.state,
            rule=_RULES[SIDES[act]],
            reasons=reasons,
            who=_entitled(need, SIDES[act]),
        )
    return found


def _objections(need: Need, act: Act, actor: Actor, holder: str) -> Iterable[str]:
    side = SIDES[act]
    if side is Side.ASKER:
        if actor.department != need.department or not actor.has(Role.REQUESTER):
            yield f"only a requester of {need.department} may"
        return
    if actor.is_or_acts_for(need.created_by):
        yield "nobody decides what they asked for"
    parties = (need.department, need.assigned_to, holder)
    yield from own_case(actor, Ruling.NEED, *parties)
    if actor.has(Role.AUTHORITY):
        return
    if side is Side.AUTHORITY:
        yield f"{actor.person} does not act for the data authority (主管部门)"
    elif actor.department != need.assigned_to or not actor.roles & {Role.STEWARD, Role.APPROVER}:
        yield f"only {_holder(need)} may"


def _holder(need: Need) -> str:
    holder = f"a steward or approver of {need.assigned_to} or " if need.assigned_to else ""
    return f"{holder}the data authority"


def _entitled(need: Need, side: Side) -> str:
    """Who may do the acts of a side."""
    match side:
        case Side.ASKER:
            return f"a requester of {need.department}"
        case Side.HOLDER:
            return f"{_holder(need)}, by somebody who did not state it"
        case Side.AUTHORITY:
            return "somebody of the data authority who did not state it"


_RULES = {
    Side.ASKER: "who stated it takes it back (policy: uncatalogued_need)",
    Side.HOLDER: "whoever it is assigned to answers it (policy: uncatalogued_need)",
    Side.AUTHORITY: "the data authority assigns it or declines it (policy: uncatalogued_need)",
}
_PAST = {
    Act.ASSIGN: "assigned",
    Act.MEET: "met",
    Act.DECLINE: "declined",
    Act.WITHDRAW: "withdrawn",
}
