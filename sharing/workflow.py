"""Who may do what to requests and grants: pure guards.

Decree 809 Art. 20 (the heads of both departments' sharing offices decide) and Art. 21.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from core.actor import Actor, Role
from core.errors import Conflict, Denied, InvalidInput
from sharing import authority
from sharing.authority import Ruling
from sharing.denial import denied, denied_grant, require_user
from sharing.model import AccessRequest, Grant, GrantState, Suspension, Terms
from sharing.moves import SIDES, Act, Side, next_state, possible
from sharing.words import require_words

MAX_PERIOD = timedelta(days=5 * 366)
_ASKED_FOR = "Decree 809 Art. 20 asks for it"


def check_terms(terms: Terms) -> None:
    """Refuse terms that leave out one of the five things of Art. 20, or that cannot be meant."""
    for value, name in (
        (terms.legal_basis, "legal basis (使用依据)"),
        (terms.scenario, "scenario (使用场景)"),
    ):
        require_words(value, f"the request has no {name}", _ASKED_FOR)
    if not terms.application.strip():
        raise InvalidInput("the request has no application", hint=_ASKED_FOR)
    if not terms.columns:
        raise InvalidInput(
            "the request names no columns (使用范围)", hint="name each column that is needed"
        )
    repeated = sorted({c for c in terms.columns if terms.columns.count(c) > 1})
    if repeated:
        raise InvalidInput(f"the request names a column twice: {', '.join(repeated)}")
    if terms.not_after <= terms.not_before:
        raise InvalidInput(
            "the period (使用时限) ends before it begins", hint="let it end on a later day"
        )
    if terms.not_after - terms.not_before > MAX_PERIOD:
        raise InvalidInput(
            "the period (使用时限) is longer than five years",
            hint="let it end earlier; a grant that is still needed then is renewed",
        )


def require_side(request: AccessRequest, act: Act, actor: Actor, provider: str) -> None:
    """Raise Denied unless `act` is the actor's to do; nobody decides what they asked for.

    Nor does anybody act for one department by a delegation who belongs to the other.
    """
    side, reasons = SIDES[act], []
    if side is not Side.REQUESTER:
        if actor.is_or_acts_for(request.created_by):
            reasons.append("nobody decides their own request")
        elif side is not Side.OWN_APPROVER and actor.is_or_acts_for(request.endorsed_by):
            reasons.append("nobody decides what they endorsed for the department that asks")
        if actor.acting_for and side is not Side.AUTHORITY:
            reasons += _of_other_party(request, side, actor, provider)
    reasons += _OF_SIDE[side](request, actor, provider)
    if reasons:
        raise denied(
            actor,
            _SPOKEN.get(act, act.value),
            f"request {request.ref}",
            request.state,
            rule=_RULES[side],
            reasons=reasons,
            who=_entitled(request, side, provider),
            instead=possible(request),
        )


def submit(request: AccessRequest, actor: Actor, now: datetime) -> AccessRequest:
    state = next_state(request, Act.SUBMIT)
    require_side(request, Act.SUBMIT, actor, "")
    check_terms(request.terms)
    _check_period(request, now)
    return replace(request, state=state, proposed_at=now)


def endorse(request: AccessRequest, actor: Actor, now: datetime, *, provider: str) -> AccessRequest:
    """The approval of the requester's own sharing office, which submits the request (Art. 20)."""
    state = next_state(request, Act.ENDORSE)
    require_side(request, Act.ENDORSE, actor, provider)
    _check_period(request, now)
    return replace(request, state=state, submitted_at=now, endorsed_by=actor.signature)


def withdraw(request: AccessRequest, actor: Actor) -> AccessRequest:
    state = next_state(request, Act.WITHDRAW)
    require_side(request, Act.WITHDRAW, actor, "")
    return replace(request, state=state)


