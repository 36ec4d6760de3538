"""What the footer of a Parquet file knows, in the form in which Delta keeps it with a commit."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pyarrow.parquet as pq

_LONGEST_TEXT = 32
_LARGEST_NUMBER = 10**15
_MILLISECOND = dt.timedelta(milliseconds=1)


def delta_stats(metadata: pq.FileMetaData) -> str:
    """Statistics of a data file as Delta's JSON: rows, nulls, smallest and largest values.

    A bound may be wider than the data, never narrower: it is left out where JSON could not hold it.
    """
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    nulls: dict[str, int] = {}
    low: dict[str, Any] = {}
    high: dict[str, Any] = {}
    for position, name in enumerate(metadata.schema.names):
        stats = [group.column(position).statistics for group in groups]
        nulls[name] = sum(one.null_count for one in stats)
        filled = [one for one in stats if one.num_values]
        if filled and all(one.has_min_max for one in filled):
            bounds = min(one.min for one in filled), max(one.max for one in filled)
            if all(_can_be_told(bound) for bound in bounds):
                low[name], high[name] = _as_json(bounds[0], up=False), _as_json(bounds[1], up=True)
    tree = {
        "numRecords": metadata.num_rows,
        "nullCount": nulls,
        "minValues": low,
        "maxValues": high,
    }
    return json.dumps(tree, ensure_ascii=False)


def _can_be_told(value: Any) -> bool:
    match value:
        case bool() | float() | bytes():  # NaN has no place in an order
            return False
        case str():
            return len(value) <= _LONGEST_TEXT
        case Decimal():
            return abs(value) < _LARGEST_NUMBER and Decimal(repr(float(value))) == value
        case dt.datetime():
            return value.year < dt.MAXYEAR
        case _:
            return True


def _as_json(value: Any, *, up: bool) -> Any:
    match value:
        case dt.datetime():  # kept in milliseconds
            whole = value.replace(microsecond=value.microsecond // 1000 * 1000)
            rounded = whole + _MILLISECOND if up and whole < value else whole
            return rounded.isoformat(timespec="milliseconds")
        case dt.date():
            return value.isoformat()
        case Decimal():
            return float(value)
        case _:
            return value
