"""The report of Art. 38: how departments provide and use data, and what they may have to correct."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from bureau.report_liability import evidence, liability
from bureau.report_lights import lights, rates_of
from bureau.report_material import Content, Kind, Material
from bureau.report_tasks import findings, signs, tasks
from bureau.subject_titles import ref_in, titles_of
from bureau.supervising import Supervisions
from core.errors import InvalidInput
from core.period import Period
from reports.compose import rate_cards
from reports.model import Cell, Heading, Members, Method, Row, Standing, Table, Tally, Text
from sharing.supervision.model import (
    TITLES,
    Figure,
    Happenings,
    Item,
    Scores,
    Supervision,
    Timeliness,
    parts_of,
)

_BASIS = Text("政务数据共享条例第三十八条", "Decree 809 Art. 38")
_HEADLINES = ("replies", "deliveries", "corrections", "scores", "used")
_FULL = 100
_MET = {"on_time", "met", "items"}
_NO_BASE = {"open", "early", "fell_away"}
_PARTS: dict[str, Text] = {
    "late": Text("逾期（含未办结）", "late, done or not"),
    "open": Text("未到期", "not due yet"),
    "early": Text("已办结，未到期", "answered, due later"),
    "fell_away": Text("已不需办理", "fell away"),
    "unknown": Text("平台故障，情况不明", "unknown: the platform failed"),
    "unscored": Text("未能评分", "could not be scored"),
}
_TABLES: tuple[tuple[str, Text, Text, tuple[str, ...]], ...] = (
    (
        "timeliness",
        Text("提供部门：及时性", "Providing: timeliness"),
        Text(
            "统计期内到期的事项；未办结且已到期的计为逾期，留在分母中。",
            "What was due in the period; what is open past its day is late and stays in the base.",
        ),
        ("replies", "deliveries", "returns", "catalogue_updates", "corrections"),
    ),
    (
        "quality",
        Text("提供部门：质量", "Providing: quality"),
        Text(
            "质量得分为各次有得分的交付（含被拒收的）得分之和除以满分之和，即平均分。",
            "The quality score is the mean of all deliveries that have a score, refused ones too.",
        ),
        ("published", "checks", "scores", "upheld"),
    ),
    (
        "use",
        Text("使用部门：应用与安全", "Using: application and security"),
        Text(
            "超范围尝试与安全情况只计条数，没有分母。",
            "Attempts beyond scope and security findings are counted and have no base.",
        ),
        ("used", "records", "disposals", "rectifications", "beyond_scope", "security"),
    ),
)


def _build(material: Material) -> Content:
    query = material.query
    if query.division or query.theme:
        raise InvalidInput(
            "the report 'supervision' is of the whole city or of one department",
            hint="name a department, or leave --division and --theme out",
        )
    first = material.begins()
    period = Period(first, query.as_of, query.period or f"{first}..{query.as_of}")
    found = Supervisions(material.workspace, None).show(
        period, department=query.department, as_of=query.as_of, before=material.until
    )
    members = dict(_members(material, found))
    events, of_events = liability(material, found.liability)
    gaming = findings(material, period)
    rates = rates_of(material)
    return Content(
        blocks=(
            rate_cards([members[name] for name in _HEADLINES], {}),
            *_tables(material, found, members),
            *of_events,
            tasks(material),
            *lights(material, rates),
            signs(gaming),
        ),
        members=(*members.values(), events, gaming, *rates.values()),
    )


def member_id(figure: str) -> str:
    """By what the rows of a figure are named in the report."""
    return f"SUP-{list(TITLES).index(figure) + 1}"


def _members(material: Material, found: Supervision) -> Iterator[tuple[str, Members]]:
    """The things behind each figure, of all departments."""
    figures = [
        (one.department, name, figure)
        for one in found.departments
        for name, figure in one.figures()
    ]
    subjects = {item.subject for _, _, figure in figures for _, item in parts_of(figure)}
    titles = titles_of(material.unit, subjects, material.until)
    for name, (zh, en) in TITLES.items():
        mine = [(department, figure) for department, called, figure in figures if called == name]
        rows = [row for whose, figure in mine for row in _rows(whose, figure, titles)]
        yield (
            name,
            Members(
                id=member_id(name),
                title=Text(zh, en),
                method=_method(name, mine[0][1] if mine else Happenings()),
                codes=_PARTS,
                mean=name == "scores",
                rows=sorted(rows, key=lambda row: (row.department, row.id, row.evidence.en)),
            ),
        )


def _rows(department: str, figure: Figure, titles: Mapping[str, str]) -> Iterator[Row]:
    def row(
        item: Item, standing: Standing, code: str = "", parts: tuple[int, int] | None = None
    ) -> Row:
        about = ref_in(item.subject), titles[item.subject], department
        return Row(*about, standing, code, _said(item, parts), parts)

    if isinstance(figure, Scores):
        yield from (row(one, Standing.IN, parts=(score, _FULL)) for one, score in figure.known)
        yield from (row(one, Standing.EXCLUDED, "unscored") for one in figure.unknown)
        return
    for part, item in parts_of(figure):
        if part in _MET:
            yield row(item, Standing.IN)
        elif part in _NO_BASE:
            yield row(item, Standing.EXCLUDED, part)
        else:
            yield row(item, Standing.OUT, "" if part == "unmet" else part)


def _said(item: Item, scored: tuple[int, int] | None) -> Text:
    zh, en = f"{item.day}，{item.note_zh}", f"{item.day}, {item.note}"
    if scored:
        zh, en = f"{zh}，{scored[0]} 分", f"{en}, score {scored[0]}"
    return evidence(item.entries, zh, en)


def _method(name: str, figure: Figure) -> Method:
    zh, en = TITLES[name]
    if isinstance(figure, Timeliness):
        base = Text("统计期内到期的事项，无论是否办结", "what was due in the period, done or not")
        out = Text("未到期的、已不需办理的", "what is not due yet, and what fell away")
    elif isinstance(figure, Scores):
        base = Text("满分：每次有得分的交付 100 分", "100 for each delivery that has a score")
        out = Text("未能评分的交付", "deliveries that could not be scored")
    elif isinstance(figure, Happenings):
        base, out = Text("无分母，只计条数", "none: they are counted"), Text("无", "none")
    else:
        base = Text("统计期内的同类事项，含情况不明的", "the same in the period, unknown ones too")
        out = Text("无", "none")
    return Method(
        name=f"{member_id(name)} v1",
        numerator=Text(zh, en),
        denominator=base,
        exclusions=out,
        basis=_BASIS,
    )


def _tables(
    material: Material, found: Supervision, members: Mapping[str, Members]
) -> Iterator[Table]:
    """A line for each department, a column for each figure."""
    tallies = {name: rows.tally() for name, rows in members.items()}
    for block, title, reading, names in _TABLES:
        said = _quiet(found, names)
        yield Table(
            id=block,
            title=title,
            reading=Text(f"{reading.zh}{said.zh}", f"{reading.en} {said.en}"),
            headings=(
                Heading(Text("部门", "Department")),
                *(Heading(Text(*TITLES[name]), number=True) for name in names),
            ),
            rows=tuple(
                (
                    material.name(one.department),
                    *(_cell(name, tallies[name], one.department) for name in names),
                )
                for one in found.departments
            ),
        )


def _quiet(found: Supervision, names: Collection[str]) -> Text:
    """How many departments have nothing in any of these figures."""
    everybody = len(found.departments)
    quiet = sum(
        all(figure == type(figure)() for name, figure in one.figures() if name in names)
        for one in found.departments
    )
    return Text(
        f"共 {everybody} 个部门，其中 {quiet} 个统计期内没有本表事项；分母为零的不适用，不是 100 %。",
        f"{everybody} {'department' if everybody == 1 else 'departments'}, {quiet} of which had"
        " nothing of this table in the period; a base of zero is n/a, and not 100 %.",
    )


def _cell(name: str, tally: Tally, department: str) -> Cell:
    figure = tally.figure(department)
    return replace(figure, base=None) if name in _COUNTED else figure


_COUNTED = {"beyond_scope", "security"}
"""The figures that have no base."""


KIND = Kind(
    name="supervision",
    title=Text("政务数据共享监督报告", "Report of supervision (Art. 38)"),
    build=_build,
)
