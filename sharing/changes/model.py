"""A change of a service: who was consulted, what they said, and its filing with the authority."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ChangeState(StrEnum):
    """Derived from facts, never stored."""

    CONSULTING = "consulting"
    ANSWERED = "answered"
    FILED = "filed"
    MADE = "made"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """A department that has a live grant, and its answer."""

    department: str
    text: str = ""
    answered_at: datetime | None = None
    answered_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceChange:
    """One filing (备案) is for one act: `made_at` is when the service changed under it."""

    ref: str
    dataset: str
    provider: str
    reason: str
    begun_at: datetime
    begun_by: str
    consulted: tuple[Consultation, ...]
    filing: str = ""
    """The number under which the authority filed it (备案号)."""
    unheard: str = ""
    """Why the authority filed it before everybody had answered."""
    filed_at: datetime | None = None
    filed_by: str = ""
    dropped_at: datetime | None = None
    made_at: datetime | None = None

    @property
    def departments(self) -> frozenset[str]:
        return frozenset(one.department for one in self.consulted)

    @property
    def silent(self) -> tuple[str, ...]:
        """The departments that have not answered."""
        return tuple(one.department for one in self.consulted if one.answered_at is None)

    @property
    def state(self) -> ChangeState:
        if self.dropped_at is not None:
            return ChangeState.DROPPED
        if self.made_at is not None:
            return ChangeState.MADE
        if self.filed_at is not None:
            return ChangeState.FILED
        return ChangeState.CONSULTING if self.silent else ChangeState.ANSWERED
