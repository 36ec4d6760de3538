"""`bureau usage`: what was used, as measured, as recorded and as the user's own log has it (Art. 29)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from commands import _usage
from commands._context import opened
from commands._errors import NEGATIVE
from commands._group import ActCommand, ReadCommand, new_group
from commands._options import DAY, DryRun, Encoding, GrantRef, day, document
from commands._page import Page, Table, listing
from commands._render import emit
from commands._talk import done, recorded, say
from core.errors import InvalidInput
from sharing.records.model import RecordKind

if TYPE_CHECKING:
    from sharing.usage.model import Period

app = new_group("Uses of shared data: measured, recorded, and logged by their user 使用记录.")

From: TypeAlias = Annotated[
    datetime | None,
    typer.Option("--from", metavar="DATE", formats=DAY, help="The first day 起始日."),
]
To: TypeAlias = Annotated[
    datetime | None,
    typer.Option("--to", metavar="DATE", formats=DAY, help="The last day 截止日."),
]


@app.command(cls=ReadCommand)
def show(
    ctx: typer.Context,
    grant: GrantRef = "",
    dataset: Annotated[
        str, typer.Option(metavar="CODE", help="Each grant on this dataset, not one grant.")
    ] = "",
    first: From = None,
    last: To = None,
) -> None:
    """Show the uses by day and door, the newest ones, and the five kinds of records 使用情况."""
    if bool(grant) is bool(dataset):
        raise InvalidInput(
            "the uses of one grant are shown, or those of one dataset",
            hint="name a GRANT, or --dataset CODE, and not both",
        )
    period = _period(first, last)
    with opened(ctx) as bureau:
        if grant:
            pages = [bureau.usage.show(grant, period)]
        else:
            pages = bureau.usage.show_dataset(dataset, period)
    emit(ctx, _usage.page(pages))


@app.command("list", cls=ReadCommand)
def list_uses(ctx: typer.Context, grant: GrantRef, first: From = None, last: To = None) -> None:
    """List each measured use of a grant, oldest first; `reconcile` reads what this writes."""
    with opened(ctx) as bureau:
        uses = bureau.usage.list_uses(grant, _period(first, last))
    table = Table(columns=_usage.USES, rows=uses, record=_usage.EACH)
    emit(ctx, Page(data=uses, tables=[table], empty="nothing was used"))


@app.command(cls=ActCommand)
def record(
    ctx: typer.Context,
    grant: GrantRef,
    kind: Annotated[RecordKind, typer.Option(help="What it is about 记录类别.")],
    text: Annotated[str, typer.Option(metavar="TEXT", help="The record 内容.")] = "",
) -> None:
    """Record in words what the using department did with the data; it is added for good."""
    with opened(ctx) as bureau:
        made, receipt = bureau.records.add(grant, kind=kind, text=text)
    done(
        ctx,
        f"recorded {made.kind} as no. {made.number} of {receipt.subject}",
        receipt,
        {"record": made},
        then=f"bureau usage show {receipt.subject}",
    )


@app.command(cls=ReadCommand)
def missing(ctx: typer.Context) -> None:
    """List the grants of which a kind of record is missing, as far as you may read their records."""
    with opened(ctx) as bureau:
        found = bureau.records.missing()
    emit(ctx, listing(found, _usage.MISSING, empty="no record is missing"))


@app.command(cls=ActCommand)
def purge(ctx: typer.Context, grant: GrantRef) -> None:
    """Empty the records of an ended grant that need not be kept any more; their hashes stay."""
    with opened(ctx) as bureau:
        left, receipt = bureau.records.purge(grant)
    done(ctx, f"purged the records of {left.grant}", receipt, {"records": left})


@app.command(cls=ReadCommand)
def reconcile(
    ctx: typer.Context,
    grant: GrantRef,
    log: Annotated[
        Path,
        typer.Option(
            "--log",
            metavar="FILE",
            help="The user's own log, CSV or JSON lines; - is standard input.",
        ),
    ],
    first: From = None,
    last: To = None,
    window: Annotated[
        int,
        typer.Option(
            metavar="SECONDS", min=0, max=86400, help="How far two moments of one use may be apart."
        ),
    ] = 300,
    encoding: Encoding = None,
    dry_run: DryRun = False,
) -> None:
    """Hold the user's own log against what was measured; exit 1 where they differ 核对."""
    period = _period(first, last)
    with opened(ctx) as bureau, document(log) as path:
        found, receipt = bureau.usage.reconcile(
            grant,
            path,
            period,
            window=timedelta(seconds=window),
            encoding=encoding,
            dry_run=dry_run,
        )
    emit(ctx, _usage.reconciliation(found))
    sentence = f"reconciled {found.grant}: {'agrees' if found.agrees else 'differs'}"
    if receipt is None:
        say(ctx, sentence)
    else:
        recorded(ctx, sentence, receipt)
    if not found.agrees:
        raise typer.Exit(NEGATIVE)


def _period(first: datetime | None, last: datetime | None) -> Period:
    from sharing.usage.model import Period

    return Period(day(first), day(last))
