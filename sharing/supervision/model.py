"""Counts of a period, each with the things that were counted: no number without its list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction

from core.period import Period
from sharing.liability.model import LiabilityEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing behind a number; `entries` is where the ledger has it."""

    subject: str
    day: date
    """When it was due, or when it happened."""
    entries: tuple[int, ...]
    note: str = ""
    note_zh: str = ""

    @property
    def order(self) -> tuple[date, str, tuple[int, ...]]:
        return self.day, self.subject, self.entries


Items = tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeliness:
    """Duties with a day in the period. What is not done and past its day is late.

    `open` is what has its day still before it, or stands still: it is not due yet. What fell away
    in time never was. `early` is what is done and has its day still before it: it counts on that day.
    """

    on_time: Items = ()
    late: Items = ()
    open: Items = ()
    early: Items = ()
    fell_away: Items = ()

    @property
    def n(self) -> int:
        return len(self.on_time)

    @property
    def base(self) -> int:
        """What was due, done or not."""
        return len(self.on_time) + len(self.late)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What holds of some things. `unknown` is where the platform failed: in the base, and no fault."""

    met: Items = ()
    unmet: Items = ()
    unknown: Items = ()

    @property
    def n(self) -> int:
        return len(self.met)

    @property
    def base(self) -> int:
        return len(self.met) + len(self.unmet) + len(self.unknown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Quality scores of deliveries, 0 to 100; `unknown` is what could not be measured."""

    known: tuple[tuple[Item, int], ...] = ()
    unknown: Items = ()

    @property
    def n(self) -> int:
        return len(self.known)

    @property
    def base(self) -> int:
        return len(self.known) + len(self.unknown)

    @property
    def mean(self) -> Fraction | None:
        """None where nothing was measured."""
        return Fraction(sum(score for _, score in self.known), self.n) if self.known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happenings:
    """What is counted and has no base; `times` counts what was tried again as often as it was."""

    items: Items = ()

    @property
    def n(self) -> int:
        return len(self.items)

    @property
    def times(self) -> int:
        return sum(len(item.entries) for item in self.items)


Figure = Timeliness | Share | Scores | Happenings


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderFacts:
    """共享及时性、数据质量: how a department provides."""

    replies: Timeliness = Timeliness()
    deliveries: Timeliness = Timeliness()
    returns: Timeliness = Timeliness()
    catalogue_updates: Timeliness = Timeliness()
    corrections: Timeliness = Timeliness()
    published: Share = Share()
    checks: Share = Share()
    scores: Scores = Scores()
    upheld: Share = Share()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequesterFacts:
    """应用情况、安全保障措施: how a department uses what it was granted."""

    used: Share = Share()
    beyond_scope: Happenings = Happenings()
    records: Share = Share()
    disposals: Timeliness = Timeliness()
    rectifications: Timeliness = Timeliness()
    security: Happenings = Happenings()


TITLES: Mapping[str, tuple[str, str]] = {
    "replies": ("按时答复", "replies on time"),
    "deliveries": ("按时提供", "data shared on time"),
    "returns": ("按时回流", "returns on time"),
    "catalogue_updates": ("目录按时更新", "catalogue updates on time"),
    "corrections": ("按时校核", "corrections closed on time"),
    "published": ("交付通过发布", "deliveries published"),
    "checks": ("检查全部通过", "published without a failed check"),
    "scores": ("质量得分", "mean quality score"),
    "upheld": ("校核成立", "corrections upheld"),
    "used": ("授权已使用", "grants used"),
    "beyond_scope": ("超范围尝试", "attempts beyond scope"),
    "records": ("使用记录完整", "usage records complete"),
    "disposals": ("按时处置", "disposals on time"),
    "rectifications": ("按时整改", "rectifications on time"),
    "security": ("安全情况", "security findings"),
}
"""Every figure by its name, in Chinese and English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentFacts:
    department: str
    as_provider: ProviderFacts
    as_requester: RequesterFacts

    def figures(self) -> Iterator[tuple[str, Figure]]:
        for part in (self.as_provider, self.as_requester):
            for field in fields(part):
                yield field.name, getattr(part, field.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervision:
    """What the authority reports of a period, as it was known when `as_of` ended."""

    period: Period
    as_of: date
    departments: tuple[DepartmentFacts, ...]
    liability: tuple[LiabilityEvent, ...]
    entries: int
    """How many ledger entries were read, from 0 on."""


def percent(figure: Timeliness | Share) -> str | None:
    """N of N with two decimals, rounded half up; None on a zero base."""
    if figure.base == 0:
        return None
    hundredths = (figure.n * 20_000 + figure.base) // (2 * figure.base)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def parts_of(figure: Figure) -> Iterator[tuple[str, Item]]:
    """Each thing behind a figure, with the name of the part that it was counted in."""
    for field in fields(figure):
        for one in getattr(figure, field.name):
            yield field.name, one[0] if isinstance(one, tuple) else one
