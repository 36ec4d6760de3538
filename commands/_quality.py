"""A check run as tables and as JSON: `check show`, `check run` and `dataset deliver` share it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from commands._page import Column, Page, Table
from commands._plain import plain
from quality.labels import DIMENSIONS, OUTCOMES, UNMEASURED
from quality.model import CheckReport, CheckResult, DimensionScore, FailingCell, Outcome

HIDDEN = "‹hidden›"


class Engine(StrEnum):
    """What can count checks."""

    DUCKDB = "duckdb"
    GX = "gx"
    PANDERA = "pandera"


_ORDER = [
    Outcome.FAILED,
    Outcome.ERROR,
    Outcome.WARNING,
    Outcome.SKIPPED,
    Outcome.PASSED,
    Outcome.NOT_APPLICABLE,
]


def spoken(score: int | None) -> str:
    """A score as it is shown: one that was not measured is never a number."""
    return f"{UNMEASURED.zh} {UNMEASURED.en}" if score is None else str(score)


def said(result: CheckResult) -> str:
    """What a check asserts; of one that did not run, why; of a rule with a threshold, what was found."""
    description, message = result.spec.description, result.message
    if result.outcome in (Outcome.ERROR, Outcome.SKIPPED):
        return message or description
    return f"{description} ({message})" if result.spec.threshold and message else description


def _gb(score: DimensionScore) -> str:
    label = DIMENSIONS[score.dimension].gb
    return f"{label.zh} {label.en}" if label else ""


RESULTS = [
    Column("outcome", "outcome", lambda result: result.outcome),
    Column("outcome_zh", "结果", lambda result: OUTCOMES[result.outcome].zh),
    Column("check", "check 检查项", lambda result: result.spec.id),
    Column("n_failed", "failed", lambda result: result.n_failed, right=True),
    Column("n_evaluated", "of", lambda result: result.n_evaluated, right=True),
    Column("message", "what it says 说明", said),
]
SCORES = [
    Column("dimension", "dimension", lambda score: score.dimension),
    Column("dimension_zh", "维度", lambda score: DIMENSIONS[score.dimension].zh),
    Column("score", "score 得分", lambda score: spoken(score.score), right=True),
    Column("a", "A", lambda score: score.a, right=True),
    Column("b", "B", lambda score: score.b, right=True),
    Column("checks", "checks", lambda score: score.checks, right=True),
    Column("gb", "GB/T 36344", _gb),
]

CELLS = [
    Column("row", "data row 数据行", lambda cell: cell["row"], right=True),
    Column("check", "check 检查项", lambda cell: cell["check"]),
    Column("column", "column 列", lambda cell: cell["column"]),
    Column("text", "text 原文", lambda cell: HIDDEN if cell["hidden"] else cell["text"]),
]


def trial_page(report: CheckReport, cells: Sequence[FailingCell], hidden: Collection[str]) -> Page:
    """A run that is kept nowhere, with its first failing cells."""
    page, listed = report_page(report), cells_json(cells, hidden)
    failing = Table(columns=CELLS, rows=listed, title="The first failing cells 首批未通过单元格")
    first, *others = page.tables
    return replace(
        page,
        data=page.data | {"cells": listed},
        tables=[first, *([failing] if listed else []), *others],
        notes=["", notes(report)[0]],
    )


def cells_json(cells: Sequence[FailingCell], hidden: Collection[str]) -> list[dict[str, Any]]:
    return [
        {
            "row": cell.row,
            "check": cell.check,
            "column": cell.column,
            "text": None if cell.column in hidden else cell.text,
            "hidden": cell.column in hidden,
        }
        for cell in cells
    ]


def report_page(report: CheckReport) -> Page:
    """Every check, failed ones first; the score of each dimension; the overall score."""
    results = sorted(report.results, key=lambda result: _ORDER.index(result.outcome))
    return Page(
        data=report_json(report),
        tables=[
            Table(columns=RESULTS, rows=results),
            Table(columns=SCORES, rows=report.dimensions, title="Scores 质量得分"),
        ],
        notes=["", *notes(report)],
        empty="the contract states nothing that can be checked",
    )


def notes(report: CheckReport) -> list[str]:
    """The run in two lines."""
    level = f" (level {report.grade} of 5)" if report.grade is not None else ""
    executed = f"{report.coverage_executed} of {report.coverage_declared} checks executed"
    rows = f"{report.failing_rows} of {report.rows} rows fail"
    against = f"{report.dataset} against {report.contract} {report.contract_version}"
    return [
        f"score 总分 {spoken(report.score)}{level}, {executed}, {rows}",
        f"run {report.id}: {against}, engine {report.engine}, policy {report.policy}",
    ]


def failing(report: CheckReport) -> list[CheckResult]:
    """The checks with failing rows or that could not run, most failing rows first."""
    bad = (Outcome.FAILED, Outcome.ERROR, Outcome.WARNING)
    found = [result for result in report.results if result.outcome in bad]
    return sorted(found, key=lambda result: -result.n_failed)


def report_json(report: CheckReport) -> dict[str, Any]:
    return {
        **summary_json(report),
        "dimensions": [
            {
                **plain(score),
                "title_zh": DIMENSIONS[score.dimension].zh,
                "title_en": DIMENSIONS[score.dimension].en,
            }
            for score in report.dimensions
        ],
        "checks": [_result_json(result) for result in report.results],
    }


def summary_json(report: CheckReport) -> dict[str, Any]:
    """A run without its single checks."""
    return {
        "run": report.id,
        "dataset": report.dataset,
        "contract": report.contract,
        "contract_version": report.contract_version,
        "engine": report.engine,
        "policy": report.policy,
        "ran_at": report.ran_at,
        "passed": report.passed,
        "rows": report.rows,
        "failing_rows": report.failing_rows,
        "score": report.score,
        "grade": report.grade,
        "coverage_executed": report.coverage_executed,
        "coverage_declared": report.coverage_declared,
    }


def _result_json(result: CheckResult) -> dict[str, Any]:
    spec = result.spec
    return {
        "check": spec.id,
        "outcome": result.outcome,
        "n_failed": result.n_failed,
        "n_evaluated": result.n_evaluated,
        "message": result.message,
        "kind": spec.kind,
        "columns": spec.columns,
        "dimension": spec.dimension,
        "severity": spec.severity,
        "description": spec.description,
    }