def check_can_end(grant: Grant, actor: Actor, *, provider: str, now: datetime) -> None:
    """Who may revoke or suspend: the provider's approver or the data authority (Art. 27).

    `provider` has the dataset now; the department that granted may be another one.
    """
    _may_steer(grant, actor, provider, now)
    if actor.home == grant.department:
        reason = f"{actor.home} uses the data, and decides on it in nobody's place"
        raise _not_to_steer(grant, actor, (reason,), provider, now)
    state = grant.state_at(now)
    if state in (GrantState.REVOKED, GrantState.ENDED):
        raise Conflict(
            f"grant {grant.ref} is {state} already, and a grant ends once (Art. 27)",
            hint=f"what follows is the disposal of the data: bureau grant show {grant.ref}",
        )


def check_can_revoke(
    grant: Grant, actor: Actor, *, provider: str, now: datetime, overdue: bool, filed: bool
) -> None:
    """When a live service may be ended (Art. 27): the authority may, a provider not on its own.

    A provider ends what it suspended and what was not rectified: not in time (`overdue`), or not
    well enough, by a report that it does not accept; or what it consulted on and `filed`.
    """
    check_can_end(grant, actor, provider=provider, now=now)
    suspension = grant.suspension_at(now)
    unrectified = suspension is not None and (overdue or suspension.rectified_at is not None)
    if authority.decides(actor, Ruling.GRANT, *_concerned(grant, provider)):
        return
    if unrectified or filed:
        return
    raise Conflict(
        f"grant {grant.ref} is {grant.state_at(now)}: a provider does not end a service on its own"
        " (Art. 27)",
        hint="what is misused is suspended and, if it is not rectified in time, revoked: bureau"
        f" grant suspend {grant.ref} --reason TEXT; a service that is to end is consulted on and"
        f" filed: bureau change new {grant.terms.dataset} --reason TEXT; the data authority may"
        " revoke at any time",
    )


def check_can_accept(grant: Grant, actor: Actor, *, now: datetime) -> None:
    """Who may confirm that the data arrived: a requester of the department it was granted to."""
    rule = "what was shared (Art. 22) is accepted by the department that asked for it"
    require_user(grant, actor, "accept the data of", rule=rule, now=now)
    if grant.delivered_at is None:
        raise Conflict(
            f"nothing was shared under grant {grant.ref} yet",
            hint=f"{grant.provider} has to deliver {grant.terms.dataset}",
        )
    if grant.accepted_at is not None:
        raise Conflict(
            f"grant {grant.ref} was accepted already",
            hint=f"it is used: bureau read {grant.terms.dataset} --to FILE; data that is wrong is"
            f" corrected: bureau correction new {grant.terms.dataset}",
        )


def check_can_suspend(grant: Grant, actor: Actor, *, provider: str, now: datetime) -> None:
    check_can_end(grant, actor, provider=provider, now=now)
    if grant.suspension_at(now) is not None:
        raise Conflict(
            f"grant {grant.ref} is suspended already, until it is rectified (Art. 27)",
            hint=f"see what for: bureau grant show {grant.ref}",
        )


def check_can_rectify(grant: Grant, actor: Actor, *, now: datetime) -> None:
    """Who may report that the cause of a suspension is gone: whoever was told to rectify (Art. 27)."""
    reasons = []
    if actor.department != grant.department or not actor.has(Role.REQUESTER):
        reasons.append(f"only a requester of {grant.department} may, which uses the data")
    suspension = grant.suspension_at(now)
    if suspension is not None and actor.is_or_acts_for(suspension.suspended_by):
        reasons.append("whoever suspended it does not report that it is rectified")
    if reasons:
        raise denied_grant(
            grant,
            actor,
            "report on",
            rule="whoever uses the data rectifies, and reports it (Art. 27)",
            reasons=reasons,
            who=f"a requester of {grant.department} who did not suspend it",
            now=now,
        )
    if _open_suspension(grant, now).rectified_at is not None:
        raise Conflict(
            f"grant {grant.ref} was reported as rectified already",
            hint=f"{_lifts(grant, now)} checks that and resumes it: bureau grant resume"
            f" {grant.ref} --reason TEXT",
        )


