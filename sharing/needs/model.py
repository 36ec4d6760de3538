"""A need (需求) of data that no catalogue entry covers (Shanghai Data Regulations Art. 38, 39)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NeedState(StrEnum):
    """Open is with the data authority; assigned is with a department."""

    OPEN = "open"
    ASSIGNED = "assigned"
    MET = "met"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    ref: str
    state: NeedState
    department: str
    application: str
    title: str
    items: tuple[str, ...]
    legal_basis: str
    scenario: str
    not_covered: str = ""
    """Why the entries that have the items in the very words do not do."""
    created_by: str
    created_at: datetime
    assigned_to: str = ""
    assigned_by: str = ""
    assigned_at: datetime | None = None
    assign_reason: str = ""
    dataset: str = ""
    """The entry that met it."""
    closed_by: str = ""
    closed_at: datetime | None = None
    reason: str = ""
    """Why it was declined."""
