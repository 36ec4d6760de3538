"""`bureau read`: take what a grant allows, authorised before and metered after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from catalog.model import Dataset, Person
from commands._context import opened, session
from commands._group import ActCommand, new_group
from commands._options import DatasetCode
from commands._spreadsheets import SpreadsheetSafe
from commands._talk import done, say
from core.errors import Denied, InvalidInput
from sharing.model import GrantState
from sharing.requests.verdict import Outcome, verdict

if TYPE_CHECKING:
    from bureau import Bureau
    from catalog.predicate import Predicate

app = new_group("Read shared data.")

FORMATS = {".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet"}


@app.command(cls=ActCommand)
def read(
    ctx: typer.Context,
    dataset: DatasetCode,
    to: Annotated[Path, typer.Option(metavar="FILE", help="Where to write the data.")],
    application: Annotated[
        str, typer.Option(metavar="CODE", help="The application that uses the data.")
    ] = "",
    purpose: Annotated[
        str, typer.Option(metavar="TEXT", help="What for: the scenario of the grant 使用场景.")
    ] = "",
    grant: Annotated[
        str, typer.Option(metavar="GRANT", help="Under this grant, if there are several.")
    ] = "",
    columns: Annotated[
        list[str] | None,
        typer.Option(metavar="A,B,C", help="Only these of the granted columns; repeatable."),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN=VALUE", help="Only rows in which the cell is this; repeatable."
        ),
    ] = None,
    form: Annotated[
        Literal["csv", "jsonl", "parquet"] | None,
        typer.Option("--format", help="What to write; else by the suffix of FILE."),
    ] = None,
    spreadsheet_safe: SpreadsheetSafe = False,
) -> None:
    """Write the granted columns and rows of a dataset to a file; each read is metered."""
    from bureau import ReadOrder

    written_as = form or FORMATS.get(to.suffix.lower())
    if written_as is None:
        raise InvalidInput(
            f"the suffix of {to} names no format",
            hint=f"end it in {', '.join(FORMATS)}, or add --format",
        )
    with opened(ctx) as bureau:
        if not application or not purpose:
            _offer(ctx, bureau, dataset, to)
        order = ReadOrder(
            dataset=dataset,
            application=application,
            purpose=purpose,
            target=to,
            format=written_as,
            grant=grant,
            columns=tuple(name.strip() for part in columns or () for name in part.split(",")),
            where=_where(where or ()),
            spreadsheet_safe=spreadsheet_safe,
        )
        result = bureau.read(order)
        use = result.use
        accepted = bureau.get_grant(use.grant)[0].accepted_at is not None
    record = f"bureau usage record {use.grant} --kind KIND --text TEXT"
    done(
        ctx,
        f"wrote {use.rows} rows and {len(result.columns)} columns of {dataset} to {to} under"
        f" {use.grant}",
        result.receipt,
        {
            "use": use,
            "delivery": result.delivery.number,
            "columns": result.columns,
            "target": result.target,
        },
        then=record if accepted else f"bureau grant accept {use.grant}",
    )


def _where(texts: Sequence[str]) -> Predicate | None:
    """The rows of which each named cell is as stated."""
    from catalog.predicate import All, Comparison, Operator

    found = []
    for text in texts:
        column, is_stated, value = text.partition("=")
        if not column.strip() or not is_stated:
            raise InvalidInput(
                f"--where {text} states no value", hint="write it as --where district=440305"
            )
        found.append(Comparison(column.strip(), Operator.EQ, (value,)))
    return All(tuple(found)) if found else None


def _offer(ctx: typer.Context, bureau: Bureau, dataset: str, to: Path) -> NoReturn:
    """Say which grants the caller's department has, and how to read under one."""
    person = session(ctx).actor
    if person is None:
        raise Denied("nobody is named as acting", hint="add --as PERSON or set BUREAU_AS")
    department = bureau.get_item(Person, person).department
    now = bureau.now()
    live = [
        grant
        for grant in bureau.list_grants(dataset=dataset, department=department)
        if grant.state_at(now) is GrantState.ACTIVE
    ]
    if not live:
        hint = _instead(bureau, dataset, department, now)
        raise Denied(f"{department} has no active grant on {dataset}", hint=hint)
    say(ctx, f"{department} may read {dataset} under:")
    for grant in live:
        terms = grant.terms
        say(ctx, f"  {grant.ref}  application {terms.application}  purpose {terms.scenario}")
    terms = live[0].terms
    raise InvalidInput(
        "a read states the application and the purpose",
        hint=f"bureau read {dataset} --to {quote(str(to))} --application {terms.application}"
        f" --purpose {quote(terms.scenario)}",
    )


def _instead(bureau: Bureau, dataset: str, department: str, now: datetime) -> str:
    """What to do where nothing may be read: the way that has been gone furthest already."""
    if bureau.get_item(Dataset, dataset).provider == department:
        return f"it is the own data of {department}: use the file that was delivered"
    for grant in bureau.list_grants(dataset=dataset, department=department):
        if (state := grant.state_at(now)) in (GrantState.SCHEDULED, GrantState.SUSPENDED):
            return f"{grant.ref} is {state}: bureau grant show {grant.ref}"
    for request in bureau.list_requests():
        asked = (request.department, request.terms.dataset) == (department, dataset)
        if asked and verdict(request).outcome is Outcome.PENDING:
            return f"{request.ref} is {request.state}: bureau request show {request.ref}"
    return f"ask for it: bureau request new {dataset} (by a requester of {department})"
