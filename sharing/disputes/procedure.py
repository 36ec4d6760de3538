"""The acts on a dispute, and whose they are: pure (Decree 809 Art. 28)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum

from core.actor import Actor, Role
from core.errors import Conflict, Denied
from sharing.authority import Ruling, own_case
from sharing.corrections.procedure import ASKERS
from sharing.denial import denied
from sharing.disputes.model import (
    About,
    Decision,
    Dispute,
    DisputeState,
    Matter,
    Outcome,
    Settlement,
    Step,
    Tier,
)
from sharing.disputes.tiers import REGISTER, Seat, above, missing, next_seat
from sharing.words import require_words


class Act(StrEnum):
    PROPOSE = "propose a settlement"
    AGREE = "agree to a settlement"
    ESCALATE = "escalate"
    DECIDE = "decide"
    CONFIRM = "confirm"
    WITHDRAW = "withdraw"


class Side(StrEnum):
    """Whose act it is."""

    PARTY = "either party"
    OTHER = "the party that did not propose it"
    RAISER = "the department that raised it"
    SEAT = "the authority or government that it is before"
    SECOND = "a second person of that authority or government"


NEXT: dict[tuple[DisputeState, Act], tuple[DisputeState, ...]] = {
    (DisputeState.NEGOTIATING, Act.PROPOSE): (DisputeState.NEGOTIATING,),
    (DisputeState.NEGOTIATING, Act.AGREE): (DisputeState.SETTLED,),
    (DisputeState.NEGOTIATING, Act.ESCALATE): (
        DisputeState.AT_AUTHORITY,
        DisputeState.AT_GOVERNMENT,
    ),
    (DisputeState.NEGOTIATING, Act.WITHDRAW): (DisputeState.WITHDRAWN,),
    (DisputeState.AT_AUTHORITY, Act.DECIDE): (DisputeState.AUTHORITY_DECIDED,),
    (DisputeState.AT_AUTHORITY, Act.ESCALATE): (DisputeState.AT_GOVERNMENT,),
    (DisputeState.AT_AUTHORITY, Act.WITHDRAW): (DisputeState.WITHDRAWN,),
    (DisputeState.AUTHORITY_DECIDED, Act.DECIDE): (DisputeState.AUTHORITY_DECIDED,),
    (DisputeState.AUTHORITY_DECIDED, Act.CONFIRM): (
        DisputeState.UPHELD,
        DisputeState.OVERTURNED,
    ),
    (DisputeState.AUTHORITY_DECIDED, Act.ESCALATE): (DisputeState.AT_GOVERNMENT,),
    (DisputeState.AUTHORITY_DECIDED, Act.WITHDRAW): (DisputeState.WITHDRAWN,),
    (DisputeState.AT_GOVERNMENT, Act.DECIDE): (DisputeState.GOVERNMENT_DECIDED,),
    (DisputeState.AT_GOVERNMENT, Act.WITHDRAW): (DisputeState.WITHDRAWN,),
    (DisputeState.GOVERNMENT_DECIDED, Act.DECIDE): (DisputeState.GOVERNMENT_DECIDED,),
    (DisputeState.GOVERNMENT_DECIDED, Act.CONFIRM): (
        DisputeState.UPHELD,
        DisputeState.OVERTURNED,
    ),
    (DisputeState.GOVERNMENT_DECIDED, Act.WITHDRAW): (DisputeState.WITHDRAWN,),
}
"""Every legal move and where it may lead; whatever is not here is refused."""

SIDES: dict[Act, Side] = {
    Act.PROPOSE: Side.PARTY,
    Act.AGREE: Side.OTHER,
    Act.ESCALATE: Side.PARTY,
    Act.DECIDE: Side.SEAT,
    Act.CONFIRM: Side.SECOND,
    Act.WITHDRAW: Side.RAISER,
}

RAISERS: Mapping[About, frozenset[Role]] = {
    About.REQUEST: frozenset({Role.REQUESTER}),
    About.CORRECTION: ASKERS,
    About.ITEM: frozenset({Role.STEWARD, Role.APPROVER}),
}
"""Who speaks for the department that raises it; for the other party its approver does."""

DECIDERS: Mapping[Tier, frozenset[Role]] = {
    Tier.AUTHORITY: frozenset({Role.AUTHORITY}),
    Tier.GOVERNMENT: frozenset({Role.AUTHORITY, Role.APPROVER}),
}
"""Who speaks for a tier, in its own department."""

_AT: Mapping[Tier, DisputeState] = {
    Tier.NEGOTIATION: DisputeState.NEGOTIATING,
    Tier.AUTHORITY: DisputeState.AT_AUTHORITY,
    Tier.GOVERNMENT: DisputeState.AT_GOVERNMENT,
}


def raise_over(
    matter: Matter, actor: Actor, *, ref: str, grounds: str, seats: Sequence[Seat], now: datetime
) -> Dispute:
    """Raise a dispute, which comes to the first tier that the two parties have."""
    reasons = _not_of(matter.department, RAISERS[matter.about], actor)
    if reasons := reasons + _across(actor, matter.provider):
        raise Denied(
            f"{actor.person} may not dispute {matter.subject}: a party to it does (Art. 28)",
            reasons=reasons,
            hint=f"it takes {_roles_of(matter.department, RAISERS[matter.about])}",
        )
    said = require_words(grounds, "it is not said on what grounds (争议理由)", "add --grounds TEXT")
    seat = next_seat(seats, None)
    return Dispute(
        ref=ref,
        state=_AT[seat.tier],
        subject=matter.subject,
        department=matter.department,
        provider=matter.provider,
        dataset=matter.dataset,
        grounds=said,
        raised_by=actor.signature,
        raised_at=now,
        steps=(_step(seat, actor, now),),
    )


def propose(
    dispute: Dispute, actor: Actor, *, outcome: Outcome, text: str, now: datetime
) -> Dispute:
    """Propose how to settle it (协商); a newer proposal of either party replaces an older one."""
    _check(dispute, Act.PROPOSE, actor)
    proposed = Settlement(
        outcome=outcome,
        text=require_words(text, "it is not said what is agreed (协商意见)", "add --text TEXT"),
        department=actor.department,
        by=actor.signature,
        at=now,
    )
    return replace(dispute, settlement=proposed)


def agree(dispute: Dispute, actor: Actor, *, now: datetime) -> Dispute:
    """Agree to what the other party proposed, which settles it."""
    require_move(dispute, Act.AGREE)
    if dispute.settlement is None:
        raise Conflict(
            f"nothing is proposed to settle dispute {dispute.ref}",
            hint=f"propose it: bureau dispute settle {dispute.ref} --outcome OUTCOME --text TEXT",
        )
    _require_side(dispute, Act.AGREE, actor)
    agreed = replace(dispute.settlement, agreed_by=actor.signature, agreed_at=now)
    return replace(dispute, state=DisputeState.SETTLED, settlement=agreed)


def escalate(
    dispute: Dispute,
    actor: Actor,
    *,
    seats: Sequence[Seat],
    reason: str,
    due_on: date,
    today: date,
    now: datetime,
) -> Dispute:
    """Take it to the next tier: where negotiation or the authority brought no agreement.

    An authority has until `due_on` to decide. Once it has, a party that does not agree goes on
    before a second person confirms that.
    """
    _check(dispute, Act.ESCALATE, actor)
    if dispute.state is DisputeState.AT_AUTHORITY and today <= due_on:
        raise Conflict(
            f"{dispute.step.department} has time until {due_on} to decide dispute {dispute.ref}",
            hint="wait for its decision; who does not agree with it may go to the government then",
        )
    said = require_words(reason, "it is not said why (未达成一致的原因)", "add --reason TEXT")
    seat = next_seat(seats, dispute.step.tier)
    step = replace(_step(seat, actor, now), reason=said)
    return replace(dispute, state=_AT[seat.tier], steps=(*dispute.steps, step))


def decide(
    dispute: Dispute, actor: Actor, *, outcome: Outcome, reason: str, now: datetime
) -> Dispute:
    """Decide, as the first of two persons; a newer decision replaces one that nobody confirmed."""
    [state] = _check(dispute, Act.DECIDE, actor)
    said = require_words(reason, "the decision has no reason", "add --reason TEXT")
    decision = Decision(outcome=outcome, reason=said, by=actor.signature, at=now)
    return _with(replace(dispute, state=state), decision)


def confirm(
    dispute: Dispute,
    actor: Actor,
    *,
    seats: Sequence[Seat],
    objections_until: date,
    today: date,
    now: datetime,
) -> Dispute:
    """Confirm what a first person of the tier decided, which gives it effect.

    An authority's decision is confirmed after the day until which a party may take it to the
    government instead; nothing is above a government.
    """
    _check(dispute, Act.CONFIRM, actor)
    decision = dispute.step.decision
    if decision is None:
        raise Conflict(f"nobody decided dispute {dispute.ref}")
    if dispute.step.tier is Tier.AUTHORITY and today <= objections_until:
        found = above(seats, dispute.step.tier)
        raise Conflict(
            f"the parties have time until {objections_until} to take dispute {dispute.ref} to the"
            " government (Art. 28)" + ("" if found else f", and {missing(dispute.step.tier)}"),
            hint="confirm it after that day" + ("" if found else f"; {REGISTER}"),
        )
    confirmed = replace(decision, confirmed_by=actor.signature, confirmed_at=now)
    return _with(replace(dispute, state=DisputeState(decision.outcome.value)), confirmed)


def withdraw(dispute: Dispute, actor: Actor, *, now: datetime) -> Dispute:
    """Take it back; what was disputed stands as it was."""
    _check(dispute, Act.WITHDRAW, actor)
    return replace(
        dispute, state=DisputeState.WITHDRAWN, withdrawn_by=actor.signature, withdrawn_at=now
    )


def require_move(dispute: Dispute, act: Act) -> tuple[DisputeState, ...]:
    """Where `act` may lead; raises Conflict where it has no place."""
    found = NEXT.get((dispute.state, act))
    if found is None:
        possible = [a.value for (state, a) in NEXT if state is dispute.state]
        raise Conflict(
            f"dispute {dispute.ref} is {dispute.state}: it is not possible to {act}, for"
            f" {_RULES[act]}",
            hint=f"possible now: {', '.join(possible)}" if possible else "nothing more can happen",
        )
    return found


def _check(dispute: Dispute, act: Act, actor: Actor) -> tuple[DisputeState, ...]:
    found = require_move(dispute, act)
    _require_side(dispute, act, actor)
    return found


def _require_side(dispute: Dispute, act: Act, actor: Actor) -> None:
    side = SIDES[act]
    if reasons := _OF_SIDE[side](dispute, actor):
        raise denied(
            actor,
            f"{act} in",
            f"dispute {dispute.ref}",
            dispute.state,
            rule=f"that is for {side} (Art. 28)",
            reasons=reasons,
            who=_entitled(dispute, side),
        )


def _as_party(dispute: Dispute, actor: Actor) -> list[str]:
    """Whoever speaks for one party may not be of the other, as a deputy can be."""
    if actor.department == dispute.department:
        other, roles = dispute.provider, RAISERS[dispute.about]
    else:
        other, roles = dispute.department, frozenset({Role.APPROVER})
    reasons = [] if actor.roles & roles else [_lacks(actor, roles)]
    if actor.department not in {dispute.department, dispute.provider}:
        parties = f"{dispute.department} and {dispute.provider}"
        reasons = [f"the parties are {parties}, {actor.person} acts for {actor.department}"]
    return reasons + _across(actor, other)


def _as_other(dispute: Dispute, actor: Actor) -> list[str]:
    reasons = _as_party(dispute, actor)
    proposed = dispute.settlement
    if proposed is not None and actor.department == proposed.department:
        reasons.append(f"{proposed.department} proposed it, and the other party has to agree")
    if proposed is not None and actor.is_or_acts_for(proposed.by):
        reasons.append("nobody agrees to what they proposed themselves")
    return reasons


def _as_raiser(dispute: Dispute, actor: Actor) -> list[str]:
    return _not_of(dispute.department, RAISERS[dispute.about], actor) + _across(
        actor, dispute.provider
    )


def _as_seat(dispute: Dispute, actor: Actor) -> list[str]:
    step = dispute.step
    reasons = _not_of(step.department, DECIDERS[step.tier], actor)
    if actor.is_or_acts_for(dispute.raised_by):
        reasons.append("nobody decides a dispute that they raised")
    parties = (dispute.department, dispute.provider)
    theirs = sorted({*parties} & {actor.department, actor.home})
    return reasons + (
        own_case(actor, Ruling.DISPUTE, *parties)
        or [f"{actor.person} is of {party}, which is a party" for party in theirs]
    )


def _as_second(dispute: Dispute, actor: Actor) -> list[str]:
    reasons = _as_seat(dispute, actor)
    decision = dispute.step.decision
    if decision is not None and actor.is_or_acts_for(decision.by):
        reasons.append(f"{decision.by} decided, and a second person has to confirm it")
    return reasons


_OF_SIDE: dict[Side, Callable[[Dispute, Actor], list[str]]] = {
    Side.PARTY: _as_party,
    Side.OTHER: _as_other,
    Side.RAISER: _as_raiser,
    Side.SEAT: _as_seat,
    Side.SECOND: _as_second,
}
"""What speaks against somebody on a side; nothing where they may."""


def _across(actor: Actor, other: str) -> list[str]:
    """What speaks against a deputy of one party: to belong to the other."""
    across = actor.acting_for and actor.home == other
    return [f"{actor.person} is of {other}, the other party"] if across else []


def _not_of(department: str, roles: frozenset[Role], actor: Actor) -> list[str]:
    reasons = [] if actor.roles & roles else [_lacks(actor, roles)]
    if actor.department != department:
        reasons.append(f"it is for {department} to do, {actor.person} acts for {actor.department}")
    return reasons


def _entitled(dispute: Dispute, side: Side) -> str:
    """Who may do the acts of a side."""
    raising = _roles_of(dispute.department, RAISERS[dispute.about])
    parties = {
        dispute.department: raising,
        dispute.provider: _roles_of(dispute.provider, frozenset({Role.APPROVER})),
    }
    match side:
        case Side.RAISER:
            return raising
        case Side.SEAT | Side.SECOND:
            who = _roles_of(dispute.step.department, DECIDERS[dispute.step.tier])
            return f"{who}, and nobody who {'decided' if side is Side.SECOND else 'raised'} it"
        case Side.OTHER if dispute.settlement is not None:
            parties.pop(dispute.settlement.department, None)
    return " or ".join(parties.values())


def _roles_of(department: str, roles: frozenset[Role]) -> str:
    return f"{' or '.join(sorted(roles))} of {department}"


def _lacks(actor: Actor, roles: frozenset[Role]) -> str:
    return f"{actor.person} is not {' or '.join(sorted(roles))}"


def _step(seat: Seat, actor: Actor, now: datetime) -> Step:
    return Step(tier=seat.tier, department=seat.department, since=now, brought_by=actor.signature)


def _with(dispute: Dispute, decision: Decision) -> Dispute:
    *before, step = dispute.steps
    return replace(dispute, steps=(*before, replace(step, decision=decision)))


_RULES = {
    Act.PROPOSE: "a settlement is negotiated before anybody decides",
    Act.AGREE: "a settlement is negotiated before anybody decides",
    Act.ESCALATE: "what a government has before it, or what is over, goes no further",
    Act.DECIDE: "an authority or a government decides what is brought before it",
    Act.CONFIRM: "a second person confirms what a first one decided",
    Act.WITHDRAW: "what is over is not taken back",
}
