"""What the rate commands are told: a day or a period, a part of the city, groups."""

from __future__ import annotations

import inspect
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, get_type_hints

import typer

from catalog.model import Grade, ShareType
from commands._options import AsOf, PeriodOrDay, day
from core.errors import InvalidInput
from core.ids import SNAPSHOT
from core.period import FORMS, parse_period
from rates.cut import query_over
from rates.model import FILTERS, GroupBy, Grouping, Member, RateQuery

if TYPE_CHECKING:
    from bureau import Bureau

WINDOW = 365
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Window: TypeAlias = Annotated[
    int | None,
    typer.Option(
        metavar="DAYS",
        min=1,
        help=f"Days up to and including the day that is measured: {WINDOW} unless given.",
    ),
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
OfGrade: TypeAlias = Annotated[Grade | None, typer.Option(help="Only datasets of this grade.")]
SharedSo: TypeAlias = Annotated[ShareType | None, typer.Option(help="Only datasets shared so.")]
By: TypeAlias = Annotated[
    str,
    typer.Option(
        metavar="|".join([*(by for by in GroupBy if by is not GroupBy.FACET), "facet:NAME"]),
        help="One line for each.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be measured, as the options of `measured` say it."""

    as_of: AsOf = None
    window: Window = None
    period: PeriodOrDay = ""
    department: Department = ""
    division: Division = ""
    theme: Theme = ""
    facet: Facet = ""
    application: Application = ""
    grade: OfGrade = None
    share_type: SharedSo = None

    def query(self, bureau: Bureau) -> RateQuery:
        """Raises InvalidInput for a period beside a day or a window, or one that has not begun."""
        filters = self.filters
        if not self.period:
            as_of = day(self.as_of) or bureau.today()
            return RateQuery(as_of=as_of, window_days=self.window or WINDOW, **filters)
        if self.as_of or self.window:
            raise InvalidInput(
                "a period has its own last day and its own length",
                hint="give --period, or --as-of and --window",
            )
        return query_over(parse_period(self.period), bureau.today(), **filters)

    def rows_of(self, bureau: Bureau, rate: str, when: str) -> list[Member]:
        """The rows of a rate over a period, as of a day with the window, or of a snapshot."""
        if when.upper().startswith(SNAPSHOT):
            return bureau.snapshots.rows(when, rate)
        if _DAY.fullmatch(when) is None:
            query = query_over(parse_period(when), bureau.today(), **self.filters)
        else:
            as_of = _day(when)
            query = RateQuery(as_of=as_of, window_days=self.window or WINDOW, **self.filters)
        return bureau.rate_rows(rate, query)

    @property
    def filters(self) -> dict[str, str]:
        return {name: getattr(self, name) or "" for name in FILTERS}

    @property
    def anything(self) -> bool:
        return self != Asked()

    @property
    def words(self) -> str:
        """The options as they are written behind a command, each with a blank before it."""
        given = [(one.name, getattr(self, one.name)) for one in fields(self)]
        return "".join(
            f" --{name.replace('_', '-')} {shlex.quote(_written(value))}"
            for name, value in given
            if value
        )


def _written(value: object) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, datetime) else str(value)


def measured(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `Asked`, after its own; it takes them as one, named `asked`."""
    own = inspect.signature(command).parameters
    hints = get_type_hints(command, include_extras=True)
    shared = inspect.signature(Asked).parameters
    shared_hints = get_type_hints(Asked, include_extras=True)

    @wraps(command)
    def run(**given: Any) -> None:
        asked = Asked(**{name: given.pop(name) for name in shared})
        command(**given, asked=asked)

    parameters = [
        *(one.replace(annotation=hints[name]) for name, one in own.items() if name != "asked"),
        *(one.replace(annotation=shared_hints[name]) for name, one in shared.items()),
    ]
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # typer reads it
        [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in parameters]
    )
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"there is no day {text}", hint=f"name a day, or {FORMS}") from error


def grouping(text: str) -> Grouping | None:
    """How --by splits; raises InvalidInput."""
    by, colon, facet = text.partition(":")
    if not text:
        return None
    if by not in list(GroupBy) or (by == GroupBy.FACET) != bool(colon and facet):
        plain = ", ".join(one for one in GroupBy if one is not GroupBy.FACET)
        raise InvalidInput(
            f"there are no groups by '{text}'", hint=f"they are {plain} and facet:NAME"
        )
    return Grouping(GroupBy(by), facet)
