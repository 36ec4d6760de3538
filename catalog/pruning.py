"""Which files can hold a row that a reader looks for: told by the smallest and largest values in them.

Never more than a hint: a file is left out only where it is certain that no row of it is looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from catalog.plan import Column, ColumnType
from catalog.predicate import All, Comparison, Not, Operator, Predicate
from catalog.predicate import Any as AnyOf
from catalog.source.constants import read_constant


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is known of a column in a group of rows; `least` and `most` are None where they are not."""

    least: Any
    most: Any
    nulls: bool
    """Whether there may be nulls."""
    values: bool
    """Whether there may be others."""


Group: TypeAlias = Mapping[str, Bounds]
"""What is known of a group of rows, by column; columns of which nothing is known are not there."""


def may_hold(predicate: Predicate, columns: Mapping[str, Column], group: Group) -> bool:
    """Whether a row of the group may satisfy the predicate.

    Raises InvalidInput for a constant that its column never holds, KeyError for a column that is
    not among `columns`.
    """
    match predicate:  # lists and not generators: every part is looked at, for faults
        case All(parts):
            return not [part for part in parts if not may_hold(part, columns, group)]
        case AnyOf(parts):
            return bool([part for part in parts if may_hold(part, columns, group)])
        case Not(part):
            may_hold(part, columns, group)  # only to find faults: what is not so may be anywhere
            return True
        case Comparison(column, op, values):
            known = columns[column]
            constants = [read_constant(known, value) for value in values]
            bounds = group.get(column)
            return bounds is None or _may_compare(known, op, constants, bounds)


def _may_compare(column: Column, op: Operator, constants: list[Any], bounds: Bounds) -> bool:
    if op is Operator.IS_NULL:
        return bounds.nulls
    if not bounds.values or bounds.least is None or column.type is ColumnType.DOUBLE:
        return bounds.values  # a float may be no number, which is neither less nor more
    least, most = bounds.least, bounds.most
    tests: dict[Operator, Callable[[Any], bool]] = {
        Operator.EQ: lambda value: least <= value <= most,
        Operator.IN: lambda value: least <= value <= most,
        Operator.LT: lambda value: least < value,
        Operator.LE: lambda value: least <= value,
        Operator.GT: lambda value: most > value,
        Operator.GE: lambda value: most >= value,
    }
    return op not in tests or any(map(tests[op], constants))
