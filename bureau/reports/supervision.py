"""The report of Art. 38: how departments provide and use data, and what they may have to correct."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace

from bureau.report_material import Content, Kind, Material
from bureau.supervising import Supervisions
from core.errors import InvalidInput
from core.period import Period
from reports.compose import rate_cards
from reports.model import Cell, Figure, Heading, Members, Method, Notes, Row, Standing, Table, Text
from sharing.liability.model import NOT_DERIVED, LiabilityEvent
from sharing.liability.model import TITLES as CODES
from sharing.supervision.model import (
    TITLES,
    Happenings,
    ProviderFacts,
    RequesterFacts,
    Scores,
    Supervision,
    parts_of,
)

_BASIS = Text("政务数据共享条例第三十八条", "Decree 809 Art. 38")
_HEADLINES = ("replies", "deliveries", "corrections", "used")
_MET = {"on_time", "met", "known", "items"}
_NO_BASE = {"open", "fell_away"}
_PARTS: dict[str, Text] = {
    "late": Text("逾期（含未办结）", "late, done or not"),
    "open": Text("未到期", "not due yet"),
    "fell_away": Text("已不需办理", "fell away"),
    "unmet": Text("未达成", "not so"),
    "unknown": Text("平台故障，情况不明", "unknown: the platform failed"),
}


def _build(material: Material) -> Content:
    query = material.query
    if query.division or query.theme:
        raise InvalidInput(
            "the report 'supervision' is of the whole city or of one department",
            hint="name a department, or leave --division and --theme out",
        )
    first = material.begins()
    period = Period(first, query.as_of, query.period or f"{first}..{query.as_of}")
    found = Supervisions(material.workspace, None).show(period, department=query.department)
    members = {name: _members(name, found) for name in TITLES}
    liability = _liability_members(found.liability)
    return Content(
        blocks=(
            rate_cards([members[name] for name in _HEADLINES], {}),
            _table(material, found, members, ProviderFacts, "provide", _PROVIDE),
            _table(material, found, members, RequesterFacts, "use", _USE),
            _scores(material, found),
            _codes(found.liability, liability),
            _events(material, found.liability),
            _unseen(),
        ),
        members=(*members.values(), liability),
    )


_PROVIDE = (
    Text("提供部门：及时性与质量", "Providing: timeliness and quality"),
    Text(
        "未办结且已到期的计为逾期，留在分母中；分母为零的不适用。",
        "What is open past its day is late and stays in the base; a base of zero is n/a.",
    ),
)
_USE = (
    Text("使用部门：应用与安全", "Using: application and security"),
    Text(
        "超范围尝试与安全情况只计条数，没有分母。",
        "Attempts beyond scope and security findings are counted and have no base.",
    ),
)


def _members(name: str, found: Supervision) -> Members:
    """The things behind one figure, of all departments."""
    zh, en = TITLES[name]
    rows = [
        Row(
            item.subject,
            item.note,
            facts.department,
            _standing(part),
            "" if part in _MET else part,
            Text.same(f"{item.day}{_entries(item.entries)}"),
        )
        for facts in found.departments
        for called, figure in facts.figures()
        if called == name
        for part, item in parts_of(figure)
    ]
    return Members(
        id=name,
        title=Text(zh, en),
        method=Method(
            name=f"{name} v1",
            numerator=Text(zh, en),
            denominator=Text(
                "统计期内到期或发生的同类事项", "the same that was due or happened in the period"
            ),
            exclusions=Text("未到期的、已不需办理的", "what is not due yet, and what fell away"),
            basis=_BASIS,
        ),
        codes=_PARTS,
        rows=sorted(rows, key=lambda row: (row.department, row.id, row.evidence.en)),
    )


def _standing(part: str) -> Standing:
    if part in _MET:
        return Standing.IN
    return Standing.EXCLUDED if part in _NO_BASE else Standing.OUT


def _entries(entries: Sequence[int]) -> str:
    return f", {', '.join(f'#{index}' for index in entries)}" if entries else ""


def _table(
    material: Material,
    found: Supervision,
    members: dict[str, Members],
    facts: type[ProviderFacts | RequesterFacts],
    block: str,
    words: tuple[Text, Text],
) -> Table:
    """A line for each department, a column for each figure."""
    names = [field.name for field in fields(facts) if field.name != "scores"]
    tallies = {name: members[name].tally() for name in names}
    counted = {
        name
        for one in found.departments
        for name, figure in one.figures()
        if isinstance(figure, Happenings)
    }

    def cells(department: str) -> Iterator[Cell]:
        for name in names:
            figure = tallies[name].figure(department)
            yield _without_base(figure) if name in counted else figure

    title, reading = words
    return Table(
        id=block,
        title=title,
        reading=reading,
        headings=(
            Heading(Text("部门", "Department")),
            *(Heading(Text(*TITLES[name]), number=True) for name in names),
        ),
        rows=tuple(
            (_name(material, one.department), *cells(one.department)) for one in found.departments
        ),
    )


def _without_base(figure: Figure) -> Figure:
    return replace(figure, base=None)


def _scores(material: Material, found: Supervision) -> Table:
    scored = [(one, one.as_provider.scores) for one in found.departments]
    return Table(
        id="mean-scores",
        title=Text("交付质量得分", "Quality scores of deliveries"),
        reading=Text(
            "部门内各次交付得分的平均值，0 至 100。",
            "The mean of the scores of a department's deliveries, 0 to 100.",
        ),
        headings=(
            Heading(Text("部门", "Department")),
            Heading(Text("平均分", "Mean"), number=True),
            Heading(Text("有得分的交付", "Scored"), number=True),
            Heading(Text("未能评分", "Not scored"), number=True),
        ),
        rows=tuple(
            (_name(material, one.department), _mean(scores), scores.n, len(scores.unknown))
            for one, scores in scored
            if scores.base
        ),
    )


def _mean(scores: Scores) -> str:
    return "–" if scores.mean is None else f"{float(scores.mean):.1f}"


def _liability_members(events: Sequence[LiabilityEvent]) -> Members:
    rows = [
        Row(
            event.subject,
            CODES[event.code][0],
            event.department,
            Standing.IN,
            event.code.value,
            Text.same(f"{event.day}{_entries(event.entries)}: {event.because}"),
        )
        for event in events
    ]
    return Members(
        id="LIABILITY",
        title=Text("责任情形", "Liability events"),
        method=Method(
            name="LIABILITY v1",
            numerator=Text("由账本推得的责任情形", "events that follow from the ledger"),
            denominator=Text("同上", "the same"),
            exclusions=Text("无", "none"),
            basis=Text("政务数据共享条例第三十九至四十一条", "Decree 809 Art. 39 to 41"),
        ),
        codes={code.value: Text(*words) for code, words in CODES.items()},
        rows=sorted(rows, key=lambda row: (row.department, row.id, row.evidence.en)),
    )


def _codes(events: Sequence[LiabilityEvent], members: Members) -> Table:
    """How many of each code; the law's own list, so that none is missed."""
    tally = members.tally()
    found = sorted({event.code for event in events}, key=list(CODES).index)
    return Table(
        id="liability-codes",
        title=Text("责任情形（第三十九至四十一条）", "Liability events (Art. 39 to 41)"),
        reading=Text(
            f"共 {len(events)} 项；这是事实所示，不是责任认定。",
            f"{len(events)} in all; this is what the facts say, and no finding of guilt.",
        ),
        headings=(
            Heading(Text("代码", "Code")),
            Heading(Text("情形", "What it is")),
            Heading(Text("项数", "Events"), number=True),
        ),
        rows=tuple(
            (code.value, Text(*CODES[code]), _without_base(tally.figure(stages=(code.value,))))
            for code in found
        ),
    )


