"""Check history: every run with its results and scores, kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select
from sqlalchemy.orm import Session

from core.errors import NotFound
from quality.model import (
    CheckKind,
    CheckReport,
    CheckResult,
    CheckSpec,
    Dimension,
    DimensionScore,
    Outcome,
    Repeats,
    Severity,
)
from quality.tables import CheckResultRow, CheckRunRow, DimensionScoreRow
from quality.thresholds import Limit, Operator, Threshold, Unit


class CheckRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, report: CheckReport) -> None:
        self._session.add(
            CheckRunRow(
                id=report.id,
                dataset=report.dataset,
                contract=report.contract,
                contract_version=report.contract_version,
                engine=report.engine,
                policy=report.policy,
                ran_at=report.ran_at,
                rows=report.rows,
                score=report.score,
                grade=report.grade,
                coverage_executed=report.coverage_executed,
                coverage_declared=report.coverage_declared,
                failing_rows=report.failing_rows,
                facts=dict(report.facts),
            )
        )
        self._session.flush()
        results = [
            {
                "run": report.id,
                "position": position,
                "check": result.spec.id,
                "spec": asdict(result.spec),
                "outcome": result.outcome.value,
                "n_evaluated": result.n_evaluated,
                "n_failed": result.n_failed,
                "message": result.message,
                "measured": result.measured,
            }
            for position, result in enumerate(report.results)
        ]
        if results:
            self._session.execute(insert(CheckResultRow), results)
        scores = [
            asdict(score) | {"run": report.id, "dimension": score.dimension.value}
            for score in report.dimensions
        ]
        if scores:
            self._session.execute(insert(DimensionScoreRow), scores)

    def get(self, run: str) -> CheckReport:
        found = self._reports(select(CheckRunRow).where(CheckRunRow.id == run))
        if not found:
            raise NotFound("check run", run, hint="bureau check show DATASET --history lists them")
        return found[0]

    def ids(self, dataset: str) -> set[str]:
        query = select(CheckRunRow.id).where(CheckRunRow.dataset == dataset)
        return set(self._session.scalars(query))

    def list_by_dataset(self, dataset: str) -> list[CheckReport]:
        """The runs over one dataset, oldest first."""
        query = (
            select(CheckRunRow)
            .where(CheckRunRow.dataset == dataset)
            .order_by(CheckRunRow.ran_at, CheckRunRow.id)
        )
        return self._reports(query)

    def newest_before(self, moment: datetime) -> dict[str, CheckReport]:
        """Of each dataset the newest run before `moment`."""
        row = CheckRunRow
        place = func.row_number().over(
            partition_by=row.dataset, order_by=(row.ran_at.desc(), row.id.desc())
        )
        ranked = select(row.id, place.label("place")).where(row.ran_at < moment).subquery()
        newest = select(ranked.c.id).where(ranked.c.place == 1)
        found = self._reports(select(row).where(row.id.in_(newest)).order_by(row.dataset))
        return {report.dataset: report for report in found}

    def course_before(self, moment: datetime) -> dict[str, list[tuple[datetime, int | None]]]:
        """When each dataset was checked before `moment`, and with which score, oldest first."""
        row = CheckRunRow
        query = (
            select(row.dataset, row.ran_at, row.score)
            .where(row.ran_at < moment)
            .order_by(row.ran_at, row.id)
        )
        found: dict[str, list[tuple[datetime, int | None]]] = {}
        for dataset, ran_at, score in self._session.execute(query):
            found.setdefault(dataset, []).append((ran_at, score))
        return found

    def undecided(self) -> set[str]:
        """The runs in which a check could not run and none failed: nobody knows of the data."""
        row = CheckResultRow
        broken = select(row.run).where(row.outcome == Outcome.ERROR.value)
        failed = select(row.run).where(row.outcome == Outcome.FAILED.value)
        return set(self._session.scalars(broken.distinct().where(row.run.not_in(failed))))

    def find_latest(self, dataset: str) -> CheckReport | None:
        query = (
            select(CheckRunRow)
            .where(CheckRunRow.dataset == dataset)
            .order_by(CheckRunRow.ran_at.desc(), CheckRunRow.id.desc())
            .limit(1)
        )
        return next(iter(self._reports(query)), None)

    def _reports(self, query: Select[CheckRunRow]) -> list[CheckReport]:
        """The runs of a query with their results and scores, in three queries however many."""
        runs = query.with_only_columns(CheckRunRow.id).subquery()
        results: dict[str, list[CheckResult]] = {}
        scores: dict[str, list[DimensionScore]] = {}
        result, score = CheckResultRow, DimensionScoreRow
        of_runs = select(result).where(result.run.in_(select(runs.c.id)))
        for one in self._session.scalars(of_runs.order_by(result.run, result.position)):
            results.setdefault(one.run, []).append(_result(one))
        measured = select(score).where(score.run.in_(select(runs.c.id)))
        for each in self._session.scalars(measured.order_by(score.run, score.dimension)):
            scores.setdefault(each.run, []).append(_score(each))
        return [
            _report(row, results.get(row.id, []), scores.get(row.id, []))
            for row in self._session.scalars(query)
        ]


def _report(
    row: CheckRunRow, results: Sequence[CheckResult], scores: Sequence[DimensionScore]
) -> CheckReport:
    return CheckReport(
        id=row.id,
        dataset=row.dataset,
        contract=row.contract,
        contract_version=row.contract_version,
        engine=row.engine,
        policy=row.policy,
        ran_at=row.ran_at,
        rows=row.rows,
        results=tuple(results),
        dimensions=tuple(scores),
        score=row.score,
        grade=row.grade,
        coverage_executed=row.coverage_executed,
        coverage_declared=row.coverage_declared,
        failing_rows=row.failing_rows,
        facts=dict(row.facts),
    )


def _result(row: CheckResultRow) -> CheckResult:
    return CheckResult(
        spec=_spec(row.spec),
        outcome=Outcome(row.outcome),
        n_evaluated=row.n_evaluated,
        n_failed=row.n_failed,
        message=row.message,
        measured=dict(row.measured),
    )


def _spec(stored: dict[str, Any]) -> CheckSpec:
    values = dict(stored)
    for name in ("columns", "values", "reference_columns", "tables"):
        values[name] = tuple(values.get(name, ()))
    values["kind"] = CheckKind(values["kind"])
    values["dimension"] = Dimension(values["dimension"])
    values["severity"] = Severity(values["severity"])
    values["repeats"] = Repeats(values.get("repeats", Repeats.ROWS))
    values["threshold"] = _threshold(values.get("threshold"))
    return CheckSpec(**values)


def _threshold(stored: dict[str, Any] | None) -> Threshold | None:
    if stored is None:
        return None
    limits = [Limit(Operator(one["operator"]), tuple(one["values"])) for one in stored["limits"]]
    return Threshold(tuple(limits), Unit(stored["unit"]))


def _score(row: DimensionScoreRow) -> DimensionScore:
    return DimensionScore(
        dimension=Dimension(row.dimension), score=row.score, a=row.a, b=row.b, checks=row.checks
    )
