"""A dispute (争议): what is disputed by whom, and how each tier dealt with it (Decree 809 Art. 28)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.canonical import Json, content_hash
from core.clock import optional_micros, to_micros


class About(StrEnum):
    """What can be disputed: a refusal, a finding that data is right, who the source of an item is."""

    REQUEST = "request"
    CORRECTION = "correction"
    ITEM = "item"


class Tier(StrEnum):
    """Who settles it (争议处理层级), from the first to the last."""

    NEGOTIATION = "negotiation"
    AUTHORITY = "authority"
    GOVERNMENT = "government"


class DisputeState(StrEnum):
    """What is `decided` by one person waits for a second one of the same tier."""

    NEGOTIATING = "negotiating"
    AT_AUTHORITY = "at_authority"
    AUTHORITY_DECIDED = "authority_decided"
    AT_GOVERNMENT = "at_government"
    GOVERNMENT_DECIDED = "government_decided"
    SETTLED = "settled"
    UPHELD = "upheld"
    OVERTURNED = "overturned"
    WITHDRAWN = "withdrawn"

    @property
    def open(self) -> bool:
        return self not in _ENDED


_ENDED = frozenset(
    {
        DisputeState.SETTLED,
        DisputeState.UPHELD,
        DisputeState.OVERTURNED,
        DisputeState.WITHDRAWN,
    }
)


class Outcome(StrEnum):
    """Whether what is disputed stands (维持), or whoever raised the dispute is right (改变)."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What `department` can dispute with `provider`. `again`: also after an earlier dispute ended."""

    about: About
    subject: str
    department: str
    provider: str
    dataset: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What `department` proposes, and the other party may have agreed to."""

    outcome: Outcome
    text: str
    department: str
    by: str
    at: datetime
    agreed_by: str = ""
    agreed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one person of a tier decided; it takes effect when a second one confirms it."""

    outcome: Outcome
    reason: str
    by: str
    at: datetime
    confirmed_by: str = ""
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One tier: `department` has to act since `since`; `reason` says why it was brought there."""

    tier: Tier
    department: str
    since: datetime
    brought_by: str
    reason: str = ""
    decision: Decision | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """`department` raised it against `provider`, over `subject`, such as request:REQ-0001."""

    ref: str
    state: DisputeState
    subject: str
    department: str
    provider: str
    dataset: str
    """Empty where it is about the source of an item."""
    grounds: str
    raised_by: str
    raised_at: datetime
    steps: tuple[Step, ...]
    """The tiers it came to; the last is the one it is at, or ended at."""
    settlement: Settlement | None = None
    withdrawn_by: str = ""
    withdrawn_at: datetime | None = None

    @property
    def about(self) -> About:
        return About(self.subject.partition(":")[0])

    @property
    def step(self) -> Step:
        return self.steps[-1]

    @property
    def clock(self) -> str:
        """The subject of the clock of the tier it is at."""
        return f"dispute:{self.ref}#{len(self.steps)}"

    @property
    def standing(self) -> str:
        """The hash of all that is known of it but who acted, for whom the ledger has commitments."""
        settled = self.settlement
        return content_hash(
            {
                "dataset": self.dataset,
                "department": self.department,
                "grounds": self.grounds,
                "provider": self.provider,
                "raised_at": to_micros(self.raised_at),
                "settlement": [
                    settled.outcome.value,
                    settled.text,
                    settled.department,
                    to_micros(settled.at),
                    optional_micros(settled.agreed_at),
                ]
                if settled
                else None,
                "state": self.state.value,
                "steps": [_facts(step) for step in self.steps],
                "subject": self.subject,
                "withdrawn_at": optional_micros(self.withdrawn_at),
            }
        )


def _facts(step: Step) -> list[Json]:
    decided = step.decision
    said: list[Json] = []
    if decided is not None:
        said = [
            decided.outcome.value,
            decided.reason,
            to_micros(decided.at),
            optional_micros(decided.confirmed_at),
        ]
    return [step.tier.value, step.department, to_micros(step.since), step.reason, said]
