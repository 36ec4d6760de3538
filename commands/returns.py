"""`bureau return new|ask|confirm|accept|renew|withdraw|check|list|show`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from commands._context import opened
from commands._group import ActCommand, ReadCommand, new_group
from commands._options import DAY, ReturnRef, day, document
from commands._page import Column, Page, Table
from commands._plain import plain
from commands._render import emit
from commands._talk import done
from core.errors import InvalidInput
from sharing.returnflow.model import PURPOSE, Match, ReturnCheck, ReturnFlow

if TYPE_CHECKING:
    from bureau.returning import NewReturn, ReturnStanding

app = new_group("Data of an area goes back to it 数据回流.")

CutColumn: TypeAlias = Annotated[
    str, typer.Option("--column", metavar="NAME", help="Column with the code of the area 区划列.")
]
CutMatch: TypeAlias = Annotated[
    Match | None,
    typer.Option("--match", help="Codes are equal to the area's (if left out), or begin with it."),
]
First: TypeAlias = Annotated[
    datetime | None,
    typer.Option("--from", metavar="DATE", formats=DAY, help="First day; today if left out."),
]
Application: TypeAlias = Annotated[
    str, typer.Option(metavar="CODE", help="The application that will use the data.")
]
Condition: TypeAlias = Annotated[
    str, typer.Option(metavar="TEXT", help="Refused, whatever it says: Art. 24 allows none.")
]

RETURNS = [
    Column("ref", "return 回流", lambda row: row.flow.ref),
    Column("state", "state 状态", lambda row: row.state),
    Column("dataset", "dataset 数据集", lambda row: row.flow.dataset),
    Column("division", "area 区划", lambda row: row.flow.division),
    Column("department", "department 接收部门", lambda row: row.flow.department),
    Column("ends_on", "until 止", lambda row: row.ends_on),
    Column("given", "rows given 回流行数", lambda row: row.last and row.last.given, right=True),
    Column("due", "of 应回流", lambda row: row.last and row.last.due, right=True),
    Column("complete", "whole 完整", lambda row: row.last and row.last.complete),
    Column("on_time", "on time 及时", lambda row: row.last and row.last.on_time),
]
WHOLE = [
    *RETURNS[:5],
    Column("column", "column 区划列", lambda row: row.flow.column),
    Column("match", "match 匹配", lambda row: row.flow.match),
    Column("application", "application 应用", lambda row: row.flow.application),
    Column("start", "from 起", lambda row: row.flow.start),
    RETURNS[5],
    Column("grant", "grant 授权", lambda row: row.flow.grant),
    Column("entered_by", "entered by 提出人", lambda row: row.flow.entered_by),
    Column("confirmed_by", "confirmed by 确认人", lambda row: row.flow.confirmed_by),
    Column("accepted_by", "accepted by 接收人", lambda row: row.flow.accepted_by),
]
CHECKS = [
    Column("number", "check 核对", lambda check: check.number),
    Column("checked_at", "checked 核对时间", lambda check: check.checked_at),
    Column("delivery", "delivery 交付", lambda check: check.delivery),
    Column("given", "rows given 回流行数", lambda check: check.given, right=True),
    Column("held", "held 上级持有", lambda check: check.held, right=True),
    Column("expected", "expected 应有", lambda check: check.expected, right=True),
    Column("nobodys", "nobody's 无归属", lambda check: check.nobodys, right=True),
    Column("missing", "columns missing 缺少数据项", lambda check: check.missing),
    Column("complete", "whole 完整", lambda check: check.complete),
    Column("on_time", "on time 及时", lambda check: check.on_time),
]


@app.command(cls=ActCommand)
def new(
    ctx: typer.Context,
    dataset: Annotated[
        str, typer.Argument(metavar="[DATASET]", help="Code of the dataset; or --from-file.")
    ] = "",
    to: Annotated[
        str, typer.Option("--to", metavar="CODE", help="The department of the area 接收部门.")
    ] = "",
    column: CutColumn = "",
    match: CutMatch = None,
    first: First = None,
    from_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A whole list from YAML; - is standard input."),
    ] = None,
    condition: Condition = "",
) -> None:
    """Put returns on the list 回流清单, as the providing department or the data authority."""
    if bool(dataset) == (from_file is not None):
        raise InvalidInput(
            "it is not said what is returned", hint="name either DATASET or --from-file FILE"
        )
    with opened(ctx) as bureau:
        wanted = _listed(from_file) if from_file else _one(dataset, to, column, match, first)
        flows, receipt = bureau.returns.new(wanted, condition=condition)
    data = {"returns": [plain(flow) for flow in flows]}
    refs = flows[0].ref if len(flows) == 1 else f"{flows[0].ref} to {flows[-1].ref}"
    done(
        ctx,
        f"put {refs} on the return list",
        receipt,
        data,
        then=f"bureau return accept {flows[0].ref} --application CODE"
        f" (by a requester of {flows[0].department})",
    )


@app.command(cls=ActCommand)
def ask(
    ctx: typer.Context,
    dataset: Annotated[str, typer.Argument(metavar="DATASET", help="Code of the dataset.")],
    application: Application = "",
    column: CutColumn = "",
    match: CutMatch = None,
    first: First = None,
) -> None:
    """Ask for the data of one's own area; the provider has to confirm the column in time."""
    with opened(ctx) as bureau:
        flow, receipt = bureau.returns.ask(
            dataset,
            application=application,
            column=column,
            match=match or Match.EQUAL,
            start=day(first),
        )
        [clock] = bureau.clocks(f"return:{flow.ref}")
    done(
        ctx,
        f"asked for {flow.dataset} of {flow.division}: {flow.ref}, due on {clock.due_on}",
        receipt,
        {"return": flow},
        then=f"bureau return confirm {flow.ref} --column NAME (by the providing department)",
    )


