"""The report on quality: the rates of it, what was checked, and what fails where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bureau.report_material import Content, Kind, Material
from quality.model import CheckReport, Outcome
from rates.model import Family
from reports.compose import rate_bars, rate_cards, rate_table
from reports.model import Cell, Heading, Row, Table, Text

_HEADLINES = ("QUA-1", "QUA-2", "QUA-3")
_PASSED = "QUA-2"
"""Its rows are the published datasets that pass the filters, also those never checked."""
_NONE = "–"
_OUTCOMES: Mapping[Outcome, Text] = {
    Outcome.WARNING: Text("警告", "warning"),
    Outcome.FAILED: Text("未通过", "failed"),
    Outcome.ERROR: Text("未能执行", "could not run"),
}
_DATASET = (Heading(Text("代码", "Code")), Heading(Text("名称", "Title")))
_SCORE = Heading(Text("得分", "Score"), number=True)


def _build(material: Material) -> Content:
    definitions = [one for one in material.rates() if one.family is Family.QUALITY]
    members = {one.id: material.members(one) for one in definitions}
    listed = members[_PASSED].rows
    newest = material.unit.checks.newest_before(material.until)
    checked = [(row, newest[row.id]) for row in listed if row.id in newest]
    return Content(
        blocks=(
            rate_cards([members[rate] for rate in _HEADLINES], {}, material.targets),
            rate_table(list(members.values())),
            rate_bars(members[_PASSED], material.names, material.targets.get(_PASSED)),
            _newest(material, checked),
            _failing(checked),
            _course(material, listed),
        ),
        members=tuple(members.values()),
        definitions=tuple(definitions),
    )


def _newest(material: Material, checked: Sequence[tuple[Row, CheckReport]]) -> Table:
    scores = [run.score for _, run in checked if run.score is not None]
    lowest = min(scores, default=_NONE)
    return Table(
        id="scores",
        title=Text("最近一次检查的得分", "Scores of the newest runs"),
        reading=Text(
            f"{len(checked)} 个数据目录有检查结果，最低得分 {lowest}。",
            f"{len(checked)} datasets have a run; the lowest score is {lowest}.",
        ),
        headings=(
            *_DATASET,
            Heading(Text("部门", "Department")),
            _SCORE,
            Heading(Text("等级", "Grade"), number=True),
            Heading(Text("已执行 / 应执行", "Executed / declared")),
            Heading(Text("数据行", "Rows"), number=True),
            Heading(Text("问题行", "Failing rows"), number=True),
            Heading(Text("检查时间", "Run at")),
        ),
        rows=tuple(
            (
                row.id,
                row.title,
                material.name(row.department),
                _known(run.score),
                _known(run.grade),
                f"{run.coverage_executed} / {run.coverage_declared}",
                run.rows,
                run.failing_rows,
                material.moment(run.ran_at),
            )
            for row, run in checked
        ),
    )


def _failing(checked: Sequence[tuple[Row, CheckReport]]) -> Table:
    failing = [
        (row, result)
        for row, run in checked
        for result in run.results
        if result.outcome in _OUTCOMES
    ]
    return Table(
        id="failing",
        title=Text("未通过的检查", "Checks that do not hold"),
        reading=Text(
            f"{len(failing)} 项检查未通过、警告或未能执行。",
            f"{len(failing)} checks fail, warn or could not run.",
        ),
        headings=(
            *_DATASET,
            Heading(Text("检查", "Check")),
            Heading(Text("结果", "Outcome")),
            Heading(Text("问题数", "Failing"), number=True),
            Heading(Text("检查数", "Evaluated"), number=True),
        ),
        rows=tuple(
            (row.id, row.title, one.spec.id, _OUTCOMES[one.outcome], one.n_failed, one.n_evaluated)
            for row, one in failing
        ),
    )


def _course(material: Material, listed: Sequence[Row]) -> Table:
    courses = material.unit.checks.course_before(material.until)
    return Table(
        id="course",
        title=Text("得分的变化", "Course of the scores"),
        reading=Text("首次与最近一次检查的得分。", "The score of the first run and of the newest."),
        headings=(
            *_DATASET,
            Heading(Text("检查次数", "Runs"), number=True),
            Heading(Text("首次检查", "First run")),
            Heading(Text("首次得分", "First score"), number=True),
            Heading(Text("最近检查", "Newest run")),
            Heading(Text("最近得分", "Newest score"), number=True),
        ),
        rows=tuple(
            (
                row.id,
                row.title,
                len(own),
                *_scored(material, own[0]),
                *_scored(material, own[-1]),
            )
            for row in listed
            if (own := courses.get(row.id))
        ),
    )


def _scored(material: Material, run: tuple[datetime, int | None]) -> tuple[Cell, Cell]:
    ran_at, score = run
    return material.moment(ran_at), _known(score)


def _known(score: int | None) -> Cell:
    return _NONE if score is None else score


KIND = Kind(name="quality", title=Text("数据质量报告", "Report on data quality"), build=_build)
