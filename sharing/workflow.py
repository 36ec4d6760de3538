"""What may follow what, and who may make it so: pure guards over requests and grants.

Decree 809 Art. 20 (the heads of both departments' sharing offices decide) and Art. 21.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.actor import Actor, Role
from core.errors import Conflict, Denied, InvalidInput
from sharing.model import AccessRequest, Grant, GrantState, RequestState, Terms

MAX_PERIOD = timedelta(days=5 * 366)


class Act(StrEnum):
    SUBMIT = "submit"
    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


NEXT: dict[tuple[RequestState, Act], RequestState] = {
    (RequestState.DRAFT, Act.SUBMIT): RequestState.SUBMITTED,
    (RequestState.DRAFT, Act.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.SUBMITTED, Act.APPROVE): RequestState.AGREED,
    (RequestState.SUBMITTED, Act.REFUSE): RequestState.REFUSED,
    (RequestState.SUBMITTED, Act.WITHDRAW): RequestState.WITHDRAWN,
}


def next_state(request: AccessRequest, act: Act) -> RequestState:
    """The state that `act` leads to; raises Conflict where the act has no place."""
    found = NEXT.get((request.state, act))
    if found is None:
        possible = [a.value for (state, a) in NEXT if state is request.state]
        raise Conflict(
            f"request {request.ref} is {request.state}: it cannot be {_PAST[act]}",
            hint=f"possible now: {', '.join(possible)}" if possible else "nothing more can happen",
        )
    return found


def check_terms(terms: Terms) -> None:
    """Refuse terms that leave out one of the five things of Art. 20, or that cannot be meant."""
    for value, name in (
        (terms.legal_basis, "legal basis (使用依据)"),
        (terms.scenario, "scenario (使用场景)"),
        (terms.application, "application"),
    ):
        if not value.strip():
            raise InvalidInput(f"the request has no {name}", hint="Decree 809 Art. 20 asks for it")
    if not terms.columns:
        raise InvalidInput(
            "the request names no columns (使用范围)", hint="name each column that is needed"
        )
    repeated = sorted({c for c in terms.columns if terms.columns.count(c) > 1})
    if repeated:
        raise InvalidInput(f"the request names a column twice: {', '.join(repeated)}")
    if terms.not_after <= terms.not_before:
        raise InvalidInput("the period (使用时限) ends before it begins")
    if terms.not_after - terms.not_before > MAX_PERIOD:
        raise InvalidInput("the period (使用时限) is longer than five years")


def submit(request: AccessRequest, actor: Actor, now: datetime) -> AccessRequest:
    state = next_state(request, Act.SUBMIT)
    _own_request(request, actor)
    check_terms(request.terms)
    if request.terms.not_after <= now:
        raise InvalidInput(f"the period of request {request.ref} is already over")
    return replace(request, state=state, submitted_at=now)


def withdraw(request: AccessRequest, actor: Actor) -> AccessRequest:
    state = next_state(request, Act.WITHDRAW)
    _own_request(request, actor)
    return replace(request, state=state)


def approve(
    request: AccessRequest, actor: Actor, *, provider: str, grant: str, now: datetime
) -> tuple[AccessRequest, Grant]:
    """Agree to exactly the terms asked for; the grant binds to their hash."""
    state = next_state(request, Act.APPROVE)
    _may_decide(request, actor, provider)
    agreed = replace(request, state=state, decided_by=actor.person, decided_at=now, grant=grant)
    return agreed, Grant(
        ref=grant,
        request=request.ref,
        provider=provider,
        department=request.department,
        terms=request.terms,
        terms_hash=request.terms.hash,
        granted_at=now,
        granted_by=actor.person,
    )


def refuse(
    request: AccessRequest, actor: Actor, *, provider: str, reason: str, now: datetime
) -> AccessRequest:
    state = next_state(request, Act.REFUSE)
    _may_decide(request, actor, provider)
    if not reason.strip():
        raise InvalidInput("a refusal needs a reason", hint="Decree 809 Art. 21: add --reason TEXT")
    return replace(
        request, state=state, decided_by=actor.person, decided_at=now, reason=reason.strip()
    )


def check_can_end(grant: Grant, actor: Actor, *, provider: str, now: datetime) -> None:
    """Who may revoke or suspend: the provider's approver or the data authority (Art. 27).

    `provider` has the dataset now; the department that granted may be another one.
    """
    _may_steer(grant, actor, provider)
    state = grant.state_at(now)
    if state in (GrantState.REVOKED, GrantState.ENDED):
        raise Conflict(f"grant {grant.ref} is {state} already")


def check_can_suspend(grant: Grant, actor: Actor, *, provider: str, now: datetime) -> None:
    check_can_end(grant, actor, provider=provider, now=now)
    if grant.state_at(now) is GrantState.SUSPENDED:
        raise Conflict(f"grant {grant.ref} is suspended already")


def check_can_resume(grant: Grant, actor: Actor, *, provider: str, now: datetime) -> None:
    _may_steer(grant, actor, provider)
    state = grant.state_at(now)
    if state is not GrantState.SUSPENDED:
        raise Conflict(f"grant {grant.ref} is {state}, not suspended")


def _own_request(request: AccessRequest, actor: Actor) -> None:
    if actor.department != request.department or not actor.has(Role.REQUESTER):
        raise Denied(
            f"request {request.ref} belongs to {request.department}",
            reasons=(f"only a requester of {request.department} may submit or withdraw it",),
        )


def _may_decide(request: AccessRequest, actor: Actor, provider: str) -> None:
    reasons = []
    if actor.person == request.created_by:
        reasons.append("nobody decides their own request")
    if not actor.has(Role.APPROVER):
        reasons.append(f"{actor.person} is not an approver")
    if actor.department != provider:
        reasons.append(
            f"the data belongs to {provider}, {actor.person} acts for {actor.department}"
        )
    if reasons:
        raise Denied(f"{actor.person} may not decide request {request.ref}", reasons=reasons)


def _may_steer(grant: Grant, actor: Actor, provider: str) -> None:
    if actor.has(Role.APPROVER) and actor.department in {provider, grant.provider}:
        return
    if actor.has(Role.AUTHORITY):
        return
    raise Denied(
        f"{actor.person} may not change grant {grant.ref}",
        reasons=(f"only an approver of {provider} or the data authority may",),
    )


_PAST = {
    Act.SUBMIT: "submitted",
    Act.APPROVE: "approved",
    Act.REFUSE: "refused",
    Act.WITHDRAW: "withdrawn",
}
