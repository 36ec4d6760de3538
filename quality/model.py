"""What is asserted about data, one outcome, one run. No engine is named here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from quality.thresholds import Threshold

Bound: TypeAlias = str
"""A bound written as text (decimal, ISO date or timestamp) and compared as the column's type."""


class Dimension(StrEnum):
    """ODCS quality dimensions; GB/T 36344-2018 names stand beside them in labels."""

    ACCURACY = "accuracy"
    COMPLETENESS = "completeness"
    CONFORMITY = "conformity"
    CONSISTENCY = "consistency"
    COVERAGE = "coverage"
    TIMELINESS = "timeliness"
    UNIQUENESS = "uniqueness"


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Outcome(StrEnum):
    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"
    NOT_APPLICABLE = "not_applicable"


class CheckKind(StrEnum):
    """The closed set of assertions; the compiler makes these and every engine knows all of them."""

    TYPE = "type"
    REQUIRED = "required"
    UNIQUE = "unique"
    ENUM = "enum"
    BOUNDS = "bounds"
    LENGTH = "length"
    PATTERN = "pattern"
    MULTIPLE_OF = "multiple_of"
    FORMAT = "format"
    REFERENCE = "reference"
    MISSING = "missing"
    INVALID = "invalid"
    REPEATED = "repeated"
    """Rows whose key another row has too; UNIQUE counts those beyond the first."""
    ROW_COUNT = "row_count"
    SQL = "sql"
    UNSUPPORTED = "unsupported"
    """Stated by the contract and not executable here: reported as skipped, never dropped."""


class Repeats(StrEnum):
    """What the metric duplicateValues counts; the standard does not say which."""

    ROWS = "rows"
    """Every row whose key another row has."""
    KEYS = "keys"
    """Every key that more than one row has."""
    SURPLUS = "surplus"
    """Every row beyond the first of its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSpec:
    """One assertion about one table. `id` is stable across runs: path and kind, or the ODCS id."""

    id: str
    kind: CheckKind
    columns: tuple[str, ...]
    dimension: Dimension
    severity: Severity = Severity.ERROR
    critical: bool = False
    description: str
    values: tuple[str, ...] = ()
    pattern: str = ""
    format: str = ""
    minimum: Bound | None = None
    maximum: Bound | None = None
    exclusive_minimum: bool = False
    exclusive_maximum: bool = False
    min_length: int | None = None
    max_length: int | None = None
    multiple_of: str = ""
    reference_dataset: str = ""
    reference_columns: tuple[str, ...] = ()
    empty_is_missing: bool = False
    """Of MISSING: whether an empty cell counts beside those that hold one of `values`."""
    repeats: Repeats = Repeats.ROWS
    query: str = ""
    tables: tuple[str, ...] = ()
    """Of SQL: the names that `query` may call the delivered table by."""
    threshold: Threshold | None = None
    """What may be found; None where a single failing row is too many."""
    reason: str = ""
    """Why a check is UNSUPPORTED, or of any other kind: why it can never be decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What an engine returns for a check: rows in scope, rows that fail, or why it broke.

    `skipped` says why this engine, and not the data, is the reason that the check was not run.

    `measured` has the numbers beside those: of REPEATED `keys`, `rows` and `surplus`, of ROW_COUNT
    and SQL the one `value`, which is compared with the threshold. Each is a decimal number as text.
    """

    check: str
    n_evaluated: int
    n_failed: int
    broken: str = ""
    skipped: str = ""
    measured: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingCell:
    """One failing value. `row` counts data rows of the delivery from 1, the heading not counted."""

    check: str
    row: int
    column: str
    text: str | None
    """The original text; None for an empty cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    spec: CheckSpec
    outcome: Outcome
    n_evaluated: int
    n_failed: int
    message: str = ""
    measured: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionScore:
    """Score 0 to 100 of a dimension from counts A (units that hold) and B (units evaluated).

    `score` is None when nothing was measured (未测): never 100.
    """

    dimension: Dimension
    score: int | None
    a: int
    b: int
    checks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """One run of a contract's checks over one snapshot of a dataset."""

    id: str
    dataset: str
    contract: str
    contract_version: str
    engine: str
    policy: str
    ran_at: datetime
    rows: int
    results: tuple[CheckResult, ...]
    dimensions: tuple[DimensionScore, ...]
    score: int | None
    grade: int | None
    """The level of the score under the policy, 1 the best; None where nothing was measured."""
    coverage_executed: int
    coverage_declared: int
    failing_rows: int
    """Distinct rows in which at least one error-severity check fails."""
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return not any(r.outcome in (Outcome.FAILED, Outcome.ERROR) for r in self.results)
