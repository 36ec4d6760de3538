"""`bureau rate show|rows|explain|list|funnel|trend|compare|lights|snapshot|snapshots`."""

from __future__ import annotations

import shlex
from typing import Annotated

import typer

from commands import _lights, _rates
from commands._context import opened
from commands._group import ActCommand, ReadCommand, new_group
from commands._options import RateId, RateIds
from commands._page import Page, Table, listing
from commands._rate_options import Asked, By, grouping, measured
from commands._render import emit
from commands._spreadsheets import SpreadsheetSafe, defused
from commands._talk import done, hint, say
from core.errors import InvalidInput
from rates.comparing import compare as changed
from rates.model import Member
from rates.series import Every

app = new_group("Rates, each with the rows behind it 指标.")

POINTS = 12

Frozen = Annotated[
    str,
    typer.Option("--snapshot", metavar="SNAPSHOT", help="As it was frozen, as RSN-0001."),
]


@app.command(cls=ReadCommand)
@measured
def show(
    ctx: typer.Context,
    asked: Asked,
    rates: RateIds = None,
    by: By = "",
    snapshot: Frozen = "",
    spreadsheet_safe: SpreadsheetSafe = False,
) -> None:
    """Show rates as n / N with what is excluded, and the funnel beside all of them."""
    with opened(ctx) as bureau:
        if snapshot:
            _nothing_else(asked.anything or bool(by))
            frozen = bureau.snapshots.read(snapshot)
            results, funnel = frozen.of(rates or ()), None if rates else frozen.funnel
            query = frozen.query
        else:
            query = asked.query(bureau)
            results = bureau.rates(query, rate_ids=rates or (), group_by=grouping(by))
            funnel = None if rates or by or query.beyond_duties else bureau.funnel(query)
    columns = _rates.columns(results, grouped=bool(by))
    record = defused(_rates.RATE_RECORD, safe=spreadsheet_safe)
    tables = [Table(columns=columns, rows=results, record=record)]
    notes = []
    if funnel:
        tables.append(_rates.funnel_table(funnel))
        notes = [f"outside 责任清单之外: {funnel.outside} published datasets that answer no duty"]
    source = funnel or _rates.source_of(results)
    if source:
        notes = ["", *notes, _rates.provenance(query, source)]
    data = _rates.show_json(query, results, funnel)
    emit(ctx, Page(data=data, tables=tables, notes=notes, empty="there is nothing to measure"))
    if results:
        same = f" --snapshot {snapshot}" if snapshot else asked.words
        same += f" --by {shlex.quote(by)}" if by else ""
        hint(ctx, f"bureau rate rows {results[0].definition.id}{same}")


@app.command(cls=ReadCommand)
@measured
def rows(
    ctx: typer.Context,
    asked: Asked,
    rate: RateId,
    by: By = "",
    snapshot: Frozen = "",
    spreadsheet_safe: SpreadsheetSafe = False,
) -> None:
    """List every row behind a rate: counted, not counted, or excluded and why."""
    group_by = grouping(by)
    members: list[Member] = []
    groups: list[tuple[str, Member]] = []
    with opened(ctx) as bureau:
        if snapshot:
            _nothing_else(asked.anything or bool(by))
            members = bureau.snapshots.rows(snapshot, rate)
        elif group_by is None:
            members = bureau.rate_rows(rate, asked.query(bureau))
        else:
            groups = bureau.rate_rows_by(rate, asked.query(bureau), group_by)
    columns, record = _rates.MEMBERS, _rates.MEMBER_RECORD
    if group_by is not None:
        columns, record = _rates.with_group(columns), _rates.with_group(record)
    table = Table(
        columns=columns, rows=groups or members, record=defused(record, safe=spreadsheet_safe)
    )
    data = members if group_by is None else _rates.grouped_json(groups)
    emit(ctx, Page(data=data, tables=[table], empty=f"{rate} has no rows"))
    say(ctx, _number(members) if group_by is None else _numbers(groups))


@app.command(cls=ReadCommand)
def explain(ctx: typer.Context, rate: RateId) -> None:
    """Say what a rate counts, what it leaves out, and on which ground."""
    from rates.definitions import find_rate

    definition = find_rate(rate).definition
    table = Table(columns=_rates.EXPLAINED, rows=[definition], upright=True)
    emit(ctx, Page(data=_rates.explain_json(definition), tables=[table]))


@app.command("list", cls=ReadCommand)
def list_definitions(ctx: typer.Context) -> None:
    """List the rates that are defined."""
    from rates.definitions import list_rates

    definitions = [rate.definition for rate in list_rates()]
    emit(ctx, listing(definitions, _rates.DEFINITIONS, empty="no rate is defined"))


@app.command(cls=ReadCommand)
@measured
def funnel(ctx: typer.Context, asked: Asked) -> None:
    """Show how many duties reach each stage: due, catalogued, collected, granted, used."""
    with opened(ctx) as bureau:
        query = asked.query(bureau)
        found = bureau.funnel(query)
    notes = [
        "",
        f"outside 责任清单之外: {found.outside} published datasets that answer no duty",
        _rates.provenance(query, found),
    ]
    page = Page(data=_rates.funnel_json(found), tables=[_rates.funnel_table(found)], notes=notes)
    emit(ctx, page)


