"""Rates, their rows and the funnel as tables and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from commands._page import Column, Table
from commands._plain import plain
from rates.comparing import TITLES as CHANGE_TITLES
from rates.comparing import MemberChange
from rates.model import FILTERS, Funnel, Member, RateDefinition, RateQuery, RateResult

SHORT = 12
"""Digits of a hash that are shown to people; JSON has all of them."""


def excluded(result: RateResult) -> str:
    """How many rows are left out, and the reasons."""
    if not result.excluded:
        return "0"
    labels = {reason.code: reason.title_zh for reason in result.definition.reasons}
    parts = [f"{labels.get(code, '')} {code} {n}" for code, n in sorted(result.excluded.items())]
    return f"{sum(result.excluded.values())}: {', '.join(parts)}"


def standing(member: Member) -> str:
    """Whether a row counts: `in`, `out`, in part, or excluded or unknown and why."""
    if member.excluded:
        return f"{'unknown' if member.unknown else 'excluded'}: {member.excluded}"
    if 0 < member.n != member.base:
        return f"{member.n} of {member.base}"
    return "in" if member.in_numerator else "out"


def spread(result: RateResult) -> str:
    """Median, 90th percentile and maximum of what the rows have, where the rate has them."""
    if result.spread is None:
        return ""
    return f"{result.spread.median} / {result.spread.p90} / {result.spread.maximum}"


RATES = [
    Column("id", "rate", lambda result: result.definition.id),
    Column("version", "version", lambda result: result.definition.version, right=True),
    Column("title_zh", "指标", lambda result: result.definition.title_zh),
    Column("title_en", "title", lambda result: result.definition.title_en),
    Column("group", "group", lambda result: result.group),
    Column("n_of_base", "n / N", lambda result: f"{result.n} / {result.base}", right=True),
    Column("percent", "%", lambda result: result.percent or "n/a", right=True),
    Column("unknown", "unknown 未知", lambda result: result.unknown, right=True),
    Column("spread", "median / P90 / max", spread),
    Column("excluded", "excluded 不计入", excluded),
]


def columns(results: Sequence[RateResult], *, grouped: bool) -> list[Column]:
    """Those that say something of these results."""
    empty = set() if grouped else {"group"}
    empty |= {name for name in ("spread", "unknown") if not any(getattr(r, name) for r in results)}
    return [column for column in RATES if column.key not in empty]


RATE_RECORD = [
    *RATES[:5],
    Column("n", "n", lambda result: result.n),
    Column("base", "N", lambda result: result.base),
    *RATES[6:],
    Column("as_of", "as of", lambda result: result.query.as_of),
    Column("window_days", "window", lambda result: result.query.window_days),
    Column("rule_set", "rule set", lambda result: result.rule_set),
    Column("ledger_size", "ledger", lambda result: result.ledger_size),
    Column("ledger_root", "root", lambda result: result.ledger_root),
]
"""What an auditor keeps of a number: each count a cell of its own, and where it was made."""
MEMBERS = [
    Column("id", "id", lambda member: member.id),
    Column("title", "title 名称", lambda member: member.title),
    Column("department", "department 部门", lambda member: member.department),
    Column("standing", "in n", standing),
    Column("evidence", "evidence 依据", lambda member: member.evidence),
]
MEMBER_RECORD = [
    *MEMBERS[:3],
    Column("division", "division", lambda member: member.division),
    Column("theme", "theme", lambda member: member.theme),
    Column("in_numerator", "in n", lambda member: member.in_numerator),
    Column("n", "n", lambda member: member.n),
    Column("base", "N", lambda member: member.base),
    Column("value", "value", lambda member: member.value),
    Column("excluded", "excluded", lambda member: member.excluded),
    Column("unknown", "unknown", lambda member: member.unknown),
    *MEMBERS[4:],
    Column("evidence_zh", "依据", lambda member: member.evidence_zh),
]


def with_group(columns: Sequence[Column]) -> list[Column]:
    """The columns of rows that stand beside the group that they are in."""

    def beside(column: Column) -> Column:
        return replace(column, value=lambda row: column.value(row[1]))

    return [Column("group", "group", lambda row: row[0]), *map(beside, columns)]


def grouped_json(rows: Sequence[tuple[str, Member]]) -> list[dict[str, Any]]:
    return [{"group": group, **plain(member)} for group, member in rows]


@dataclass(frozen=True, slots=True)
class Point:
    """A result with the one before it."""

    result: RateResult
    before: RateResult | None

    @property
    def change(self) -> str:
        """In percentage points; empty where one of the two has no percentage."""
        if self.before is None or self.result.percent is None or self.before.percent is None:
            return ""
        return f"{Decimal(self.result.percent) - Decimal(self.before.percent):+}"


def point_columns(results: Sequence[RateResult], *, grouped: bool) -> list[Column]:
    """Those that say something of these results."""
    empty = set() if grouped else {"group"}
    if not any(result.unknown for result in results):
        empty.add("unknown")
    return [column for column in POINTS if column.key not in empty]


def points(results: Sequence[RateResult]) -> list[Point]:
    """Each beside the one of the same group over the period right before."""
    pairs = zip([None, *results], results, strict=False)
    return [Point(now, before if _follows(before, now) else None) for before, now in pairs]


def _follows(before: RateResult | None, now: RateResult) -> bool:
    first = now.query.as_of - timedelta(days=now.query.window_days)
    return before is not None and (before.group, before.query.as_of) == (now.group, first)


POINTS = [
    Column("group", "group", lambda point: point.result.group),
    Column("period", "period 时段", lambda point: point.result.query.period),
    Column("as_of", "as of 截至", lambda point: point.result.query.as_of),
    Column(
        "n_of_base",
        "n / N",
        lambda point: f"{point.result.n} / {point.result.base}",
        right=True,
    ),
    Column("percent", "%", lambda point: point.result.percent or "n/a", right=True),
    Column("unknown", "unknown 未知", lambda point: point.result.unknown, right=True),
    Column("change", "change 变化", lambda point: point.change, right=True),
    Column("spread", "median / P90 / max", lambda point: spread(point.result)),
]
POINT_RECORD = [
    *POINTS[:3],
    Column("n", "n", lambda point: point.result.n),
    Column("base", "N", lambda point: point.result.base),
    *POINTS[4:],
]
CHANGES = [
    Column("change", "change 变化", lambda one: " ".join(CHANGE_TITLES[one.change])),
    Column("id", "id", lambda one: one.member.id),
    Column("title", "title 名称", lambda one: one.member.title),
    Column("department", "department 部门", lambda one: one.member.department),
    Column("before", "before 之前", lambda one: _stood(one.before)),
    Column("after", "after 之后", lambda one: _stood(one.after)),
]
CHANGE_RECORD = [
    Column("change", "change", lambda one: one.change),
    *CHANGES[1:4],
    Column("n", "n", lambda one: one.n),
    Column("base", "N", lambda one: one.base),
    *CHANGES[4:],
]
SNAPSHOTS = [
    Column("ref", "snapshot 快照", lambda one: one.ref),
    Column("period", "period 时段", lambda one: one.period),
    Column("as_of", "as of 截至", lambda one: one.as_of),
    Column("window_days", "window", lambda one: one.window_days, right=True),
    Column("rates", "rates 指标", lambda one: len(one.rates), right=True),
    Column("taken_at", "taken 时间", lambda one: one.taken_at),
    Column("entry", "entry", lambda one: one.entry, right=True),
    Column("sha256", "sha256", lambda one: one.sha256[:SHORT]),
]


def _stood(member: Member | None) -> str:
    if member is None:
        return "not listed 未列"
    return f"{standing(member)}: {member.evidence}" if member.evidence else standing(member)


STAGES = [
    Column("name", "stage", lambda stage: stage.name),
    Column("title_zh", "环节", lambda stage: stage.title_zh),
    Column("title_en", "title", lambda stage: stage.title_en),
    Column("n", "n", lambda stage: stage.n, right=True),
]
DEFINITIONS = [
    Column("id", "rate", lambda rate: rate.id),
    Column("version", "version", lambda rate: rate.version, right=True),
    Column("title_zh", "指标", lambda rate: rate.title_zh),
    Column("title_en", "title", lambda rate: rate.title_en),
    Column("family", "family", lambda rate: rate.family),
    Column("headline", "headline", lambda rate: rate.headline),
]
EXPLAINED = [
    *DEFINITIONS,
    Column("numerator", "n", lambda rate: rate.numerator),
    Column("numerator_zh", "n 分子", lambda rate: rate.numerator_zh),
    Column("denominator", "N", lambda rate: rate.denominator),
    Column("denominator_zh", "N 分母", lambda rate: rate.denominator_zh),
    Column("exclusions", "excluded", lambda rate: rate.exclusions),
    Column("exclusions_zh", "excluded 不计入", lambda rate: rate.exclusions_zh),
    Column(
        "reasons",
        "reasons",
        lambda rate: {r.code: f"{r.title_zh} {r.title_en}" for r in rate.reasons},
    ),
    Column("basis", "basis", lambda rate: rate.basis),
    Column("basis_zh", "basis 依据", lambda rate: rate.basis_zh),
    Column("windowed", "over a window", lambda rate: rate.windowed),
]


def funnel_table(funnel: Funnel) -> Table:
    return Table(columns=STAGES, rows=funnel.stages, title="Funnel 漏斗")


def provenance(query: RateQuery, source: RateResult | Funnel) -> str:
    """What the numbers were made from, in one line."""
    rules = f", rule set {source.rule_set[:SHORT]}" if source.rule_set else ""
    period = f"{query.period}: " if query.period else ""
    return (
        f"{period}as of {query.as_of}, window {query.window_days} days{rules}, ledger of"
        f" {source.ledger_size} entries with root {source.ledger_root[:SHORT]}"
    )


def source_of(results: Sequence[RateResult]) -> RateResult | None:
    """One of the newest day; one that names its rules if any does."""
    return max(results, key=lambda one: (one.query.as_of, bool(one.rule_set)), default=None)


def query_json(query: RateQuery) -> dict[str, Any]:
    filters = {name: getattr(query, name) for name in FILTERS}
    period = {"period": query.period, "as_of": query.as_of, "window_days": query.window_days}
    return period | filters


def result_json(result: RateResult) -> dict[str, Any]:
    definition = result.definition
    return {
        "id": definition.id,
        "version": definition.version,
        "title_zh": definition.title_zh,
        "title_en": definition.title_en,
        "group": result.group,
        "n": result.n,
        "base": result.base,
        "percent": result.percent,
        "unknown": result.unknown,
        "spread": result.spread,
        "excluded": result.excluded,
        "rule_set": result.rule_set,
    }


def point_json(result: RateResult) -> dict[str, Any]:
    return {"period": result.query.period, "as_of": result.query.as_of, **result_json(result)}


def show_json(query: RateQuery, results: Sequence[RateResult], funnel: Funnel | None) -> Any:
    source = funnel or source_of(results)
    ledger = {"size": source.ledger_size, "root": source.ledger_root} if source else None
    return {
        **query_json(query),
        "rates": [result_json(result) for result in results],
        "funnel": funnel_json(funnel) if funnel else None,
        "ledger": ledger,
    }


def funnel_json(funnel: Funnel) -> dict[str, Any]:
    return {
        **query_json(funnel.query),
        "stages": funnel.stages,
        "outside": funnel.outside,
        "rule_set": funnel.rule_set,
        "ledger": {"size": funnel.ledger_size, "root": funnel.ledger_root},
    }


def side_json(name: str, members: Sequence[Member]) -> dict[str, Any]:
    n, base = sum(member.n for member in members), sum(member.base for member in members)
    unknown = sum(member.unknown for member in members)
    return {"when": name, "n": n, "base": base, "unknown": unknown}


def change_json(change: MemberChange) -> dict[str, Any]:
    sides = {"before": change.before, "after": change.after}
    return {"change": change.change, "n": change.n, "base": change.base, **sides}


def explain_json(definition: RateDefinition) -> dict[str, Any]:
    return {**plain(definition), "name": definition.name}
