"""Identifiers that the program makes itself; names on disk are never a user's words."""

from __future__ import annotations

import secrets
from datetime import datetime


def new_id(moment: datetime) -> str:
    """A 26-digit lowercase hex id that sorts by `moment` (48 bits of milliseconds, 56 random)."""
    milliseconds = int(moment.timestamp() * 1000)
    return f"{milliseconds:012x}{secrets.token_hex(7)}"


REQUEST, GRANT = "REQ", "GRT"
DOSSIER, DELEGATION = "DOS", "DLG"
CORRECTION, DISPUTE, CHANGE = "COR", "DSP", "CHG"
SUBMISSION, NEED, RETURN_LIST, NOTICE = "SUB", "NED", "RET", "NTC"
CATALOGUE_EVENT, CREDENTIAL, SNAPSHOT = "EVT", "CRD", "RSN"
"""What reference numbers begin with."""


def reference(prefix: str, number: int) -> str:
    """A reference number that people say and write: REQ-0001, GRT-0042."""
    return f"{prefix}-{number:04d}"
