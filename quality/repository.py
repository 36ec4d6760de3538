"""Check history: every run with its results and scores, kept."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
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
        row = self._session.get(CheckRunRow, run)
        if row is None:
            raise NotFound("check run", run, hint="bureau check show DATASET --history lists them")
        return self._report(row)

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
        return [self._report(row) for row in self._session.scalars(query)]

    def list_before(self, moment: datetime) -> list[CheckReport]:
        """The runs over all datasets before `moment`, oldest first."""
        query = (
            select(CheckRunRow)
            .where(CheckRunRow.ran_at < moment)
            .order_by(CheckRunRow.ran_at, CheckRunRow.id)
        )
        return [self._report(row) for row in self._session.scalars(query)]

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
        row = self._session.scalar(query)
        return None if row is None else self._report(row)

    def _report(self, row: CheckRunRow) -> CheckReport:
        results = self._session.scalars(
            select(CheckResultRow)
            .where(CheckResultRow.run == row.id)
            .order_by(CheckResultRow.position)
        )
        scores = self._session.scalars(
            select(DimensionScoreRow)
            .where(DimensionScoreRow.run == row.id)
            .order_by(DimensionScoreRow.dimension)
        )
        return CheckReport(
            id=row.id,
            dataset=row.dataset,
            contract=row.contract,
            contract_version=row.contract_version,
            engine=row.engine,
            policy=row.policy,
            ran_at=row.ran_at,
            rows=row.rows,
            results=tuple(_result(result) for result in results),
            dimensions=tuple(_score(score) for score in scores),
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
