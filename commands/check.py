"""`bureau check run|show|rows|history`."""

from __future__ import annotations

from typing import Annotated

import typer

from commands import _quality
from commands._context import opened
from commands._errors import NEGATIVE
from commands._group import ReadCommand, new_group
from commands._options import CheckId, DatasetCode, Limit
from commands._page import Column, Page, Table
from commands._quality import HIDDEN, Engine
from commands._render import emit
from commands._talk import hint, progress, recorded, say

app = new_group("Check results, scores and failing rows 质量检查.")

RUNS = [
    Column("run", "run", lambda report: report.id),
    Column("ran_at", "ran 检查时间", lambda report: report.ran_at),
    Column("passed", "passed 通过", lambda report: report.passed),
    Column("score", "score 得分", lambda report: _quality.spoken(report.score), right=True),
    Column("rows", "rows", lambda report: report.rows, right=True),
    Column("failing_rows", "failing", lambda report: report.failing_rows, right=True),
    Column("contract_version", "contract", lambda report: report.contract_version),
]
Run = Annotated[str, typer.Option("--run", metavar="ID", help="Which run; the newest if left out.")]


@app.command(cls=ReadCommand)
def run(
    ctx: typer.Context,
    dataset: DatasetCode,
    engine: Annotated[
        Engine,
        typer.Option(
            help="What counts: DuckDB; or Great Expectations or Pandera, to compare with, in memory"
            " and not recorded."
        ),
    ] = Engine.DUCKDB,
) -> None:
    """Check what is published against the newest contract; exit 1 if checks fail."""
    with opened(ctx) as bureau, progress(ctx) as shows:
        report, receipt = bureau.run_checks(dataset, shows, engine=engine)
    emit(ctx, _quality.report_page(report))
    found = f"checked {dataset}: {'passed' if report.passed else 'failed'}"
    recorded(ctx, found, receipt)
    if not report.passed:
        if receipt.changed:
            hint(ctx, f"bureau check rows {dataset}")
        raise typer.Exit(NEGATIVE)


@app.command(cls=ReadCommand)
def show(ctx: typer.Context, dataset: DatasetCode, run: Run = "") -> None:
    """Show the outcome of each check, failed ones first, and the scores."""
    with opened(ctx) as bureau:
        report = bureau.check_report(dataset, run)
    emit(ctx, _quality.report_page(report))
    if _quality.failing(report):
        hint(ctx, f"bureau check rows {dataset}")


@app.command(cls=ReadCommand)
def rows(
    ctx: typer.Context,
    dataset: DatasetCode,
    check: CheckId = "",
    limit: Limit = 50,
    run: Run = "",
) -> None:
    """List failing rows with their original text; row 1 is the first below the heading."""
    with opened(ctx) as bureau:
        failing = bureau.failing_rows(dataset, check=check, limit=limit, run=run)
    cells = _quality.cells_json(failing.cells, failing.hidden)
    table = Table(columns=_quality.CELLS, rows=cells)
    emit(ctx, Page(data=cells, tables=[table], empty="no failing rows"))
    hidden = sorted({str(cell["column"]) for cell in cells if cell["hidden"]})
    if hidden:
        say(ctx, f"{HIDDEN}: the contract classifies {', '.join(hidden)} as personal or secret")
    if len(cells) == limit:
        say(ctx, f"these are the first {limit} cells; --limit N shows more")


@app.command(cls=ReadCommand)
def history(ctx: typer.Context, dataset: DatasetCode) -> None:
    """List the check runs over a dataset."""
    with opened(ctx) as bureau:
        reports = bureau.check_history(dataset)
    data = [_quality.summary_json(report) for report in reports]
    table = Table(columns=RUNS, rows=reports)
    emit(ctx, Page(data=data, tables=[table], empty=f"{dataset} has never been checked"))
