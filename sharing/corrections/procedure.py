"""The acts on a correction, and whose they are: pure (Decree 809 Art. 26)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from catalog.model import Delivery
from core.actor import Actor, Role
from core.errors import Conflict, Denied, InvalidInput
from sharing.authority import Ruling, decides, own_case
from sharing.corrections.model import Correction, CorrectionState, Finding
from sharing.denial import denied
from sharing.words import require_words


class Act(StrEnum):
    RECEIVE = "receive"
    VERIFY = "verify"
    CORRECT = "correct"
    CLOSE = "close"
    WITHDRAW = "withdraw"


class Side(StrEnum):
    """Whose act it is."""

    ASKER = "asking department"
    PROVIDER = "steward or approver of the providing department"


NEXT: dict[tuple[CorrectionState, Act], tuple[CorrectionState, ...]] = {
    (CorrectionState.OPEN, Act.RECEIVE): (CorrectionState.RECEIVED,),
    (CorrectionState.OPEN, Act.VERIFY): (CorrectionState.CONFIRMED, CorrectionState.UNFOUNDED),
    (CorrectionState.OPEN, Act.WITHDRAW): (CorrectionState.WITHDRAWN,),
    (CorrectionState.RECEIVED, Act.VERIFY): (CorrectionState.CONFIRMED, CorrectionState.UNFOUNDED),
    (CorrectionState.RECEIVED, Act.WITHDRAW): (CorrectionState.WITHDRAWN,),
    (CorrectionState.CONFIRMED, Act.CORRECT): (CorrectionState.CORRECTED,),
    (CorrectionState.UNFOUNDED, Act.CLOSE): (CorrectionState.CLOSED,),
    (CorrectionState.CORRECTED, Act.CLOSE): (CorrectionState.CLOSED,),
}
"""Every legal move and where it may lead; whatever is not here is refused."""

SIDES: dict[Act, Side] = {
    Act.RECEIVE: Side.PROVIDER,
    Act.VERIFY: Side.PROVIDER,
    Act.CORRECT: Side.PROVIDER,
    Act.CLOSE: Side.PROVIDER,
    Act.WITHDRAW: Side.ASKER,
}

ASKERS = frozenset({Role.STEWARD, Role.REQUESTER, Role.AUTHORITY})
PROVIDERS = frozenset({Role.STEWARD, Role.APPROVER})


def check_may_ask(actor: Actor, *, dataset: str, provider: str, granted: bool) -> None:
    """Who may ask: whoever uses the data, or used it, and the data authority (主管部门).

    `granted` says whether the actor's department has or had a grant on the dataset.
    """
    if decides(actor, Ruling.CORRECTION, provider):
        return
    if actor.department == provider:
        raise Conflict(
            f"{dataset} is {provider}'s own data: what is wrong with it needs no asking",
            hint=f"deliver it anew: bureau dataset deliver {dataset} FILE",
        )
    reasons = own_case(actor, Ruling.CORRECTION, provider)
    if not actor.roles & ASKERS:
        reasons.append(f"{actor.person} is neither a steward nor a requester of {actor.department}")
    if not granted:
        reasons.append(f"{actor.department} never had a grant on {dataset}")
    if reasons:
        raise Denied(
            f"{actor.person} may not ask for a correction of {dataset}",
            reasons=reasons,
            hint="tell the data authority, which may ask for it",
        )


def receive(correction: Correction, actor: Actor, *, provider: str, now: datetime) -> Correction:
    """Sign for it (签收): from here on the ten working days are counted."""
    _check(correction, Act.RECEIVE, actor, provider)
    return replace(
        correction,
        state=CorrectionState.RECEIVED,
        received_by=actor.signature,
        received_at=now,
    )


def verify(
    correction: Correction,
    actor: Actor,
    *,
    provider: str,
    finding: Finding,
    reason: str,
    now: datetime,
) -> Correction:
    """Say what was found (核实). Whoever has not signed for it signs with this act."""
    _check(correction, Act.VERIFY, actor, provider)
    said = require_words(reason, "the finding has no reason", "add --reason TEXT")
    signed = correction
    if correction.state is CorrectionState.OPEN:
        signed = receive(correction, actor, provider=provider, now=now)
    return replace(
        signed,
        state=CorrectionState(finding.value),
        finding=finding,
        reason=said,
        verified_by=actor.signature,
        verified_at=now,
    )


def correct(
    correction: Correction,
    actor: Actor,
    *,
    provider: str,
    delivery: Delivery | None,
    none_needed: str | None,
    now: datetime,
) -> Correction:
    """Name the newer delivery that mends it (校正), or say why `none_needed`."""
    _check(correction, Act.CORRECT, actor, provider)
    why = ""
    if none_needed is None:
        _check_mends(correction, delivery)
    elif delivery is not None:
        raise InvalidInput(
            f"delivery #{delivery.number} is named, and that none is needed",
            hint="name the delivery that mends it, or say --none-needed TEXT, not both",
        )
    else:
        why = require_words(
            none_needed,
            "it is not said why no newer delivery is needed",
            "add a text to --none-needed",
        )
    return replace(
        correction,
        state=CorrectionState.CORRECTED,
        corrected_in=None if delivery is None else delivery.number,
        none_needed=why,
        corrected_by=actor.signature,
        corrected_at=now,
    )


def close(
    correction: Correction, actor: Actor, *, provider: str, feedback: str, now: datetime
) -> Correction:
    """Report back to who asked (反馈); without that nothing is closed."""
    _check(correction, Act.CLOSE, actor, provider)
    said = require_words(
        feedback,
        f"correction {correction.ref} is not closed without feedback (反馈)",
        f"add --feedback TEXT: what {correction.department} is told (Art. 26)",
    )
    return replace(
        correction,
        state=CorrectionState.CLOSED,
        feedback=said,
        closed_by=actor.signature,
        closed_at=now,
    )


def withdraw(correction: Correction, actor: Actor, *, provider: str, now: datetime) -> Correction:
    _check(correction, Act.WITHDRAW, actor, provider)
    return replace(
        correction,
        state=CorrectionState.WITHDRAWN,
        withdrawn_by=actor.signature,
        withdrawn_at=now,
    )


def _check(correction: Correction, act: Act, actor: Actor, provider: str) -> None:
    """Raise Conflict where the act has no place, Denied where it is somebody else's."""
    if (correction.state, act) not in NEXT:
        possible = [a.value for (state, a) in NEXT if state is correction.state]
        raise Conflict(
            f"correction {correction.ref} is {correction.state}: it cannot be {_PAST[act]}, for"
            f" {_RULES[act]}",
            hint=f"possible now: {', '.join(possible)}" if possible else "nothing more can happen",
        )
    match SIDES[act]:
        case Side.ASKER:
            rule = "who asked for it takes it back (Art. 26)"
            who = f"a steward or requester of {correction.department}"
            reasons = _against_asker(correction, actor, provider)
        case Side.PROVIDER:
            rule = "the provider verifies, corrects and reports back (Art. 26)"
            who = f"a steward or approver of {provider} who did not ask for it"
            reasons = _against_provider(correction, actor, provider)
    if reasons:
        thing = f"correction {correction.ref}"
        raise denied(actor, act, thing, correction.state, rule=rule, reasons=reasons, who=who)


