"""Profiles of small tables, counted in plain Python."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import combinations
from typing import Any

from catalog.plan import ColumnProfile, ColumnType, TableProfile
from contracts.formats import FORMATS, is_valid

Cells = Sequence[str | None]


def _boolean(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number


READERS: dict[ColumnType, Callable[[str], Any]] = {
    ColumnType.INTEGER: int,
    ColumnType.NUMBER: _decimal,
    ColumnType.DOUBLE: float,
    ColumnType.BOOLEAN: _boolean,
    ColumnType.DATE: date.fromisoformat,
    ColumnType.TIMESTAMP: datetime.fromisoformat,
    ColumnType.TIME: time.fromisoformat,
}


def profile_of(table: dict[str, Cells], **date_formats: str) -> TableProfile:
    """Profile columns of texts; a column named in `date_formats` holds dates in that pattern."""
    columns = tuple(
        _column(name, cells, date_formats.get(name, "")) for name, cells in table.items()
    )
    rows = len(next(iter(table.values())))
    return TableProfile(rows=rows, columns=columns, keys=tuple(_keys(table, rows)))


def _column(name: str, cells: Cells, date_format: str) -> ColumnProfile:
    filled = [cell for cell in cells if cell is not None]
    counts = Counter(filled)
    readers = dict(READERS)
    if date_format:
        readers[ColumnType.DATE] = lambda text: datetime.strptime(text, date_format).date()  # noqa: DTZ007
    readable = {kind: sum(_can(read, cell) for cell in filled) for kind, read in readers.items()}
    narrowest = next((k for k in readers if filled and readable[k] == len(filled)), None)
    values = sorted(readers[narrowest](cell) for cell in filled) if narrowest else sorted(filled)
    return ColumnProfile(
        name=name,
        rows=len(cells),
        nulls=len(cells) - len(filled),
        distinct=len(counts),
        values=tuple(counts.most_common()) if len(counts) <= 50 else (),
        readable=readable,
        narrowest=narrowest or ColumnType.STRING,
        date_format=date_format,
        minimum=str(values[0]) if values else "",
        maximum=str(values[-1]) if values else "",
        min_length=min(map(len, filled), default=0),
        max_length=max(map(len, filled), default=0),
        identifiers={
            named: sum(is_valid(named, cell) for cell in filled)
            for named, form in FORMATS.items()
            if form.identifier
        },
    )


def _can(read: Callable[[str], Any], text: str) -> bool:
    try:
        read(text)
    except (ValueError, KeyError, ArithmeticError):
        return False
    return True


def _keys(table: dict[str, Cells], rows: int) -> list[tuple[str, ...]]:
    for size in (1, 2, 3):
        found = [
            names
            for names in combinations(table, size)
            if len(set(zip(*(table[name] for name in names), strict=True))) == rows
            and all(cell is not None for name in names for cell in table[name])
        ]
        if found:
            return found
    return []
