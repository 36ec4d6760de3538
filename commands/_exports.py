"""`bureau catalog export` and `bureau catalog score`: the catalogue for other portals, and its points."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from commands._context import opened
from commands._options import AsOf, Output, day
from commands._page import Column, Page, Table, listing
from commands._render import emit, write
from commands._talk import say
from core.errors import NotFound

if TYPE_CHECKING:
    from catalog.dcat.mqa import Outcome, Score

_CENT = Decimal("0.01")


def _points(found: Fraction | None) -> str:
    """Two digits, halves to even; what was not assessed is no number."""
    if found is None:
        return "n/a"
    return str((Decimal(found.numerator) / Decimal(found.denominator)).quantize(_CENT))


OUTCOMES = [
    Column("dimension", "dimension 维度", lambda one: one.indicator.dimension),
    Column("indicator", "indicator 指标", lambda one: one.indicator.id),
    Column("property", "property 属性", lambda one: one.indicator.title),
    Column("count", "n", lambda one: "n/a" if one.count is None else one.count, right=True),
    Column("population", "N", lambda one: one.population, right=True),
    Column("points", "points 得分", lambda one: _points(one.points), right=True),
    Column("weight", "of", lambda one: one.indicator.weight, right=True),
    Column("missing", "datasets that miss it", lambda one: len(one.missing), right=True),
    Column("mend", "where it comes from 在哪里补", lambda one: one.indicator.mend),
]
MISSING = [
    Column("dataset", "dataset 数据集", lambda row: row["dataset"]),
    Column("mend", "where it comes from 在哪里补", lambda row: row["mend"]),
]

Department = Annotated[
    str, typer.Option(metavar="CODE", help="Only the datasets of this department.")
]


def export(
    ctx: typer.Context,
    form: Annotated[
        Literal["dcat-ap", "dcat-us", "csv"],
        typer.Option(
            "--format", help="As what: DCAT-AP 3.0.1 in JSON-LD, DCAT-US 3.0 in JSON, or CSV."
        ),
    ],
    output: Output = None,
    department: Department = "",
    as_of: AsOf = None,
) -> None:
    """Write the published catalogue for other portals 目录导出."""
    from bureau.exporting import ExportFormat

    with opened(ctx) as bureau:
        made = bureau.exports.export(ExportFormat(form), department=department, as_of=day(as_of))
    write(output, made.content)
    say(ctx, f"exported {made.datasets} datasets")
    for code, address in made.left_out:
        say(ctx, f"warning: left out of {code}: {address} is no address that one could go to")


def score(
    ctx: typer.Context,
    department: Department = "",
    missing: Annotated[
        str, typer.Option(metavar="INDICATOR", help="List the datasets that miss this indicator.")
    ] = "",
) -> None:
    """Give the published catalogue the points of the EU's MQA 元数据质量评分, 405 at most."""
    with opened(ctx) as bureau:
        found = bureau.exports.score(department=department)
    if missing:
        one = _named(found, missing)
        rows = [{"dataset": code, "mend": one.indicator.mend} for code in one.missing]
        emit(ctx, listing(rows, MISSING, empty=f"no dataset misses {missing}"))
        return
    emit(ctx, _page(found))


def _named(found: Score, indicator: str) -> Outcome:
    for one in found.outcomes:
        if one.indicator.id == indicator:
            return one
    known = ", ".join(one.indicator.id for one in found.outcomes)
    raise NotFound("indicator", indicator, hint=f"name one of: {known}")


def _page(found: Score) -> Page:
    from catalog.dcat.mqa import FULL

    share = found.share
    scaled = None if share is None else share * FULL
    percent = "n/a" if share is None else f"{_points(share * 100)} %"
    totals = {
        "datasets": found.datasets,
        "without_distribution": found.without_distribution,
        "points": _points(found.points),
        "full": FULL,
        "rating": found.rating.value if found.rating else None,
        "assessable": found.assessable,
        "not_assessable": FULL - found.assessable,
        "share_of_assessable": percent,
        "scaled": _points(scaled),
    }
    data = {**totals, "indicators": [_json(one) for one in found.outcomes]}
    sure = f"at least {totals['points']} of {FULL} points: {totals['rating']}"
    if not found.datasets:
        sure = "n/a: no published dataset is there to be rated"
    assessed = f"{percent} of the {found.assessable} points that can be assessed here"
    scaled_up = f"which is {totals['scaled']} of {FULL}"
    notes = [sure, f"{assessed}, {scaled_up}; {totals['not_assessable']} are not assessed"]
    if found.without_distribution:
        none = f"{found.without_distribution} of {found.datasets} datasets have no distribution"
        notes.append(f"{none}, and no part in what is counted over distributions")
    table = Table(columns=OUTCOMES, rows=found.outcomes)
    return Page(data=data, tables=[table], notes=notes)


def _json(one: Outcome) -> dict[str, Any]:
    return {
        "indicator": one.indicator.id,
        "dimension": one.indicator.dimension.value,
        "property": one.indicator.title,
        "count": one.count,
        "population": one.population,
        "points": _points(one.points),
        "weight": one.indicator.weight,
        "missing": one.missing,
        "mend": one.indicator.mend,
    }