def _against_asker(correction: Correction, actor: Actor, provider: str) -> list[str]:
    if actor.department == correction.department and actor.roles & ASKERS:
        return own_case(actor, Ruling.CORRECTION, provider)
    return [f"it was asked for by {correction.department}, which alone may {Act.WITHDRAW} it"]


def _against_provider(correction: Correction, actor: Actor, provider: str) -> list[str]:
    reasons = []
    if actor.is_or_acts_for(correction.created_by):
        reasons.append("nobody decides what they asked for themselves")
    if actor.home == correction.department and actor.home != actor.department:
        reasons.append(f"{actor.person} is of {actor.home}, which asks")
    if not actor.roles & PROVIDERS:
        reasons.append(f"{actor.person} is neither a steward nor an approver")
    if actor.department != provider:
        reasons.append(
            f"the data belongs to {provider}, {actor.person} acts for {actor.department}"
        )
    return reasons


def _check_mends(correction: Correction, delivery: Delivery | None) -> None:
    """Refuse what cannot have mended the delivery that is complained about."""
    hint = (
        f"deliver it mended: bureau dataset deliver {correction.dataset} FILE; or say why that is"
        " not needed: --none-needed TEXT"
    )
    if delivery is None or delivery.number <= correction.delivery:
        raise Conflict(
            f"nothing newer than delivery #{correction.delivery} of {correction.dataset} mends it",
            hint=hint,
        )
    if not delivery.status.published:
        raise Conflict(
            f"delivery #{delivery.number} of {correction.dataset} was refused: nobody reads it",
            hint=hint,
        )


_PAST = {
    Act.RECEIVE: "received",
    Act.VERIFY: "verified",
    Act.CORRECT: "corrected",
    Act.CLOSE: "closed",
    Act.WITHDRAW: "withdrawn",
}
_RULES = {
    Act.RECEIVE: "it is signed for once",
    Act.VERIFY: "what was found stands",
    Act.CORRECT: "only what was confirmed is corrected, once",
    Act.CLOSE: "it is verified first and, where it is confirmed, corrected (Art. 26)",
    Act.WITHDRAW: "what was verified is answered, and not taken back",
}
