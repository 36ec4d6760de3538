"""Emergency grants: somebody who was authorised before opens data at once, for hours.

The Decree knows none; Art. 25 (purpose and scope) holds all the same, so that columns are named, a
case stands behind each, and two people look at it afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class AuthorisationState(StrEnum):
    """Derived from facts at a moment, never stored."""

    ACTIVE = "active"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Finding(StrEnum):
    JUSTIFIED = "justified"
    UNJUSTIFIED = "unjustified"


class Side(StrEnum):
    """For whom somebody reviews; each side does so once, by a person of its own."""

    PROVIDER = "provider"
    AUTHORITY = "authority"


class EmergencyState(StrEnum):
    """Whether both sides have reviewed it; derived."""

    UNREVIEWED = "unreviewed"
    OVERDUE = "overdue"
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """A person who may open data in an emergency, for the department they act for, before `until`."""

    person: str
    department: str
    until: datetime
    reason: str
    authority: str
    """The department of the data authority that authorised and will review."""
    authorised_at: datetime
    authorised_by: str
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    withdraw_reason: str = ""

    def state_at(self, moment: datetime) -> AuthorisationState:
        if self.withdrawn_at is not None and self.withdrawn_at <= moment:
            return AuthorisationState.WITHDRAWN
        return AuthorisationState.ACTIVE if moment < self.until else AuthorisationState.EXPIRED


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyReview:
    side: Side
    finding: Finding
    reason: str
    reviewed_at: datetime
    reviewed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """What was opened and why; the grant holds the terms. `due_on` is the day of both reviews."""

    grant: str
    department: str
    provider: str
    authority: str
    dataset: str
    case: str
    """Number of the case (案件编号) that the emergency is handled under."""
    reason: str
    opened_at: datetime
    opened_by: str
    due_on: date
    reviews: tuple[EmergencyReview, ...] = ()

    @property
    def waiting(self) -> tuple[Side, ...]:
        """The sides that have not reviewed it."""
        done = {review.side for review in self.reviews}
        return tuple(side for side in Side if side not in done)

    @property
    def finding(self) -> Finding | None:
        """Unjustified as soon as one side says so, justified when both do."""
        if any(review.finding is Finding.UNJUSTIFIED for review in self.reviews):
            return Finding.UNJUSTIFIED
        return None if self.waiting else Finding.JUSTIFIED

    def state_on(self, day: date) -> EmergencyState:
        if not self.waiting:
            return EmergencyState.REVIEWED
        return EmergencyState.OVERDUE if day > self.due_on else EmergencyState.UNREVIEWED
