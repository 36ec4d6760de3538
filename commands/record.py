"""`bureau record`: what the using department records of its use (Decree 809 Art. 29)."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._context import opened
from commands._group import ActCommand, ReadCommand, new_group
from commands._options import GrantRef
from commands._page import Column, Page, Table, listing
from commands._render import emit
from commands._talk import done
from sharing.records.model import RecordKind

app = new_group("Records of use and how long they are kept 使用记录.")

RECORDS = [
    Column("number", "no. 序号", lambda record: record.number, right=True),
    Column("kind", "kind 类别", lambda record: record.kind),
    Column("title_zh", "类别", lambda record: record.kind.title_zh),
    Column("text", "record 内容", lambda record: record.text),
    Column("recorded_at", "recorded 记录时间", lambda record: record.recorded_at),
    Column("recorded_by", "by 记录人", lambda record: record.recorded_by),
    Column("sha256", "sha256", lambda record: record.sha256[:12]),
    Column("purged_at", "purged 清除时间", lambda record: record.purged_at),
]
MISSING = [
    Column("grant", "grant 授权", lambda records: records.grant),
    Column("missing", "missing 缺少的记录", lambda records: records.missing),
]


@app.command(cls=ActCommand)
def add(
    ctx: typer.Context,
    grant: GrantRef,
    kind: Annotated[RecordKind, typer.Option(help="What it is about 记录类别.")],
    text: Annotated[str, typer.Option(metavar="TEXT", help="The record 内容.")] = "",
) -> None:
    """Add a record of use to a grant, as the using department."""
    with opened(ctx) as bureau:
        record, receipt = bureau.records.add(grant, kind=kind, text=text)
    done(
        ctx,
        f"recorded {record.kind} as no. {record.number} of {receipt.subject}",
        receipt,
        {"record": record},
        then=f"bureau record list {receipt.subject}",
    )


@app.command("list", cls=ReadCommand)
def list_records(ctx: typer.Context, grant: GrantRef) -> None:
    """List the records of a grant; who may not read them is denied, and the ledger keeps that."""
    with opened(ctx) as bureau:
        found = bureau.records.list_by_grant(grant)
    notes = [f"missing: {', '.join(found.missing)}"] if found.missing else []
    table = Table(columns=RECORDS, rows=found.records)
    emit(ctx, Page(data=found, tables=[table], notes=notes, empty="nothing is recorded yet"))


@app.command(cls=ReadCommand)
def missing(ctx: typer.Context) -> None:
    """List the grants of which a kind of record is missing, as far as you may read their records."""
    with opened(ctx) as bureau:
        found = bureau.records.missing()
    emit(ctx, listing(found, MISSING, empty="no record is missing"))


@app.command(cls=ActCommand)
def purge(ctx: typer.Context, grant: GrantRef) -> None:
    """Empty the records of an ended grant that need not be kept any more; their hashes stay."""
    with opened(ctx) as bureau:
        left, receipt = bureau.records.purge(grant)
    done(ctx, f"purged the records of {left.grant}", receipt, {"records": left})
