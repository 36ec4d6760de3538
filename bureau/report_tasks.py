"""Blocks of reports for what departments have to see to, and for what looks better than it is."""

from __future__ import annotations

from dataclasses import replace

from bureau.department_tasks import known_tasks
from bureau.report_liability import evidence
from bureau.report_material import Material
from bureau.subject_titles import ref_in, titles_of
from bureau.supervising import Supervisions
from core.actor import Role
from core.period import Period
from reports.model import Cell, Heading, Members, Method, Row, Standing, Table, Text
from sharing.supervision.gaming import TITLES as SIGNS
from sharing.supervision.tasks import SORTS, TaskLine

ID = "SIG-1"


def tasks(material: Material) -> Table:
    """A line for each kind of thing that a department has to see to, as it was at the moment."""
    query = material.query
    found = known_tasks(
        material.workspace,
        department=query.department,
        as_of=query.as_of,
        before=material.until,
    )
    own = sum(line.count for line in found if line.sort.own)
    unknown = sum(line.count for line in found if not line.sort.own)
    return Table(
        id="tasks",
        title=Text("各部门待办", "What departments have to see to"),
        reading=Text(
            f"待处理 {own} 项；平台原因未知 {unknown} 项，不计入部门。"
            "没有法定期限的等待事项（如审核、会签）只有当前状态，不在此表。",
            f"{own} to see to; {unknown} unknown, for the platform failed, which is no fault of a"
            " department. What waits without a day, such as an endorsement, is known for the present"
            " alone and is not in it.",
        ),
        headings=(
            Heading(Text("部门", "Department")),
            Heading(Text("状态", "State")),
            Heading(Text("数量", "Count"), number=True),
            Heading(Text("事项", "What")),
            Heading(Text("最早到期", "First due")),
            Heading(Text("查看命令", "Where to look")),
        ),
        rows=tuple(_task(material, line) for line in found),
    )


_AUTHORITY = Text("数据主管部门", "the data authority")


def _task(material: Material, line: TaskLine) -> tuple[Cell, ...]:
    whose = _AUTHORITY if line.whose == Role.AUTHORITY.value else material.name(line.whose)
    due = line.first_due.isoformat() if line.first_due else "–"
    what = Text(line.title_zh, line.title_en)
    return whose, Text(*SORTS[line.sort]), line.count, what, due, line.look


def findings(material: Material, period: Period) -> Members:
    """The gaming findings of a period, each with its evidence."""
    query = material.query
    found = Supervisions(material.workspace, None).findings(
        period, department=query.department, as_of=query.as_of, before=material.until
    )
    titles = titles_of(material.unit, {one.subject for one in found}, material.until)
    return Members(
        id=ID,
        title=Text("异常迹象", "What looks better than it is"),
        method=Method(
            name=f"{ID} v1",
            numerator=Text("使指标好于实际共享的迹象", "what makes figures look better"),
            denominator=Text("同上", "the same"),
            exclusions=Text("无；指标不因此改动", "none; no figure is changed by it"),
            basis=Text("建议口径", "proposed"),
        ),
        codes={sign.value: Text(*words) for sign, words in SIGNS.items()},
        rows=[
            Row(
                ref_in(one.subject),
                titles[one.subject],
                one.department,
                Standing.IN,
                one.sign.value,
                evidence(
                    one.entries,
                    f"{one.first} 至 {one.last}：{one.because_zh}",
                    f"{one.first} to {one.last}: {one.because}",
                ),
            )
            for one in sorted(found, key=lambda one: (one.department, one.subject, one.first))
        ],
    )


def signs(members: Members) -> Table:
    """How many findings there are of each sign, also of those of which there is none."""
    tally = members.tally()
    return Table(
        id="signs",
        title=members.title,
        reading=Text(
            f"共 {len(members.rows)} 条。每条都可能有正当理由，由人判断；指标保持原样。",
            f"{len(members.rows)} in all. Each may have a good reason, which a person judges;"
            " the figures stay as they are.",
        ),
        headings=(
            Heading(Text("迹象", "Sign")),
            Heading(Text("条数", "Findings"), number=True),
        ),
        rows=tuple(
            (words, replace(tally.figure(stages=(code,)), base=None))
            for code, words in members.codes.items()
        ),
    )
