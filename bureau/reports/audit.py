"""The report for auditors: what the ledger holds up to the moment, whether it proves itself, and
what departments may be liable for by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bureau import auditing
from bureau.liability import Liability
from bureau.report_liability import liability
from bureau.report_material import Content, Kind, Material
from bureau.subject_titles import titles_of
from core.clock import to_micros
from core.errors import InvalidInput
from reports.model import (
    Card,
    Cards,
    Figure,
    Heading,
    Members,
    Method,
    Notes,
    Row,
    Standing,
    Table,
    Text,
)
from sharing.ledger.entry import EntryBody, decode
from sharing.ledger.titles import fault_zh, kind_title, rule_titles

DENIED = (".denied", ".rejected")
"""How the kinds of entries end that tell of what somebody was not given."""


@dataclass
class _Held:
    """What the entries up to a moment come down to."""

    kinds: dict[str, list[datetime]] = field(default_factory=dict)
    departments: Counter[str] = field(default_factory=Counter)
    denials: list[EntryBody] = field(default_factory=list)
    unreadable: int = 0

    def take(self, body: bytes, department: str) -> None:
        try:
            said = decode(body)
        except InvalidInput:
            self.unreadable += 1
            return
        if department not in {"", said.department}:
            return
        self.kinds.setdefault(said.kind, []).append(said.recorded_at)
        self.departments[said.department] += 1
        if said.kind.endswith(DENIED):
            self.denials.append(said)


def _build(material: Material) -> Content:
    held = _Held()
    end = to_micros(material.until)
    for row in material.unit.ledger.stored():
        if row.recorded_at is None or row.recorded_at < end:
            held.take(row.body or b"", material.query.department)
    denials = _denials(material, held.denials)
    found = Liability(material.workspace, None).report(
        department=material.query.department,
        as_of=material.query.as_of,
        before=material.until,
    )
    events, of_events = liability(material, found.events)
    return Content(
        blocks=(
            _cards(held, denials, events),
            _proof(material, held),
            _kinds(material, held),
            _departments(material, held),
            *of_events,
        ),
        members=(denials, events),
    )


def _cards(held: _Held, denials: Members, events: Members) -> Cards:
    entries = sum(len(moments) for moments in held.kinds.values())
    return Cards(
        id="headlines",
        title=Text("账本概况", "The ledger in short"),
        reading=Text("截至该时刻的全部条目。", "All entries up to the moment."),
        cards=(
            Card(
                title=Text("账本条目", "Ledger entries"),
                figure=Figure(n=entries),
                reading=Text(f"{len(held.kinds)} 类", f"of {len(held.kinds)} kinds"),
            ),
            *(
                Card(
                    title=listed.title,
                    figure=Figure(n=len(listed.rows), rows=listed.id),
                    reading=Text("逐条列于明细。", "Each is listed below."),
                )
                for listed in (denials, events)
            ),
        ),
    )


def _proof(material: Material, held: _Held) -> Notes:
    faults = auditing.check(material.workspace).faults
    if not faults and not held.unreadable:
        said = Text(
            "账本自证无误：各条目与哈希、各表与条目相符。",
            "The ledger proves itself: entries agree with their hashes, and tables with entries.",
        )
        return Notes(id="proof", title=_PROOF, reading=said, paragraphs=())
    return Notes(
        id="proof",
        title=_PROOF,
        reading=Text(f"发现 {len(faults)} 处问题。", f"{len(faults)} faults were found."),
        paragraphs=tuple(Text(fault_zh(fault), fault.message) for fault in faults),
    )


_PROOF = Text("账本核验", "Verification of the ledger")


def _kinds(material: Material, held: _Held) -> Table:
    rows = sorted(held.kinds.items(), key=lambda item: (-len(item[1]), item[0]))
    return Table(
        id="kinds",
        title=Text("各类条目", "Entries by kind"),
        reading=Text(f"共 {len(rows)} 类条目。", f"{len(rows)} kinds of entries."),
        headings=(
            Heading(Text("类别", "Kind")),
            Heading(Text("代码", "Code")),
            Heading(Text("条数", "Entries"), number=True),
            Heading(Text("首条", "First")),
            Heading(Text("末条", "Last")),
        ),
        rows=tuple(
            (
                Text(*kind_title(kind)),
                kind,
                len(moments),
                material.moment(moments[0]),
                material.moment(moments[-1]),
            )
            for kind, moments in rows
        ),
    )


_FOUNDER = Text("尚无部门（建库时）", "none yet (as the registry was founded)")


def _departments(material: Material, held: _Held) -> Table:
    rows = sorted(held.departments.items(), key=lambda item: (-item[1], item[0]))
    return Table(
        id="departments",
        title=Text("各部门经办的条目", "Entries by the department that acted"),
        reading=Text(f"共 {len(rows)} 个部门。", f"{len(rows)} departments."),
        headings=(
            Heading(Text("部门", "Department")),
            Heading(Text("条数", "Entries"), number=True),
        ),
        rows=tuple((material.name(code) if code else _FOUNDER, n) for code, n in rows),
    )


def _denials(material: Material, entries: Sequence[EntryBody]) -> Members:
    titles = titles_of(material.unit, {entry.subject for entry in entries}, material.until)
    return Members(
        id="DEN-1",
        title=Text("被拒绝的访问与行为", "Denied reads and acts"),
        method=Method(
            name="DEN-1 v1",
            numerator=Text("账本中记为拒绝的条目", "ledger entries that record a denial"),
            denominator=Text("同上", "the same"),
            exclusions=Text("无", "none"),
            basis=Text("审计账本", "the ledger"),
        ),
        codes={},
        rows=sorted(
            (
                Row(
                    str(entry.index),
                    titles[entry.subject] or entry.subject,
                    entry.department,
                    Standing.IN,
                    "",
                    _denied(material, entry),
                )
                for entry in entries
            ),
            key=lambda row: (row.department, int(row.id)),
        ),
    )


def _denied(material: Material, entry: EntryBody) -> Text:
    """What was denied when, and by which rules."""
    zh, en = kind_title(entry.kind)
    told = entry.facts.get("rules") or entry.facts.get("rule") or []
    rules = rule_titles(map(str, told if isinstance(told, list) else [told]))
    at = material.moment(entry.recorded_at)
    return Text(
        "，".join(filter(None, (f"{at} {zh}", rules[0]))),
        ", ".join(filter(None, (f"{at} {en}", rules[1]))),
    )


KIND = Kind(name="audit", title=Text("审计报告", "Report for auditors"), build=_build)
