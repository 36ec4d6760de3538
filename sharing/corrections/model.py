"""A correction (校核): data said to be wrong, what its provider found, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from catalog.predicate import Predicate


class CorrectionState(StrEnum):
    OPEN = "open"
    RECEIVED = "received"
    CONFIRMED = "confirmed"
    UNFOUNDED = "unfounded"
    CORRECTED = "corrected"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Finding(StrEnum):
    """What the provider found (核实结果). One who does not agree that nothing is wrong may dispute it."""

    CONFIRMED = "confirmed"
    UNFOUNDED = "unfounded"


class Channel(StrEnum):
    """Where the fault came to light: in the department's own use of the data, or with a citizen."""

    DEPARTMENT = "department"
    HOTLINE = "hotline"
    APP = "app"
    WEB = "web"
    HALL = "hall"
    KIOSK = "kiosk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """`department` asks; who provides the dataset at the time of an act answers."""

    ref: str
    state: CorrectionState
    department: str
    dataset: str
    delivery: int
    """The published delivery that is complained about."""
    grant: str
    """Under which the department uses the data; empty for the data authority."""
    channel: Channel
    columns: tuple[str, ...]
    """Those concerned; empty where the whole of the data is."""
    rows: Predicate | None
    problem: str
    created_by: str
    created_at: datetime
    received_by: str = ""
    received_at: datetime | None = None
    finding: Finding | None = None
    reason: str = ""
    """Why the provider found so."""
    verified_by: str = ""
    verified_at: datetime | None = None
    corrected_in: int | None = None
    """The newer delivery that mends it."""
    none_needed: str = ""
    """Why no newer delivery is needed."""
    corrected_by: str = ""
    corrected_at: datetime | None = None
    feedback: str = ""
    closed_by: str = ""
    closed_at: datetime | None = None
    withdrawn_by: str = ""
    withdrawn_at: datetime | None = None
