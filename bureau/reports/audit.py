"""The report for auditors: what the ledger holds up to the moment, and whether it proves itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bureau import auditing
from bureau.report_material import Content, Kind, Material
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
    return Content(
        blocks=(
            _cards(held, denials),
            _proof(material, held),
            _kinds(material, held),
            _departments(material, held),
        ),
        members=(denials,),
    )


def _cards(held: _Held, denials: Members) -> Cards:
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
            Card(
                title=denials.title,
                figure=Figure(n=len(denials.rows), rows=denials.id),
                reading=Text("逐条列于明细。", "Each is listed below."),
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
        paragraphs=tuple(Text.same(fault.message) for fault in faults),
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
            Heading(Text("条数", "Entries"), number=True),
            Heading(Text("首条", "First")),
            Heading(Text("末条", "Last")),
        ),
        rows=tuple(
            (kind, len(moments), material.moment(moments[0]), material.moment(moments[-1]))
            for kind, moments in rows
        ),
    )


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
        rows=tuple((material.names.get(code) or code, n) for code, n in rows),
    )


def _denials(material: Material, entries: Sequence[EntryBody]) -> Members:
    return Members(
        id="DENIALS",
        title=Text("被拒绝的访问与行为", "Denied reads and acts"),
        method=Method(
            name="DENIALS v1",
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
                    f"{entry.kind} {entry.subject}",
                    entry.department,
                    Standing.IN,
                    "",
                    Text.same(f"{material.moment(entry.recorded_at)} {_rules(entry)}".strip()),
                )
                for entry in entries
            ),
            key=lambda row: (row.department, int(row.id)),
        ),
    )


def _rules(entry: EntryBody) -> str:
    told = entry.facts.get("rules") or entry.facts.get("rule") or entry.facts.get("reasons") or ""
    return ", ".join(map(str, told)) if isinstance(told, list | tuple) else str(told)


KIND = Kind(name="audit", title=Text("审计报告", "Report for auditors"), build=_build)
