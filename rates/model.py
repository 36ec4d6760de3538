"""A rate is a named, versioned definition; its number is the count of the rows it lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Family(StrEnum):
    CATALOGUE = "catalogue"
    COLLECTION = "collection"
    SHARING = "sharing"
    UTILIZATION = "utilization"


class GroupBy(StrEnum):
    DEPARTMENT = "department"
    DIVISION = "division"
    THEME = "theme"


@dataclass(frozen=True, slots=True, kw_only=True)
class RateDefinition:
    """`members` names the query in `rates.repository` that lists the rows."""

    id: str
    version: int
    family: Family
    title_zh: str
    title_en: str
    numerator: str
    denominator: str
    exclusions: str
    basis: str
    """Legal basis, or "proposed" where no official formula was found."""
    windowed: bool = False
    headline: bool = False

    @property
    def name(self) -> str:
        return f"{self.id} v{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A row of a rate: in the base unless `excluded` says why not, and in the numerator or not."""

    id: str
    title: str
    department: str
    division: str
    theme: str
    in_numerator: bool
    excluded: str = ""
    evidence: str = ""
    """What decided it: a delivery, a grant, a date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateQuery:
    """What to measure: `as_of` is a whole day in the city's zone, `window_days` ends with it."""

    as_of: date
    window_days: int = 365
    department: str = ""
    division: str = ""
    theme: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateResult:
    """n of N with the exclusions counted by reason. `percent` is None on a zero base (n/a)."""

    definition: RateDefinition
    query: RateQuery
    group: str
    n: int
    base: int
    excluded: dict[str, int]
    rule_set: str
    """Hash of the provision rules in force, for rates whose base is duties; else empty."""
    ledger_size: int
    ledger_root: str

    @property
    def percent(self) -> str | None:
        """N / N as a percentage with two decimals, rounded half up; None when N is zero."""
        if self.base == 0:
            return None
        hundredths = (self.n * 10_000 * 2 + self.base) // (2 * self.base)
        return f"{hundredths // 100}.{hundredths % 100:02d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelStage:
    name: str
    title_zh: str
    title_en: str
    n: int
