"""Records of use: five kinds a grant, added and never changed (Decree 809 Art. 29)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RecordKind(StrEnum):
    SCENARIO = "scenario"
    PROCESS = "process"
    EFFECT = "effect"
    STORAGE = "storage"
    DESTRUCTION = "destruction"

    @property
    def title_zh(self) -> str:
        return _TITLES[self]


_TITLES: Mapping[str, str] = {
    RecordKind.SCENARIO: "使用场景",
    RecordKind.PROCESS: "使用过程",
    RecordKind.EFFECT: "应用成效",
    RecordKind.STORAGE: "存储情况",
    RecordKind.DESTRUCTION: "销毁情况",
}


def records_zh(kinds: Iterable[str]) -> str:
    """Kinds of records by their Chinese names."""
    return "、".join(_TITLES.get(kind, kind) for kind in kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRecord:
    """One record, numbered per grant from 1. One that was purged has no text any more."""

    number: int
    kind: RecordKind
    text: str
    sha256: str
    """Of the text; it stays when the text is purged."""
    recorded_at: datetime
    recorded_by: str
    purged_at: datetime | None = None
