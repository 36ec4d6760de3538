"""What an import is told, and what it tells of each record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from catalog.model import Dataset, Grade, ResourceClass, Responsibility, ShareMode, ShareType


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportDefaults:
    """What the listing cannot say: given once, true of every record of it.

    `prefix` begins every code, so that two listings do not meet in one code.
    """

    provider: str
    prefix: str = ""
    share_type: ShareType | None = None
    share_mode: ShareMode | None = None
    resource_class: ResourceClass | None = None
    grade: Grade | None = None
    theme: str = ""
    responsibility: Responsibility = field(default_factory=Responsibility)


class RecordStatus(StrEnum):
    TAKEN = "taken"
    TAKEN_WITH_LOSS = "taken_with_loss"
    REPEATED = "repeated"
    """Its title or identifier stood in an earlier record; registered if it has a code of its own."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that could not be taken as it is: the field of the record, and why."""

    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReport:
    """What became of one record; `position` counts from 1, `code` is empty if it was left out."""

    position: int
    identifier: str
    title: str
    status: RecordStatus
    code: str
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """The drafts to register, and one report for each record, both in the order of the listing."""

    datasets: tuple[Dataset, ...]
    report: tuple[RecordReport, ...]

    @property
    def counts(self) -> Mapping[RecordStatus, int]:
        """How many records had each status; the counts add up to the records of the listing."""
        found = Counter(entry.status for entry in self.report)
        return {status: found[status] for status in RecordStatus}
