"""`bureau rate show|rows|explain|list|funnel`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from catalog.model import Grade, ShareType
from commands import _rates
from commands._context import opened
from commands._group import ReadCommand, new_group
from commands._options import AsOf, RateId, RateIds, day
from commands._page import Page, Table, listing
from commands._render import emit
from commands._talk import hint, say
from core.errors import InvalidInput
from core.period import FORMS, parse_period
from rates.cut import query_over
from rates.model import GroupBy, Grouping, RateQuery

if TYPE_CHECKING:
    from bureau import Bureau

app = new_group("Rates, each with the rows behind it 指标.")

WINDOW = 365

Window: TypeAlias = Annotated[
    int | None,
    typer.Option(
        metavar="DAYS",
        min=1,
        help=f"Days up to and including the day that is measured: {WINDOW} unless given.",
    ),
]
PeriodName: TypeAlias = Annotated[
    str, typer.Option("--period", metavar="PERIOD", help=f"Instead of day and window: {FORMS}.")
]
Department: TypeAlias = Annotated[str, typer.Option(metavar="CODE", help="Only this department.")]
Division: TypeAlias = Annotated[
    str, typer.Option(metavar="CODE", help="Only this division and all below it.")
]
Theme: TypeAlias = Annotated[str, typer.Option(metavar="CODE", help="Only this theme.")]
Facet: TypeAlias = Annotated[
    str, typer.Option(metavar="NAME:VALUE", help="Only datasets with this facet.")
]
Application: TypeAlias = Annotated[str, typer.Option(metavar="CODE", help="Only this application.")]
GradeName: TypeAlias = Annotated[
    Grade | None, typer.Option("--grade", help="Only datasets of this grade.")
]
ShareTypeName: TypeAlias = Annotated[
    ShareType | None, typer.Option("--share-type", help="Only datasets shared so.")
]
By: TypeAlias = Annotated[
    str,
    typer.Option(
        metavar="|".join([*(by for by in GroupBy if by is not GroupBy.FACET), "facet:NAME"]),
        help="One line for each.",
    ),
]


@app.command(cls=ReadCommand)
def show(
    ctx: typer.Context,
    rates: RateIds = None,
    by: By = "",
    as_of: AsOf = None,
    window: Window = None,
    period: PeriodName = "",
    department: Department = "",
    division: Division = "",
    theme: Theme = "",
    facet: Facet = "",
    application: Application = "",
    grade: GradeName = None,
    share_type: ShareTypeName = None,
) -> None:
    """Show rates as n / N with what is excluded, and the funnel beside all of them."""
    with opened(ctx) as bureau:
        query = _query(
            bureau,
            as_of,
            window,
            period,
            department=department,
            division=division,
            theme=theme,
            facet=facet,
            application=application,
            grade=grade or "",
            share_type=share_type or "",
        )
        results = bureau.rates(query, rate_ids=rates or (), group_by=_grouping(by))
        funnel = None if rates or by or _beyond_duties(query) else bureau.funnel(query)
    columns = [c for c in _rates.RATES if by or c.key != "group"]
    tables = [Table(columns=columns, rows=results, record=_rates.RATE_RECORD)]
    notes = []
    if funnel:
        tables.append(_rates.funnel_table(funnel))
        notes = [f"outside 责任清单之外: {funnel.outside} published datasets that answer no duty"]
    source = funnel or (results[0] if results else None)
    if source:
        notes = ["", *notes, _rates.provenance(query, source)]
    data = _rates.show_json(query, results, funnel)
    emit(ctx, Page(data=data, tables=tables, notes=notes, empty="there is nothing to measure"))
    if results:
        hint(ctx, f"bureau rate rows {results[0].definition.id}")


@app.command(cls=ReadCommand)
def rows(
    ctx: typer.Context,
    rate: RateId,
    as_of: AsOf = None,
    window: Window = None,
    period: PeriodName = "",
    department: Department = "",
    division: Division = "",
    theme: Theme = "",
    facet: Facet = "",
    application: Application = "",
    grade: GradeName = None,
    share_type: ShareTypeName = None,
) -> None:
    """List every row behind a rate: counted, not counted, or excluded and why."""
    with opened(ctx) as bureau:
        query = _query(
            bureau,
            as_of,
            window,
            period,
            department=department,
            division=division,
            theme=theme,
            facet=facet,
            application=application,
            grade=grade or "",
            share_type=share_type or "",
        )
        members = bureau.rate_rows(rate, query)
    table = Table(columns=_rates.MEMBERS, rows=members, record=_rates.MEMBER_RECORD)
    emit(ctx, Page(data=members, tables=[table], empty=f"{rate} has no rows"))
    left_out = sum(bool(member.excluded) for member in members)
    n, base = sum(member.n for member in members), sum(member.base for member in members)
    say(ctx, f"{n} of {base}, {left_out} excluded")


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
def funnel(
    ctx: typer.Context,
    as_of: AsOf = None,
    window: Window = None,
    period: PeriodName = "",
    department: Department = "",
    division: Division = "",
    theme: Theme = "",
) -> None:
    """Show how many duties reach each stage: due, catalogued, collected, granted, used."""
    with opened(ctx) as bureau:
        query = _query(
            bureau, as_of, window, period, department=department, division=division, theme=theme
        )
        found = bureau.funnel(query)
    notes = [
        "",
        f"outside 责任清单之外: {found.outside} published datasets that answer no duty",
        _rates.provenance(query, found),
    ]
    page = Page(data=_rates.funnel_json(found), tables=[_rates.funnel_table(found)], notes=notes)
    emit(ctx, page)


def _query(
    bureau: Bureau, as_of: datetime | None, window: int | None, period: str, **filters: str
) -> RateQuery:
    if not period:
        return RateQuery(
            as_of=day(as_of) or bureau.today(), window_days=window or WINDOW, **filters
        )
    if as_of or window:
        raise InvalidInput(
            "a period has its own last day and its own length",
            hint="give --period, or --as-of and --window",
        )
    return query_over(parse_period(period), bureau.today(), **filters)


def _grouping(text: str) -> Grouping | None:
    by, colon, facet = text.partition(":")
    if not text:
        return None
    if by not in list(GroupBy) or (by == GroupBy.FACET) != bool(colon and facet):
        plain = ", ".join(one for one in GroupBy if one is not GroupBy.FACET)
        raise InvalidInput(
            f"there are no groups by '{text}'", hint=f"they are {plain} and facet:NAME"
        )
    return Grouping(GroupBy(by), facet)


def _beyond_duties(query: RateQuery) -> bool:
    """Whether it narrows by what duties, which the funnel counts, do not have."""
    return any((query.facet, query.application, query.grade, query.share_type))
