"""Scores from verdicts: pure, and the same for every engine.

A check that holds scores 100. One that fails on a share f of its units, of which t were allowed,
scores `100 * max(0, 1 - (f - t) / (L - t))` where L is `zero_at`, or ten times t where that is more.
A dimension is
the mean of its checks, weighed by severity and criticality: of checks and not of rows, so that a
wide table does not drown its key. The overall score is the weighed mean of the dimensions that were
measured. What was not measured has no score; what broke lowers the coverage and not the score.

Arithmetic is exact. A score is rounded to the nearest whole number, halves up, but is 100 only when
nothing fails and 0 only when nothing holds.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from quality.model import (
    CheckResult,
    CheckSpec,
    Dimension,
    DimensionScore,
    Outcome,
    Severity,
)
from quality.verdicts import allowed_share

_MEASURED = (Outcome.PASSED, Outcome.WARNING, Outcome.FAILED)
_NOT_EXECUTED = (Outcome.ERROR, Outcome.SKIPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorePolicy:
    """The numbers behind a score. `grades` are the lowest scores of the levels, best level first."""

    name: str
    version: int
    zero_at: Fraction
    severity: dict[Severity, int]
    critical: int
    dimensions: dict[Dimension, int]
    grades: tuple[int, ...]
    best_grade_failed: int
    best_grade_critical: int

    @property
    def pass_mark(self) -> int:
        """The lowest score (合格线) of the last level but one: what is below it is of the worst."""
        return self.grades[-2]


class Scores(NamedTuple):
    """`score` is None when nothing was measured. Coverage is `executed` of `declared` checks."""

    dimensions: tuple[DimensionScore, ...]
    score: int | None
    executed: int
    declared: int


@cache
def default_policy() -> ScorePolicy:
    return read_policy((files("quality.policies") / "default.toml").read_text("utf-8"))


def read_policy(text: str) -> ScorePolicy:
    """Read a policy from TOML that has every key of `default.toml`."""
    body = tomllib.loads(text)
    severity = dict(body["severity"])
    grades = body["grades"]
    return ScorePolicy(
        name=body["name"],
        version=body["version"],
        zero_at=Fraction(body["zero_at"]),
        critical=severity.pop("critical"),
        severity={Severity(word): weight for word, weight in severity.items()},
        dimensions={Dimension(word): weight for word, weight in body["dimensions"].items()},
        grades=tuple(grades["lowest"]),
        best_grade_failed=grades["failed"],
        best_grade_critical=grades["critical"],
    )


def score(results: Sequence[CheckResult], policy: ScorePolicy) -> Scores:
    """Score every dimension, measured or not, in the order of `Dimension`."""
    means = {dimension: _mean(results, dimension, policy) for dimension in Dimension}
    dimensions = tuple(_dimension(results, name, mean) for name, mean in means.items())
    weights = {name: policy.dimensions[name] for name, mean in means.items() if mean is not None}
    total = sum(weights.values())
    overall = None
    if total:
        mean = sum((means[name] or 0) * weight for name, weight in weights.items()) / Fraction(
            total
        )
        units = [(row.a, row.b) for row in dimensions if row.score is not None]
        overall = _rounded(mean, sum(a for a, _ in units), sum(b for _, b in units))
    executed = sum(result.outcome not in _NOT_EXECUTED for result in results)
    return Scores(dimensions, overall, executed, len(results))


def grade(overall: int | None, results: Sequence[CheckResult], policy: ScorePolicy) -> int | None:
    """Give the level, 1 the best, of an overall score; failed checks keep it from the best levels."""
    if overall is None:
        return None
    level = next(at for at, lowest in enumerate(policy.grades, 1) if overall >= lowest)
    failed = [result.spec for result in results if result.outcome is Outcome.FAILED]
    if any(spec.critical for spec in failed):
        level = max(level, policy.best_grade_critical)
    return max(level, policy.best_grade_failed) if failed else level


def _measured(results: Sequence[CheckResult], dimension: Dimension) -> list[CheckResult]:
    return [r for r in results if r.outcome in _MEASURED and r.spec.dimension is dimension]


def _mean(
    results: Sequence[CheckResult], dimension: Dimension, policy: ScorePolicy
) -> Fraction | None:
    """Give the weighed mean of the checks of a dimension; None where none has any weight."""
    weighed = [
        (_check_score(result, policy), _weight(result.spec, policy))
        for result in _measured(results, dimension)
    ]
    total = sum(weight for _, weight in weighed)
    return Fraction(sum(points * weight for points, weight in weighed), total) if total else None


def _check_score(result: CheckResult, policy: ScorePolicy) -> Fraction:
    if result.outcome is Outcome.PASSED:
        return Fraction(100)
    failing = Fraction(result.n_failed, result.n_evaluated)
    allowed = allowed_share(result)
    if allowed is None:
        return Fraction(0)
    zero_at = max(policy.zero_at, 10 * allowed)
    return max(Fraction(0), 100 * (1 - (failing - allowed) / (zero_at - allowed)))


def _weight(spec: CheckSpec, policy: ScorePolicy) -> int:
    return policy.severity[spec.severity] * (policy.critical if spec.critical else 1)


def _dimension(
    results: Sequence[CheckResult], dimension: Dimension, mean: Fraction | None
) -> DimensionScore:
    measured = _measured(results, dimension)
    b = sum(result.n_evaluated for result in measured)
    a = b - sum(result.n_failed for result in measured)
    points = None if mean is None else _rounded(mean, a, b)
    return DimensionScore(dimension=dimension, score=points, a=a, b=b, checks=len(measured))


def _rounded(mean: Fraction, a: int, b: int) -> int:
    nearest = int(mean + Fraction(1, 2))
    if a < b:
        nearest = min(nearest, 99)
    return max(nearest, 1) if a > 0 else nearest
