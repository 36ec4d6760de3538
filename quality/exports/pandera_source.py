"""Checks as the source of a Pandera schema: a Python file that runs without this program.

The schema is for a pandas frame whose text columns hold Python strings and whose other columns are
Arrow's types, because pandas' own cannot tell an empty cell from NaN. `READING` says how such a frame
is made of a Parquet file. Each check carries the id that it has in the contract.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from catalog.plan import Column, ColumnType
from contracts.formats import get_format
from core.errors import InvalidInput
from quality.exports.expressible import require_expressible
from quality.model import CheckKind, CheckSpec, Repeats
from quality.patterns import to_python
from quality.values import Value, fits, holdable, read_value, to_grid

ARROW_TYPES = {
    ColumnType.STRING: "object",
    ColumnType.INTEGER: "pandas.ArrowDtype(pyarrow.int64())",
    ColumnType.NUMBER: "pandas.ArrowDtype(pyarrow.decimal128(38, 9))",
    ColumnType.DOUBLE: "pandas.ArrowDtype(pyarrow.float64())",
    ColumnType.BOOLEAN: "pandas.ArrowDtype(pyarrow.bool_())",
    ColumnType.DATE: "pandas.ArrowDtype(pyarrow.date32())",
    ColumnType.TIME: 'pandas.ArrowDtype(pyarrow.time64("us"))',
    ColumnType.TIMESTAMP: 'pandas.ArrowDtype(pyarrow.timestamp("us"))',
}

_HEAD = '''"""{title}

Made from the contract by databureau. Read the data so that empty cells are not NaN:

    types = lambda kind: None if pyarrow.types.is_string(kind) else pandas.ArrowDtype(kind)
    frame = pyarrow.parquet.read_table(FILE).to_pandas(types_mapper=types)
    schema.validate(frame, lazy=True)

{left}
"""

import datetime
import re
from decimal import Decimal
from fractions import Fraction

import pandas
import pandera.pandas as pa
import pyarrow


def has_check_character(text, alphabet, weights, modulus, remainder):
    places = (alphabet.index(character) for character in text)
    return sum(map(int.__mul__, places, weights)) % modulus == remainder


def is_date(digits):
    try:
        datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


schema = pa.DataFrameSchema(
    {{
{columns}
    }},
    checks=[
{checks}
    ],
)
'''


@dataclass(frozen=True, slots=True)
class PanderaSource:
    """`left` says by check id what Pandera cannot express, and why."""

    source: str
    left: dict[str, str]


def pandera_source(
    specs: Sequence[CheckSpec], columns: Sequence[Column], title: str
) -> PanderaSource:
    """Write the schema of `columns` with every check that a Pandera schema can hold."""
    types = {column.name: column for column in columns}
    inside: dict[str, list[str]] = {name: [] for name in types}
    across: list[str] = []
    left: dict[str, str] = {}
    for spec in specs:
        try:
            written = _written(spec, types)
        except InvalidInput as error:
            left[spec.id] = str(error)
            continue
        (inside[spec.columns[0]] if len(spec.columns) == 1 else across).extend(written)
    body = [_column(column, inside[column.name]) for column in columns]
    reasons = [f"Left out: {name}: {reason}" for name, reason in left.items()]
    source = _HEAD.format(
        title=_plain(title),
        left="\n".join(map(_plain, reasons)) or "Every check of the contract is in it.",
        columns="\n".join(body),
        checks="\n".join(f"        {check}," for check in across),
    )
    return PanderaSource(source, left)


def _plain(text: str) -> str:
    """Text inside of a docstring, which it cannot end and whose lines it does not break."""
    return " ".join(text.split()).replace("\\", "\\\\").replace('"""', "'''")


def _column(column: Column, checks: Sequence[str]) -> str:
    lines = "".join(f"                {check},\n" for check in checks)
    inside = f"[\n{lines}            ]" if lines else "[]"
    return (
        f"        {column.name!r}: pa.Column(\n            {ARROW_TYPES[column.type]},\n"
        f"            {inside},\n            nullable=True,\n        ),"
    )


def _written(spec: CheckSpec, columns: Mapping[str, Column]) -> list[str]:
    """The expressions of one check. Raises InvalidInput, which says why there are none."""
    require_expressible(spec, columns, _NOT_OF_ONE_FRAME)
    return _WRITERS[spec.kind](spec, columns[spec.columns[0]])


def _check(spec: CheckSpec, test: str, **options: object) -> str:
    given = "".join(f", {name}={value!r}" for name, value in options.items())
    return f"pa.Check({test}{given}, error={spec.id!r})"


def _required(spec: CheckSpec, _: Column) -> list[str]:
    return [_check(spec, "lambda cells: cells.notna()", ignore_na=False)]


def _enum(spec: CheckSpec, column: Column) -> list[str]:
    held = [fits(read_value(text, column), column.type) for text in spec.values]
    return [_check(spec, f"lambda cells: {_is_among(held, column)}")]


def _is_among(values: Sequence[Value | None], column: Column) -> str:
    """True where a cell is one of `values`. NaN is looked for by itself: pandas takes it for empty."""
    found = [value for value in values if value is not None]
    numbers = [value for value in found if value == value]  # noqa: PLR0124 (NaN is not itself)
    if column.type is ColumnType.DOUBLE:
        numbers = [value + 0.0 for value in numbers if isinstance(value, float)]
    test = f"{_cells(column)}.isin({_listed(numbers, column)})"
    return test if len(numbers) == len(found) else f"({test} | (cells != cells))"


