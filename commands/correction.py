"""`bureau correction`: have wrong data verified, corrected and reported back on (Decree 809 Art. 26)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer

from commands import _sharing
from commands._context import opened
from commands._group import ActCommand, ReadCommand, new_group
from commands._options import CorrectionRef, DatasetCode, predicate
from commands._page import Column, Page, Table, listing
from commands._plain import plain, to_json
from commands._render import emit
from commands._talk import done
from sharing.clocks.model import Clock
from sharing.corrections.model import Channel, Correction, CorrectionState, Finding
from sharing.profiles.model import LimitName

app = new_group("Have wrong data verified, corrected and reported back on 校核.")

LISTED = [
    Column("ref", "correction 校核", lambda row: row.ref),
    Column("state", "state 状态", lambda row: row.state),
    Column("department", "department 申请部门", lambda row: row.department),
    Column("dataset", "dataset 数据集", lambda row: row.dataset),
    Column("delivery", "delivery 批次", lambda row: row.delivery, right=True),
    Column("channel", "channel 渠道", lambda row: row.channel),
    Column("finding", "finding 核实结果", lambda row: row.finding),
    Column("corrected_in", "corrected in 校正批次", lambda row: row.corrected_in, right=True),
    Column("created_at", "asked 申请时间", lambda row: row.created_at),
    Column("closed_at", "closed 办结时间", lambda row: row.closed_at),
]
SHOWN = [
    *LISTED[:6],
    Column("grant", "grant 授权", lambda row: row.grant),
    Column("columns", "columns 数据项", lambda row: row.columns),
    Column(
        "rows",
        "rows 行范围",
        lambda row: "" if row.rows is None else to_json(row.rows, indent=None),
    ),
    Column("problem", "problem 问题说明", lambda row: row.problem),
    Column("created_at", "asked 申请时间", lambda row: row.created_at),
    Column("created_by", "asked by 申请人", lambda row: row.created_by),
    Column("received_at", "signed for 签收时间", lambda row: row.received_at),
    Column("verified_at", "verified 核实时间", lambda row: row.verified_at),
    Column("verified_by", "verified by 核实人", lambda row: row.verified_by),
    Column("finding", "finding 核实结果", lambda row: row.finding),
    Column("reason", "reason 核实理由", lambda row: row.reason),
    Column("corrected_at", "corrected 校正时间", lambda row: row.corrected_at),
    Column("corrected_in", "in delivery 校正批次", lambda row: row.corrected_in),
    Column("none_needed", "no delivery needed 无需重新提供", lambda row: row.none_needed),
    Column("closed_at", "closed 办结时间", lambda row: row.closed_at),
    Column("feedback", "feedback 反馈", lambda row: row.feedback),
    Column("withdrawn_at", "withdrawn 撤回时间", lambda row: row.withdrawn_at),
]
BY_PROVIDER = "(by a steward or approver of the providing department)"


@app.command(cls=ActCommand)
def new(
    ctx: typer.Context,
    dataset: DatasetCode,
    problem: Annotated[
        str, typer.Option(metavar="TEXT", help="What is wrong or incomplete 问题说明.")
    ] = "",
    delivery: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="In which delivery; the newest if left out."),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(metavar="A,B,C", help="The columns concerned 数据项; may be repeated."),
    ] = None,
    rows: Annotated[
        str, typer.Option(metavar="JSON", help="The rows concerned; @FILE reads a file.")
    ] = "",
    grant: Annotated[
        str,
        typer.Option(metavar="GRANT", help="Under which grant; the newest one if left out."),
    ] = "",
    channel: Annotated[
        Channel, typer.Option(help="Where it came to light 渠道.")
    ] = Channel.DEPARTMENT,
) -> None:
    """Ask the provider to verify data that is wrong or incomplete 提出校核申请."""
    from bureau.correcting import NewCorrection

    named = (name.strip() for part in columns or () for name in part.split(","))
    asked = NewCorrection(
        dataset=dataset,
        problem=problem,
        grant=grant,
        delivery=delivery,
        columns=tuple(dict.fromkeys(named)),
        rows=predicate(rows),
        channel=channel,
    )
    with opened(ctx) as bureau:
        correction, receipt = bureau.corrections.create(asked)
    done(
        ctx,
        f"asked for {correction.ref}: delivery #{correction.delivery} of {dataset}",
        receipt,
        {"correction": correction},
        then=f"bureau correction receive {correction.ref} {BY_PROVIDER}",
    )


@app.command(cls=ActCommand)
def receive(ctx: typer.Context, correction: CorrectionRef) -> None:
    """Sign for a correction request 签收; the time to correct and report back is counted from here."""
    with opened(ctx) as bureau:
        received, receipt = bureau.corrections.receive(correction)
        clocks = bureau.clocks(f"correction:{received.ref}")
    done(
        ctx,
        f"signed for {received.ref}{_sharing.due(clocks)}",
        receipt,
        {"correction": received, "clocks": clocks},
        then=f"bureau correction verify {received.ref} --finding FINDING --reason TEXT",
    )


@app.command(cls=ActCommand)
def verify(
    ctx: typer.Context,
    correction: CorrectionRef,
    finding: Annotated[Finding, typer.Option(help="Whether the data is wrong 核实结果.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why 核实理由.")] = "",
) -> None:
    """Say whether the data is wrong, and why 核实; this signs for it where nobody has."""
    with opened(ctx) as bureau:
        verified, receipt = bureau.corrections.verify(correction, finding=finding, reason=reason)
        clocks = bureau.clocks(f"correction:{verified.ref}")
    act = "correct {ref}" if finding is Finding.CONFIRMED else "close {ref} --feedback TEXT"
    done(
        ctx,
        f"found {verified.ref} {finding}{_sharing.due(clocks)}",
        receipt,
        {"correction": verified, "clocks": clocks},
        then=f"bureau correction {act.format(ref=verified.ref)}",
    )


@app.command(cls=ActCommand)
def correct(
    ctx: typer.Context,
    correction: CorrectionRef,
    delivery: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="The delivery that mends it; the newest if left out."
        ),
    ] = None,
    none_needed: Annotated[
        str | None,
        typer.Option(
            "--none-needed",
            metavar="TEXT",
            help="Why no newer delivery is needed 无需重新提供的理由.",
        ),
    ] = None,
) -> None:
    """Name the newer delivery that mends what was confirmed 校正, or say why none is needed."""
    with opened(ctx) as bureau:
        corrected, receipt = bureau.corrections.correct(
            correction, delivery=delivery, none_needed=none_needed
        )
    number = corrected.corrected_in
    how = f"in delivery #{number}" if number else "without a newer delivery"
    done(
        ctx,
        f"corrected {corrected.ref} {how}",
        receipt,
        {"correction": corrected},
        then=f"bureau correction close {corrected.ref} --feedback TEXT",
    )


@app.command(cls=ActCommand)
def close(
    ctx: typer.Context,
    correction: CorrectionRef,
    feedback: Annotated[
        str, typer.Option(metavar="TEXT", help="What the asking department is told 反馈.")
    ] = "",
) -> None:
    """Report back to who asked 反馈, which closes it and ends the time for it."""
    with opened(ctx) as bureau:
        closed, receipt = bureau.corrections.close(correction, feedback=feedback)
        clocks = bureau.clocks(f"correction:{closed.ref}")
        today = bureau.today()
    mending = [clock for clock in clocks if clock.limit is LimitName.CORRECTION]
    late = ", late" if any(clock.late_on(today) for clock in mending) else ""
    done(
        ctx,
        f"closed {closed.ref} with feedback to {closed.department}{late}",
        receipt,
        {"correction": closed, "clocks": clocks},
        then=f"bureau correction show {closed.ref}",
    )


@app.command(cls=ActCommand)
def withdraw(ctx: typer.Context, correction: CorrectionRef) -> None:
    """Take a correction request back, as long as nothing was found 撤回."""
    with opened(ctx) as bureau:
        withdrawn, receipt = bureau.corrections.withdraw(correction)
    done(ctx, f"withdrew {withdrawn.ref}", receipt, {"correction": withdrawn})


@app.command("list", cls=ReadCommand)
def list_corrections(
    ctx: typer.Context,
    dataset: Annotated[str, typer.Option(metavar="CODE", help="Only of this dataset.")] = "",
    state: Annotated[CorrectionState | None, typer.Option(help="Only in this state.")] = None,
) -> None:
    """List the corrections."""
    with opened(ctx) as bureau:
        found = bureau.corrections.list_all(dataset=dataset, state=state)
    emit(ctx, listing(found, LISTED, empty="there is no such correction"))


@app.command(cls=ReadCommand)
def show(ctx: typer.Context, correction: CorrectionRef) -> None:
    """Show one correction with what was found, how it was mended, and its clocks."""
    with opened(ctx) as bureau:
        found = bureau.corrections.get(correction)
        clocks = bureau.clocks(f"correction:{found.ref}")
        today = bureau.today()
    emit(ctx, _page(found, clocks, today))


def _page(correction: Correction, clocks: Sequence[Clock], today: date) -> Page:
    tables = [
        Table(columns=SHOWN, rows=[correction], upright=True),
        Table(columns=_sharing.clock_columns(today), rows=clocks, title="Clocks 时限"),
    ]
    running = [_sharing.clock_json(clock, today) for clock in clocks]
    return Page(data={**plain(correction), "clocks": running}, tables=tables)
