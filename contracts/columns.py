"""From the tables of a contract to the columns that a reader takes from a file."""

from __future__ import annotations

from typing import Any

from catalog.plan import Column, ColumnType
from contracts.date_formats import to_strptime
from contracts.model import LogicalType, Property, Schema

_TYPES: dict[LogicalType | None, ColumnType] = {
    LogicalType.INTEGER: ColumnType.INTEGER,
    LogicalType.NUMBER: ColumnType.NUMBER,
    LogicalType.BOOLEAN: ColumnType.BOOLEAN,
    LogicalType.DATE: ColumnType.DATE,
    LogicalType.TIME: ColumnType.TIME,
    LogicalType.TIMESTAMP: ColumnType.TIMESTAMP,
}
_TEMPORAL = (ColumnType.DATE, ColumnType.TIME, ColumnType.TIMESTAMP)
_FLOATING = ("double", "float", "real")
_FLOATING_FORMATS = ("f32", "f64")


def columns_of(schema: Schema) -> tuple[Column, ...]:
    """The columns in the order of the contract; objects and arrays are taken as text.

    Raises InvalidInput for a date pattern that cannot be read.
    """
    return tuple(_column(prop) for prop in schema.properties)


def is_floating(physical_type: str, options: dict[str, Any]) -> bool:
    """Whether a number is declared as binary floating point instead of an exact decimal."""
    return (
        physical_type.strip().lower().startswith(_FLOATING)
        or options.get("format") in _FLOATING_FORMATS
    )


def _column(prop: Property) -> Column:
    kind = _TYPES.get(prop.logical_type, ColumnType.STRING)
    if kind is ColumnType.NUMBER and is_floating(prop.physical_type, prop.options):
        kind = ColumnType.DOUBLE
    headings = dict.fromkeys((prop.physical_name, prop.name, prop.business_name))
    pattern = prop.options.get("format", "") if kind in _TEMPORAL else ""
    return Column(
        name=prop.name,
        type=kind,
        names=tuple(heading for heading in headings if heading),
        format=to_strptime(pattern),
    )