def _cells(column: Column) -> str:
    """The cells, with minus zero as zero."""
    return "(cells + 0.0)" if column.type is ColumnType.DOUBLE else "cells"


def _listed(values: Sequence[Value], column: Column) -> str:
    written = ", ".join(map(literal, values))
    kind = ARROW_TYPES[column.type]
    return f"pandas.array([{written}], dtype={kind})" if kind != "object" else f"[{written}]"


def _bounds(spec: CheckSpec, column: Column) -> list[str]:
    if column.type in (ColumnType.STRING, ColumnType.BOOLEAN):
        raise InvalidInput(f"'{column.name}' is a {column.type}, which has no order")
    tests = []
    if spec.minimum is not None:
        value = to_grid(
            read_value(spec.minimum, column), column.type, up=not spec.exclusive_minimum
        )
        tests.append(("gt" if spec.exclusive_minimum else "ge", value))
    if spec.maximum is not None:
        value = to_grid(read_value(spec.maximum, column), column.type, up=spec.exclusive_maximum)
        tests.append(("lt" if spec.exclusive_maximum else "le", value))
    return [f"pa.Check.{name}({literal(value)}, error={spec.id!r})" for name, value in tests]


def _length(spec: CheckSpec, column: Column) -> list[str]:
    _must_be_text(column)
    if spec.max_length is not None and (spec.min_length or 0) > spec.max_length:
        return [_check(spec, "lambda cells: cells.isna()")]  # Pandera refuses what nothing can hold
    return [f"pa.Check.str_length({spec.min_length}, {spec.max_length}, error={spec.id!r})"]


def _pattern(spec: CheckSpec, column: Column) -> list[str]:
    _must_be_text(column)
    return [f"pa.Check.str_contains({to_python(spec.pattern)!r}, error={spec.id!r})"]


def _multiple_of(spec: CheckSpec, column: Column) -> list[str]:
    step = read_value(spec.multiple_of, column)
    held = fits(step, ColumnType.NUMBER)
    if column.type not in (ColumnType.INTEGER, ColumnType.NUMBER) or not held:
        raise InvalidInput(f"'{column.name}' has no exact multiples of {spec.multiple_of}")
    test = f"lambda cell: Fraction(cell) % Fraction({str(held)!r}) == 0"
    return [_check(spec, test, element_wise=True)]


def _format(spec: CheckSpec, column: Column) -> list[str]:
    _must_be_text(column)
    named = get_format(spec.format)
    tests = [f"re.search({to_python(named.pattern)!r}, cell) is not None"]
    if sums := named.checksum:
        numbers = f"{sums.alphabet!r}, {sums.weights!r}, {sums.modulus}, {sums.remainder}"
        tests.append(f"has_check_character(cell, {numbers})")
    if start := named.date_start:
        tests.append(f"is_date(cell[{start - 1}:{start + 7}])")
    return [_check(spec, f"lambda cell: {' and '.join(tests)}", element_wise=True)]


def _missing(spec: CheckSpec, column: Column) -> list[str]:
    held = holdable(spec.values, column)
    empty = "cells.isna()" if spec.empty_is_missing else "False"
    test = f"lambda cells: ~(({_is_among(held, column)} & cells.notna()) | {empty})"
    return [_check(spec, test, ignore_na=False)]


def _invalid(spec: CheckSpec, column: Column) -> list[str]:
    faults = _enum(spec, column) if spec.values else []
    return faults + (_pattern(spec, column) if spec.pattern else [])


def _unique(spec: CheckSpec, column: Column) -> list[str]:
    keep = "first" if spec.kind is CheckKind.UNIQUE or spec.repeats is Repeats.SURPLUS else False
    if len(spec.columns) == 1:
        return [_check(spec, f"lambda cells: ~{_cells(column)}.duplicated(keep={keep!r})")]
    names = list(spec.columns)
    test = (
        f"lambda frame: ~frame[{names!r}].dropna().duplicated(keep={keep!r})"
        ".reindex(frame.index, fill_value=False)"
    )
    return [_check(spec, test, ignore_na=False)]


def literal(value: Value) -> str:
    """A Python expression of the value, under the names that the source imports."""
    match value:
        case bool() | int() | str():
            return repr(value)
        case float():
            return f"float({str(value)!r})"
        case Decimal():
            return f"Decimal({str(value)!r})"
        case datetime() | date() | time():
            return repr(value)


def _must_be_text(column: Column) -> None:
    if column.type is not ColumnType.STRING:
        raise InvalidInput(f"'{column.name}' is a {column.type} and not text")


_WRITERS: dict[CheckKind, Callable[[CheckSpec, Column], list[str]]] = {
    CheckKind.REQUIRED: _required,
    CheckKind.UNIQUE: _unique,
    CheckKind.ENUM: _enum,
    CheckKind.BOUNDS: _bounds,
    CheckKind.LENGTH: _length,
    CheckKind.PATTERN: _pattern,
    CheckKind.MULTIPLE_OF: _multiple_of,
    CheckKind.FORMAT: _format,
    CheckKind.MISSING: _missing,
    CheckKind.INVALID: _invalid,
    CheckKind.REPEATED: _unique,
}
_NOT_OF_ONE_FRAME = {
    CheckKind.TYPE: "a frame holds what was read; what could not be read is found when it is read",
    CheckKind.REFERENCE: "a schema of one frame does not know another",
    CheckKind.ROW_COUNT: "a schema has no number of rows",
    CheckKind.SQL: "a schema runs no SQL",
    CheckKind.UNSUPPORTED: "no engine here executes it",
}