def check_can_resume(grant: Grant, actor: Actor, *, provider: str, now: datetime) -> None:
    """Who checks what was reported and lifts the suspension: the side that suspended, or the authority.

    What the authority suspended it alone lifts. Neither the department that reported does, nor
    whoever reported.
    """
    _may_steer(grant, actor, provider, now)
    suspension = _open_suspension(grant, now)
    reasons = []
    lifts = authority.decides(actor, Ruling.GRANT, *_concerned(grant, provider))
    if suspension.by_authority and not lifts:
        reasons.append("the data authority suspended it, and lifts that itself")
    if not suspension.by_authority and grant.department in (actor.department, actor.home):
        reasons.append(f"{grant.department} uses the data, and does not check its own report")
    if suspension.rectified_by and actor.is_or_acts_for(suspension.rectified_by):
        reasons.append("nobody checks what they reported themselves")
    if reasons:
        raise denied_grant(
            grant,
            actor,
            "resume",
            rule="the side that suspended it checks what was reported (Art. 27)",
            reasons=reasons,
            who=f"{_lifts(grant, now)}, by somebody who did not report it",
            now=now,
        )
    if suspension.rectified_at is None:
        raise Conflict(
            f"what grant {grant.ref} was suspended for is not rectified yet: {suspension.reason}",
            hint=f"{grant.department} reports it: bureau grant rectify {grant.ref} --report TEXT;"
            " if it never is, revoke the grant (Art. 27)",
        )


def _lifts(grant: Grant, now: datetime) -> str:
    suspension = grant.suspension_at(now)
    if suspension is not None and suspension.by_authority:
        return "the data authority"
    return f"{grant.provider} or the data authority"


def _open_suspension(grant: Grant, now: datetime) -> Suspension:
    state = grant.state_at(now)
    if state is not GrantState.SUSPENDED:
        raise Conflict(
            f"grant {grant.ref} is {state}: only what was suspended is rectified and resumed"
            " (Art. 27)",
            hint=f"see how it stands: bureau grant show {grant.ref}",
        )
    suspension = grant.suspension_at(now)
    if suspension is None:
        raise Conflict(
            f"grant {grant.ref} is suspended because its review is overdue: there is nothing to"
            " rectify",
            hint=f"{grant.provider} reviews it: bureau review keep {grant.ref} --reason TEXT",
        )
    return suspension


def _check_period(request: AccessRequest, now: datetime) -> None:
    if request.terms.not_after <= now:
        raise Conflict(
            f"request {request.ref} is {request.state}, and its period (使用时限, Art. 20) is over already",
            hint=f"withdraw it and ask for another period: bureau request withdraw {request.ref}",
        )


def _of_other_party(request: AccessRequest, side: Side, actor: Actor, provider: str) -> list[str]:
    """What speaks against a deputy: to belong to the department across the table."""
    if side is Side.OWN_APPROVER:
        other, does = provider, "provides"
    else:
        other, does = request.department, "asks for"
    return [f"{actor.person} is of {other}, which {does} the data"] if actor.home == other else []


def _as_requester(request: AccessRequest, actor: Actor, _: str) -> list[str]:
    if actor.department == request.department and actor.has(Role.REQUESTER):
        return []
    return [f"it belongs to {request.department}: only a requester of {request.department} may"]


def _as_own_approver(request: AccessRequest, actor: Actor, _: str) -> list[str]:
    return _as_approver_of(request.department, "the request belongs to", actor)


def _as_provider(_: AccessRequest, actor: Actor, provider: str) -> list[str]:
    return _as_approver_of(provider, "the data belongs to", actor)


