"""Who may authorise, open and review in an emergency: pure guards and the facts they give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from catalog.naming import check_title, fold
from core.actor import Actor, Role
from core.errors import Conflict, Denied, InvalidInput
from sharing.authority import Ruling, objections, own_case
from sharing.denial import denied
from sharing.emergencies.model import (
    Authorisation,
    AuthorisationState,
    Emergency,
    EmergencyReview,
    Finding,
    Side,
)
from sharing.model import Grant, GrantState
from sharing.profiles.model import Limit
from sharing.words import require_words, words

MAX_AUTHORISATION = timedelta(days=366)
"""Whom one relies on in an emergency is looked at again every year."""
MAX_CASE = 100

_REASON = ("this needs a reason", "add --reason TEXT")


def authorise(
    actor: Actor,
    person: Actor,
    *,
    until: datetime,
    reason: str,
    standing: Authorisation | None,
    now: datetime,
) -> Authorisation:
    """Authorise a requester to open data in an emergency; `standing` is what they have already."""
    _require_authority(actor, person.person, person.department, standing, now)
    if actor.is_or_acts_for(person.person):
        raise Denied(
            f"{actor.person} may not authorise {person.person}",
            reasons=("nobody authorises themself",),
            hint="another person of the data authority does",
        )
    if not person.has(Role.REQUESTER):
        raise Conflict(
            f"{person.person} is no requester of {person.department} and could not read the data",
            hint="name a requester: bureau person list",
        )
    if standing is not None and standing.state_at(now) is AuthorisationState.ACTIVE:
        raise Conflict(
            f"{person.person} is authorised already, for {standing.department}",
            hint=f"withdraw that first: bureau emergency withdraw {person.person} --reason TEXT",
        )
    if until <= now:
        raise InvalidInput("the last day (--until) is over", hint="name today or a later day")
    if until - now > MAX_AUTHORISATION:
        raise InvalidInput(
            f"an authorisation lasts {MAX_AUTHORISATION.days} days at most",
            hint="name an earlier day, and authorise anew when it is over",
        )
    return Authorisation(
        person=person.person,
        department=person.department,
        until=until,
        reason=require_words(reason, *_REASON),
        authority=actor.department,
        authorised_at=now,
        authorised_by=actor.signature,
    )


def withdraw(
    actor: Actor, person: str, standing: Authorisation | None, *, reason: str, now: datetime
) -> Authorisation:
    """Take an authorisation back; grants opened under it go on to their end or their review."""
    department = standing.department if standing else ""
    _require_authority(actor, person, department, standing, now)
    if standing is None or standing.state_at(now) is not AuthorisationState.ACTIVE:
        was = f": it is {standing.state_at(now)}" if standing else ""
        raise Conflict(
            f"{person} has no authorisation for emergencies{was}",
            hint="bureau emergency authorised shows who has one",
        )
    said = require_words(reason, *_REASON)
    return replace(standing, withdrawn_at=now, withdrawn_by=actor.signature, withdraw_reason=said)


def require_authorised(
    actor: Actor, standing: Authorisation | None, now: datetime
) -> Authorisation:
    """The authorisation that the actor opens data under; raises Denied without a live one."""
    reasons = []
    if standing is None:
        reasons.append("the data authority has not authorised them before")
    else:
        state = standing.state_at(now)
        if state is not AuthorisationState.ACTIVE:
            reasons.append(f"the authorisation is {state}")
        if standing.department != actor.department:
            reasons.append(f"it was given for {standing.department}, not for {actor.department}")
        if not reasons:
            return standing
    raise Denied(
        f"{actor.person} may not open data in an emergency: whoever may is authorised before"
        " (policy: emergency_grant)",
        reasons=reasons,
        hint="the data authority authorises people: bureau emergency authorise PERSON; or ask for the"
        " data: bureau request new DATASET",
    )


def require_case(case: str) -> str:
    """The case number; raises InvalidInput where there is none."""
    if not words(case):
        raise InvalidInput(
            "an emergency grant needs a case number (案件编号)", hint="add --case NUMBER"
        )
    return check_title(case, "case number", MAX_CASE)


def require_hours(hours: int | None, limit: Limit) -> int:
    """For how long: as long as the policy allows where it is not said, and never longer."""
    if hours is None:
        return limit.amount
    if hours < 1:
        raise InvalidInput(f"{hours} hours are no time", hint="name one hour or more")
    if hours > limit.amount:
        raise Conflict(
            f"an emergency grant of {hours} hours is not possible: the policy allows 1 to"
            f" {limit.amount} (emergency_grant)",
            hint=f"take at most {limit.amount}, and ask for the data beside it: bureau request new",
        )
    return hours


def refuse_repeated(
    case: str, earlier: Sequence[tuple[Emergency, Grant]], limit: Limit, now: datetime
) -> None:
    """Refuse to open again what `limit` ends: a case opens a dataset for an application once.

    `earlier` is what the department opened of the same dataset for the same application. Another
    case opens it only when nothing of that is live and both reviews of each are made.
    """
    for emergency, grant in earlier:
        state = grant.state_at(now)
        opened = f"{grant.terms.dataset} was opened for {grant.terms.application} already"
        by = f"{grant.ref} ({state}, case {emergency.case})"
        ask = f"who needs it longer asks for it: bureau request new {grant.terms.dataset}"
        if fold(emergency.case) == fold(case):
            raise Conflict(
                f"{opened}, by {by}: a case opens it once, for {limit.amount} hours at most"
                " (policy: emergency_grant)",
                hint=ask,
            )
        if state not in (GrantState.ENDED, GrantState.REVOKED):
            raise Conflict(
                f"{opened}, by {by}: it is not opened twice at a time, and for {limit.amount} hours"
                " at most (policy: emergency_grant)",
                hint=ask,
            )
        if emergency.waiting:
            raise Conflict(
                f"{opened}, by {by}, and the {' and the '.join(emergency.waiting)} did not review"
                f" that yet, due on {emergency.due_on} (policy: emergency_review)",
                hint=f"they do: bureau emergency review {grant.ref} --finding FINDING --reason TEXT;"
                f" or ask for the data: bureau request new {grant.terms.dataset}",
            )


def review(
    emergency: Emergency,
    actor: Actor,
    *,
    provider: str,
    finding: Finding,
    reason: str,
    now: datetime,
) -> EmergencyReview:
    """Review for the side that the actor belongs to: an approver of the provider, or the authority.

    Raises Denied for anybody else, for who opened it, and for who has reviewed it already; Conflict
    where the side, or both, are done.
    """
    sides = []
    if actor.has(Role.APPROVER) and actor.department == provider:
        sides.append(Side.PROVIDER)
    if actor.has(Role.AUTHORITY):
        sides.append(Side.AUTHORITY)
    parties = (emergency.department, emergency.provider, provider)
    reasons = own_case(actor, Ruling.EMERGENCY, *parties)
    if actor.is_or_acts_for(emergency.opened_by):
        reasons.append("nobody reviews what they opened")
    if emergency.department in (actor.department, actor.home):
        reasons.append(f"{emergency.department} opened it and does not review it")
    if any(actor.is_or_acts_for(done.reviewed_by) for done in emergency.reviews):
        reasons.append("they have reviewed it already, and it takes two people")
    if not sides:
        reasons.append(f"only an approver of {provider} and the data authority may")
    if reasons:
        raise denied(
            actor,
            "review",
            f"emergency grant {emergency.grant}",
            _standing(emergency),
            rule="two people who have no part in it look at it (policy: emergency_review)",
            reasons=reasons,
            who=f"an approver of {provider}, and somebody of the data authority",
        )
    side = next((side for side in sides if side in emergency.waiting), None)
    if side is None:
        waiting = f"it waits for the {emergency.waiting[0]}" if emergency.waiting else ""
        raise Conflict(
            f"{emergency.grant} was reviewed by the {' and the '.join(sides)} already",
            hint=waiting or "both reviews are done",
        )
    return EmergencyReview(
        side=side,
        finding=finding,
        reason=require_words(reason, *_REASON),
        reviewed_at=now,
        reviewed_by=actor.signature,
    )


def _standing(emergency: Emergency) -> str:
    if not emergency.waiting:
        return "reviewed"
    return f"waiting for the review of the {' and the '.join(emergency.waiting)}"


def _require_authority(
    actor: Actor,
    person: str,
    department: str,
    standing: Authorisation | None,
    now: datetime,
) -> None:
    if reasons := objections(actor, Ruling.AUTHORISATION, department):
        raise denied(
            actor,
            "decide on",
            f"what {person} may open in emergencies",
            f"authorised, {standing.state_at(now)}" if standing else "not authorised",
            rule="whoever opens data in an emergency is authorised before (policy: emergency_grant)",
            reasons=reasons,
            who="somebody of the data authority"
            + (f" who is not of {department}" if department else ""),
            instead="bureau person list shows who that is",
        )
