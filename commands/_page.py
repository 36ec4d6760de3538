"""What a command has to show, before anybody has said in which format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key in CSV, its heading in tables, and how its value is found in a row."""

    key: str
    heading: str
    value: Callable[[Any], Any]
    right: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of one kind. An `upright` table shows its only row as one field a line.

    `record` are the columns of CSV where a program needs others than people do.
    """

    columns: Sequence[Column]
    rows: Sequence[Any]
    title: str = ""
    upright: bool = False
    record: Sequence[Column] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What there is to show: `data` as JSON; tables and notes for people; the first table as CSV.

    `empty` is the sentence said where the first table has no rows.
    """

    data: Any
    tables: Sequence[Table]
    notes: Sequence[str] = ()
    empty: str = ""


def listing(items: Sequence[Any], columns: Sequence[Column], *, empty: str) -> Page:
    """A list, each item whole in JSON."""
    return Page(data=items, tables=[Table(columns=columns, rows=items)], empty=empty)
