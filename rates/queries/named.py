"""What may be asked for by name: all that was ever known up to the end of the day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Text, cast, select
from sqlalchemy.orm import Session

from catalog.model import Grade, ShareType
from catalog.nearest import nearest
from core.errors import NotFound
from rates.counting import facets_in, split_facet
from rates.cut import Cut
from rates.model import GroupBy, Grouping, RateQuery
from rates.queries.source import (
    APPLICATION,
    DATASET,
    DEPARTMENT,
    DIVISION,
    DUTY,
    GRANT,
    REQUEST,
)


def require_named(session: Session, query: RateQuery, by: Grouping | None, cut: Cut) -> None:
    """Raises NotFound for a filter, or a facet to group by, that names nothing there ever was.

    What was there once may be asked for on any later day: it may have rows, or had some.
    """
    for name, find in _KNOWN.items():
        asked = getattr(query, name.value)
        if asked and asked not in (known := find(session, cut)):
            raise _not_found(name.value.replace("_", " "), asked, known)
    if query.facet or (by is not None and by.facet):
        facets = _facets(session, cut)
        if by is not None and by.facet and by.facet not in facets:
            raise _not_found("facet", by.facet, facets)
        if query.facet:
            facet, value = split_facet(query.facet)
            if facet not in facets:
                raise _not_found("facet", facet, facets)
            if value not in facets[facet]:
                raise _not_found(f"value of the facet {facet}", value, facets[facet])


def _not_found(kind: str, asked: str, known: Iterable[str]) -> NotFound:
    parts = [nearest(asked, sorted(known))]
    if kind in _LISTED:
        parts.append(f"bureau {kind} list shows them")
    return NotFound(kind, asked, hint="; ".join(filter(None, parts)) or None)


_LISTED = ("application", "department", "division")


def _entries(table: FromClause) -> Callable[[Session, Cut], set[str]]:
    return lambda session, cut: _words(session, _ever(table, table.c.code, cut))


def _themes(session: Session, cut: Cut) -> set[str]:
    found = (_words(session, _ever(table, table.c.theme, cut)) for table in (DATASET, DUTY))
    return set().union(*found) - {""}


def _applications(session: Session, cut: Cut) -> set[str]:
    """Those that are registered, and those that asked without being so."""
    asking = REQUEST.c.terms["application"].as_string()
    statements = (
        _ever(APPLICATION, APPLICATION.c.code, cut),
        select(GRANT.c.application).where(GRANT.c.granted_at < cut.until).distinct(),
        select(asking).where(REQUEST.c.created_at < cut.until).distinct(),
    )
    return set().union(*(_words(session, statement) for statement in statements))


def _facets(session: Session, cut: Cut) -> dict[str, set[str]]:
    """The values that datasets had of each facet."""
    found: dict[str, set[str]] = {}
    for text in _words(session, _ever(DATASET, cast(DATASET.c.facets, Text), cut)):
        for facet, values in facets_in(text).items():
            found.setdefault(facet, set()).update(values)
    return found


def _ever(table: FromClause, column: ColumnElement[str], cut: Cut) -> Select[Any]:
    return select(column).where(table.c.recorded_at < cut.until).distinct()


def _words(session: Session, statement: Select[Any]) -> set[str]:
    return {word for word in session.scalars(statement) if word}


_KNOWN: dict[GroupBy, Callable[[Session, Cut], set[str]]] = {
    GroupBy.DEPARTMENT: _entries(DEPARTMENT),
    GroupBy.DIVISION: _entries(DIVISION),
    GroupBy.THEME: _themes,
    GroupBy.APPLICATION: _applications,
    GroupBy.GRADE: lambda _session, _cut: set(Grade),
    GroupBy.SHARE_TYPE: lambda _session, _cut: set(ShareType),
}