def _events(material: Material, events: Sequence[LiabilityEvent]) -> Table:
    return Table(
        id="liability",
        title=Text("逐项列出", "Each of them"),
        reading=Text("“未改正”指至今仍在持续。", "“open” means that it still goes on."),
        headings=(
            Heading(Text("代码", "Code")),
            Heading(Text("部门", "Department")),
            Heading(Text("日期", "Day")),
            Heading(Text("对象", "Subject")),
            Heading(Text("账本条目", "Ledger entries")),
            Heading(Text("状态", "State")),
        ),
        rows=tuple(
            (
                event.code.value,
                _name(material, event.department),
                event.day.isoformat(),
                event.subject,
                ", ".join(f"#{index}" for index in event.entries) or "–",
                _STATES[event.open],
            )
            for event in events
        ),
    )


_STATES = {
    True: Text("未改正", "open"),
    False: Text("已改正", "mended"),
    None: Text("已发生", "happened"),
}


def _unseen() -> Notes:
    return Notes(
        id="not-derived",
        title=Text("本系统无从得知的情形", "What does not follow from what the program sees"),
        reading=Text(
            "下列情形不能由账本推得，不等于没有发生。",
            "These do not follow from the ledger, which does not mean that they did not happen.",
        ),
        paragraphs=tuple(
            Text(f"{code.value} {CODES[code][0]}：{zh}。", f"{code.value} {CODES[code][1]}: {en}.")
            for code, (zh, en) in NOT_DERIVED.items()
        ),
    )


def _name(material: Material, code: str) -> Text:
    return material.names.get(code) or Text(code or "未指明", code or "none named")


KIND = Kind(
    name="supervision",
    title=Text("政务数据共享监督报告", "Report of supervision (Art. 38)"),
    build=_build,
)
