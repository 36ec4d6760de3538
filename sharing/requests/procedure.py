"""The acts between a request's submission and the reply to it: pure (Decree 809 Art. 20, 21)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from core.actor import Actor
from core.errors import Conflict, Denied, InvalidInput
from sharing.clocks.model import Clock, ClockState
from sharing.model import (
    AccessRequest,
    Approval,
    Extension,
    Grant,
    RefusalGround,
    RequestState,
    Return,
    Terms,
)
from sharing.moves import Act, next_state, possible
from sharing.safeguards import NONE, Safeguards
from sharing.words import require_words, words
from sharing.workflow import check_terms, require_side

POLICY = "policy"
"""Who decides where the policy profile does."""


def receive(request: AccessRequest, actor: Actor, *, provider: str, now: datetime) -> AccessRequest:
    """Sign for a request (签收): from here on the time to reply is counted."""
    state = next_state(request, Act.RECEIVE)
    require_side(request, Act.RECEIVE, actor, provider)
    if request.received_at is not None:
        raise Conflict(
            f"request {request.ref} is {request.state}: it was signed for already, and that is done"
            " once (Art. 21)",
            hint=possible(request),
        )
    return replace(request, state=state, received_at=now, received_by=actor.signature)


def return_once(
    request: AccessRequest, actor: Actor, *, provider: str, missing: Sequence[str], now: datetime
) -> AccessRequest:
    """Hand papers back with everything that is missing, which can be done once (Art. 21)."""
    state = next_state(request, Act.RETURN)
    require_side(request, Act.RETURN, actor, provider)
    if request.returned is not None:
        raise Conflict(
            f"request {request.ref} is {request.state}: it was handed back already, and everything"
            " missing is listed once (Art. 21)",
            hint=possible(request),
        )
    if request.terms.not_after <= now:
        raise Conflict(
            f"request {request.ref} is {request.state}, and its period (使用时限, Art. 20) is over: what"
            " is missing would come too late",
            hint=f"where the reply is late, its requester moves the period on: bureau request prolong"
            f" {request.ref}; otherwise refuse it: bureau request refuse {request.ref} --ground GROUND"
            f" --reason TEXT; or its requester withdraws it: bureau request withdraw {request.ref}",
        )
    listed = tuple(dict.fromkeys(said for text in missing if (said := words(text))))
    what, how = "it is not said what is missing", "add --missing TEXT, once for each thing"
    require_words("\n".join(listed), what, how)
    returned = Return(missing=listed, at=now, by=actor.signature)
    return replace(request, state=state, returned=returned)


def supplement(
    request: AccessRequest,
    actor: Actor,
    *,
    provider: str,
    answer: str,
    terms: Terms,
    now: datetime,
) -> AccessRequest:
    """Bring what was missing; `terms` are those asked for from now on.

    Other terms than before are brought by an approver of the own department, who endorses them.
    """
    state = next_state(request, Act.SUPPLEMENT)
    endorsed_by = request.endorsed_by
    if terms == request.terms:
        require_side(request, Act.SUPPLEMENT, actor, "")
    else:
        _require_endorsing(request, actor, provider)
        endorsed_by = actor.signature
    if request.returned is None:
        raise Conflict(f"request {request.ref} was not handed back")
    said = require_words(answer, "it is not said what was added", "add --answer TEXT")
    check_terms(terms)
    returned = replace(request.returned, supplement=said, supplemented_at=now)
    return replace(request, state=state, terms=terms, returned=returned, endorsed_by=endorsed_by)


def _require_endorsing(request: AccessRequest, actor: Actor, provider: str) -> None:
    """What the own sharing office endorsed changes, so whoever changes it endorses it anew."""
    try:
        require_side(request, Act.ENDORSE, actor, provider)
    except Denied as error:
        office = f"an approver of {request.department} who did not ask for them"
        raise Denied(
            f"{actor.person} may not change the terms of request {request.ref}, which is"
            f" {request.state}, in supplementing it",
            reasons=(
                f"changed terms are endorsed anew (Art. 20), by {office}: they give this command",
                *error.reasons,
            ),
            hint=f"leave --basis and --scenario out: a requester of {request.department}"
            f" supplements it without changing its terms; or {office} gives this command",
        ) from error


def prolong(request: AccessRequest, actor: Actor, *, late: int, now: datetime) -> AccessRequest:
    """Move the end of the period on by as many days as the reply is late.

    No more is asked for than the own sharing office endorsed, so it endorses nothing anew. What a
    first approver agreed to had another period.
    """
    state = next_state(request, Act.PROLONG)
    require_side(request, Act.PROLONG, actor, "")
    if late < 1:
        raise Conflict(
            f"request {request.ref} is {request.state}, and the reply to it is not late (Art. 21): its"
            " period (使用时限) stays",
            hint="another period is another request: withdraw this one, and ask anew",
        )
    endorsed = request.endorsed_until or request.terms.not_after
    until = endorsed + timedelta(days=late)
    if until <= request.terms.not_after:
        raise Conflict(
            f"the period of request {request.ref} was moved on by the {late} days already that the"
            " reply is late (Art. 21)",
            hint=possible(request),
        )
    if until <= now:
        raise Conflict(
            f"the period of request {request.ref} was over before the reply was due (Art. 21)",
            hint="withdraw it, and ask anew for a period that begins after the time to reply",
        )
    terms = replace(request.terms, not_after=until)
    check_terms(terms)
    return replace(request, state=state, terms=terms, endorsed_until=endorsed, first_approval=None)


def ask_extension(
    request: AccessRequest, actor: Actor, *, provider: str, days: int, reason: str, now: datetime
) -> AccessRequest:
    """Ask the authority for more time to reply; nothing is extended before it consents."""
    state = next_state(request, Act.EXTEND)
    require_side(request, Act.EXTEND, actor, provider)
    if request.extension is not None and request.extension.declined_at is None:
        raise Conflict(
            f"request {request.ref} is {request.state}: more time was asked for it already, and it is"
            " given once (Art. 21)",
            hint=possible(request),
        )
    said = require_words(reason, "an extension needs a reason", "add --reason TEXT")
    asked = Extension(days=days, reason=said, asked_at=now, asked_by=actor.signature)
    return replace(request, state=state, extension=asked)


def consent(request: AccessRequest, actor: Actor, *, provider: str, now: datetime) -> AccessRequest:
    """Consent to the extension that was asked for (Art. 21: the authority at the same level)."""
    state = next_state(request, Act.CONSENT)
    require_side(request, Act.CONSENT, actor, provider)
    given = replace(_open_extension(request), consented_at=now, consented_by=actor.signature)
    return replace(request, state=state, extension=given)


def decline(
    request: AccessRequest, actor: Actor, *, provider: str, reason: str, now: datetime
) -> AccessRequest:
    """Decline the extension that was asked for: the reply stays due when it is."""
    state = next_state(request, Act.DECLINE)
    require_side(request, Act.DECLINE, actor, provider)
    declined = replace(
        _open_extension(request),
        declined_at=now,
        declined_by=actor.signature,
        why_declined=require_words(reason, "declining needs a reason", "add --reason TEXT"),
    )
    return replace(request, state=state, extension=declined)


def approve(
    request: AccessRequest,
    actor: Actor,
    *,
    provider: str,
    grant: str,
    now: datetime,
    columns: Sequence[str] | None = None,
    safeguards: Safeguards = NONE,
) -> tuple[AccessRequest, Grant]:
    """Agree to the terms asked for, or to fewer of their `columns`; the grant binds to their hash.

    `safeguards` come on top of those that the terms have.
    """
    state = next_state(request, Act.APPROVE)
    require_side(request, Act.APPROVE, actor, provider)
    terms = narrowed(request.terms, columns, safeguards)
    return _agreed(request, state, actor.signature, terms, provider, grant, now)


def approve_first(
    request: AccessRequest,
    actor: Actor,
    *,
    provider: str,
    now: datetime,
    columns: Sequence[str] | None = None,
    safeguards: Safeguards = NONE,
) -> AccessRequest:
    """Agree as the first of two; nothing is granted before the second does."""
    state = next_state(request, Act.APPROVE_FIRST)
    require_side(request, Act.APPROVE_FIRST, actor, provider)
    agreed = narrowed(request.terms, columns, safeguards)
    first = Approval(
        by=actor.signature, at=now, columns=agreed.columns, safeguards=agreed.safeguards
    )
    return replace(request, state=state, first_approval=first)


def second(
    request: AccessRequest, actor: Actor, *, provider: str, grant: str, now: datetime
) -> tuple[AccessRequest, Grant]:
    """Agree as the second of two, to just what the first agreed to."""
    state = next_state(request, Act.SECOND)
    require_side(request, Act.SECOND, actor, provider)
    if request.first_approval is None:
        raise Conflict(f"nobody approved request {request.ref} first")
    first = request.first_approval
    terms = narrowed(request.terms, first.columns, first.safeguards)
    return _agreed(request, state, actor.signature, terms, provider, grant, now)


def approve_by_policy(
    request: AccessRequest, *, provider: str, grant: str, now: datetime
) -> tuple[AccessRequest, Grant]:
    """Agree at once to what is shared unconditionally, where the policy profile says so."""
    state = next_state(request, Act.APPROVE)
    return _agreed(request, state, POLICY, request.terms, provider, grant, now)


def refuse(
    request: AccessRequest,
    actor: Actor,
    *,
    provider: str,
    ground: RefusalGround | None,
    reason: str,
    grantable: bool,
    now: datetime,
) -> AccessRequest:
    """Refuse with a ground and a reason; papers that are missing are no ground (Art. 21).

    What both parties settled to be shared is refused again only where it is not `grantable` now.
    """
    state = next_state(request, Act.REFUSE)
    require_side(request, Act.REFUSE, actor, provider)
    if request.settled and grantable:
        raise Conflict(
            f"request {request.ref} is {request.state}: both parties settled in dispute"
            f" {request.dispute} that its refusal does not stand, which binds them (Art. 28)",
            hint=f"{possible(request)}; it is refused again only where the data is not shared any"
            " more, or cannot be granted as it was asked for",
        )
    if ground is None or not words(reason):
        raise InvalidInput(
            f"request {request.ref} is {request.state}: a refusal needs a ground and a reason (Art. 21)",
            hint=f"add --ground and --reason TEXT; grounds are {', '.join(RefusalGround)}. If papers are missing: bureau request return"
            f" {request.ref} --missing TEXT",
        )
    return replace(
        request,
        state=state,
        decided_by=actor.signature,
        decided_at=now,
        ground=ground,
        reason=require_words(reason, "a refusal needs a reason", "add --reason TEXT"),
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
        raise Conflict(
            f"request {request.ref} is {request.state}: {request.department} has time{due} to bring"
            " what is missing (policy: supplement)",
            hint=possible(request),
        )
    return replace(request, state=state, decided_by=actor.signature, decided_at=now)


def _open_extension(request: AccessRequest) -> Extension:
    asked = request.extension
    if asked is None:
        raise Conflict(
            f"request {request.ref} is {request.state}: no more time was asked for, and only that is"
            " answered (Art. 21)",
            hint=f"the provider asks for it: bureau request extend {request.ref} --days N --reason TEXT",
        )
    if not asked.open:
        raise Conflict(
            f"request {request.ref} is {request.state}: it was"
            f" {'extended' if asked.consented_at else 'denied more time'} already (Art. 21)",
            hint=possible(request),
        )
    return asked


def narrowed(terms: Terms, columns: Sequence[str] | None, safeguards: Safeguards = NONE) -> Terms:
    """The terms with just these of their columns, all where None, and with more safeguards.

    Raises InvalidInput for other columns.
    """
    if columns is None:
        return replace(terms, safeguards=terms.safeguards + safeguards)
    if not columns:
        raise InvalidInput(
            "no column is named that is agreed to",
            hint="name some with --columns A,B, leave --columns out to agree to all, or refuse",
        )
    if extra := [name for name in columns if name not in terms.columns]:
        raise InvalidInput(
            f"the request does not ask for {', '.join(extra)}",
            hint=f"it asks for {', '.join(terms.columns)}; more needs another request",
        )
    return replace(
        terms,
        columns=tuple(name for name in terms.columns if name in columns),
        safeguards=terms.safeguards.of(columns) + safeguards,
    )


def _agreed(
    request: AccessRequest,
    state: RequestState,
    by: str,
    terms: Terms,
    provider: str,
    grant: str,
    now: datetime,
) -> tuple[AccessRequest, Grant]:
    left_out = tuple(name for name in request.terms.columns if name not in terms.columns)
    agreed = replace(
        request, state=state, decided_by=by, decided_at=now, grant=grant, left_out=left_out
    )
    return agreed, Grant(
        ref=grant,
        request=request.ref,
        provider=provider,
        department=request.department,
        terms=terms,
        terms_hash=terms.hash,
        granted_at=now,
        granted_by=by,
    )
