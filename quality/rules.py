"""`quality[]` entries of a contract: carried along as UNSUPPORTED checks, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contracts.model import QualityRule
from quality.model import CheckKind, CheckSpec, Dimension, Severity

_SYNONYMS = {
    "ac": Dimension.ACCURACY,
    "cp": Dimension.COMPLETENESS,
    "cf": Dimension.CONFORMITY,
    "validity": Dimension.CONFORMITY,
    "cs": Dimension.CONSISTENCY,
    "cv": Dimension.COVERAGE,
    "tm": Dimension.TIMELINESS,
    "uq": Dimension.UNIQUENESS,
}
_METRICS = {
    "nullValues": Dimension.COMPLETENESS,
    "missingValues": Dimension.COMPLETENESS,
    "duplicateValues": Dimension.UNIQUENESS,
    "rowCount": Dimension.COVERAGE,
}


def rule_checks(
    rules: Sequence[QualityRule], subject: str, columns: tuple[str, ...], *, critical: bool = False
) -> Iterator[CheckSpec]:
    """Make one check per rule, named by its ODCS id, else by its place under `subject`."""
    for number, rule in enumerate(rules, start=1):
        body = rule.body
        metric = str(body.get("metric") or body.get("rule") or "")
        words = body.get("description") or body.get("name") or metric or body.get("query")
        yield CheckSpec(
            id=str(body.get("id") or f"{subject}.quality.{number}"),
            kind=CheckKind.UNSUPPORTED,
            columns=columns,
            dimension=_dimension(str(body.get("dimension") or ""), metric),
            severity=_severity(str(body.get("severity") or "")),
            critical=critical,
            description=str(words or f"quality rule {number} of {subject}"),
            reason=_reason(str(body.get("type") or "library"), metric),
        )


def _dimension(stated: str, metric: str) -> Dimension:
    word = stated.lower()
    if word in Dimension.__members__.values():
        return Dimension(word)
    return _SYNONYMS.get(word) or _METRICS.get(metric, Dimension.CONFORMITY)


def _severity(stated: str) -> Severity:
    word = stated.lower()
    return Severity(word) if word in Severity.__members__.values() else Severity.ERROR


def _reason(kind: str, metric: str) -> str:
    match kind.lower():
        case "text":
            return "the rule is written in words; a person has to check it"
        case "sql":
            return "SQL rules are not executed"
        case "custom":
            return "rules of other quality tools are not executed"
        case "library" if metric:
            return f"the library metric '{metric}' is not executed"
    return "the rule names no metric"
