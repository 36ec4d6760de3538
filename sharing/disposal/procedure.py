"""Who may end a purpose, prove the disposal of data and judge the proof: pure guards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from core.actor import Actor
from core.errors import Conflict
from sharing.denial import require_provider, require_user
from sharing.disposal.model import DisposalState, Method, Proof, Requirement, Verdict
from sharing.disposal.owing import covering, state_of
from sharing.model import FinishCause, Grant, GrantState
from sharing.words import require_words, words


def finish(grant: Grant, actor: Actor, *, cause: FinishCause, reason: str, now: datetime) -> Grant:
    """The using department says that the purpose is over; the grant ends at this moment."""
    rule = "the department that uses the data says that its purpose is over (Art. 27)"
    require_user(grant, actor, "finish", rule=rule, now=now)
    state = grant.state_at(now)
    if state in (GrantState.REVOKED, GrantState.ENDED):
        raise Conflict(f"grant {grant.ref} is {state} already")
    said = require_words(reason, "the end of a purpose needs a reason", "add --reason TEXT")
    return replace(
        grant, finished_at=now, finished_by=actor.signature, finish_cause=cause, finish_reason=said
    )


def require(
    grant: Grant,
    actor: Actor,
    *,
    provider: str,
    state: DisposalState,
    how: Method,
    text: str,
    now: datetime,
) -> Requirement:
    """The provider says how the data is to be disposed of, before it is."""
    _require_provider(grant, actor, provider, now)
    if state in (DisposalState.PROVED, DisposalState.DISPOSED):
        raise Conflict(
            f"the data of grant {grant.ref} was disposed of already",
            hint=f"judge the proof: bureau grant disposal {grant.ref}",
        )
    return Requirement(how=how, text=words(text), required_at=now, required_by=actor.signature)


def prove(
    grant: Grant,
    actor: Actor,
    *,
    others: Sequence[Grant],
    earlier: Sequence[Proof],
    requirement: Requirement | None,
    how: Method,
    text: str,
    now: datetime,
) -> Proof:
    """The using department says what it did with the data, as the provider required it."""
    rule = "the department that used the data disposes of it (Art. 27)"
    require_user(grant, actor, "dispose of the data of", rule=rule, now=now)
    waiting = any(proof.verdict is None for proof in earlier)
    state = state_of(grant, others, proved=waiting, now=now)
    if state is not DisposalState.OWED:
        message, hint = _nothing_owed(grant, state, covering(grant, others, now))
        raise Conflict(message, hint=hint)
    if requirement is not None and requirement.how is not how:
        told = f": {requirement.text}" if requirement.text else ""
        raise Conflict(
            f"{grant.provider} requires that the data of {grant.ref} is {requirement.how}{told}",
            hint=f"dispose of it so (Art. 27), then add --how {requirement.how}",
        )
    said = require_words(text, "the disposal has no proof", "add --proof TEXT: what shows it")
    return Proof(
        number=len(earlier) + 1, how=how, text=said, given_at=now, given_by=actor.signature
    )


def judge(
    grant: Grant,
    actor: Actor,
    *,
    provider: str,
    proofs: Sequence[Proof],
    verdict: Verdict,
    reason: str,
    now: datetime,
) -> Proof:
    """The provider confirms the proof that waits, or rejects it with a reason."""
    _require_provider(grant, actor, provider, now)
    if not proofs or proofs[-1].verdict is not None:
        raise Conflict(
            f"no proof of disposal waits for grant {grant.ref}",
            hint=f"see where it stands: bureau grant disposal {grant.ref}",
        )
    proof = proofs[-1]
    said = words(reason)
    if verdict is Verdict.REJECTED:
        said = require_words(reason, "a rejection needs a reason", "add --reason TEXT")
    return replace(proof, verdict=verdict, decided_at=now, decided_by=actor.signature, reason=said)


def _nothing_owed(grant: Grant, state: DisposalState, other: Grant | None) -> tuple[str, str]:
    """Why no disposal of the data is owed now, and what to do instead."""
    match state:
        case DisposalState.GRANTED:
            return (
                f"grant {grant.ref} has not ended",
                f"end it first: bureau grant finish {grant.ref} --because met --reason TEXT",
            )
        case DisposalState.NOTHING:
            return (
                f"nothing was ever read under grant {grant.ref}",
                "there is nothing to dispose of",
            )
        case DisposalState.PROVED:
            return (
                f"the disposal of the data of {grant.ref} is proved already",
                f"{grant.provider} confirms or rejects it",
            )
        case DisposalState.DISPOSED:
            return (
                f"the data of grant {grant.ref} is disposed of already",
                "nothing is left to do",
            )
        case _:
            ref = other.ref if other else "another grant"
            return (
                f"the data of {grant.ref} is still granted under {ref}",
                f"dispose of it when {ref} has ended",
            )


def _require_provider(grant: Grant, actor: Actor, provider: str, now: datetime) -> None:
    require_provider(
        grant,
        actor,
        "say what becomes of the data of",
        provider=provider,
        rule="the provider requires how it is disposed of, and judges the proof (Art. 27)",
        own="nobody judges a proof of their own department",
        now=now,
    )
