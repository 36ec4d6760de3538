"""`bureau supervision`: how departments provide and use data, for the report of Art. 38."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands._context import opened
from commands._group import ReadCommand, new_group
from commands._options import AsOf, PeriodWord, day
from commands._page import Column, Page, Table, listing
from commands._plain import plain
from commands._render import emit
from commands._talk import hint
from core.errors import InvalidInput
from core.period import parse_period
from sharing.liability.model import TITLES as EVENTS
from sharing.supervision.gaming import TITLES as SIGNS
from sharing.supervision.model import (
    TITLES,
    DepartmentFacts,
    Figure,
    Happenings,
    Item,
    Scores,
    Supervision,
    Timeliness,
    parts_of,
    percent,
)
from sharing.supervision.tasks import SORTS

if TYPE_CHECKING:
    from bureau import Bureau

app = new_group("How departments provide and use data, period by period 监督.")

Row = tuple[str, str, Figure]

Only = Annotated[str, typer.Option("--department", metavar="CODE", help="Only this department.")]


def _rate(figure: Figure) -> str:
    if isinstance(figure, Happenings):
        return ""
    if isinstance(figure, Scores):
        return "n/a" if figure.mean is None else f"{float(figure.mean):.1f}"
    return percent(figure) or "n/a"


def _beside(figure: Figure) -> str:
    """What stands beside n of N, so that nothing is lost in it."""
    counts: dict[str, int] = {}
    if isinstance(figure, Timeliness):
        counts = {
            "late 逾期": len(figure.late),
            "open 未到期": len(figure.open),
            "answered, due later 已办结未到期": len(figure.early),
            "fell away 已无须办理": len(figure.fell_away),
        }
    elif isinstance(figure, Happenings):
        counts = {"times 次": figure.times if figure.times > figure.n else 0}
    else:
        counts = {"unknown 未知": len(figure.unknown)}
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)


def _count(figure: Figure) -> str:
    return str(figure.n) if isinstance(figure, Happenings) else f"{figure.n}/{figure.base}"


FIGURES = [
    Column("department", "department 部门", lambda row: row[0]),
    Column("figure", "figure 项目", lambda row: row[1]),
    Column("title_zh", "名称", lambda row: TITLES[row[1]][0]),
    Column("title_en", "what", lambda row: TITLES[row[1]][1]),
    Column("count", "n/N", lambda row: _count(row[2]), right=True),
    Column("rate", "% or mean", lambda row: _rate(row[2]), right=True),
    Column("beside", "besides 其中", lambda row: _beside(row[2])),
]
ITEMS = [
    Column("department", "department 部门", lambda row: row[0]),
    Column("part", "part 类别", lambda row: row[1]),
    Column("subject", "about 事项", lambda row: row[2].subject),
    Column("day", "day 日期", lambda row: row[2].day),
    Column("note_zh", "说明", lambda row: row[2].note_zh),
    Column("note", "note", lambda row: row[2].note),
    Column("entries", "entries 账本条目", lambda row: row[2].entries),
]
SCORE = Column("score", "score 得分", lambda row: row[3], right=True)
CODES = [
    Column("code", "code 代码", lambda row: row["code"]),
    Column("title_zh", "责任情形", lambda row: row["title_zh"]),
    Column("title_en", "event", lambda row: row["title_en"]),
    Column("events", "events 事件", lambda row: row["events"], right=True),
]

FINDINGS = [
    Column("sign", "sign 迹象", lambda one: one.sign),
    Column("title_zh", "名称", lambda one: SIGNS[one.sign][0]),
    Column("title_en", "what", lambda one: SIGNS[one.sign][1]),
    Column("department", "department 部门", lambda one: one.department),
    Column("subject", "about 事项", lambda one: one.subject),
    Column("first", "from 起", lambda one: one.first),
    Column("last", "to 止", lambda one: one.last),
    Column("count", "count 数量", lambda one: one.count, right=True),
    Column("because_zh", "事实", lambda one: one.because_zh),
    Column("because", "because", lambda one: one.because),
    Column("entries", "entries 账本条目", lambda one: one.entries),
]
TASKS = [
    Column("whose", "whose 部门", lambda line: line.whose),
    Column("sort", "sort 类别", lambda line: line.sort),
    Column("sort_zh", "状态", lambda line: SORTS[line.sort][0]),
    Column("count", "count 数量", lambda line: line.count, right=True),
    Column("title_zh", "事项", lambda line: line.title_zh),
    Column("title_en", "what", lambda line: line.title_en),
    Column("first_due", "first due 最早到期", lambda line: line.first_due),
    Column("look", "look 查看", lambda line: line.look),
]


@app.command(cls=ReadCommand)
def show(ctx: typer.Context, period: PeriodWord, department: Only = "", as_of: AsOf = None) -> None:
    """Show the facts of a period by department, with n of N, and its liability events 监督情况."""
    with opened(ctx) as bureau:
        found = _supervision(bureau, period, department, as_of)
        today = bureau.today()
    rows = [
        (facts.department, name, figure)
        for facts in found.departments
        for name, figure in facts.figures()
        if figure != type(figure)()
    ]
    codes = _codes(found)
    tables = [
        Table(columns=FIGURES, rows=rows),
        Table(columns=CODES, rows=codes, title="Liability events 责任情形"),
    ]
    data = {
        "period": found.period,
        "as_of": found.as_of,
        "entries": found.entries,
        "departments": [_json(facts) for facts in found.departments],
        "liability": codes,
    }
    known = f"when {found.as_of} ended" if found.as_of < today else f"so far on {today}"
    told = (
        f"{found.period.first} to {found.period.last}, as known {known},"
        f" out of {found.entries} ledger entries"
    )
    emit(ctx, Page(data=data, tables=tables, notes=[told], empty="nothing is known of that period"))
    if rows:
        hint(ctx, f"bureau supervision rows {rows[0][1]} --period {found.period.name}")


@app.command(cls=ReadCommand)
def rows(
    ctx: typer.Context,
    figure: Annotated[
        str,
        typer.Argument(
            metavar="FIGURE",
            help="The name of a figure, as in `bureau supervision show`.",
            autocompletion=lambda: list(TITLES),
        ),
    ],
    period: PeriodWord,
    department: Only = "",
    as_of: AsOf = None,
) -> None:
    """List what is behind a figure: each request, delivery or grant with its ledger entries."""
    if figure not in TITLES:
        raise InvalidInput(
            f"there is no figure '{figure}'", hint=f"name one of: {', '.join(TITLES)}"
        )
    with opened(ctx) as bureau:
        found = _supervision(bureau, period, department, as_of)
    behind = [
        (facts.department, part, item, _scores(one).get(item))
        for facts in found.departments
        for name, one in facts.figures()
        if name == figure
        for part, item in parts_of(one)
    ]
    data = [
        {"department": facts.department, **item}
        for facts in found.departments
        for name, one in facts.figures()
        if name == figure
        for item in _items(one)
    ]
    columns = [*ITEMS, SCORE] if figure == "scores" else ITEMS
    page = listing(behind, columns, empty=f"nothing is behind {figure} in that period")
    emit(ctx, Page(data=data, tables=page.tables, empty=page.empty))


@app.command(cls=ReadCommand)
def findings(
    ctx: typer.Context, period: PeriodWord, department: Only = "", as_of: AsOf = None
) -> None:
    """List what makes figures look better than the sharing is 异常迹象, with its evidence."""
    with opened(ctx) as bureau:
        found = bureau.supervision.findings(
            parse_period(period), department=department, as_of=day(as_of)
        )
    emit(ctx, listing(found, FINDINGS, empty="nothing stands out in that period"))


@app.command(cls=ReadCommand)
def tasks(
    ctx: typer.Context,
    department: Only = "",
    only: Annotated[
        str,
        typer.Option(metavar="NAME", help="Each thing of the matter of that name 逐项列出."),
    ] = "",
    as_of: AsOf = None,
) -> None:
    """List what each department has to see to 部门任务, with counts and where to look."""
    with opened(ctx) as bureau:
        lines = bureau.supervision.tasks(department=department, only=only, as_of=day(as_of))
        today = bureau.today()
    data = [
        plain(line)
        | {"count": line.count, "own": line.sort.own}
        | dict(zip(("sort_zh", "sort_en"), SORTS[line.sort], strict=True))
        for line in lines
    ]
    table = Table(columns=TASKS, rows=lines)
    own = sum(line.count for line in lines if line.sort.own)
    unknown = sum(line.count for line in lines if not line.sort.own)
    notes = [f"to see to 待处理 {own}; unknown for the platform's sake 平台原因未知 {unknown}"]
    if as_of is not None and as_of.date() < today:
        notes.append(
            f"as known when {as_of.date()} ended, without what waits without a day: that is known"
            " for the present alone 无期限的等待事项只有当前状态，未列入"
        )
    page = Page(data=data, tables=[table], notes=notes, empty="there is nothing to see to")
    emit(ctx, page)


def _supervision(bureau: Bureau, period: str, department: str, as_of: Any) -> Supervision:
    return bureau.supervision.show(parse_period(period), department=department, as_of=day(as_of))


def _codes(found: Supervision) -> list[dict[str, Any]]:
    """The events of the period by their codes."""
    return [
        {
            "code": code,
            "title_zh": zh,
            "title_en": en,
            "events": len(listed),
            "entries": sorted({index for event in listed for index in event.entries}),
        }
        for code, (zh, en) in EVENTS.items()
        if (listed := [event for event in found.liability if event.code is code])
    ]


def _json(facts: DepartmentFacts) -> dict[str, Any]:
    return {"department": facts.department, "figures": dict(_figures(facts))}


def _figures(facts: DepartmentFacts) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, figure in facts.figures():
        base = None if isinstance(figure, Happenings) else figure.base
        mean = figure.mean if isinstance(figure, Scores) else None
        share = None if isinstance(figure, Happenings | Scores) else percent(figure)
        told: dict[str, Any] = {
            "n": figure.n,
            "base": base,
            "percent": share,
            "items": _items(figure),
        }
        if isinstance(figure, Scores):
            told["mean"] = None if mean is None else f"{float(mean):.1f}"
        yield name, told


def _items(figure: Figure) -> list[dict[str, Any]]:
    scores = _scores(figure)
    items = [({"part": part, **plain(item)}, item) for part, item in parts_of(figure)]
    if not isinstance(figure, Scores):
        return [told for told, _ in items]
    return [told | {"score": scores.get(item)} for told, item in items]


def _scores(figure: Figure) -> dict[Item, int]:
    return dict(figure.known) if isinstance(figure, Scores) else {}
