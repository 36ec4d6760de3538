"""`bureau delegation make|withdraw|list`: who decides in whose place."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from catalog.model import Person
from commands._context import opened
from commands._group import ActCommand, ReadCommand, new_group
from commands._options import DAY, Reason, day, people
from commands._page import Column, Page, Table
from commands._plain import plain
from commands._render import emit
from commands._talk import done, say
from core.errors import InvalidInput

app = new_group("Let somebody decide in your place for a time 授权代理.")


@app.command(cls=ActCommand)
def make(
    ctx: typer.Context,
    delegate: Annotated[
        str,
        typer.Argument(metavar="PERSON", help="Who will stand in.", autocompletion=people),
    ],
    until: Annotated[
        datetime | None,
        typer.Option(metavar="DATE", formats=DAY, help="Last day, itself included."),
    ] = None,
    first: Annotated[
        datetime | None,
        typer.Option("--from", metavar="DATE", formats=DAY, help="First day; now if left out."),
    ] = None,
    reason: Reason = "",
) -> None:
    """Delegate your deciding roles to somebody, for a time; it cannot be passed on."""
    last = day(until)
    if last is None:
        raise InvalidInput("the delegation has no end", hint="add --until DATE")
    with opened(ctx) as bureau:
        made, receipt = bureau.delegations.make(
            delegate, until=last, first=day(first), reason=reason
        )
        home = bureau.get_item(Person, made.delegate).department
    not_for = home if home != made.department else None
    done(
        ctx,
        f"delegated {', '.join(made.roles)} of {made.delegator} to {made.delegate}: {made.ref}",
        receipt,
        {"delegation": made, "not_for": not_for},
        then=f"bureau --as {made.delegate} --for {made.delegator} inbox",
    )
    if not_for:
        say(
            ctx,
            f"{made.delegate} is of {not_for}: for {made.department} they decide where another"
            f" department is the other party, never on what {not_for} asks of {made.department} or"
            f" {made.department} asks of {not_for}",
        )


@app.command(cls=ActCommand)
def withdraw(
    ctx: typer.Context,
    delegation: Annotated[
        str, typer.Argument(metavar="DELEGATION", help="Number of the delegation, as DLG-0001.")
    ],
) -> None:
    """End a delegation at once."""
    with opened(ctx) as bureau:
        ended, receipt = bureau.delegations.withdraw(delegation)
    done(ctx, f"withdrew {ended.ref}", receipt, {"delegation": ended})


@app.command("list", cls=ReadCommand)
def list_delegations(ctx: typer.Context) -> None:
    """List the delegations with their state now."""
    with opened(ctx) as bureau:
        delegations, now = bureau.delegations.list(), bureau.now()
    columns = [
        Column("ref", "delegation 代理", lambda one: one.ref),
        Column("state", "state 状态", lambda one: one.state_at(now)),
        Column("delegator", "of 委托人", lambda one: one.delegator),
        Column("delegate", "to 代理人", lambda one: one.delegate),
        Column("department", "department 部门", lambda one: one.department),
        Column("roles", "roles 角色", lambda one: one.roles),
        Column("since", "from 起", lambda one: one.since),
        Column("until", "before 止", lambda one: one.until),
        Column("reason", "reason 理由", lambda one: one.reason),
    ]
    data = [{**plain(one), "state": one.state_at(now)} for one in delegations]
    table = Table(columns=columns, rows=delegations)
    emit(ctx, Page(data=data, tables=[table], empty="nobody stands in for anybody"))
