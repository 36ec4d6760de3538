"""logicalTypeOptions of a property, taken apart into the checks that they state.

Each option is taken once; what is left over is not dropped but becomes an UNSUPPORTED check.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from contracts.columns import is_floating
from contracts.formats import FORMATS
from contracts.model import LogicalType, Property
from core.errors import InvalidInput
from quality.describe import sentence
from quality.model import CheckKind, CheckSpec, Dimension
from quality.patterns import to_re2

NUMERIC = (LogicalType.INTEGER, LogicalType.NUMBER)
TEMPORAL = (LogicalType.DATE, LogicalType.TIMESTAMP, LogicalType.TIME)
NESTED = (LogicalType.OBJECT, LogicalType.ARRAY, LogicalType.MAP, LogicalType.VECTOR)

_WIDTHS = {f"i{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64, 128)}
_WIDTHS |= {f"u{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64, 128)}
_ABOUT_READING = {"format", "defaultTimezone"}
"""Of dates and times: how cells are read. What cannot be read so is a failure of the TYPE check."""


def option_checks(column: Property) -> Iterator[CheckSpec]:
    left = dict(column.options)
    if column.logical_type in NUMERIC:
        yield from _bounds(column, left)
        yield from _multiple_of(column, left)
        yield from _width(column, left)
    elif column.logical_type in TEMPORAL:
        yield from _bounds(column, left)
        for option in _ABOUT_READING:
            left.pop(option, None)
    elif column.logical_type in (LogicalType.STRING, None):
        yield from _length(column, left)
        yield from _pattern(column, left)
        yield from _format(column, left)
    for option in left:
        yield unsupported(column, option, _why_not(column, option))


def make(column: Property, kind: CheckKind, dimension: Dimension, **fields: Any) -> CheckSpec:
    """Make the check of `kind` on one column; its id is the property's name and the kind."""
    spec = CheckSpec(
        id=f"{column.name}.{kind}",
        kind=kind,
        columns=(column.name,),
        dimension=dimension,
        critical=column.critical,
        description="",
        **fields,
    )
    return replace(spec, description=sentence(spec))


def unsupported(column: Property, statement: str, reason: str) -> CheckSpec:
    return CheckSpec(
        id=f"{column.name}.{statement}",
        kind=CheckKind.UNSUPPORTED,
        columns=(column.name,),
        dimension=Dimension.CONFORMITY,
        critical=column.critical,
        description=f"{column.name} has {statement} {as_text(column.options.get(statement, ''))}",
        reason=reason,
    )


def as_text(value: Any) -> str:
    """Write a YAML value as a contract's author would: dates in ISO 8601, booleans in lower case."""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _is_scalar(value: Any) -> bool:
    plain = isinstance(value, str | int | float | Decimal | date | datetime | time)
    return plain and not isinstance(value, bool)


def _take(left: dict[str, Any], option: str) -> str | None:
    """Take an option that is one value; anything else stays and is reported."""
    return as_text(left.pop(option)) if option in left and _is_scalar(left[option]) else None


def _bounds(column: Property, left: dict[str, Any]) -> Iterator[CheckSpec]:
    """One predicate for both ends; a second one only where an end is stated in both ways."""
    low, high = _take(left, "minimum"), _take(left, "maximum")
    above, below = _take(left, "exclusiveMinimum"), _take(left, "exclusiveMaximum")
    first = {
        "minimum": above if low is None else low,
        "maximum": below if high is None else high,
        "exclusive_minimum": low is None and above is not None,
        "exclusive_maximum": high is None and below is not None,
    }
    second = {
        "minimum": None if low is None else above,
        "maximum": None if high is None else below,
        "exclusive_minimum": True,
        "exclusive_maximum": True,
    }
    for ends in (first, second):
        if ends["minimum"] is not None or ends["maximum"] is not None:
            yield make(column, CheckKind.BOUNDS, Dimension.CONFORMITY, **ends)


def _multiple_of(column: Property, left: dict[str, Any]) -> Iterator[CheckSpec]:
    if column.logical_type is LogicalType.NUMBER and is_floating(
        column.physical_type, column.options
    ):
        return
    step = _take(left, "multipleOf")
    if step is not None:
        yield make(column, CheckKind.MULTIPLE_OF, Dimension.CONFORMITY, multiple_of=step)


def _width(column: Property, left: dict[str, Any]) -> Iterator[CheckSpec]:
    """An integer format (i8 to u128) is the range of its width."""
    name = left.get("format")
    if column.logical_type is not LogicalType.INTEGER or name not in _WIDTHS:
        return
    low, high = _WIDTHS[left.pop("format")]
    ends = {"minimum": str(low), "maximum": str(high)}
    spec = make(column, CheckKind.BOUNDS, Dimension.CONFORMITY, **ends)
    yield replace(spec, id=f"{column.name}.format", description=f"{column.name} fits in {name}")


def _length(column: Property, left: dict[str, Any]) -> Iterator[CheckSpec]:
    ends = {
        name: left.pop(option)
        for name, option in (("min_length", "minLength"), ("max_length", "maxLength"))
        if isinstance(left.get(option), int) and not isinstance(left[option], bool)
    }
    if ends:
        yield make(column, CheckKind.LENGTH, Dimension.CONFORMITY, **ends)


def _pattern(column: Property, left: dict[str, Any]) -> Iterator[CheckSpec]:
    pattern = left.get("pattern")
    if not isinstance(pattern, str):
        return
    try:
        to_re2(pattern)
    except InvalidInput as refusal:
        yield unsupported(column, "pattern", str(refusal))
    else:
        yield make(column, CheckKind.PATTERN, Dimension.CONFORMITY, pattern=pattern)
    del left["pattern"]


def _format(column: Property, left: dict[str, Any]) -> Iterator[CheckSpec]:
    name = left.get("format")
    named = FORMATS.get(name) if isinstance(name, str) else None
    if named and named.pattern:
        del left["format"]
        dimension = Dimension.ACCURACY if named.checksum else Dimension.CONFORMITY
        yield make(column, CheckKind.FORMAT, dimension, format=named.name)


def _why_not(column: Property, option: str) -> str:
    kind = column.logical_type
    if kind in NESTED:
        return f"what is inside of a value of type {kind} is not checked"
    if option == "format":
        return _why_not_format(column)
    if option == "multipleOf" and kind in NUMERIC:
        return "a multiple cannot be decided in a floating-point column; a decimal type can hold it"
    if option == "timezone":
        return "whether a time names its zone is not kept when it is read"
    return f"it cannot be checked in a column of type {kind or 'string'}"


def _why_not_format(column: Property) -> str:
    if column.logical_type is LogicalType.NUMBER:
        return "it says how numbers are stored, which no value can break"
    if str(column.options["format"]) in FORMATS:
        return "every text has this format"
    return "no check of this format is known"
