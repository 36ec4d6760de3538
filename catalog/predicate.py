"""Row predicates: a JSON tree with a closed set of operators, never SQL text.

`{"all": [p, ...]}`, `{"any": [p, ...]}`, `{"not": p}`, or a comparison
`{"column": c, "op": o, "value": v}` with o one of eq ne lt le gt ge in starts_with is_null
not_null. `starts_with` looks at text, or at the digits of an integer.
A comparison with a null cell is unknown, and an unknown row is left out, as in SQL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from core.canonical import Json
from core.errors import InvalidInput

MAX_NODES = 200
MAX_DEPTH = 20
MAX_VALUES = 10_000

Scalar: TypeAlias = str | int | bool


class Operator(StrEnum):
    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    IN = "in"
    STARTS_WITH = "starts_with"
    IS_NULL = "is_null"
    NOT_NULL = "not_null"


@dataclass(frozen=True, slots=True)
class Comparison:
    column: str
    op: Operator
    values: tuple[Scalar, ...] = ()


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Any:
    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Predicate


Predicate: TypeAlias = Comparison | All | Any | Not


def parse_predicate(tree: Json) -> Predicate:
    """Read a predicate from its JSON tree; raises InvalidInput naming the first bad node."""
    budget = _Budget()
    return _parse(tree, "$", 1, budget)


def predicate_json(predicate: Predicate) -> dict[str, Json]:
    """The JSON tree of `predicate`; `parse_predicate` gives it back."""
    match predicate:
        case All(parts):
            return {"all": [predicate_json(part) for part in parts]}
        case Any(parts):
            return {"any": [predicate_json(part) for part in parts]}
        case Not(part):
            return {"not": predicate_json(part)}
        case Comparison(column, op, values):
            tree: dict[str, Json] = {"column": column, "op": op.value}
            if op is Operator.IN:
                tree["value"] = list(values)
            elif values:
                tree["value"] = values[0]
            return tree


def comparisons_of(predicate: Predicate) -> Iterator[Comparison]:
    """Every comparison that `predicate` is made of, in reading order."""
    match predicate:
        case All(parts) | Any(parts):
            for part in parts:
                yield from comparisons_of(part)
        case Not(part):
            yield from comparisons_of(part)
        case Comparison():
            yield predicate


def columns_of(predicate: Predicate) -> Iterator[str]:
    """Every column that `predicate` looks at, repeats included."""
    return (comparison.column for comparison in comparisons_of(predicate))


@dataclass(slots=True)
class _Budget:
    nodes: int = 0

    def spend(self, place: str) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise InvalidInput(f"the row predicate has more than {MAX_NODES} parts at {place}")


def _parse(tree: Json, place: str, depth: int, budget: _Budget) -> Predicate:
    budget.spend(place)
    if depth > MAX_DEPTH:
        raise InvalidInput(f"the row predicate is nested deeper than {MAX_DEPTH} at {place}")
    if not isinstance(tree, Mapping):
        raise InvalidInput(
            f"the row predicate is not an object at {place}",
            hint='write {"column": "district", "op": "eq", "value": "440305"}',
        )
    keys = set(tree)
    if keys in ({"all"}, {"any"}):
        word = next(iter(keys))
        parts = tree[word]
        if not isinstance(parts, list | tuple) or not parts:
            raise InvalidInput(f"'{word}' needs a list of at least one predicate at {place}")
        parsed = tuple(
            _parse(part, f"{place}.{word}[{index}]", depth + 1, budget)
            for index, part in enumerate(parts)
        )
        return All(parsed) if word == "all" else Any(parsed)
    if keys == {"not"}:
        return Not(_parse(tree["not"], f"{place}.not", depth + 1, budget))
    return _parse_comparison(tree, place)


def _parse_comparison(tree: Mapping[str, Json], place: str) -> Comparison:
    unknown = sorted(set(tree) - {"column", "op", "value"})
    if unknown or "column" not in tree or "op" not in tree:
        raise InvalidInput(
            f"the row predicate at {place} needs 'column' and 'op' and nothing but 'value' beside"
        )
    column, word = tree["column"], tree["op"]
    if not isinstance(column, str) or not column:
        raise InvalidInput(f"the column at {place} is not a name")
    if not isinstance(word, str) or word not in Operator.__members__.values():
        known = " ".join(operator.value for operator in Operator)
        raise InvalidInput(f"unknown operator {word!r} at {place}", hint=f"use one of: {known}")
    op = Operator(word)
    if op in (Operator.IS_NULL, Operator.NOT_NULL):
        if "value" in tree:
            raise InvalidInput(f"'{word}' takes no value at {place}")
        return Comparison(column, op)
    if "value" not in tree:
        raise InvalidInput(f"'{word}' needs a value at {place}")
    value = tree["value"]
    if op is Operator.IN:
        if not isinstance(value, list | tuple) or not value or len(value) > MAX_VALUES:
            raise InvalidInput(f"'in' needs a list of 1 to {MAX_VALUES} values at {place}")
        return Comparison(column, op, tuple(_scalar(item, place) for item in value))
    if op is Operator.STARTS_WITH and not (isinstance(value, str) and value):
        raise InvalidInput(f"'starts_with' needs a text that is not empty at {place}")
    return Comparison(column, op, (_scalar(value, place),))


def _scalar(value: Json, place: str) -> Scalar:
    if isinstance(value, str | int):
        return value
    raise InvalidInput(
        f"the value at {place} is neither text, integer nor boolean",
        hint="write decimals as text; test for nulls with is_null",
    )
