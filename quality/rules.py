"""`quality[]` entries of a contract as checks; what cannot be executed keeps its reason.

The metrics of ODCS count rows. What it leaves open is decided as docs/quality.md says; a rule's
custom property `duplicates` (rows, keys, surplus) says what duplicateValues counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from contracts.formats import FORMATS
from contracts.model import QualityRule
from core.errors import InvalidInput
from quality.describe import sentence
from quality.model import CheckKind, CheckSpec, Dimension, Repeats, Severity
from quality.options import as_text
from quality.patterns import to_re2
from quality.sql_rules import require_query
from quality.thresholds import Threshold, Unit, read_threshold

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
_OF_TABLES = ("duplicateValues", "rowCount")
_OF_COLUMNS = ("nullValues", "missingValues", "invalidValues", "duplicateValues")
_OURS = "databureau"


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule and where it stands: at the table (no columns) or at one column."""

    body: Mapping[str, Any]
    columns: tuple[str, ...]

    @property
    def metric(self) -> str:
        return str(self.body.get("metric") or self.body.get("rule") or "")

    @property
    def kind(self) -> str:
        return str(self.body.get("type") or "library").lower()

    def argument(self, name: str) -> Any:
        """An argument; the standard's own example has `pattern` beside `arguments`."""
        given = self.body.get("arguments")
        inside = given.get(name) if isinstance(given, Mapping) else None
        return self.body.get(name) if inside is None else inside

    def switch(self, name: str) -> str:
        """The value of a custom property of the rule, or an empty text."""
        for entry in self.body.get("customProperties") or ():
            if entry.get("property") == name:
                return as_text(entry.get("value"))
        return ""


def rule_checks(
    rules: Sequence[QualityRule],
    subject: str,
    columns: tuple[str, ...],
    *,
    tables: tuple[str, ...],
    critical: bool = False,
) -> Iterator[CheckSpec]:
    """Make one check per rule, named by its ODCS id, else by its place under `subject`.

    `tables` are the names of the table that SQL may use; the first stands for `{object}`.
    """
    for number, written in enumerate(rules, start=1):
        rule = _Rule(written.body, columns)
        body = rule.body
        plain = CheckSpec(
            id=str(body.get("id") or f"{subject}.quality.{number}"),
            kind=CheckKind.UNSUPPORTED,
            columns=columns,
            dimension=_dimension(str(body.get("dimension") or ""), rule.metric),
            severity=_severity(str(body.get("severity") or "")),
            critical=critical,
            description="",
        )
        spec = _made(plain, rule, tables)
        said = body.get("description") or body.get("name") or _sentence(spec, rule)
        yield replace(spec, description=str(said or f"quality rule {number} of {subject}"))


def _made(plain: CheckSpec, rule: _Rule, tables: tuple[str, ...]) -> CheckSpec:
    """The check of the rule; one that is wrong in itself keeps its kind and the reason."""
    try:
        match rule.kind:
            case "library":
                return _metric(plain, rule)
            case "sql":
                return _sql(plain, rule, tables)
            case "custom":
                return _custom(plain, rule)
    except InvalidInput as error:
        kind = _KINDS.get(rule.metric) or _RULE_KINDS[rule.kind]
        return replace(plain, kind=kind, reason=str(error))
    reason = "the rule is written in words; a person has to check it"
    return replace(
        plain, reason=reason if rule.kind == "text" else f"'{rule.kind}' is no rule type"
    )


def _metric(plain: CheckSpec, rule: _Rule) -> CheckSpec:
    metric = rule.metric
    if metric not in _KINDS:
        named = f"the library metric '{metric}' is not known" if metric else "it names no metric"
        return replace(plain, reason=named)
    if metric not in (_OF_COLUMNS if rule.columns else _OF_TABLES):
        raise InvalidInput(f"'{metric}' is a metric of {'tables' if rule.columns else 'columns'}")
    threshold = read_threshold(rule.body)
    fields = _ARGUMENTS[metric](rule, threshold) if metric in _ARGUMENTS else {}
    return replace(plain, kind=_KINDS[metric], threshold=threshold, **fields)


def _missing(rule: _Rule, _: Threshold) -> dict[str, Any]:
    """An empty cell counts where `null` is listed, or where nothing is."""
    values = _list(rule, "missingValues")
    return {
        "values": tuple(as_text(value) for value in values if value is not None),
        "empty_is_missing": not values or None in values,
    }


