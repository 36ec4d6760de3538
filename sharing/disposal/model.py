"""What becomes of the data of a grant that has ended: what was required, and what was done.

Stored are facts; whether disposal is owed follows from them (`sharing.disposal.owing`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Method(StrEnum):
    """How data is disposed of (处置)."""

    DELETED = "deleted"
    RETURNED = "returned"
    ANONYMISED = "anonymised"


class Verdict(StrEnum):
    """What the provider says of a proof."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class DisposalState(StrEnum):
    """Derived from facts at a moment, never stored."""

    GRANTED = "granted"
    """The grant has not ended."""
    NOTHING = "nothing"
    """No read under it brought a row, so there is nothing to dispose of."""
    COVERED = "covered"
    """Another grant of the department that has not ended gives the same data."""
    OWED = "owed"
    PROVED = "proved"
    """A proof waits for the provider."""
    DISPOSED = "disposed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """How the provider wants the data disposed of; without one the department chooses."""

    how: Method
    text: str
    required_at: datetime
    required_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a department says that it did, numbered per grant from 1, and the provider's verdict."""

    number: int
    how: Method
    text: str
    given_at: datetime
    given_by: str
    verdict: Verdict | None = None
    decided_at: datetime | None = None
    decided_by: str = ""
    reason: str = ""
