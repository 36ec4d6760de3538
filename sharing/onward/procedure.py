"""Who asks, who consents, and what may be declared: pure guards (Decree 809 Art. 25)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from core.actor import Actor
from core.errors import Conflict, Denied, NotFound
from sharing.denial import require_provider, require_user
from sharing.model import Grant, GrantState
from sharing.onward.model import Answer, OnwardTransfer
from sharing.words import require_words, words


def ask(
    grant: Grant,
    actor: Actor,
    *,
    number: int,
    recipient: str,
    purpose: str,
    now: datetime,
) -> OnwardTransfer:
    """The using department asks to pass data on to `recipient`, whoever that is."""
    _require_user(grant, actor, now)
    _require_live(grant, now)
    return OnwardTransfer(
        number=number,
        recipient=require_words(recipient, "it is not said who gets the data", "add --to TEXT"),
        purpose=require_words(purpose, "it is not said what for", "add --purpose TEXT"),
        asked_at=now,
        asked_by=actor.signature,
    )


def answer(
    grant: Grant,
    transfer: OnwardTransfer,
    actor: Actor,
    *,
    provider: str,
    given: Answer,
    reason: str,
    now: datetime,
) -> OnwardTransfer:
    """The provider's approver consents, or declines with a reason."""
    require_provider(
        grant,
        actor,
        "answer for the provider of",
        provider=provider,
        rule="data is passed on with the provider's consent alone (Art. 25)",
        own="nobody consents to what their own department asked for",
        now=now,
    )
    _require_live(grant, now)
    if transfer.answer is not None:
        raise Conflict(f"transfer {transfer.number} of {grant.ref} is {transfer.answer} already")
    said = words(reason)
    if given is Answer.DECLINED:
        said = require_words(reason, "to decline needs a reason", "add --reason TEXT")
    return replace(
        transfer, answer=given, answered_at=now, answered_by=actor.signature, reason=said
    )


def check_can_declare(grant: Grant, actor: Actor, *, now: datetime) -> None:
    _require_user(grant, actor, now)


def refused_by(grant: Grant, transfer: OnwardTransfer, now: datetime) -> str:
    """The rule by which data may not be passed on now, as the ledger names it; empty if it may."""
    state = grant.state_at(now)
    if state is not GrantState.ACTIVE:
        return state.value
    return "" if transfer.answer is Answer.CONSENTED else "consent"


def pass_on(
    grant: Grant, transfer: OnwardTransfer, actor: Actor, *, now: datetime
) -> OnwardTransfer:
    """The using department declares that it passed the data on; never without consent.

    What may not be read is not passed on: under a grant that is suspended, over or not begun.
    """
    state = grant.state_at(now)
    if state is not GrantState.ACTIVE:
        raise Denied(
            f"the data of grant {grant.ref}, which is {state}, may not be passed on to"
            f" {transfer.recipient}",
            reasons=(
                f"the grant is {state}, and data is passed on under an active one (Art. 25, 27)",
            ),
            hint=_way_out(grant, state, now),
        )
    if transfer.answer is not Answer.CONSENTED:
        lacks = "was declined" if transfer.answer else "has no consent yet"
        raise Denied(
            f"the data of grant {grant.ref}, which is {state}, may not be passed on to"
            f" {transfer.recipient}",
            reasons=(f"transfer {transfer.number} {lacks} (Art. 25)",),
            hint=f"{grant.provider} consents: bureau grant onward-consent {grant.ref}"
            f" {transfer.number}",
        )
    if transfer.passed_on_at is not None:
        raise Conflict(f"transfer {transfer.number} of {grant.ref} was declared already")
    return replace(transfer, passed_on_at=now, passed_on_by=actor.signature)


def find(grant: Grant, transfers: Sequence[OnwardTransfer], number: int) -> OnwardTransfer:
    for transfer in transfers:
        if transfer.number == number:
            return transfer
    raise NotFound(
        "transfer",
        f"{number} of {grant.ref}",
        hint=f"ask for consent first: bureau grant onward {grant.ref} --to TEXT --purpose TEXT",
    )


def _way_out(grant: Grant, state: GrantState, now: datetime) -> str:
    match state:
        case GrantState.SUSPENDED if grant.suspension_at(now) is None:
            return (
                f"{grant.provider} reviews it first: bureau review keep {grant.ref} --reason TEXT"
            )
        case GrantState.SUSPENDED:
            return (
                f"rectify it first, and let it be resumed: bureau grant rectify {grant.ref} --report"
                " TEXT"
            )
        case GrantState.SCHEDULED:
            return f"wait until its period begins: bureau grant show {grant.ref}"
        case _:
            return f"a new grant is needed first: bureau request new {grant.terms.dataset}"


def _require_user(grant: Grant, actor: Actor, now: datetime) -> None:
    rule = "the department that uses the data asks, and then passes it on (Art. 25)"
    require_user(grant, actor, "pass on the data of", rule=rule, now=now)


def _require_live(grant: Grant, now: datetime) -> None:
    if now >= grant.ended_at:
        raise Conflict(
            f"grant {grant.ref} is {grant.state_at(now)}: nothing of it is passed on",
            hint="a new grant is needed first",
        )
