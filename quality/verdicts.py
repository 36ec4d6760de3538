"""Verdicts from what an engine counted: pure, and the same for every engine."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from core.errors import EngineFailed
from quality.model import CheckKind, CheckResult, CheckSpec, Count, Outcome, Severity
from quality.thresholds import Unit

_OF_ONE_VALUE = (CheckKind.ROW_COUNT, CheckKind.SQL)


def judge(specs: Sequence[CheckSpec], counts: Sequence[Count]) -> tuple[CheckResult, ...]:
    """Give each check its outcome. Raises EngineFailed if a check was neither counted nor broken."""
    by_check = {count.check: count for count in counts}
    return tuple(_result(spec, by_check.get(spec.id)) for spec in specs)


def has_faulty_rows(spec: CheckSpec, count: Count) -> bool:
    """Whether the rows that were counted are the fault: more of them than the check allows.

    Rows within what is allowed are none, nor are rows of which there are too few.
    """
    if spec.threshold is None or not count.n_failed:
        return count.n_failed > 0
    return spec.threshold.exceeded(_value(spec, count))


def allowed_share(result: CheckResult) -> Fraction | None:
    """The share of units that may fail; None where no such share is the reason of the verdict."""
    threshold = result.spec.threshold
    if threshold is None:
        return Fraction(0)
    if result.spec.kind in _OF_ONE_VALUE or threshold.most is None:
        return None
    whole = 100 if threshold.unit is Unit.PERCENT else result.n_evaluated
    share = threshold.most / whole
    return share if share < Fraction(result.n_failed, result.n_evaluated) else None


def _result(spec: CheckSpec, count: Count | None) -> CheckResult:
    if spec.kind is CheckKind.UNSUPPORTED:
        return CheckResult(
            spec=spec, outcome=Outcome.SKIPPED, n_evaluated=0, n_failed=0, message=spec.reason
        )
    if count is None:
        raise EngineFailed(f"the check engine returned no count for '{spec.id}'")
    outcome, message = _outcome(spec, count)
    failed = count.n_failed
    if spec.kind in _OF_ONE_VALUE:
        failed = int(outcome in (Outcome.FAILED, Outcome.WARNING))
    return CheckResult(
        spec=spec,
        outcome=outcome,
        n_evaluated=count.n_evaluated,
        n_failed=failed,
        message=message,
        measured=count.measured,
    )


def _outcome(spec: CheckSpec, count: Count) -> tuple[Outcome, str]:
    if count.broken:
        return Outcome.ERROR, count.broken
    if count.skipped:
        return Outcome.SKIPPED, count.skipped
    if count.n_evaluated == 0:
        return Outcome.NOT_APPLICABLE, "there is nothing to evaluate"
    if spec.threshold is None:
        holds, message = count.n_failed == 0, f"{count.n_failed} of {count.n_evaluated} fail"
    else:
        value = _value(spec, count)
        holds, message = spec.threshold.holds(value), _compared(spec, count, value)
    if holds:
        return Outcome.PASSED, message if count.n_failed or count.measured else ""
    return Outcome.FAILED if spec.severity is Severity.ERROR else Outcome.WARNING, message


def _value(spec: CheckSpec, count: Count) -> Fraction:
    """What is compared with the threshold."""
    if spec.kind in _OF_ONE_VALUE:
        return Fraction(count.measured["value"])
    if spec.threshold and spec.threshold.unit is Unit.PERCENT:
        return Fraction(100 * count.n_failed, count.n_evaluated)
    return Fraction(count.n_failed)


def _compared(spec: CheckSpec, count: Count, value: Fraction) -> str:
    allowed = spec.threshold.words if spec.threshold else ""
    if spec.kind in _OF_ONE_VALUE:
        return f"found {count.measured['value']}; wanted {allowed}"
    found = f"{count.n_failed} of {count.n_evaluated}"
    if spec.threshold and spec.threshold.unit is Unit.PERCENT:
        found += f" ({float(value):.4g} %)"
    return f"found {found}; wanted {allowed}"
