"""A request written down as YAML: the five things of Decree 809 Art. 20 and the application.

One document asks for one dataset, or for several under `items`, which then share everything else.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from bureau.requesting import NewRequest
from catalog.model import ShareMode
from catalog.predicate import parse_predicate
from core.clock import end_of_day, last_of
from core.errors import DocumentInvalid, InvalidInput, Problem
from core.strict_yaml import Document, load_yaml

OF_ITEM = ("dataset", "columns")
OF_ALL = ("application", "legal_basis", "scenario")
REQUIRED = ("dataset", "application", "legal_basis", "scenario", "columns")
OPTIONAL_OF_ITEM = ("rows", "mode")
PERIOD = ("from", "until", "days")
ITEMS = "items"


def read_requests(data: bytes, name: str, *, zone: ZoneInfo, today: date) -> list[NewRequest]:
    """Read what is asked for, one request a dataset; raises DocumentInvalid with every problem.

    The period is whole days in the city's zone: `from` (today if left out) up to and including
    `until`, or `days` days.
    """
    document = load_yaml(data, name)
    values = document.value
    if not isinstance(values, dict):
        raise InvalidInput(f"{name} is not a mapping", hint=f"write {', '.join(REQUIRED)}")
    problems = list(_problems(document, values, name))
    if problems:
        raise DocumentInvalid(
            f"{name} is not a complete request", problems, hint="mend them all, then try again"
        )
    try:
        first = _day(values.get("from")) or today
        last = _last_day(values, first)
    except ValueError as error:
        raise InvalidInput(
            f"{name} has something that is not a date: {error}", hint="write it as 2026-01-31"
        ) from error
    period = (midnight(first, zone), end_of_day(last, zone).astimezone(zone))
    return [_request({**values, **item}, *period) for item in values.get(ITEMS, [{}])]


def _request(values: dict[str, Any], not_before: datetime, not_after: datetime) -> NewRequest:
    rows = values.get("rows")
    return NewRequest(
        dataset=values["dataset"],
        application=values["application"],
        legal_basis=values["legal_basis"],
        scenario=values["scenario"],
        columns=tuple(values["columns"]),
        rows=parse_predicate(rows) if rows is not None else None,
        mode=ShareMode(values["mode"]) if "mode" in values else None,
        not_before=not_before,
        not_after=not_after,
    )


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of `day` in `zone`."""
    return datetime.combine(day, time.min, tzinfo=zone)


def _problems(document: Document, values: dict[str, Any], name: str) -> Iterator[Problem]:
    if ITEMS not in values:
        alone = (*REQUIRED, *OPTIONAL_OF_ITEM, *PERIOD)
        yield from _of_mapping(document, values, [], name, required=REQUIRED, known=alone)
    else:
        shared = (*OF_ALL, *PERIOD, ITEMS)
        yield from _of_mapping(document, values, [], name, required=OF_ALL, known=shared)
        yield from _of_items(document, values[ITEMS], name)
    if ("days" in values) == ("until" in values):
        yield Problem("the period needs either 'until' or 'days'", path=name)


def _of_items(document: Document, items: Any, name: str) -> Iterator[Problem]:
    if not isinstance(items, list) or not items:
        yield Problem("'items' is not a list of datasets", path=name, line=document.line([ITEMS]))
        return
    known = (*OF_ITEM, *OPTIONAL_OF_ITEM)
    for number, item in enumerate(items):
        if isinstance(item, dict):
            place: list[str | int] = [ITEMS, number]
            yield from _of_mapping(document, item, place, name, required=OF_ITEM, known=known)
        else:
            line = document.line([ITEMS, number])
            yield Problem(f"'items' {number + 1} is not a mapping", path=name, line=line)


def _of_mapping(
    document: Document,
    values: dict[str, Any],
    place: list[str | int],
    name: str,
    *,
    required: tuple[str, ...],
    known: tuple[str, ...],
) -> Iterator[Problem]:
    for field in required:
        if field not in values:
            line = document.line(place) if place else None
            yield Problem(f"'{field}' is missing", path=name, line=line)
    for field, value in values.items():
        fault = _fault(field, value) if field in known else f"is unknown: use {', '.join(known)}"
        if fault:
            yield Problem(f"'{field}' {fault}", path=name, line=document.line([*place, field]))


def _fault(field: str, value: Any) -> str:
    """What is wrong with the value of a known field, or nothing."""
    if field == "columns":
        named = isinstance(value, list) and all(isinstance(column, str) for column in value)
        return "" if named else "is not a list of names"
    if field == "days":
        return "" if type(value) is int and value > 0 else "is not a whole number of days"
    if field == "mode":
        modes = [mode.value for mode in ShareMode]
        return "" if value in modes else f"is none of {', '.join(modes)}"
    if field in ("rows", ITEMS):
        return ""
    return "" if isinstance(value, str) else "is not text"


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _last_day(values: dict[str, Any], first: date) -> date:
    if "until" in values:
        return date.fromisoformat(values["until"])
    return last_of(values["days"], first)
