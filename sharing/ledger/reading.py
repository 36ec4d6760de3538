"""What the facts of an entry say, where what is not in its form says nothing."""

from __future__ import annotations

from datetime import datetime

from core.canonical import Json
from sharing.ledger.entry import EntryBody


def text(entry: EntryBody, name: str) -> str:
    value = entry.facts.get(name)
    return value if isinstance(value, str) else ""


def moment(value: Json) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None


def listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def words(value: Json) -> list[str]:
    return [word for word in listed(value) if isinstance(word, str)]
