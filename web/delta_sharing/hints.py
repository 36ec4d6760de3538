"""What a reader says of the rows that it wants: the protocol's JSON predicates as our own.

For most grants they are hints, and readers choose the rows again themselves. Under a grant that asks
its readers to state what they know, they are what is stated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.predicate import All, Comparison, Not, Operator, Predicate
from catalog.predicate import Any as AnyOf
from web import strict_json
from web.failures import Invalid

MAX_DEPTH, MAX_PARTS = 20, 200
_COMPARISONS = {
    "equal": Operator.EQ,
    "lessThan": Operator.LT,
    "lessThanOrEqual": Operator.LE,
    "greaterThan": Operator.GT,
    "greaterThanOrEqual": Operator.GE,
}
_TURNED = {
    Operator.EQ: Operator.EQ,
    Operator.LT: Operator.GT,
    Operator.LE: Operator.GE,
    Operator.GT: Operator.LT,
    Operator.GE: Operator.LE,
}
"""A comparison with its sides changed."""


def read_hints(text: str | None) -> Predicate | None:
    """The predicate of `jsonPredicateHints`; None where there is none. Raises Invalid for another."""
    if not text:
        return None
    try:
        return _Reader().read(strict_json.loads(text), 1)
    except (ValueError, RecursionError) as error:
        raise Invalid("jsonPredicateHints is no predicate of the protocol") from error


class _Reader:
    def __init__(self) -> None:
        self._parts = 0

    def read(self, tree: Any, depth: int) -> Predicate:
        """Raises ValueError for what the protocol does not know, and for more than anybody means."""
        self._parts += 1
        if not isinstance(tree, Mapping) or depth > MAX_DEPTH or self._parts > MAX_PARTS:
            raise ValueError
        op, children = tree.get("op"), tree.get("children")
        if not isinstance(children, list) or not children:
            raise ValueError
        match op:
            case "and":
                return All(tuple(self.read(child, depth + 1) for child in children))
            case "or":
                return AnyOf(tuple(self.read(child, depth + 1) for child in children))
            case "not":
                [child] = children
                return Not(self.read(child, depth + 1))
            case "isNull":
                [child] = children
                return Comparison(_column(child), Operator.IS_NULL)
            case str() if op in _COMPARISONS:
                return _comparison(_COMPARISONS[op], *children)
            case _:
                raise ValueError


def _comparison(op: Operator, *sides: Any) -> Comparison:
    left, right = sides
    match left:
        case {"op": "literal"}:
            left, right, op = right, left, _TURNED[op]
    match right:
        case {"op": "literal", "value": str(value)}:  # the protocol writes every value as text
            return Comparison(_column(left), op, (value,))
        case _:
            raise ValueError


def _column(tree: Any) -> str:
    match tree:
        case {"op": "column", "name": str(name)}:
            return name
        case _:
            raise ValueError
