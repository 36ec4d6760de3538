"""`bureau emergency authorise|withdraw|authorised|open|review|list|show`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import typer

from commands import _sharing
from commands._context import opened
from commands._group import ActCommand, ReadCommand, new_group
from commands._options import DAY, DatasetCode, GrantRef, Reason, people
from commands._page import Column, Page, Table
from commands._plain import plain
from commands._render import emit
from commands._talk import done
from sharing.emergencies.model import Authorisation, Emergency, Finding

app = new_group("Open data in an emergency, and review it 应急授权.")

PersonCode = Annotated[
    str,
    typer.Argument(metavar="PERSON", help="Code of the person 人员代码.", autocompletion=people),
]


def _emergencies(today: date) -> list[Column]:
    return [
        Column("grant", "grant 授权", lambda one: one.grant),
        Column("state", "review 复核", lambda one: one.state_on(today)),
        Column("due_on", "due 到期", lambda one: one.due_on),
        Column("finding", "finding 结论", lambda one: one.finding),
        Column("waiting", "waits for 待复核", lambda one: one.waiting),
        Column("department", "department 使用部门", lambda one: one.department),
        Column("provider", "provider 提供部门", lambda one: one.provider),
        Column("dataset", "dataset 数据集", lambda one: one.dataset),
        Column("case", "case 案件编号", lambda one: one.case),
        Column("opened_at", "opened 开启时间", lambda one: one.opened_at),
    ]


def _authorisations(now: datetime) -> list[Column]:
    return [
        Column("person", "person 人员", lambda one: one.person),
        Column("state", "state 状态", lambda one: one.state_at(now)),
        Column("department", "department 部门", lambda one: one.department),
        Column("until", "before 止", lambda one: one.until),
        Column("authorised_at", "authorised 授权时间", lambda one: one.authorised_at),
        Column("authorised_by", "by 授权人", lambda one: one.authorised_by),
        Column("reason", "reason 理由", lambda one: one.reason),
    ]


REVIEWS = [
    Column("side", "for 复核方", lambda review: review.side),
    Column("finding", "finding 结论", lambda review: review.finding),
    Column("reviewed_at", "reviewed 复核时间", lambda review: review.reviewed_at),
    Column("reviewed_by", "by 复核人", lambda review: review.reviewed_by),
    Column("reason", "reason 理由", lambda review: review.reason),
]


@app.command(cls=ActCommand)
def authorise(
    ctx: typer.Context,
    whom: PersonCode,
    until: Annotated[
        datetime, typer.Option(metavar="DATE", formats=DAY, help="Last day, itself included.")
    ],
    reason: Reason = "",
) -> None:
    """Authorise a requester to open data in emergencies 预授权, as the data authority."""
    with opened(ctx) as bureau:
        given, receipt = bureau.emergencies.authorise(whom, until=until.date(), reason=reason)
        data = {"authorisation": _authorisation_json(given, bureau.now())}
    done(
        ctx,
        f"authorised {given.person} of {given.department} for emergencies until {until:%Y-%m-%d}",
        receipt,
        data,
        then="bureau emergency authorised",
    )


@app.command(cls=ActCommand)
def withdraw(ctx: typer.Context, whom: PersonCode, reason: Reason = "") -> None:
    """Take the authorisation for emergencies back 撤回预授权, as the data authority."""
    with opened(ctx) as bureau:
        taken, receipt = bureau.emergencies.withdraw(whom, reason=reason)
        data = {"authorisation": _authorisation_json(taken, bureau.now())}
    done(ctx, f"withdrew the authorisation of {taken.person}", receipt, data)


@app.command(cls=ReadCommand)
def authorised(ctx: typer.Context) -> None:
    """List who is or was authorised to open data in emergencies."""
    with opened(ctx) as bureau:
        found = bureau.emergencies.authorisations()
        now = bureau.now()
    data = [_authorisation_json(one, now) for one in found]
    table = Table(columns=_authorisations(now), rows=found)
    emit(ctx, Page(data=data, tables=[table], empty="nobody is authorised"))


@app.command("open", cls=ActCommand)
def open_data(
    ctx: typer.Context,
    dataset: DatasetCode,
    application: Annotated[
        str, typer.Option(metavar="CODE", help="The application that will use the data.")
    ],
    columns: Annotated[
        list[str],
        typer.Option(metavar="A,B,C", help="The columns that are needed, by name; repeatable."),
    ],
    case: Annotated[str, typer.Option(metavar="NUMBER", help="Number of the case 案件编号.")] = "",
    reason: Reason = "",
    hours: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="For how many hours; as long as the policy allows if left out."
        ),
    ] = None,
) -> None:
    """Open columns of a dataset at once, for hours; two people review it afterwards."""
    from bureau.emergencies import EmergencyOrder

    named = (name.strip() for part in columns for name in part.split(","))
    order = EmergencyOrder(
        dataset=dataset,
        application=application,
        columns=tuple(dict.fromkeys(name for name in named if name)),
        case=case,
        reason=reason,
        hours=hours,
    )
    with opened(ctx) as bureau:
        grant, receipt = bureau.emergencies.open(order)
        data = {"grant": _sharing.grant_json(grant, bureau.now())}
        ends = grant.terms.not_after.astimezone(bureau.settings.zone)
    done(
        ctx,
        f"opened {dataset} for {grant.department} until {ends:%Y-%m-%d %H:%M}: grant {grant.ref}",
        receipt,
        data,
        then=f"bureau read {dataset} --application {application} --purpose REASON --to FILE",
    )


@app.command(cls=ActCommand)
def review(
    ctx: typer.Context,
    grant: GrantRef,
    finding: Annotated[Finding, typer.Option(help="Whether it was right to open 是否正当.")],
    reason: Reason = "",
) -> None:
    """Say whether opening was justified; an unjustified one ends at once 事后复核."""
    with opened(ctx) as bureau:
        found, receipt = bureau.emergencies.review(grant, finding=finding, reason=reason)
        data = {"emergency": _emergency_json(found, bureau.today())}
    waits = f"; it waits for the {found.waiting[0]}" if found.waiting else ""
    done(
        ctx,
        f"reviewed {found.grant} as {finding}{waits}",
        receipt,
        data,
        then=f"bureau emergency show {found.grant}",
    )


@app.command("list", cls=ReadCommand)
def list_emergencies(ctx: typer.Context) -> None:
    """List what was opened in emergencies, and how its review stands."""
    with opened(ctx) as bureau:
        found = bureau.emergencies.opened()
        today = bureau.today()
    data = [_emergency_json(one, today) for one in found]
    table = Table(columns=_emergencies(today), rows=found)
    emit(ctx, Page(data=data, tables=[table], empty="nothing was opened in an emergency"))


@app.command(cls=ReadCommand)
def show(ctx: typer.Context, grant: GrantRef) -> None:
    """Show why data was opened in an emergency, and both reviews."""
    with opened(ctx) as bureau:
        found, opened_grant = bureau.emergencies.get(grant)
        now, today = bureau.now(), bureau.today()
    columns = [
        *_emergencies(today),
        Column("opened_by", "by 开启人", lambda one: one.opened_by),
        Column("reason", "reason 理由", lambda one: one.reason),
        Column("columns", "columns 使用范围", lambda _: opened_grant.terms.columns),
        Column("not_after", "before 止", lambda _: opened_grant.terms.not_after),
        Column("grant_state", "grant is 授权状态", lambda _: opened_grant.state_at(now)),
    ]
    tables = [
        Table(columns=columns, rows=[found], upright=True),
        Table(columns=REVIEWS, rows=found.reviews, title="Reviews 复核"),
    ]
    data = {
        "emergency": _emergency_json(found, today),
        "grant": _sharing.grant_json(opened_grant, now),
    }
    emit(ctx, Page(data=data, tables=tables))


def _emergency_json(one: Emergency, today: date) -> dict[str, Any]:
    return {
        **plain(one),
        "state": one.state_on(today),
        "finding": one.finding,
        "waiting": one.waiting,
    }


def _authorisation_json(one: Authorisation, now: datetime) -> dict[str, Any]:
    return {**plain(one), "state": one.state_at(now)}