def _as_second(request: AccessRequest, actor: Actor, provider: str) -> list[str]:
    reasons = authority.own_case(actor, Ruling.SECOND, request.department, provider)
    if not actor.has(Role.AUTHORITY):
        reasons = _as_provider(request, actor, provider)
    first = request.first_approval
    if first is not None and actor.is_or_acts_for(first.by):
        reasons.append(f"{first.by} approved first, and a second person has to")
    return reasons


def _as_authority(request: AccessRequest, actor: Actor, provider: str) -> list[str]:
    return authority.objections(actor, Ruling.MORE_TIME, request.department, provider)


def _as_approver_of(department: str, belongs: str, actor: Actor) -> list[str]:
    reasons = [] if actor.has(Role.APPROVER) else [f"{actor.person} is not an approver"]
    if actor.department != department:
        reasons.append(f"{belongs} {department}, {actor.person} acts for {actor.department}")
    return reasons


_OF_SIDE: dict[Side, Callable[[AccessRequest, Actor, str], list[str]]] = {
    Side.REQUESTER: _as_requester,
    Side.OWN_APPROVER: _as_own_approver,
    Side.PROVIDER: _as_provider,
    Side.SECOND: _as_second,
    Side.AUTHORITY: _as_authority,
}
"""What speaks against somebody on a side; nothing where they may."""


_SPOKEN: dict[Act, str] = {
    Act.RETURN: "list what is missing for",
    Act.EXTEND: "ask for more time for",
    Act.CONSENT: "consent to more time for",
    Act.DECLINE: "decline more time for",
    Act.LAPSE: "declare lapsed",
    Act.APPROVE_FIRST: "approve",
    Act.SECOND: "give the second approval of",
}
"""What somebody may not do to a request, where the name of the act is not the whole of it."""


_RULES: dict[Side, str] = {
    Side.REQUESTER: "the department that asks does that itself (Art. 20)",
    Side.OWN_APPROVER: "the head of its own sharing office approves it (Art. 20)",
    Side.PROVIDER: "the head of the provider's sharing office answers it (Art. 20, 21)",
    Side.SECOND: "a second person agrees to it (policy: second_approver_for)",
    Side.AUTHORITY: "the data authority consents to more time, or does not (Art. 21)",
}
"""What gives an act to a side; articles are those of Decree 809."""


def _entitled(request: AccessRequest, side: Side, provider: str) -> str:
    """Who may do the acts of a side."""
    match side:
        case Side.REQUESTER:
            return f"a requester of {request.department}"
        case Side.OWN_APPROVER:
            return f"an approver of {request.department} who did not ask for it"
        case Side.PROVIDER:
            return f"an approver of {provider} who neither asked for it nor endorsed it"
        case Side.SECOND:
            return f"an approver of {provider} who has no part in it yet, or the data authority"
        case _:
            return "somebody of the data authority who has no part in it"


def _may_steer(grant: Grant, actor: Actor, provider: str, now: datetime) -> None:
    if actor.has(Role.APPROVER) and actor.department in {provider, grant.provider}:
        return
    reasons = authority.objections(actor, Ruling.GRANT, *_concerned(grant, provider))
    if not reasons:
        return
    if not actor.has(Role.AUTHORITY):
        reasons = [f"only an approver of {provider} or the data authority may"]
    raise _not_to_steer(grant, actor, reasons, provider, now)


def _not_to_steer(
    grant: Grant, actor: Actor, reasons: Sequence[str], provider: str, now: datetime
) -> Denied:
    return denied_grant(
        grant,
        actor,
        "change",
        rule="who provides the data, or the data authority, suspends access and ends it (Art. 27)",
        reasons=reasons,
        who=f"an approver of {provider} or the data authority",
        now=now,
    )


def _concerned(grant: Grant, provider: str) -> tuple[str, ...]:
    """The departments whose case a grant is."""
    return grant.department, grant.provider, provider