@app.command(cls=ReadCommand)
@measured
def trend(
    ctx: typer.Context,
    asked: Asked,
    rate: RateId,
    every: Annotated[Every, typer.Option(help="How long each period is.")] = Every.MONTH,
    last: Annotated[
        int, typer.Option(metavar="N", min=1, max=600, help=f"How many periods: {POINTS}.")
    ] = POINTS,
    by: By = "",
    spreadsheet_safe: SpreadsheetSafe = False,
) -> None:
    """Show a rate over the months, quarters or years up to the day, each measured by itself."""
    if asked.window or asked.period:
        raise InvalidInput(
            "a trend has a window for each of its points",
            hint="say how long with --every, and how many with --last",
        )
    with opened(ctx) as bureau:
        query = asked.query(bureau)
        results = bureau.trends.over(rate, query, every=every, count=last, group_by=grouping(by))
    table = Table(
        columns=_rates.point_columns(results, grouped=bool(by)),
        rows=_rates.points(results),
        record=defused(_rates.POINT_RECORD, safe=spreadsheet_safe),
    )
    source = _rates.source_of(results)
    notes = ["", _rates.provenance(source.query, source)] if source else []
    data = {**_rates.query_json(query), "points": [_rates.point_json(one) for one in results]}
    emit(ctx, Page(data=data, tables=[table], notes=notes, empty=f"{rate} has no groups"))


@app.command(cls=ReadCommand)
@measured
def compare(
    ctx: typer.Context,
    asked: Asked,
    rate: RateId,
    before: Annotated[str, typer.Argument(help="A period, a day, or a snapshot.")],
    after: Annotated[str, typer.Argument(help="Another one, the later.")],
    spreadsheet_safe: SpreadsheetSafe = False,
) -> None:
    """List the rows of a rate that entered, left or changed between two periods, and why."""
    if asked.as_of or asked.period:
        raise InvalidInput(
            "the two periods are named after the rate",
            hint=f"write bureau rate compare {rate} 2026Q1 2026Q2",
        )
    with opened(ctx) as bureau:
        old, new = (asked.rows_of(bureau, rate, when) for when in (before, after))
    changes = changed(old, new)
    record = defused(_rates.CHANGE_RECORD, safe=spreadsheet_safe)
    table = Table(columns=_rates.CHANGES, rows=changes, record=record)
    data = {
        "before": _rates.side_json(before, old),
        "after": _rates.side_json(after, new),
        "changes": [_rates.change_json(one) for one in changes],
    }
    notes = ["", f"{before}: {_number(old)}", f"{after}: {_number(new)}"]
    emit(ctx, Page(data=data, tables=[table], notes=notes, empty="no row changed"))


@app.command(cls=ReadCommand)
@measured
def lights(ctx: typer.Context, asked: Asked, by: By = "") -> None:
    """Show the traffic lights and targets of the policy profile: a view over rates, no rate itself."""
    with opened(ctx) as bureau:
        query = asked.query(bureau)
        lit = bureau.lights.show(query, grouping(by))
        aims = bureau.lights.targets(query, grouping(by))
    grouped = bool(by)
    tables = [
        Table(columns=_lights.lights(grouped=grouped), rows=lit, record=_lights.LIGHT_RECORD),
        Table(columns=_lights.aims(grouped=grouped), rows=aims, title="Targets 目标"),
    ]
    data = _lights.lights_json(query, lit, aims)
    emit(ctx, Page(data=data, tables=tables, empty="the policy profile has no lights"))


@app.command(cls=ActCommand)
@measured
def snapshot(ctx: typer.Context, asked: Asked, rates: RateIds = None) -> None:
    """Freeze rates with all their rows, and enter their hash into the ledger."""
    with opened(ctx) as bureau:
        query = asked.query(bureau)
        taken, receipt = bureau.snapshots.take(query, rates or ())
        over = query.as_of < bureau.today()
    one = len(taken.rates) == 1
    done(
        ctx,
        f"{'1 rate' if one else f'{len(taken.rates)} rates'} as of {taken.as_of}"
        f" {'is' if one else 'are'} frozen as {taken.ref}",
        receipt,
        {"snapshot": taken},
        then=f"bureau rate show --snapshot {taken.ref}",
    )
    if not over:
        say(ctx, f"note: {query.as_of} is not over; what still happens on it is not in {taken.ref}")


@app.command(cls=ReadCommand)
def snapshots(ctx: typer.Context) -> None:
    """List the snapshots that the ledger names."""
    with opened(ctx) as bureau:
        found = bureau.snapshots.list_all()
    emit(ctx, listing(found, _rates.SNAPSHOTS, empty="no snapshot was taken"))


def _nothing_else(given: bool) -> None:
    if given:
        raise InvalidInput(
            "a snapshot has its own day, window and part of the city",
            hint="give --snapshot alone",
        )


def _numbers(groups: list[tuple[str, Member]]) -> str:
    return f"{len(groups)} rows in {len({group for group, _ in groups})} groups"


def _number(members: list[Member]) -> str:
    left_out = sum(bool(member.excluded) for member in members)
    unknown = sum(member.unknown for member in members)
    n, base = sum(member.n for member in members), sum(member.base for member in members)
    told = f", {unknown} of them unknown" if unknown else ""
    return f"{n} of {base}, {left_out} excluded{told}"
