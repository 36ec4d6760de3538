"""`bureau ledger log|show|verify|liability`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands import _liability, _sharing
from commands._context import opened
from commands._errors import EXIT_CODES
from commands._group import ReadCommand, new_group
from commands._options import DAY, Limit
from commands._page import Column, Page, Table
from commands._render import emit
from core.clock import end_of_day, local_day
from core.errors import LedgerCorrupt
from sharing.clocks.model import Clock
from sharing.ledger.clocks import FACT, clocks_in
from sharing.ledger.rows import FACT as ROWS
from sharing.ledger.rows import rows_in

if TYPE_CHECKING:
    from sharing.ledger.entry import LedgerEntry

app = new_group("The append-only record of every act 审计账本.")

ENTRIES = [
    Column("index", "index", lambda entry: entry.index, right=True),
    Column("recorded_at", "recorded 时间", lambda entry: entry.recorded_at),
    Column("kind", "kind", lambda entry: entry.kind),
    Column("subject", "subject", lambda entry: entry.subject),
    Column("leaf_hash", "leaf hash", lambda entry: entry.leaf_hash.hex()[:12]),
]
WHOLE_HASH = Column("leaf_hash", "leaf hash", lambda entry: entry.leaf_hash.hex())
RECORD = [*ENTRIES[:-1], WHOLE_HASH]
FAULTS = [
    Column("index", "index", lambda fault: fault.index, right=True),
    Column("last", "last", lambda fault: fault.last, right=True),
    Column("kind", "fault", lambda fault: fault.kind),
    Column("message", "message", lambda fault: fault.message),
]
ATTESTED = [
    Column("table", "table 表", lambda row: row[0]),
    Column("key", "key 主键", lambda row: list(row[1])),
    Column("columns", "columns 字段", lambda row: sorted(row[2])),
]

_PEOPLE = {
    "acting_for": ("in the place of 代理", "of it"),
    "delegator": ("of 委托人", "of"),
    "delegate": ("to 代理人", "to"),
}
"""The facts that are commitments to people, with how they are headed."""

EXIT_CORRUPT = EXIT_CODES[LedgerCorrupt]


@app.command(cls=ReadCommand)
def log(
    ctx: typer.Context,
    limit: Limit = 20,
    kind: Annotated[
        str | None, typer.Option(metavar="KIND", help="Only this kind, as grant.issued.")
    ] = None,
    subject: Annotated[
        str | None, typer.Option(metavar="SUBJECT", help="Only about this, as dataset:CODE.")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(metavar="DATE", formats=DAY, help="From this day on.")
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(metavar="DATE", formats=DAY, help="Up to this day, itself included."),
    ] = None,
) -> None:
    """List the newest entries, oldest of them first."""
    with opened(ctx) as bureau:
        zone = bureau.settings.zone
        entries = bureau.ledger_log(
            limit=limit,
            kind=kind,
            subject=subject,
            since=since.replace(tzinfo=zone) if since else None,
            until=end_of_day(until.date(), zone) if until else None,
        )
    data = [_entry_json(entry) for entry in entries]
    table = Table(columns=ENTRIES, rows=entries, record=RECORD)
    emit(ctx, Page(data=data, tables=[table], empty="the ledger has no such entry"))


@app.command(cls=ReadCommand)
def show(
    ctx: typer.Context,
    index: Annotated[int, typer.Argument(metavar="INDEX", min=0, help="Number of the entry.")],
) -> None:
    """Show one entry with all that it says, and who acted where that is still known."""
    with opened(ctx) as bureau:
        entry, body, person = bureau.ledger_entry(index)
        others = {"acting_for": "", **body.facts}
        named = {name: str(others[name]) for name in _PEOPLE if name in others}
        known = {told: bureau.person_behind(told) for told in named.values() if told}
        day = local_day(entry.recorded_at, bureau.settings.zone)
    clocks, rows = _clocks(body.facts), list(rows_in(body.facts))
    shown = {*_PEOPLE, *([FACT] if clocks else []), *([ROWS] if rows else [])}
    facts = {name: value for name, value in body.facts.items() if name not in shown}
    columns = [
        *ENTRIES[:4],
        Column("person", "person", lambda _: person),
        Column("actor", "actor (commitment)", lambda _: body.actor),
        *(part for name, told in named.items() for part in _other(name, told, known)),
        Column("actor_department", "for department 经办部门", lambda _: body.department),
        *(column for name, value in facts.items() for column in _fact(name, value)),
        WHOLE_HASH,
    ]
    tables = [
        Table(columns=columns, rows=[entry], upright=True),
        Table(columns=_sharing.clock_columns(day), rows=clocks, title="Clocks after it 时限"),
        Table(columns=ATTESTED, rows=rows, title="Rows it attests 所证的记录"),
    ]
    emit(ctx, Page(data={**_entry_json(entry), "person": person}, tables=tables))


@app.command(cls=ReadCommand)
def verify(ctx: typer.Context) -> None:
    """Re-hash every entry and compare all that is stored; exit 6 if anything was tampered with."""
    with opened(ctx) as bureau:
        found = bureau.verify_ledger()
    root = found.root.hex()
    if found.ok:
        sentence = f"the ledger proves itself: {found.size} entries, root {root}"
    else:
        count = "1 fault" if len(found.faults) == 1 else f"{len(found.faults)} faults"
        sentence = f"{count} in the ledger of {found.size} entries, root {root}"
    data = {"ok": found.ok, "size": found.size, "root": root, "faults": found.faults}
    table = Table(columns=FAULTS, rows=found.faults)
    emit(ctx, Page(data=data, tables=[table], notes=[sentence]))
    if not found.ok:
        raise typer.Exit(EXIT_CORRUPT)


app.command(cls=ReadCommand)(_liability.liability)


def _entry_json(entry: LedgerEntry) -> dict[str, Any]:
    """`body` is the canonical JSON whose bytes the leaf hash covers."""
    return {
        "index": entry.index,
        "recorded_at": entry.recorded_at,
        "kind": entry.kind,
        "subject": entry.subject,
        "leaf_hash": entry.leaf_hash,
        "body": json.loads(entry.body),
    }


def _other(name: str, committed: str, known: Mapping[str, str]) -> Iterator[Column]:
    """Somebody besides who acted: the name, where that is still known, and the commitment."""
    heading, beside = _PEOPLE[name]
    yield Column(f"{name}_person", heading, lambda _: known.get(committed, ""))
    yield Column(name, f"{beside} (commitment)", lambda _: committed)


def _fact(name: str, value: Any) -> Iterator[Column]:
    """A fact as a column, or each part of one that has parts, such as terms."""
    if isinstance(value, Mapping):
        for part, told in value.items():
            yield from _fact(f"{name}.{part}", told)
        return
    heading = "concerns department 相关部门" if name == "department" else name.replace("_", " ")
    yield Column(name, heading, lambda _: value)


def _clocks(facts: Mapping[str, Any]) -> list[Clock]:
    """The clocks that an entry tells of; none where somebody wrote what is none."""
    try:
        return [Clock.from_json(told) for told in clocks_in(facts).values()]
    except (KeyError, ValueError, TypeError):
        return []
