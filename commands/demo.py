"""`bureau demo`: the whole main job on a sample city."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from commands import _rates
from commands._group import ReadCommand, new_group
from commands._options import DAY, day
from commands._page import Page, Table
from commands._render import emit
from commands._talk import hint, say
from core.errors import LedgerCorrupt

app = new_group("The sample city.")

NEXT = (
    "bureau rate rows COL-1",
    "bureau check show air-quality-hourly",
    "bureau catalog gaps",
    "bureau grant list",
    "bureau ledger log",
)


@app.command(cls=ReadCommand)
def demo(
    ctx: typer.Context,
    folder: Annotated[
        Path,
        typer.Argument(metavar="[DIR]", help="Folder of the sample city; made anew each time."),
    ] = Path("bureau-demo"),
    began: Annotated[
        datetime | None,
        typer.Option(formats=DAY, metavar="DATE", help="As if it had been built on that day."),
    ] = None,
) -> None:
    """Build a sample city and run the whole job on it: collect, check, share, read, measure."""
    from bureau import demo

    made = demo.run(folder, lambda text: say(ctx, text), began=day(began))
    query = made.funnel.query
    columns = _rates.columns(made.rates, grouped=False)
    tables = [Table(columns=columns, rows=made.rates), _rates.funnel_table(made.funnel)]
    data = {**_rates.show_json(query, made.rates, made.funnel), "home": made.home}
    notes = ["", _rates.provenance(query, made.funnel)]
    emit(ctx, Page(data=data, tables=tables, notes=notes))
    if not made.verification.ok:
        raise LedgerCorrupt(
            "the ledger of the sample city does not prove itself",
            index=made.verification.faults[0].index,
        )
    say(ctx, f"the ledger proves itself: {made.verification.size} entries")
    for command in NEXT:
        hint(ctx, f"{command} --home {made.home}")
