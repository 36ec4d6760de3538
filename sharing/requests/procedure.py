"""The acts between a request's submission and the reply to it: pure (Decree 809 Art. 20, 21)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from core.actor import Actor
from core.errors import Conflict, InvalidInput
from sharing.clocks.model import Clock, ClockState
from sharing.model import AccessRequest, Extension, Grant, RefusalGround, Return, Terms
from sharing.workflow import Act, check_terms, next_state, require_side

POLICY = "policy"
"""Who decides where the policy profile does."""


def receive(request: AccessRequest, actor: Actor, *, provider: str, now: datetime) -> AccessRequest:
    """Sign for a request (签收): from here on the time to reply is counted."""
    state = next_state(request, Act.RECEIVE)
    require_side(request, Act.RECEIVE, actor, provider)
    if request.received_at is not None:
        raise Conflict(f"request {request.ref} was signed for already")
    return replace(request, state=state, received_at=now, received_by=actor.person)


def return_once(
    request: AccessRequest, actor: Actor, *, provider: str, missing: Sequence[str], now: datetime
) -> AccessRequest:
    """Hand papers back with everything that is missing, which can be done once (Art. 21)."""
    state = next_state(request, Act.RETURN)
    require_side(request, Act.RETURN, actor, provider)
    if request.returned is not None:
        raise Conflict(
            f"request {request.ref} was handed back already, and everything missing is listed once"
            " (Art. 21)",
            hint="agree to it or refuse it with a ground",
        )
    listed = tuple(text.strip() for text in missing if text.strip())
    if not listed:
        raise InvalidInput(
            "it is not said what is missing", hint="add --missing TEXT, once for each thing"
        )
    returned = Return(missing=listed, at=now, by=actor.person)
    return replace(request, state=state, returned=returned)


def supplement(
    request: AccessRequest, actor: Actor, *, answer: str, terms: Terms, now: datetime
) -> AccessRequest:
    """Bring what was missing; `terms` are those asked for from now on."""
    state = next_state(request, Act.SUPPLEMENT)
    require_side(request, Act.SUPPLEMENT, actor, "")
    if request.returned is None:
        raise Conflict(f"request {request.ref} was not handed back")
    if not answer.strip():
        raise InvalidInput("it is not said what was added", hint="add --answer TEXT")
    check_terms(terms)
    returned = replace(request.returned, supplement=answer.strip(), supplemented_at=now)
    return replace(request, state=state, terms=terms, returned=returned)


def ask_extension(
    request: AccessRequest, actor: Actor, *, provider: str, days: int, reason: str, now: datetime
) -> AccessRequest:
    """Ask the authority for more time to reply; nothing is extended before it consents."""
    state = next_state(request, Act.EXTEND)
    require_side(request, Act.EXTEND, actor, provider)
    if request.extension is not None:
        raise Conflict(
            f"more time was asked for request {request.ref} already",
            hint="it can be extended once: decide by the day that it is due",
        )
    if not reason.strip():
        raise InvalidInput("an extension needs a reason", hint="add --reason TEXT")
    asked = Extension(days=days, reason=reason.strip(), asked_at=now, asked_by=actor.person)
    return replace(request, state=state, extension=asked)


def consent(request: AccessRequest, actor: Actor, *, now: datetime) -> AccessRequest:
    """Consent to the extension that was asked for (Art. 21: the authority at the same level)."""
    state = next_state(request, Act.CONSENT)
    require_side(request, Act.CONSENT, actor, "")
    asked = request.extension
    if asked is None:
        raise Conflict(
            f"no more time was asked for request {request.ref}",
            hint=f"the provider asks for it: bureau request extend {request.ref}",
        )
    if asked.consented_at is not None:
        raise Conflict(f"request {request.ref} was extended already")
    given = replace(asked, consented_at=now, consented_by=actor.person)
    return replace(request, state=state, extension=given)


def approve(
    request: AccessRequest,
    actor: Actor,
    *,
    provider: str,
    grant: str,
    now: datetime,
    columns: Sequence[str] = (),
) -> tuple[AccessRequest, Grant]:
    """Agree to the terms asked for, or to fewer of their `columns`; the grant binds to their hash."""
    state = next_state(request, Act.APPROVE)
    require_side(request, Act.APPROVE, actor, provider)
    terms = _narrowed(request.terms, columns)
    agreed = replace(request, state=state, decided_by=actor.person, decided_at=now, grant=grant)
    return agreed, _grant(agreed, terms, provider, now)


def approve_by_policy(
    request: AccessRequest, *, provider: str, grant: str, now: datetime
) -> tuple[AccessRequest, Grant]:
    """Agree at once to what is shared unconditionally, where the policy profile says so."""
    state = next_state(request, Act.APPROVE)
    agreed = replace(request, state=state, decided_by=POLICY, decided_at=now, grant=grant)
    return agreed, _grant(agreed, request.terms, provider, now)


def refuse(
    request: AccessRequest,
    actor: Actor,
    *,
    provider: str,
    ground: RefusalGround | None,
    reason: str,
    now: datetime,
) -> AccessRequest:
    """Refuse with a ground and a reason; papers that are missing are no ground (Art. 21)."""
    state = next_state(request, Act.REFUSE)
    require_side(request, Act.REFUSE, actor, provider)
    if ground is None or not reason.strip():
        raise InvalidInput(
            "a refusal needs a ground and a reason",
            hint=f"Decree 809 Art. 21: add --ground and --reason TEXT; grounds are"
            f" {', '.join(RefusalGround)}. If papers are missing: bureau request return"
            f" {request.ref} --missing TEXT",
        )
    return replace(
        request,
        state=state,
        decided_by=actor.person,
        decided_at=now,
        ground=ground,
        reason=reason.strip(),
    )


def lapse(
    request: AccessRequest,
    actor: Actor,
    *,
    provider: str,
    waiting: Clock | None,
    today: date,
    now: datetime,
) -> AccessRequest:
    """Close a request whose missing papers did not come in time."""
    state = next_state(request, Act.LAPSE)
    require_side(request, Act.LAPSE, actor, provider)
    if waiting is None or waiting.state_on(today) is not ClockState.OVERDUE:
        due = f" until {waiting.due_on}" if waiting else ""
        raise Conflict(f"{request.department} has time{due} to bring what is missing")
    return replace(request, state=state, decided_by=actor.person, decided_at=now)


def _narrowed(terms: Terms, columns: Sequence[str]) -> Terms:
    if not columns:
        return terms
    if extra := [name for name in columns if name not in terms.columns]:
        raise InvalidInput(
            f"the request does not ask for {', '.join(extra)}",
            hint=f"it asks for {', '.join(terms.columns)}; more needs another request",
        )
    return replace(terms, columns=tuple(name for name in terms.columns if name in columns))


def _grant(request: AccessRequest, terms: Terms, provider: str, now: datetime) -> Grant:
    return Grant(
        ref=request.grant,
        request=request.ref,
        provider=provider,
        department=request.department,
        terms=terms,
        terms_hash=terms.hash,
        granted_at=now,
        granted_by=request.decided_by,
    )
