"""What is stored of sharing as text: references to requests and grants, and terms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from catalog.model import ShareMode
from catalog.predicate import parse_predicate
from core.errors import NotFound
from sharing.model import Terms
from sharing.safeguards import read_safeguards

_REFERENCE = re.compile(r"(?P<prefix>[A-Z]{3})-(?P<number>[0-9]{1,9})")


def number_of(ref: str, prefix: str, noun: str) -> int:
    """The number in a reference such as GRT-0042; anything else names nothing."""
    match = _REFERENCE.fullmatch(ref.strip().upper())
    if match is None or match["prefix"] != prefix:
        raise NotFound(noun, ref, hint=f"write it as {prefix}-0001")
    return int(match["number"])


def iso(moment: datetime | None) -> str | None:
    """A moment inside stored JSON; `moment_of` reads it back."""
    return None if moment is None else moment.isoformat()


def moment_of(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def read_terms(stored: Mapping[str, Any]) -> Terms:
    """Terms from the JSON in which they were hashed."""
    return Terms(
        dataset=stored["dataset"],
        contract_version=stored["contract_version"],
        application=stored["application"],
        legal_basis=stored["legal_basis"],
        scenario=stored["scenario"],
        columns=tuple(stored["columns"]),
        rows=parse_predicate(stored["rows"]) if stored["rows"] is not None else None,
        mode=ShareMode(stored["mode"]),
        not_before=datetime.fromisoformat(stored["not_before"]),
        not_after=datetime.fromisoformat(stored["not_after"]),
        safeguards=read_safeguards(stored.get("safeguards")),
    )
