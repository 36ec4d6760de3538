"""Checks as a Great Expectations suite: its JSON, which `ExpectationSuite` reads as it is.

Each expectation carries the id of its check in `meta`. A check that needs two expectations, as
`validValues` with a `pattern`, has two of the same id. Numbers in a suite are JSON's: a number that
those cannot hold to the last digit is said to be inexpressible, never rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import Any, TypeAlias

from catalog.plan import Column, ColumnType
from contracts.formats import get_format
from core.errors import InvalidInput
from quality.exports.expressible import require_expressible
from quality.model import CheckKind, CheckSpec, Repeats
from quality.patterns import to_python
from quality.values import Value, fits, holdable, read_value, to_grid

Expectation: TypeAlias = "tuple[str, dict[str, Any]]"
"""The type and its arguments."""

_ANYWHERE = r"[\s\S]*?(?:{})"
"""GX matches from the start of a text; a contract's pattern is looked for anywhere in it."""


@dataclass(frozen=True, slots=True)
class Suite:
    """`left` says by check id what the suite cannot express, and why."""

    document: dict[str, Any]
    left: dict[str, str]


def gx_suite(specs: Sequence[CheckSpec], columns: Sequence[Column], name: str) -> Suite:
    types = {column.name: column for column in columns}
    expectations: list[dict[str, Any]] = []
    left: dict[str, str] = {}
    for spec in specs:
        try:
            made = _expectations(spec, types)
        except InvalidInput as error:
            left[spec.id] = str(error)
            continue
        expectations += [
            {"type": kind, "kwargs": arguments, "meta": _meta(spec), "severity": _severity(spec)}
            for kind, arguments in made
        ]
    meta = {"made_by": "databureau", "left_out": left}
    return Suite({"name": name, "expectations": expectations, "meta": meta}, left)


def _meta(spec: CheckSpec) -> dict[str, str]:
    return {"check": spec.id, "dimension": spec.dimension.value, "notes": spec.description}


def _severity(spec: CheckSpec) -> str:
    return {"error": "critical"}.get(spec.severity.value, spec.severity.value)


def _expectations(spec: CheckSpec, columns: Mapping[str, Column]) -> list[Expectation]:
    """Raises InvalidInput, which says why there are none."""
    require_expressible(spec, columns, _NOT_AN_EXPECTATION)
    return _WRITERS[spec.kind](spec, columns[spec.columns[0]])


def _required(_: CheckSpec, column: Column) -> list[Expectation]:
    return [("expect_column_values_to_not_be_null", {"column": column.name})]


def _enum(spec: CheckSpec, column: Column) -> list[Expectation]:
    held = [fits(read_value(text, column), column.type) for text in spec.values]
    return [_among("expect_column_values_to_be_in_set", held, column)]


def _among(kind: str, values: Sequence[Value | None], column: Column) -> Expectation:
    listed = [_json(value) for value in values if value is not None]
    if not listed:
        raise InvalidInput("no value of the column is listed, and GX takes an empty list for all")
    if column.type is ColumnType.DOUBLE:
        raise InvalidInput("pandas tells neither NaN from empty nor 0 from -0 in a list")
    if column.type is ColumnType.TIME:
        raise InvalidInput("JSON has no times, and pandas takes no text for one")
    return kind, {"column": column.name, "value_set": listed}


def _bounds(spec: CheckSpec, column: Column) -> list[Expectation]:
    if column.type in (ColumnType.STRING, ColumnType.BOOLEAN, ColumnType.TIME):
        raise InvalidInput(f"GX has no order of a {column.type}, which '{column.name}' is")
    arguments: dict[str, Any] = {"column": column.name}
    for end, text, strict, up in (
        ("min", spec.minimum, spec.exclusive_minimum, not spec.exclusive_minimum),
        ("max", spec.maximum, spec.exclusive_maximum, spec.exclusive_maximum),
    ):
        if text is not None:
            value = to_grid(read_value(text, column), column.type, up=up)
            arguments |= {f"{end}_value": _json(value), f"strict_{end}": strict}
    if "min_value" in arguments and "max_value" in arguments:
        _require_order(arguments)
    return [("expect_column_values_to_be_between", arguments)]


