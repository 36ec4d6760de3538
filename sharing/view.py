"""From a grant's terms and a contract's columns to what a reader physically gets: a plan."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.plan import ReadPlan
from catalog.predicate import columns_of
from core.errors import Conflict, InvalidInput
from sharing.model import Terms


def check_scope(terms: Terms, columns: Sequence[str]) -> None:
    """Refuse terms that name columns which the dataset does not have."""
    known = set(columns)
    asked = list(terms.columns) + (list(columns_of(terms.rows)) if terms.rows is not None else [])
    unknown = sorted({column for column in asked if column not in known})
    if unknown:
        raise InvalidInput(
            f"{terms.dataset} has no column {', '.join(unknown)}",
            hint=f"its columns are: {', '.join(columns)}",
        )


def plan_read(terms: Terms, columns: Sequence[str]) -> ReadPlan:
    """The granted columns in the dataset's own order, of the granted rows.

    Raises Conflict when the dataset lost a granted column since: nothing is served in its place.
    """
    lost = [c for c in terms.columns if c not in columns]
    filtered = columns_of(terms.rows) if terms.rows is not None else ()
    lost += [c for c in filtered if c not in columns]
    if lost:
        raise Conflict(
            f"{terms.dataset} no longer has the granted column {', '.join(sorted(set(lost)))}",
            hint="ask for a new grant on its present contract",
        )
    granted = set(terms.columns)
    return ReadPlan(columns=tuple(c for c in columns if c in granted), rows=terms.rows)
