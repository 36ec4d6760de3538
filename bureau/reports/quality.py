"""The report on quality: what was checked, what passed, and what fails where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bureau.report_material import NOTHING, Content, Kind, Material
from quality.model import CheckReport, Outcome
from rates.definitions import find_rate
from reports.compose import rate_bars, rate_cards, rate_table
from reports.model import Heading, Members, Method, Row, Standing, Table, Text

_BASIS = Text("数据合同中的检查规则", "the checks of the data contracts")
_OUTCOMES: Mapping[Outcome, Text] = {
    Outcome.WARNING: Text("警告", "warning"),
    Outcome.FAILED: Text("未通过", "failed"),
    Outcome.ERROR: Text("未能执行", "could not run"),
}


def _build(material: Material) -> Content:
    # The rate of mounting lists every published dataset that passes the filters.
    published = material.members(find_rate("CAT-7").definition).rows
    listed = {row.id for row in published}
    runs: dict[str, list[CheckReport]] = {}
    for run in material.unit.checks.list_before(material.until):
        if run.dataset in listed:
            runs.setdefault(run.dataset, []).append(run)
    members = (_checked(material, published, runs), _passed(material, published, runs))
    return Content(
        blocks=(
            rate_cards(members, {}),
            rate_table(members),
            rate_bars(members[1], material.names),
            _newest(material, published, runs),
            _failing(published, runs),
            _course(material, published, runs),
        ),
        members=members,
    )


def _checked(
    material: Material, rows: Sequence[Row], runs: Mapping[str, list[CheckReport]]
) -> Members:
    return Members(
        id="CHECKED",
        title=Text("已检查的数据目录", "Datasets that were checked"),
        method=Method(
            name="CHECKED v1",
            numerator=Text(
                "至少执行过一次检查的数据目录", "datasets with at least one run of checks"
            ),
            denominator=Text("已发布的数据目录", "published datasets"),
            exclusions=Text("无", "none"),
            basis=_BASIS,
        ),
        codes={},
        rows=[
            Row(
                row.id,
                row.title,
                row.department,
                Standing.IN if row.id in runs else Standing.OUT,
                "",
                Text.same(material.moment(runs[row.id][-1].ran_at) if row.id in runs else ""),
            )
            for row in rows
        ],
    )


def _passed(
    material: Material, rows: Sequence[Row], runs: Mapping[str, list[CheckReport]]
) -> Members:
    return Members(
        id="PASSED",
        title=Text("最近一次检查通过", "Datasets whose newest run passed"),
        method=Method(
            name="PASSED v1",
            numerator=Text(
                "最近一次检查无错误级规则未通过或未能执行的数据目录",
                "datasets in whose newest run no check of severity error failed or broke",
            ),
            denominator=Text("已检查的数据目录", "datasets that were checked"),
            exclusions=Text("从未检查的数据目录", "datasets that were never checked"),
            basis=_BASIS,
        ),
        codes={"unchecked": Text("从未检查", "never checked")},
        rows=[_verdict(material, row, runs.get(row.id, [])) for row in rows],
    )


def _verdict(material: Material, row: Row, runs: Sequence[CheckReport]) -> Row:
    if not runs:
        return Row(row.id, row.title, row.department, Standing.EXCLUDED, "unchecked", NOTHING)
    newest = runs[-1]
    standing = Standing.IN if newest.passed else Standing.OUT
    evidence = f"{newest.contract} {newest.contract_version}, {material.moment(newest.ran_at)}"
    return Row(row.id, row.title, row.department, standing, "", Text.same(evidence))


def _newest(
    material: Material, rows: Sequence[Row], runs: Mapping[str, list[CheckReport]]
) -> Table:
    newest = [(row, runs[row.id][-1]) for row in rows if row.id in runs]
    scores = [run.score for _, run in newest if run.score is not None]
    return Table(
        id="scores",
        title=Text("最近一次检查的得分", "Scores of the newest runs"),
        reading=Text(
            f"{len(newest)} 个数据目录有检查结果，最低得分 {min(scores, default='–')}。",
            f"{len(newest)} datasets have a run; the lowest score is {min(scores, default='–')}.",
        ),
        headings=(
            Heading(Text("代码", "Code")),
            Heading(Text("名称", "Title")),
            Heading(Text("部门", "Department")),
            Heading(Text("得分", "Score"), number=True),
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
                material.names.get(row.department) or row.department,
                "–" if run.score is None else run.score,
                "–" if run.grade is None else run.grade,
                f"{run.coverage_executed} / {run.coverage_declared}",
                run.rows,
                run.failing_rows,
                material.moment(run.ran_at),
            )
            for row, run in newest
        ),
    )


def _failing(rows: Sequence[Row], runs: Mapping[str, list[CheckReport]]) -> Table:
    failing = [
        (row.id, result)
        for row in rows
        if row.id in runs
        for result in runs[row.id][-1].results
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
            Heading(Text("数据目录", "Dataset")),
            Heading(Text("检查", "Check")),
            Heading(Text("结果", "Outcome")),
            Heading(Text("问题数", "Failing"), number=True),
            Heading(Text("检查数", "Evaluated"), number=True),
        ),
        rows=tuple(
            (code, one.spec.id, _OUTCOMES[one.outcome], one.n_failed, one.n_evaluated)
            for code, one in failing
        ),
    )


def _course(
    material: Material, rows: Sequence[Row], runs: Mapping[str, list[CheckReport]]
) -> Table:
    return Table(
        id="course",
        title=Text("得分的变化", "Course of the scores"),
        reading=Text("首次与最近一次检查的得分。", "The score of the first run and of the newest."),
        headings=(
            Heading(Text("数据目录", "Dataset")),
            Heading(Text("检查次数", "Runs"), number=True),
            Heading(Text("首次", "First")),
            Heading(Text("得分", "Score"), number=True),
            Heading(Text("最近", "Newest")),
            Heading(Text("得分", "Score"), number=True),
        ),
        rows=tuple(
            (
                row.id,
                len(own),
                material.moment(own[0].ran_at),
                "–" if own[0].score is None else own[0].score,
                material.moment(own[-1].ran_at),
                "–" if own[-1].score is None else own[-1].score,
            )
            for row in rows
            if (own := runs.get(row.id))
        ),
    )


KIND = Kind(name="quality", title=Text("数据质量报告", "Report on data quality"), build=_build)
