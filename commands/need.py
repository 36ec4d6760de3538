"""`bureau need`: data that somebody needs and the catalogue lacks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from commands import _sharing
from commands._context import opened
from commands._group import ActCommand, ReadCommand, new_group
from commands._options import DryRun, NeedRef, Reason
from commands._page import Column, Page, Table, listing
from commands._plain import plain
from commands._render import emit
from commands._talk import done, say
from sharing.clocks.model import Clock
from sharing.needs.model import NeedState

if TYPE_CHECKING:
    from bureau.needing import Matches

app = new_group("State what the catalogue lacks, assign it and meet it 数据需求.")

BEST = 3
"""How many suggestions are told beside an act; `show` has them all."""

NEEDS = [
    Column("ref", "need 需求", lambda need: need.ref),
    Column("state", "state 状态", lambda need: need.state),
    Column("department", "department 需求部门", lambda need: need.department),
    Column("title", "title 名称", lambda need: need.title),
    Column("items", "items 数据项", lambda need: need.items),
    Column("assigned_to", "assigned to 责任部门", lambda need: need.assigned_to),
    Column("dataset", "met by 目录", lambda need: need.dataset),
    Column("created_at", "stated 提出时间", lambda need: need.created_at),
]
SHOWN = [
    *NEEDS,
    Column("application", "application 应用", lambda need: need.application),
    Column("legal_basis", "legal basis 使用依据", lambda need: need.legal_basis),
    Column("scenario", "scenario 使用场景", lambda need: need.scenario),
    Column("not_covered", "not covered, because 目录不能满足的理由", lambda need: need.not_covered),
    Column("created_by", "stated by 提出人", lambda need: need.created_by),
    Column("assigned_by", "assigned by 分派人", lambda need: need.assigned_by),
    Column("assigned_at", "assigned 分派时间", lambda need: need.assigned_at),
    Column("assign_reason", "assigned, because 分派理由", lambda need: need.assign_reason),
    Column("closed_by", "closed by 办结人", lambda need: need.closed_by),
    Column("closed_at", "closed 办结时间", lambda need: need.closed_at),
    Column("reason", "declined, because 不予满足理由", lambda need: need.reason),
]
FOUND = [
    Column("item", "item 数据项", lambda one: one.item),
    Column("dataset", "entry 目录", lambda one: one.dataset),
    Column("provider", "provider 提供部门", lambda one: one.provider),
    Column("words", "calls it 目录用词", lambda one: one.words),
    Column("same", "same words 用词相同", lambda one: one.same),
    Column("score", "likeness 相似度", lambda one: one.score, right=True),
    Column("shared", "shared 可共享", lambda one: one.shared),
]
PROPOSALS = [
    Column("department", "department 部门", lambda one: one.department),
    Column("duty", "duty 责任", lambda one: one.duty),
    Column("title_zh", "title 名称", lambda one: one.title_zh),
    Column("legal_ground", "legal ground 依据", lambda one: one.legal_ground),
    Column("score", "likeness 相似度", lambda one: one.score, right=True),
]


@app.command(cls=ActCommand)
def new(
    ctx: typer.Context,
    title: Annotated[str, typer.Option(metavar="TEXT", help="What is needed, in one line 名称.")],
    items: Annotated[
        list[str], typer.Option(metavar="A,B,C", help="The data items 数据项; may be repeated.")
    ],
    application: Annotated[
        str, typer.Option(metavar="CODE", help="The application that will use the data.")
    ] = "",
    basis: Annotated[str, typer.Option(metavar="TEXT", help="Legal basis 使用依据.")] = "",
    scenario: Annotated[str, typer.Option(metavar="TEXT", help="What for 使用场景.")] = "",
    not_covered: Annotated[
        str, typer.Option(metavar="TEXT", help="Why the entries that have these items do not do.")
    ] = "",
    dry_run: DryRun = False,
) -> None:
    """State a need that no catalogue entry covers 提出需求; see first what the catalogue has."""
    listed = tuple(item for part in items for item in re.split("[,，、]", part) if item.strip())
    with opened(ctx) as bureau:
        if dry_run:
            emit(ctx, _matches_page(bureau.needs.match(title, listed)))
            return
        from bureau.needing import NewNeed

        wanted = NewNeed(
            title=title,
            items=listed,
            application=application,
            legal_basis=basis,
            scenario=scenario,
            not_covered=not_covered,
        )
        need, matches, receipt = bureau.needs.state(wanted)
        clocks = bureau.clocks(f"need:{need.ref}")
    for one in matches.found[:BEST]:
        say(ctx, f"'{one.item}' may be '{one.words}' of {one.dataset} ({one.provider})")
    department = matches.proposals[0].department if matches.proposals else "DEPARTMENT"
    done(
        ctx,
        f"stated {need.ref} to {clocks[0].debtor}, due on {clocks[0].due_on}",
        receipt,
        {"need": need, "found": matches.found, "proposals": matches.proposals, "clocks": clocks},
        then=f"bureau need assign {need.ref} {department} --reason TEXT (by the data authority)",
    )


@app.command("list", cls=ReadCommand)
def list_needs(
    ctx: typer.Context,
    state: Annotated[NeedState | None, typer.Option(help="Only in this state.")] = None,
) -> None:
    """List the needs."""
    with opened(ctx) as bureau:
        needs = bureau.needs.list_all()
    needs = [need for need in needs if state is None or need.state is state]
    emit(ctx, listing(needs, NEEDS, empty="there is no such need"))


@app.command(cls=ReadCommand)
def show(ctx: typer.Context, need: NeedRef) -> None:
    """Show one need, what the catalogue has like it, and whose duty it sounds like."""
    with opened(ctx) as bureau:
        found, matches = bureau.needs.get(need)
        clocks = bureau.clocks(f"need:{found.ref}")
        today = bureau.today()
    page = _matches_page(matches)
    tables = [
        Table(columns=SHOWN, rows=[found], upright=True),
        Table(columns=_sharing.clock_columns(today), rows=clocks, title="Clocks 时限"),
        *page.tables,
    ]
    running = [_sharing.clock_json(clock, today) for clock in clocks]
    data = {**plain(found), **page.data, "clocks": running}
    emit(ctx, Page(data=data, tables=tables))


@app.command(cls=ActCommand)
def assign(
    ctx: typer.Context,
    need: NeedRef,
    department: Annotated[
        str, typer.Argument(metavar="DEPARTMENT", help="The department that sees to it.")
    ],
    reason: Reason = "",
) -> None:
    """Name the department that sees to a need 分派, as the data authority; its day stays."""
    with opened(ctx) as bureau:
        assigned, receipt = bureau.needs.assign(need, department, reason=reason)
        clocks = bureau.clocks(f"need:{assigned.ref}")
    done(
        ctx,
        f"assigned {assigned.ref} to {department}{_due(clocks)}",
        receipt,
        {"need": assigned, "clocks": clocks},
        then=f"bureau need meet {assigned.ref} --dataset CODE (by {department})",
    )


@app.command(cls=ActCommand)
def meet(
    ctx: typer.Context,
    need: NeedRef,
    dataset: Annotated[str, typer.Option(metavar="CODE", help="The entry that was published.")],
) -> None:
    """Close a need with a published entry that can be asked for 满足需求."""
    with opened(ctx) as bureau:
        met, receipt = bureau.needs.meet(need, dataset)
    then = f"bureau request new {met.dataset} (by a requester of {met.department})"
    done(ctx, f"met {met.ref} with {met.dataset}", receipt, {"need": met}, then=then)


@app.command(cls=ActCommand)
def decline(ctx: typer.Context, need: NeedRef, reason: Reason = "") -> None:
    """Close a need that will not be met 不予满足, as the data authority; the asker sees why."""
    with opened(ctx) as bureau:
        declined, receipt = bureau.needs.decline(need, reason=reason)
    done(ctx, f"declined {declined.ref}", receipt, {"need": declined})


@app.command(cls=ActCommand)
def withdraw(ctx: typer.Context, need: NeedRef) -> None:
    """Take a need back 撤回."""
    with opened(ctx) as bureau:
        withdrawn, receipt = bureau.needs.withdraw(need)
    done(ctx, f"withdrew {withdrawn.ref}", receipt, {"need": withdrawn})


def _matches_page(matches: Matches) -> Page:
    tables = [
        Table(columns=FOUND, rows=matches.found, title="What the catalogue has like it 相似目录"),
        Table(
            columns=PROPOSALS, rows=matches.proposals, title="Whose duty it sounds like 责任清单"
        ),
    ]
    data = {"found": matches.found, "proposals": matches.proposals}
    return Page(data=data, tables=tables, empty="the catalogue has nothing like it")


def _due(clocks: Sequence[Clock]) -> str:
    running = [clock for clock in clocks if clock.ended_on is None]
    return f", due on {running[0].due_on}" if running else ""
