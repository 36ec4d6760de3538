"""From a grant's terms and a contract's columns to what a reader physically gets: a plan."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from catalog.plan import Column, ColumnType, ReadPlan
from catalog.predicate import Comparison, Operator, columns_of, comparisons_of
from catalog.source.constants import read_constant
from core.errors import Conflict, InvalidInput
from sharing.model import Terms

_ORDERED = (Operator.LT, Operator.LE, Operator.GT, Operator.GE)
_SPELLED = (ColumnType.STRING, ColumnType.INTEGER)
"""Types of which a beginning means something."""


def check_scope(
    terms: Terms, columns: Sequence[Column], *, classified: Collection[str] = ()
) -> None:
    """Refuse columns that the dataset does not have, and values that a column never holds.

    Nor may rows be chosen by a `classified` column: the choice would tell what the column hides,
    and terms, which the ledger keeps, would hold personal data.
    """
    known = {column.name: column for column in columns}
    comparisons = list(comparisons_of(terms.rows)) if terms.rows is not None else []
    asked = {*terms.columns, *(comparison.column for comparison in comparisons)}
    unknown = sorted(asked - known.keys())
    if unknown:
        raise InvalidInput(
            f"{terms.dataset} has no column {', '.join(unknown)}",
            hint=f"its columns are: {', '.join(known)}",
        )
    if named := sorted({c.column for c in comparisons} & set(classified)):
        raise InvalidInput(
            f"rows cannot be chosen by {', '.join(named)}: the contract classifies it",
            hint="choose rows by other columns, or ask for all rows",
        )
    for comparison in comparisons:
        _check_comparison(known[comparison.column], comparison)


def _check_comparison(column: Column, comparison: Comparison) -> None:
    if column.type is ColumnType.BOOLEAN and comparison.op in _ORDERED:
        raise InvalidInput(
            f"'{comparison.op}' orders values, and column '{column.name}' is {column.type}",
            hint="use eq or ne",
        )
    if comparison.op is Operator.STARTS_WITH and column.type not in _SPELLED:
        raise InvalidInput(
            f"'starts_with' looks at text, and column '{column.name}' is {column.type}",
            hint="use eq, in, or a range of ge and lt",
        )
    for value in comparison.values:
        if column.type is ColumnType.STRING and not isinstance(value, str):
            shown = json.dumps(value)
            raise InvalidInput(
                f"{shown} is not a valid {column.type} for column '{column.name}'",
                hint=f'write the value in quotes: "{shown}"',
            )
        read_constant(column, value)


def plan_read(terms: Terms, columns: Sequence[str], *, only: Collection[str] = ()) -> ReadPlan:
    """The granted columns in the dataset's own order, or `only` some of them, of the granted rows.

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
    granted = set(terms.columns) & set(only or terms.columns)
    return ReadPlan(columns=tuple(c for c in columns if c in granted), rows=terms.rows)
