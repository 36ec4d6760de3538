"""`bureau dataset register|list|show|history|deliver`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from catalog.model import Dataset, DatasetStatus, Department
from commands import _datasets
from commands._context import opened
from commands._errors import NEGATIVE
from commands._group import ActCommand, ReadCommand, new_group
from commands._options import (
    AsOf,
    DatasetCode,
    Document,
    DryRun,
    Encoding,
    NoHeader,
    Sheet,
    day,
    document,
)
from commands._page import listing
from commands._render import emit
from commands._talk import done, hint, progress, recorded, say, say_doubts

app = new_group("Register, deliver, look up 数据集.")


@app.command(cls=ActCommand)
def register(ctx: typer.Context, file: Document) -> None:
    """Register the new datasets of a YAML file; one that is registered already is refused."""
    with opened(ctx) as bureau, document(file) as path:
        applied = bureau.apply(path, only_new=True)
    say_doubts(ctx, applied.doubts)
    codes = [step.code for step in applied.steps if step.kind == "Dataset"]
    done(
        ctx,
        f"registered {', '.join(codes) or 'no dataset'}",
        applied.receipt,
        {"datasets": codes},
        then=f"bureau dataset deliver {codes[0]} FILE" if codes else "",
    )


@app.command("list", cls=ReadCommand)
def list_datasets(
    ctx: typer.Context,
    department: Annotated[
        str, typer.Option(metavar="CODE", help="Only what this department provides.")
    ] = "",
    status: Annotated[DatasetStatus | None, typer.Option(help="Only with this status.")] = None,
    as_of: AsOf = None,
) -> None:
    """List the datasets."""
    with opened(ctx) as bureau:
        known = day(as_of)
        if department:
            bureau.get_item(Department, department, as_of=known)
        datasets = [
            dataset
            for dataset in bureau.list_items(Dataset, as_of=known)
            if (not department or dataset.provider == department)
            and (status is None or dataset.status is status)
        ]
    emit(ctx, listing(datasets, _datasets.LISTED, empty="no such dataset is registered"))


@app.command(cls=ReadCommand)
def show(ctx: typer.Context, dataset: DatasetCode) -> None:
    """Show a dataset with its newest deliveries, its score and its grants."""
    with opened(ctx) as bureau:
        page = bureau.dataset_page(dataset)
        now = bureau.now()
    emit(ctx, _datasets.dataset_page(page, now))
    if page.last_check:
        hint(ctx, f"bureau check show {dataset}")
    elif page.dataset.contract:
        hint(ctx, f"bureau dataset deliver {dataset} FILE")


@app.command(cls=ReadCommand)
def history(ctx: typer.Context, dataset: DatasetCode) -> None:
    """Show how the entry changed and what was delivered, oldest first."""
    with opened(ctx) as bureau:
        states = bureau.history(Dataset, dataset)
        deliveries = bureau.dataset_page(dataset).deliveries
    emit(ctx, _datasets.history_page(states, deliveries))


@app.command(cls=ReadCommand)
def deliver(
    ctx: typer.Context,
    dataset: DatasetCode,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, Parquet, JSON or Excel.")],
    encoding: Encoding = None,
    no_header: NoHeader = False,
    sheet: Sheet = "",
    declared_rows: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=0, help="How many rows the source says that it has 申报行数."
        ),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Deliver a file: check it and publish it by the dataset's policy; exit 1 if it is refused."""
    from bureau import DeliveryOrder
    from bureau.delivering import decide_status

    order = DeliveryOrder(
        dataset=dataset,
        path=file,
        encoding=encoding,
        header=not no_header,
        sheet=sheet,
        declared_rows=declared_rows,
        dry_run=dry_run,
    )
    with opened(ctx) as bureau:
        with progress(ctx) as shows:
            delivered = bureau.deliver(order, shows)
        policy = bureau.get_item(Dataset, dataset).policy
    status = delivered.delivery.status if delivered.delivery else None
    status = status or decide_status(policy, delivered.report)
    emit(ctx, _datasets.delivered_page(delivered, status))
    subject = delivered.receipt.subject
    if dry_run:
        say(ctx, f"nothing was delivered: with this policy ({policy}) it would be {status}")
    elif delivered.repeated:
        say(ctx, "the same content was delivered today already: nothing changed")
    else:
        recorded(ctx, f"{subject}: {status}", delivered.receipt)
    if delivered.cut_off:
        say(
            ctx,
            f"warning: {', '.join(delivered.cut_off)} give nothing of it: some of its rows are in"
            " groups that the contract calls too small (k-anonymity)",
        )
    if not dry_run:
        verb = "show" if delivered.report.passed else "rows"
        hint(ctx, f"bureau check {verb} {dataset}")
    if not status.published:
        raise typer.Exit(NEGATIVE)
