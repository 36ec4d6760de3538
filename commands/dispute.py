"""`bureau dispute`: settle what departments do not agree on, tier by tier (Decree 809 Art. 28)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from commands import _sharing
from commands._context import opened
from commands._group import ActCommand, ReadCommand, new_group
from commands._options import DisputeRef, Reason
from commands._page import Column, Page, Table, listing
from commands._plain import plain
from commands._render import emit
from commands._talk import done
from core.errors import InvalidInput
from sharing.clocks.model import Clock
from sharing.disputes.model import Dispute, DisputeState, Outcome, Tier

if TYPE_CHECKING:
    from bureau import Receipt

app = new_group("Settle what departments do not agree on 共享争议.")


def _settlement(dispute: Dispute) -> str:
    proposed = dispute.settlement
    if proposed is None:
        return ""
    agreed = f", agreed to by {proposed.agreed_by}" if proposed.agreed_by else ""
    return f"{proposed.outcome}, proposed by {proposed.department}{agreed}: {proposed.text}"


LISTED = [
    Column("ref", "dispute 争议", lambda row: row.ref),
    Column("state", "state 状态", lambda row: row.state),
    Column("subject", "over 争议事项", lambda row: row.subject),
    Column("department", "raised by 提出部门", lambda row: row.department),
    Column("provider", "with 对方部门", lambda row: row.provider),
    Column("tier", "tier 处理层级", lambda row: row.step.tier),
    Column("before", "before 处理部门", lambda row: row.step.department),
    Column("raised_at", "raised 提出时间", lambda row: row.raised_at),
]
SHOWN = [
    *LISTED[:5],
    Column("dataset", "dataset 数据集", lambda row: row.dataset),
    Column("grounds", "grounds 争议理由", lambda row: row.grounds),
    *LISTED[7:],
    Column("raised_by", "raised by 提出人", lambda row: row.raised_by),
    Column("settlement", "settlement 协商方案", _settlement),
    Column("withdrawn_at", "withdrawn 撤回时间", lambda row: row.withdrawn_at),
]
STEPS = [
    Column("tier", "tier 处理层级", lambda step: step.tier),
    Column("department", "department 处理部门", lambda step: step.department),
    Column("since", "since 起始时间", lambda step: step.since),
    Column("reason", "brought there because 提交原因", lambda step: step.reason),
    Column("outcome", "decision 处理结果", lambda step: step.decision and step.decision.outcome),
    Column("why", "why 处理理由", lambda step: step.decision and step.decision.reason),
    Column("by", "by 决定人", lambda step: step.decision and step.decision.by),
    Column(
        "confirmed_by",
        "confirmed by 确认人",
        lambda step: step.decision and step.decision.confirmed_by,
    ),
]

OutcomeOption = Annotated[
    Outcome | None, typer.Option(help="Whether what is disputed stands 处理结果.")
]


@app.command("raise", cls=ActCommand)
def raise_over(
    ctx: typer.Context,
    subject: Annotated[
        str,
        typer.Argument(
            metavar="SUBJECT",
            help="What is disputed: request:REQ-0001, correction:COR-0001 or item:NAME.",
        ),
    ],
    grounds: Annotated[str, typer.Option(metavar="TEXT", help="On what grounds 争议理由.")] = "",
    against: Annotated[
        str,
        typer.Option(metavar="DEPARTMENT", help="With whom, where several offer an item 对方部门."),
    ] = "",
) -> None:
    """Dispute a refusal, a correction found to be unfounded, or who the source of an item is 提出争议."""
    with opened(ctx) as bureau:
        dispute, receipt = bureau.disputes.raise_over(subject, grounds=grounds, against=against)
        clocks = bureau.disputes.clocks(dispute.ref)
    sentence = f"raised {dispute.ref} over {dispute.subject}: {_before(dispute)}"
    _done(ctx, f"{sentence}{_sharing.due(clocks)}", receipt, dispute, clocks)


@app.command(cls=ActCommand)
def settle(
    ctx: typer.Context,
    dispute: DisputeRef,
    outcome: OutcomeOption = None,
    text: Annotated[
        str, typer.Option(metavar="TEXT", help="What both would agree on 协商意见.")
    ] = "",
) -> None:
    """Propose how to settle a dispute 协商; without --outcome, agree to what the other party proposed."""
    if outcome is None and text:
        raise InvalidInput("a proposal has no outcome", hint="add --outcome upheld or overturned")
    with opened(ctx) as bureau:
        if outcome is None:
            settled, receipt = bureau.disputes.agree(dispute)
            sentence = f"settled {settled.ref}: {settled.settlement and settled.settlement.outcome}"
        else:
            settled, receipt = bureau.disputes.propose(dispute, outcome=outcome, text=text)
            sentence = f"proposed to settle {settled.ref}: {outcome}"
        clocks = bureau.disputes.clocks(settled.ref)
    _done(ctx, sentence, receipt, settled, clocks)


@app.command(cls=ActCommand)
def escalate(ctx: typer.Context, dispute: DisputeRef, reason: Reason = "") -> None:
    """Take a dispute to the next tier: the authority, or after it the government 提交上一层级."""
    with opened(ctx) as bureau:
        escalated, receipt = bureau.disputes.escalate(dispute, reason=reason)
        clocks = bureau.disputes.clocks(escalated.ref)
    sentence = f"took {escalated.ref} further: {_before(escalated)}{_sharing.due(clocks)}"
    _done(ctx, sentence, receipt, escalated, clocks)


@app.command(cls=ActCommand)
def decide(
    ctx: typer.Context,
    dispute: DisputeRef,
    outcome: Annotated[Outcome, typer.Option(help="Whether what is disputed stands 处理结果.")],
    reason: Reason = "",
) -> None:
    """Decide a dispute as the first of two persons of the authority or government 作出处理意见."""
    with opened(ctx) as bureau:
        decided, receipt = bureau.disputes.decide(dispute, outcome=outcome, reason=reason)
        clocks = bureau.disputes.clocks(decided.ref)
    sentence = f"decided {decided.ref}: {outcome}, for a second person to confirm"
    _done(ctx, f"{sentence}{_sharing.due(clocks)}", receipt, decided, clocks)


@app.command(cls=ActCommand)
def confirm(ctx: typer.Context, dispute: DisputeRef) -> None:
    """Confirm a decision as the second person 确认; a refusal that is overturned gives a grant."""
    with opened(ctx) as bureau:
        confirmed, receipt = bureau.disputes.confirm(dispute)
        clocks = bureau.disputes.clocks(confirmed.ref)
        today = bureau.today()
    late = ", late" if clocks and clocks[-1].late_on(today) else ""
    _done(ctx, f"confirmed {confirmed.ref}: {confirmed.state}{late}", receipt, confirmed, clocks)


@app.command(cls=ActCommand)
def withdraw(ctx: typer.Context, dispute: DisputeRef) -> None:
    """Take a dispute back 撤回; what was disputed stands as it was."""
    with opened(ctx) as bureau:
        withdrawn, receipt = bureau.disputes.withdraw(dispute)
        clocks = bureau.disputes.clocks(withdrawn.ref)
    _done(ctx, f"withdrew {withdrawn.ref}", receipt, withdrawn, clocks)


@app.command("list", cls=ReadCommand)
def list_disputes(
    ctx: typer.Context,
    state: Annotated[DisputeState | None, typer.Option(help="Only in this state.")] = None,
) -> None:
    """List the disputes."""
    with opened(ctx) as bureau:
        found = bureau.disputes.list_all(state=state)
    emit(ctx, listing(found, LISTED, empty="there is no such dispute"))


@app.command(cls=ReadCommand)
def show(ctx: typer.Context, dispute: DisputeRef) -> None:
    """Show one dispute with the tiers it came to, what was decided, and its clocks."""
    with opened(ctx) as bureau:
        found = bureau.disputes.get(dispute)
        clocks = bureau.disputes.clocks(found.ref)
        today = bureau.today()
    emit(ctx, _page(found, clocks, today))


_THEN = {
    DisputeState.NEGOTIATING: "bureau dispute settle {ref} (by the other party)",
    DisputeState.AT_AUTHORITY: "bureau dispute decide {ref} --outcome OUTCOME (by {before})",
    DisputeState.AUTHORITY_DECIDED: "bureau dispute confirm {ref} (by a second person of {before})",
    DisputeState.AT_GOVERNMENT: "bureau dispute decide {ref} --outcome OUTCOME (by {before})",
    DisputeState.GOVERNMENT_DECIDED: "bureau dispute confirm {ref} (by a second person of {before})",
}
"""The command that comes next; in any other state, how it ended."""


def _done(
    ctx: typer.Context,
    sentence: str,
    receipt: Receipt,
    dispute: Dispute,
    clocks: Sequence[Clock],
) -> None:
    then = _THEN.get(dispute.state, "bureau dispute show {ref}")
    done(
        ctx,
        sentence,
        receipt,
        {"dispute": dispute, "clocks": clocks},
        then=then.format(ref=dispute.ref, before=dispute.step.department),
    )


def _before(dispute: Dispute) -> str:
    step = dispute.step
    if step.tier is Tier.NEGOTIATION:
        return f"{dispute.department} and {dispute.provider} negotiate"
    return f"{step.department} decides as the {step.tier}"


def _page(dispute: Dispute, clocks: Sequence[Clock], today: date) -> Page:
    tables = [
        Table(columns=SHOWN, rows=[dispute], upright=True),
        Table(columns=STEPS, rows=dispute.steps, title="Tiers 处理层级"),
        Table(columns=_sharing.clock_columns(today), rows=clocks, title="Clocks 时限"),
    ]
    running = [_sharing.clock_json(clock, today) for clock in clocks]
    return Page(data={**plain(dispute), "clocks": running}, tables=tables)
