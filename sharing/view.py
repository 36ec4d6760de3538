"""From a grant's terms and a contract's columns to what a reader physically gets: a plan.

A reader may choose among what is given, and never learns more by choosing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence

from catalog.plan import Anonymity, Column, ColumnType, ReadPlan
from catalog.predicate import All, Comparison, Operator, Predicate, columns_of, comparisons_of
from catalog.source.constants import read_constant
from core.errors import Conflict, InvalidInput
from sharing.model import Terms
from sharing.safeguards import check_safeguards

_ORDERED = (Operator.LT, Operator.LE, Operator.GT, Operator.GE)
_SPELLED = (ColumnType.STRING, ColumnType.INTEGER)
"""Types of which a beginning means something."""


def check_scope(
    terms: Terms, columns: Sequence[Column], *, classified: Collection[str] = ()
) -> None:
    """Refuse columns that the dataset does not have, and values that a column never holds.

    Safeguards have to be such as can be kept, too. Nor may rows be chosen by a `classified` column: the choice would tell what the column hides,
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
    by = [comparison.column for comparison in comparisons]
    check_safeguards(terms.safeguards, terms.columns, by, columns)


def check_where(where: Predicate, plan: ReadPlan, columns: Sequence[Column]) -> None:
    """Refuse values that a column, as it is given, never holds."""
    given = {column.name: column for column in plan.given(columns)}
    for comparison in comparisons_of(where):
        _check_comparison(given[comparison.column], comparison)


def unsearchable(terms: Terms, where: Predicate) -> list[str]:
    """The columns of a reader's choice that the terms do not give, or not to choose rows by."""
    searched = set(terms.columns) - set(terms.safeguards.no_search)
    return [name for name in dict.fromkeys(columns_of(where)) if name not in searched]


def knows_enough(terms: Terms, where: Predicate | None) -> bool:
    """Whether a reader states what the terms ask for: one value for each column of a set."""
    needs = terms.safeguards.needs
    stated = {one.column for one in _bound(where)}
    return not needs or any(stated.issuperset(names) for names in needs)


def _bound(where: Predicate | None) -> Iterator[Comparison]:
    """The comparisons that every chosen row satisfies with one value."""
    match where:
        case All(parts):
            for part in parts:
                yield from _bound(part)
        case Comparison(op=Operator.EQ):
            yield where


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


def plan_read(
    terms: Terms,
    columns: Sequence[Column],
    *,
    only: Collection[str] = (),
    where: Predicate | None = None,
    anonymity: Anonymity | None = None,
    key: bytes = b"",
) -> ReadPlan:
    """The granted columns in the dataset's own order, of the granted rows, under the safeguards.

    `only` and `where` are the reader's choice, `key` is what the grant's pseudonyms are made with.
    Raises Conflict when the dataset lost a granted column since: nothing is served in its place.
    """
    names = [column.name for column in columns]
    filtered = columns_of(terms.rows) if terms.rows is not None else ()
    flags = [secrecy.flag for secrecy in terms.safeguards.secrecy]
    lost = [c for c in (*terms.columns, *filtered, *flags) if c not in names]
    if lost:
        raise Conflict(
            f"{terms.dataset} no longer has the granted column {', '.join(sorted(set(lost)))}",
            hint="ask for a new grant on its present contract",
        )
    unclear = [c.name for c in columns if c.name in flags and c.type is not ColumnType.BOOLEAN]
    if unclear:
        raise Conflict(
            f"in this version {', '.join(unclear)} is not boolean, and does not say what is secret",
            hint="read another version",
        )
    granted = set(terms.columns)
    plan = ReadPlan(
        columns=tuple(name for name in names if name in granted),
        rows=terms.rows,
        masks=terms.safeguards.masks,
        secrecy=terms.safeguards.secrecy,
        anonymity=anonymity,
        where=where,
        only=tuple(only),
        key=key,
    )
    if where is not None:
        check_where(where, plan, columns)
    return plan
