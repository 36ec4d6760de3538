"""Periodic review: whether a grant is still needed, judged by what was measured of its use.

The Decree lets access end where it is no longer needed (Art. 27) and sets no day to look; the
policy profile does. A day that passes without a review suspends the grant (`Grant.state_at`).
"""

from __future__ import annotations

from calendar import monthrange
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.actor import Actor, Role
from core.clock import end_of_day, local_day
from core.errors import Conflict
from sharing.calendar.model import NotAnnounced, WorkingCalendar
from sharing.denial import denied_grant
from sharing.model import Grant, GrantState

AHEAD = timedelta(days=30)
"""How long before its day a review is announced."""

_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)


class ReviewState(StrEnum):
    NOT_DUE = "not_due"
    DUE = "due"
    OVERDUE = "overdue"


class Outcome(StrEnum):
    KEPT = "kept"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was measured of the use of a grant, over its whole life."""

    uses: int = 0
    rows: int = 0
    last_use: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What the provider's approver attested, beside the evidence there was at that moment."""

    grant: str
    outcome: Outcome
    reason: str
    reviewed_at: datetime
    reviewed_by: str
    due_at: datetime | None
    """By when it was due; None for a grant of a time that knew no reviews."""
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A grant as it stands before its review. `due_on` is the last day; None: it never got one."""

    grant: Grant
    evidence: Evidence
    state: ReviewState
    due_on: date | None
    unused_days: int | None
    """Days since the last use, or since there was something to use; None where there is nothing."""
    dormant: bool
    """Unused for so long that it is proposed for revocation."""


def due_after(day: date, months: int, calendar: WorkingCalendar, zone: ZoneInfo) -> datetime:
    """The first moment after the review's day, which is `months` after `day`.

    It is moved on to a working day where the calendar knows the year.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    planned = date(year, month, min(day.day, monthrange(year, month)[1]))
    due = planned
    with suppress(NotAnnounced):
        while not calendar.is_working(due):
            due += _DAY
        planned = due
    return end_of_day(planned, zone)


def case_of(
    grant: Grant, evidence: Evidence, *, now: datetime, zone: ZoneInfo, dormant_days: int
) -> Case:
    """How the review of a live grant stands at the moment `now`."""
    due = grant.review_due
    if due is None or now < due:
        ahead = due is None or (now >= due - AHEAD and due < grant.terms.not_after)
        state = ReviewState.DUE if ahead else ReviewState.NOT_DUE
    else:
        state = ReviewState.OVERDUE
    unused = _unused_days(grant, evidence, local_day(now, zone), zone)
    return Case(
        grant=grant,
        evidence=evidence,
        state=state,
        due_on=None if due is None else local_day(due - _MOMENT, zone),
        unused_days=unused,
        dormant=unused is not None and unused >= dormant_days,
    )


def check_can_review(
    grant: Grant, actor: Actor, *, provider: str, requested_by: str, now: datetime
) -> None:
    """Who may attest: an approver of the department that provides the data, and nobody else.

    Raises Denied, and Conflict for a grant that is over or that was given in an emergency.
    """
    reasons = []
    if actor.is_or_acts_for(requested_by):
        reasons.append("nobody reviews what they asked for")
    if not actor.has(Role.APPROVER) or actor.department != provider:
        reasons.append(f"only an approver of {provider} may")
    if grant.department in (actor.department, actor.home):
        reasons.append(f"{grant.department} uses the data and does not review its own grant")
    if reasons:
        raise denied_grant(
            grant,
            actor,
            "review",
            rule="who provides the data attests that it is still needed (policy: grant_review_months)",
            reasons=reasons,
            who=f"an approver of {provider} who did not ask for it",
            now=now,
        )
    if grant.emergency:
        raise Conflict(
            f"grant {grant.ref} was given in an emergency: it has a review of its own",
            hint=f"bureau emergency review {grant.ref}",
        )
    state = grant.state_at(now)
    if state in (GrantState.REVOKED, GrantState.ENDED):
        raise Conflict(f"grant {grant.ref} is {state}: there is nothing to review")


def require_dormant(case: Case) -> None:
    """Raise Conflict where a review would end a service that is used (Art. 27)."""
    if case.dormant:
        return
    ref, dataset = case.grant.ref, case.grant.terms.dataset
    raise Conflict(
        f"grant {ref} is not unused for as long as the policy says (grant_dormant_days): a provider"
        " does not end a service on its own (Art. 27)",
        hint=f"{case.grant.department} says when it needs it no more: bureau grant finish {ref};"
        f" misuse is suspended: bureau grant suspend {ref} --reason TEXT; another end of the"
        f" service is consulted on and filed: bureau change new {dataset} --reason TEXT",
    )


def _unused_days(grant: Grant, evidence: Evidence, today: date, zone: ZoneInfo) -> int | None:
    if grant.delivered_at is None:
        return None
    usable = max(grant.granted_at, grant.terms.not_before, grant.delivered_at)
    since = evidence.last_use or local_day(usable, zone)
    return max((today - since).days, 0)