def _require_order(arguments: Mapping[str, Any]) -> None:
    if arguments["min_value"] > arguments["max_value"]:
        raise InvalidInput("GX refuses bounds between which nothing lies")


def _length(spec: CheckSpec, column: Column) -> list[Expectation]:
    _must_be_text(column)
    ends = {"min_value": spec.min_length, "max_value": spec.max_length}
    given = {name: value for name, value in ends.items() if value is not None}
    if len(given) == len(ends):
        _require_order(given)
    return [("expect_column_value_lengths_to_be_between", {"column": column.name, **given})]


def _pattern(spec: CheckSpec, column: Column) -> list[Expectation]:
    _must_be_text(column)
    regex = _ANYWHERE.format(to_python(spec.pattern))
    return [("expect_column_values_to_match_regex", {"column": column.name, "regex": regex})]


def _format(spec: CheckSpec, column: Column) -> list[Expectation]:
    _must_be_text(column)
    named = get_format(spec.format)
    if named.checksum or named.date_start:
        raise InvalidInput(f"GX has no check character of {named.name}")
    regex = to_python(named.pattern)
    return [("expect_column_values_to_match_regex", {"column": column.name, "regex": regex})]


def _missing(spec: CheckSpec, column: Column) -> list[Expectation]:
    held = holdable(spec.values, column)
    made = [_among("expect_column_values_to_not_be_in_set", held, column)] if held else []
    made += _required(spec, column) if spec.empty_is_missing else []
    if not made:
        raise InvalidInput("nothing that the column can hold is listed")
    return made


def _invalid(spec: CheckSpec, column: Column) -> list[Expectation]:
    made = _enum(spec, column) if spec.values else []
    return made + (_pattern(spec, column) if spec.pattern else [])


def _unique(spec: CheckSpec, column: Column) -> list[Expectation]:
    if spec.kind is CheckKind.REPEATED and spec.repeats is Repeats.KEYS:
        raise InvalidInput("GX counts rows, not keys")
    if len(spec.columns) == 1:
        return [("expect_column_values_to_be_unique", {"column": column.name})]
    arguments = {"column_list": list(spec.columns), "ignore_row_if": "any_value_is_missing"}
    return [("expect_compound_columns_to_be_unique", arguments)]


def _json(value: Value) -> Any:
    """The value as JSON has it. Raises InvalidInput where a JSON number would be another one."""
    match value:
        case bool() | str():
            return value
        case int() | Decimal():
            held = float(value)
            if Decimal(held) != Decimal(value):
                raise InvalidInput(f"a number of JSON cannot hold {value} to the last digit")
            return held
        case float():
            if not isfinite(value):
                raise InvalidInput(f"JSON has no {value}")
            return value
        case datetime() | date() | time():
            return value.isoformat()


def _must_be_text(column: Column) -> None:
    if column.type is not ColumnType.STRING:
        raise InvalidInput(f"'{column.name}' is a {column.type} and not text")


_WRITERS: dict[CheckKind, Callable[[CheckSpec, Column], list[Expectation]]] = {
    CheckKind.REQUIRED: _required,
    CheckKind.UNIQUE: _unique,
    CheckKind.ENUM: _enum,
    CheckKind.BOUNDS: _bounds,
    CheckKind.LENGTH: _length,
    CheckKind.PATTERN: _pattern,
    CheckKind.FORMAT: _format,
    CheckKind.MISSING: _missing,
    CheckKind.INVALID: _invalid,
    CheckKind.REPEATED: _unique,
}
_NOT_AN_EXPECTATION = {
    CheckKind.TYPE: "a frame holds what was read; what could not be read is found when it is read",
    CheckKind.MULTIPLE_OF: "GX has no exact multiples",
    CheckKind.REFERENCE: "a suite of one table does not know another",
    CheckKind.ROW_COUNT: "the rows are counted when they are read",
    CheckKind.SQL: "a frame runs no SQL",
    CheckKind.UNSUPPORTED: "no engine here executes it",
}
