"""A rate is a named, versioned definition; its number is the count of the rows it lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Words(NamedTuple):
    """The same said twice."""

    zh: str
    en: str


ROWS = Words("行", "rows")


class Family(StrEnum):
    CATALOGUE = "catalogue"
    COLLECTION = "collection"
    SHARING = "sharing"
    UTILIZATION = "utilization"
    QUALITY = "quality"


class GroupBy(StrEnum):
    """What members are told apart by; not every rate's members have an application or a grade."""

    DEPARTMENT = "department"
    DIVISION = "division"
    THEME = "theme"
    FACET = "facet"
    APPLICATION = "application"
    GRADE = "grade"
    SHARE_TYPE = "share_type"
    MONTH = "month"
    """Not of the members: each month of the window is measured by itself."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """How results are split; `facet` names the facet where it is by one.

    By division, a member counts for its own division and for each above it; by facet, for each
    value that it has. Otherwise the groups add up to the total.
    """

    by: GroupBy
    facet: str = ""

    def __str__(self) -> str:
        return f"{self.by.value}:{self.facet}" if self.facet else self.by.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """A reason for which a row is listed but kept out of the base."""

    code: str
    title_zh: str
    title_en: str
    unknown: bool = False
    """What the row would add is not known; it is not that it does not belong to the base."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateDefinition:
    """What a rate counts, in words; its module in `rates.definitions` holds the query."""

    id: str
    version: int
    family: Family
    title_zh: str
    title_en: str
    numerator: str
    numerator_zh: str
    denominator: str
    denominator_zh: str
    exclusions: str
    exclusions_zh: str
    reasons: tuple[Exclusion, ...] = ()
    """The codes that `Member.excluded` and `RateResult.excluded` use, with their labels."""
    basis: str
    """Legal basis, or "proposed" where no official formula was found."""
    basis_zh: str
    windowed: bool = False
    headline: bool = False
    counts: Words = ROWS
    """What n and N count; where it is not rows, each row brings several (`Member.n`, `Member.base`)."""
    spread: Words | None = None
    """What the value of each row is, where the rate gives median, 90th percentile and maximum too."""
    more_is_better: bool = True
    """Where it is not, what the base has and the numerator lacks is nothing left to be done."""
    over_duties: bool = False
    """The base is duties, so the provision rules in force belong to every result."""

    @property
    def name(self) -> str:
        return f"{self.id} v{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A row of a rate: in the base unless `excluded` says why not, and in the numerator or not.

    It adds `n` to the numerator and `base` to the base: 1 or 0, unless the rate counts parts of rows.
    """

    id: str
    title: str
    department: str
    division: str
    theme: str
    in_numerator: bool
    n: int
    base: int
    excluded: str = ""
    unknown: bool = False
    """It is left out because what it adds is not known."""
    value: int | None = None
    """What the rate's spread is of."""
    evidence: str = ""
    evidence_zh: str = ""
    """What decided it: a delivery, a grant, a date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateQuery:
    """What to measure: `as_of` is a whole day in the city's zone, `window_days` ends with it.

    `period` is the name of the stretch of time, where it has one. A division stands for all below it.
    """

    as_of: date
    window_days: int = 365
    period: str = ""
    department: str = ""
    division: str = ""
    theme: str = ""
    facet: str = ""
    """A facet and its value, as "name:value"."""
    application: str = ""
    grade: str = ""
    share_type: str = ""

    @property
    def beyond_duties(self) -> bool:
        """Whether it narrows by what duties, and so the funnel, do not have."""
        return any((self.facet, self.application, self.grade, self.share_type))


FILTERS = ("department", "division", "theme", "facet", "application", "grade", "share_type")
"""The fields of a query that narrow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How the values of the rows lie; `p90` is the value that nine in ten do not pass."""

    median: str
    p90: int
    maximum: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RateCount:
    """The members of one group, counted; `group` is empty for the total."""

    group: str
    n: int
    base: int
    excluded: dict[str, int]
    """How many rows are left out for each reason."""
    spread: Spread | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RateResult:
    """n of N with the exclusions counted by reason. `percent` is None on a zero base (n/a)."""

    definition: RateDefinition
    query: RateQuery
    group: str
    n: int
    base: int
    excluded: dict[str, int]
    spread: Spread | None
    rule_set: str
    """Hash of the provision rules in force, for rates whose base is duties; else empty."""
    ledger_size: int
    ledger_root: str

    @property
    def unknown(self) -> int:
        """How many of the rows that are left out are so because what they add is not known."""
        codes = {reason.code for reason in self.definition.reasons if reason.unknown}
        return sum(rows for code, rows in self.excluded.items() if code in codes)

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


FUNNEL_STAGES = (
    ("due", "应归集", "due"),
    ("catalogued", "已编目", "catalogued"),
    ("mounted", "已挂接或归集", "mounted or collected"),
    ("granted", "已授权", "granted to another department"),
    ("used", "已利用", "used by another department"),
)
"""Name, title_zh and title_en of each stage that a duty passes, first to last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelCount:
    """How many duties reached each stage, first to last; each stage is part of the one before."""

    reached: tuple[int, ...]
    outside: int
    """Published datasets that answer no duty of the base."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    query: RateQuery
    stages: tuple[FunnelStage, ...]
    outside: int
    rule_set: str
    ledger_size: int
    ledger_root: str