@app.command(cls=ActCommand)
def confirm(
    ctx: typer.Context,
    ref: ReturnRef,
    column: CutColumn = "",
    match: CutMatch = None,
    condition: Condition = "",
) -> None:
    """Settle by which column the area is cut out 确认; whether data is returned is not decided."""
    with opened(ctx) as bureau:
        flow, receipt = bureau.returns.confirm(ref, column=column, match=match, condition=condition)
    _granted(ctx, "confirmed", flow, receipt)


@app.command(cls=ActCommand)
def accept(ctx: typer.Context, ref: ReturnRef, application: Application = "") -> None:
    """Name the application that will use what is returned; from here on it can be read."""
    with opened(ctx) as bureau:
        flow, receipt = bureau.returns.accept(ref, application=application)
    _granted(ctx, "accepted", flow, receipt)


@app.command(cls=ActCommand)
def renew(
    ctx: typer.Context,
    ref: ReturnRef,
    application: Application = "",
    column: CutColumn = "",
    match: CutMatch = None,
) -> None:
    """Begin the period anew 续期, on all columns of the present contract."""
    with opened(ctx) as bureau:
        flow, receipt = bureau.returns.renew(
            ref, application=application, column=column, match=match
        )
    _granted(ctx, "renewed", flow, receipt)


@app.command(cls=ActCommand)
def withdraw(ctx: typer.Context, ref: ReturnRef) -> None:
    """Take a return off the list that is not in force yet, as whoever would receive it."""
    with opened(ctx) as bureau:
        flow, receipt = bureau.returns.withdraw(ref)
    done(ctx, f"withdrew {flow.ref}", receipt, {"return": flow})


@app.command(cls=ActCommand)
def check(
    ctx: typer.Context,
    ref: ReturnRef,
    expected: Annotated[
        int | None, typer.Option(metavar="N", help="How many rows there should be 应有行数.")
    ] = None,
) -> None:
    """Compare what can be read with what is held 核对: rows, columns, time; the result is kept."""
    with opened(ctx) as bureau:
        found, receipt = bureau.returns.check(ref, expected=expected)
    done(
        ctx,
        f"checked {found.flow}: {_verdict(found)}",
        receipt,
        {"check": check_json(found)},
        then=f"bureau return show {found.flow}",
    )


@app.command("list", cls=ReadCommand)
def list_returns(
    ctx: typer.Context,
    dataset: Annotated[str, typer.Option(metavar="CODE", help="Only of this dataset.")] = "",
    department: Annotated[str, typer.Option(metavar="CODE", help="Only to this department.")] = "",
    division: Annotated[str, typer.Option(metavar="CODE", help="Only to this area.")] = "",
) -> None:
    """List what is returned to whom 回流清单, with the last check of each."""
    with opened(ctx) as bureau:
        found = bureau.returns.list_all(dataset=dataset, department=department, division=division)
    table = Table(columns=RETURNS, rows=found)
    data = [standing_json(standing) for standing in found]
    emit(ctx, Page(data=data, tables=[table], empty="there is no such return"))


@app.command(cls=ReadCommand)
def show(ctx: typer.Context, ref: ReturnRef) -> None:
    """Show one return with every check of it."""
    with opened(ctx) as bureau:
        standing, checks = bureau.returns.get(ref)
    tables = [
        Table(columns=WHOLE, rows=[standing], upright=True),
        Table(columns=CHECKS, rows=checks, title="Checks 核对"),
    ]
    data = {**standing_json(standing), "checks": [check_json(one) for one in checks]}
    emit(ctx, Page(data=data, tables=tables))


def standing_json(standing: ReturnStanding) -> dict[str, Any]:
    return {
        **plain(standing.flow),
        "state": standing.state,
        "ends_on": standing.ends_on,
        "last": check_json(standing.last) if standing.last else None,
    }


def check_json(check: ReturnCheck) -> dict[str, Any]:
    return {**plain(check), "due": check.due, "complete": check.complete}


def _listed(path: Path) -> tuple[NewReturn, ...]:
    from bureau.publishing import read_document
    from bureau.return_document import read_returns

    with document(path) as file:
        return read_returns(read_document(file), file.name)


def _one(
    dataset: str, to: str, column: str, match: Match | None, first: datetime | None
) -> tuple[NewReturn]:
    from bureau.returning import NewReturn

    if not to:
        raise InvalidInput("it is not said to whom", hint="add --to CODE, a department of the area")
    chosen = match or Match.EQUAL
    return (
        NewReturn(dataset=dataset, department=to, column=column, match=chosen, start=day(first)),
    )


def _granted(ctx: typer.Context, verb: str, flow: ReturnFlow, receipt: Any) -> None:
    done(
        ctx,
        f"{verb} {flow.ref}: {flow.department} reads {flow.dataset} of {flow.division} under"
        f" {flow.grant}",
        receipt,
        {"return": flow},
        then=f"bureau read {flow.dataset} --to FILE --application {flow.application}"
        f" --purpose {PURPOSE}",
    )


def _verdict(found: ReturnCheck) -> str:
    """Both figures, and what is wrong, in words."""
    whole = {True: "complete", False: "incomplete", None: "nothing to judge by"}[found.complete]
    timely = {True: "on time", False: "not on time", None: "no cycle was promised"}[found.on_time]
    rows = f"{found.given} of {found.due} rows"
    columns = f", {len(found.missing)} columns missing" if found.missing else ""
    nobodys = f"; {found.nobodys} rows of the dataset go to nobody" if found.nobodys else ""
    return f"{whole}, {rows}{columns}, {timely}{nobodys}"
