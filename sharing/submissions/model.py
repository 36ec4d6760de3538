"""Submissions to the catalogue, what makes them necessary, and who is the source of an item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from catalog.secrecy import doubtful_fields
from core.canonical import Json, content_hash
from sharing.model import Extension


class SubmissionState(StrEnum):
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    HANDED_BACK = "handed_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What comes before a submission (Decree 809 Art. 13): two assessments and a sign-off."""

    secrecy: str
    """The assessment of secrecy risks (保密风险评估): number of its document, or what it found."""
    personal: str
    """Likewise of the impact on personal information (个人信息保护影响评估)."""
    head: str
    """Who signed for the department (负责人审签): a person of it, by their code."""
    signed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An entry as it is to be; `before` is the hash of what was registered, empty for nothing."""

    document: Mapping[str, Json]
    before: str = ""

    @property
    def code(self) -> str:
        return str(self.document["code"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    ref: str
    provider: str
    state: SubmissionState
    proposals: tuple[Proposal, ...]
    papers: Papers
    event: str = ""
    """The change that it answers."""
    submitted_by: str
    submitted_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    """Why it was handed back, or why words of it that may mark a secret mark none."""

    @property
    def datasets(self) -> tuple[str, ...]:
        return tuple(proposal.code for proposal in self.proposals)

    @property
    def doubts(self) -> tuple[tuple[str, str], ...]:
        """The entries with a word that may mark a secret, each with the field it is in."""
        return tuple((p.code, name) for p in self.proposals for name in doubtful_fields(p.document))

    @property
    def documents_hash(self) -> str:
        """How the ledger names what is proposed."""
        return content_hash([proposal.document for proposal in self.proposals])


class Cause(StrEnum):
    """What changed (Art. 17): a law or regulation, a State Council decision, the department's duty."""

    LAW = "law"
    DECISION = "decision"
    DUTY = "duty"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEvent:
    """A change after which an entry must be brought up to date."""

    ref: str
    cause: Cause
    duty: str = ""
    item: str = ""
    """What the duty is to provide."""
    dataset: str = ""
    changed_on: date
    reason: str
    recorded_by: str
    recorded_at: datetime
    extension: Extension | None = None
    answered_by: str = ""
    """The submission that answers it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSource:
    """The one source department (数源部门) of an item, as the authority named it (Art. 19)."""

    item: str
    department: str
    reason: str
    named_by: str
    named_at: datetime
