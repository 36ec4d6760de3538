"""`bureau change`: change a service that departments rely on (Decree 809 Art. 27)."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._context import opened
from commands._group import ActCommand, ReadCommand, new_group
from commands._options import ChangeRef, DatasetCode, Reason
from commands._page import Column, Page, Table
from commands._plain import plain
from commands._render import emit
from commands._talk import done
from sharing.changes.model import ServiceChange

app = new_group("Change a live service: consult, file 共享服务变更.")

CHANGES = [
    Column("ref", "change 变更", lambda change: change.ref),
    Column("state", "state 状态", lambda change: change.state),
    Column("dataset", "dataset 数据集", lambda change: change.dataset),
    Column("provider", "provider 提供部门", lambda change: change.provider),
    Column("filing", "filing 备案号", lambda change: change.filing),
    Column("begun_at", "begun 发起时间", lambda change: change.begun_at),
    Column("made_at", "made 变更时间", lambda change: change.made_at),
]
SHOWN = [
    *CHANGES,
    Column("reason", "reason 变更理由", lambda change: change.reason),
    Column("begun_by", "by 发起人", lambda change: change.begun_by),
    Column("filed_at", "filed 备案时间", lambda change: change.filed_at),
    Column("filed_by", "filed by 备案人", lambda change: change.filed_by),
    Column("unheard", "not waited because 未征得全部答复的理由", lambda change: change.unheard),
    Column("dropped_at", "dropped 取消时间", lambda change: change.dropped_at),
]
CONSULTED = [
    Column("department", "department 征询部门", lambda one: one.department),
    Column("text", "answer 答复", lambda one: one.text),
    Column("answered_at", "answered 答复时间", lambda one: one.answered_at),
    Column("answered_by", "by 答复人", lambda one: one.answered_by),
]


@app.command(cls=ActCommand)
def new(ctx: typer.Context, dataset: DatasetCode, reason: Reason = "") -> None:
    """Say what is to change and why 征询; every department with a live grant is asked."""
    with opened(ctx) as bureau:
        change, receipt = bureau.changes.begin(dataset, reason=reason)
    asked = ", ".join(sorted(change.departments))
    done(
        ctx,
        f"began {change.ref}: {asked} asked about {dataset}",
        receipt,
        {"change": _json(change)},
        then=f"bureau change answer {change.ref} --text TEXT (by each of them)",
    )


@app.command(cls=ActCommand)
def answer(
    ctx: typer.Context,
    change: ChangeRef,
    text: Annotated[str, typer.Option(metavar="TEXT", help="What it means for us 答复.")] = "",
) -> None:
    """Answer a consultation, as a department that relies on the service."""
    with opened(ctx) as bureau:
        answered, receipt = bureau.changes.answer(change, text=text)
    then = f"bureau change file {answered.ref} --number TEXT (by the data authority)"
    if answered.silent:
        then = f"bureau change show {answered.ref}"
    done(ctx, f"answered {answered.ref}", receipt, {"change": _json(answered)}, then=then)


@app.command(cls=ActCommand)
def file(
    ctx: typer.Context,
    change: ChangeRef,
    number: Annotated[str, typer.Option(metavar="TEXT", help="Number of the filing 备案号.")],
    reason: Reason = "",
) -> None:
    """File a change 备案, as the data authority; before all have answered, say why."""
    with opened(ctx) as bureau:
        filed, receipt = bureau.changes.file(change, number=number, reason=reason)
    done(
        ctx,
        f"filed {filed.ref} as {filed.filing}",
        receipt,
        {"change": _json(filed)},
        then="bureau contract publish FILE, or bureau apply FILE, or bureau grant revoke GRANT --reason"
        " TEXT (by the provider)",
    )


@app.command(cls=ActCommand)
def drop(ctx: typer.Context, change: ChangeRef) -> None:
    """Leave the service as it is 取消变更, as the provider."""
    with opened(ctx) as bureau:
        dropped, receipt = bureau.changes.drop(change)
    done(ctx, f"dropped {dropped.ref}", receipt, {"change": _json(dropped)})


@app.command("list", cls=ReadCommand)
def list_changes(
    ctx: typer.Context,
    dataset: Annotated[str, typer.Option(metavar="CODE", help="Only of this dataset.")] = "",
) -> None:
    """List the changes of services."""
    with opened(ctx) as bureau:
        changes = bureau.changes.list_all(dataset=dataset)
    table = Table(columns=CHANGES, rows=changes)
    data = [_json(change) for change in changes]
    emit(ctx, Page(data=data, tables=[table], empty="no service is changed"))


@app.command(cls=ReadCommand)
def show(ctx: typer.Context, change: ChangeRef) -> None:
    """Show one change, with what each department answered."""
    with opened(ctx) as bureau:
        found = bureau.changes.get(change)
    tables = [
        Table(columns=SHOWN, rows=[found], upright=True),
        Table(columns=CONSULTED, rows=found.consulted, title="Consulted 征询"),
    ]
    emit(ctx, Page(data=_json(found), tables=tables))


def _json(change: ServiceChange) -> dict[str, object]:
    return {**plain(change), "state": change.state}
