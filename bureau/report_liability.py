"""Liability events (Art. 39 to 41) in reports: their rows, how many of each code, and each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bureau.report_material import Material
from bureau.subject_titles import ref_in, titles_of
from reports.model import Block, Heading, Members, Method, Notes, Row, Standing, Table, Text
from sharing.liability.model import NOT_DERIVED, LiabilityEvent
from sharing.liability.model import TITLES as CODES

ID = "LIA-1"
_TITLE = Text("责任情形（第三十九至四十一条）", "Liability events (Art. 39 to 41)")


def liability(material: Material, events: Sequence[LiabilityEvent]) -> tuple[Members, list[Block]]:
    """The events as rows, and the blocks that show them."""
    members = _members(material, events)
    return members, [_codes(events, members), _events(material, events), _unseen()]


def evidence(entries: Sequence[int], zh: str, en: str) -> Text:
    """What was found, with the entries of the ledger that say so."""
    if not entries:
        return Text(zh, en)
    listed = ", ".join(map(str, entries))
    word = "entries" if len(entries) > 1 else "entry"
    return Text(f"{zh}（账本第 {listed} 条）", f"{en} (ledger {word} {listed})")


def _members(material: Material, events: Sequence[LiabilityEvent]) -> Members:
    titles = titles_of(material.unit, {event.subject for event in events}, material.until)
    rows = [
        Row(
            ref_in(event.subject),
            titles[event.subject],
            event.department,
            Standing.IN,
            event.code.value,
            evidence(
                event.entries,
                f"{event.day}：{event.because_zh}",
                f"{event.day}: {event.because}",
            ),
        )
        for event in events
    ]
    return Members(
        id=ID,
        title=Text("责任情形", "Liability events"),
        method=Method(
            name=f"{ID} v1",
            numerator=Text("由账本推得的责任情形", "events that follow from the ledger"),
            denominator=Text("同上", "the same"),
            exclusions=Text("无", "none"),
            basis=Text("政务数据共享条例第三十九至四十一条", "Decree 809 Art. 39 to 41"),
        ),
        codes={code.value: Text(*words) for code, words in CODES.items()},
        rows=sorted(rows, key=lambda row: (row.department, row.id, row.evidence.en)),
    )


def _codes(events: Sequence[LiabilityEvent], members: Members) -> Table:
    """How many of each code, in the order of the law's own list."""
    tally = members.tally()
    found = sorted({event.code for event in events}, key=list(CODES).index)
    return Table(
        id="liability-codes",
        title=_TITLE,
        reading=Text(
            f"共 {len(events)} 项；这是事实所示，不是责任认定。",
            f"{len(events)} in all; this is what the facts say, and no finding of guilt.",
        ),
        headings=(
            Heading(Text("代码", "Code")),
            Heading(Text("情形", "What it is")),
            Heading(Text("条款", "Article"), number=True),
            Heading(Text("项数", "Events"), number=True),
        ),
        rows=tuple(
            (
                code.value,
                Text(*CODES[code]),
                int(code.article),
                replace(tally.figure(stages=(code.value,)), base=None),
            )
            for code in found
        ),
    )


def _events(material: Material, events: Sequence[LiabilityEvent]) -> Table:
    return Table(
        id="liability",
        title=Text("责任情形逐项", "Each liability event"),
        reading=Text("“未改正”指至今仍在持续。", "“open” means that it still goes on."),
        headings=(
            Heading(Text("代码", "Code")),
            Heading(Text("部门", "Department")),
            Heading(Text("日期", "Day")),
            Heading(Text("对象", "Subject")),
            Heading(Text("事实", "Because")),
            Heading(Text("账本条目", "Ledger entries")),
            Heading(Text("状态", "State")),
        ),
        rows=tuple(
            (
                event.code.value,
                material.name(event.department),
                event.day.isoformat(),
                ref_in(event.subject),
                Text(event.because_zh, event.because),
                ", ".join(map(str, event.entries)) or "–",
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