def _invalid(rule: _Rule, _: Threshold) -> dict[str, Any]:
    values, pattern = _list(rule, "validValues"), rule.argument("pattern")
    if not values and pattern is None:
        raise InvalidInput("'invalidValues' needs `validValues` or a `pattern` in its arguments")
    if pattern is not None:
        to_re2(str(pattern))
    return {
        "values": tuple(as_text(value) for value in values if value is not None),
        "pattern": "" if pattern is None else str(pattern),
    }


def _repeated(rule: _Rule, threshold: Threshold) -> dict[str, Any]:
    repeats = Repeats.ROWS
    if stated := rule.switch("duplicates"):
        if stated not in Repeats.__members__.values():
            raise InvalidInput(f"`duplicates` is rows, keys or surplus, not '{stated}'")
        repeats = Repeats(stated)
    if repeats is Repeats.KEYS and threshold.unit is Unit.PERCENT:
        raise InvalidInput("repeated keys have no percentage; count rows or surplus")
    if rule.columns:
        return {"repeats": repeats}
    named = tuple(str(name) for name in _list(rule, "properties"))
    if not named:
        raise InvalidInput("'duplicateValues' of a table needs `properties` in its arguments")
    return {"repeats": repeats, "columns": named}


def _row_count(_: _Rule, threshold: Threshold) -> dict[str, Any]:
    if threshold.unit is Unit.PERCENT:
        raise InvalidInput("a number of rows has no percentage")
    return {}


def _list(rule: _Rule, argument: str) -> list[Any]:
    given = rule.argument(argument)
    if given is None:
        return []
    if not isinstance(given, list):
        raise InvalidInput(f"the argument '{argument}' is not a list")
    return given


def _sql(plain: CheckSpec, rule: _Rule, tables: tuple[str, ...]) -> CheckSpec:
    query = _filled(str(rule.body.get("query") or ""), tables[0], rule.columns)
    require_query(query, frozenset(name.lower() for name in tables))
    threshold = read_threshold({**rule.body, "unit": Unit.ROWS})
    return replace(
        plain,
        kind=CheckKind.SQL,
        columns=(),
        query=query,
        tables=tables,
        threshold=threshold,
    )


def _filled(query: str, table: str, columns: tuple[str, ...]) -> str:
    """Put names, quoted, where the standard's three ways of writing a placeholder stand."""
    places = [(("object", "table"), table)]
    places += [(("property", "column"), name) for name in columns[:1]]
    for words, name in places:
        quoted = '"' + name.replace('"', '""') + '"'
        for word in words:
            query = query.replace(f"${{{word}}}", quoted).replace(f"{{{word}}}", quoted)
    return query


def _custom(plain: CheckSpec, rule: _Rule) -> CheckSpec:
    engine = str(rule.body.get("engine") or "")
    if engine.lower() != _OURS:
        return replace(plain, reason=f"it is written for '{engine}', which is not run here")
    stated = rule.body.get("implementation")
    name = stated.get("format") if isinstance(stated, Mapping) else stated
    known = FORMATS.get(name) if isinstance(name, str) else None
    if known is None or not known.pattern:
        raise InvalidInput(f"'{name}' is no format of {_OURS}: write `implementation: cn-uscc`")
    if not rule.columns:
        raise InvalidInput("a format is checked in a column, so the rule belongs to one")
    stated_dimension = rule.body.get("dimension") or not known.checksum
    return replace(
        plain,
        kind=CheckKind.FORMAT,
        format=known.name,
        threshold=read_threshold(rule.body),
        dimension=plain.dimension if stated_dimension else Dimension.ACCURACY,
    )


def _sentence(spec: CheckSpec, rule: _Rule) -> str:
    if spec.reason or spec.kind is CheckKind.SQL:
        return rule.metric or str(rule.body.get("query") or rule.body.get("implementation") or "")
    return sentence(spec)


def _dimension(stated: str, metric: str) -> Dimension:
    word = stated.lower()
    if word in Dimension.__members__.values():
        return Dimension(word)
    return _SYNONYMS.get(word) or _METRICS.get(metric, Dimension.CONFORMITY)


def _severity(stated: str) -> Severity:
    word = stated.lower()
    return Severity(word) if word in Severity.__members__.values() else Severity.ERROR


_KINDS = {
    "nullValues": CheckKind.MISSING,
    "missingValues": CheckKind.MISSING,
    "invalidValues": CheckKind.INVALID,
    "duplicateValues": CheckKind.REPEATED,
    "rowCount": CheckKind.ROW_COUNT,
}
_RULE_KINDS = {"sql": CheckKind.SQL, "custom": CheckKind.FORMAT}
_ARGUMENTS = {
    "nullValues": lambda _, __: {"empty_is_missing": True},
    "missingValues": _missing,
    "invalidValues": _invalid,
    "duplicateValues": _repeated,
    "rowCount": _row_count,
}
