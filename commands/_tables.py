"""Tables as text, Markdown and CSV. The only user of rich, which knows how wide a 汉字 is."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from commands._errors import shown
from commands._page import Column, Page, Table
from commands._plain import plain

UNLIMITED = 100_000
"""Columns of a page that is not a terminal: nothing is wrapped or cut."""

_GAP = "   "
_LONG_WORD, _LONG_TEXT = 40, 8
"""Cells that a word keeps on one line at least: of a code, and of text in 汉字."""
_STYLES = {
    "passed": "green",
    "accepted": "green",
    "active": "green",
    "agreed": "green",
    "warning": "yellow",
    "flagged": "yellow",
    "quarantined": "yellow",
    "suspended": "yellow",
    "failed": "red",
    "error": "red",
    "refused": "red",
    "revoked": "red",
}


def as_text(page: Page, zone: tzinfo, *, terminal: bool, styled: bool) -> str:
    """Aligned columns. A terminal's width folds long cells; elsewhere every row is one line."""
    width = shutil.get_terminal_size().columns if terminal else UNLIMITED
    buffer = io.StringIO()
    console = Console(
        file=buffer,
        width=width,
        force_terminal=styled,
        no_color=not styled,
        color_system="standard" if styled else None,
        highlight=False,
        emoji=False,
        markup=False,
    )
    for place, table in enumerate(page.tables):
        if not table.rows:
            continue
        if place and buffer.tell():
            console.print()
        if table.title:
            console.print(Text(table.title, style="bold"))
        if terminal or table.upright:
            for part, frame in enumerate(_rich(table, zone, width)):
                if part:
                    console.print()
                console.print(frame)
        else:
            buffer.write(_aligned(table, zone))
    for note in page.notes:
        console.print(Text(shown(note)))
    return "".join(line.rstrip() + "\n" for line in buffer.getvalue().split("\n")[:-1])


def as_markdown(page: Page, zone: tzinfo) -> str:
    parts = []
    for table in page.tables:
        headings, rows = _grid(table, zone)
        if page.tables[0] is not table and not rows:
            continue
        lines = [f"### {table.title}", ""] if table.title else []
        lines += [_markdown_row(headings), "|" + " --- |" * len(headings)]
        lines += [_markdown_row(row) for row in rows]
        parts.append("\n".join(lines))
    parts += [shown(note) for note in page.notes]
    return "\n\n".join(parts) + "\n"


def as_csv(table: Table, *, escape: bool) -> str:
    """A heading of keys and one record a row, as in the data unless `escape` asks for safe text."""
    columns = table.record or table.columns
    records = [_record([column.key for column in columns])]
    for row in table.rows:
        cells = [_field(column.value(row)) for column in columns]
        records.append(_record([shown(cell) for cell in cells] if escape else cells))
    return "".join(f"{record}\n" for record in records)


def _aligned(table: Table, zone: tzinfo) -> str:
    """The table as rich would draw it where nothing folds; long listings take a tenth of the time."""
    headings, rows = _grid(table, zone)
    widths = [max(map(cell_len, column)) for column in zip(headings, *rows, strict=True)]
    rights = [column.right for column in table.columns]
    lines = [_line(headings, widths, rights), "─" * (sum(widths) + len(_GAP) * (len(widths) - 1))]
    lines += [_line(row, widths, rights) for row in rows]
    return "\n".join(lines) + "\n"


def _line(cells: list[str], widths: list[int], rights: list[bool]) -> str:
    return _GAP.join(
        " " * (width - cell_len(cell)) + cell if right else cell + " " * (width - cell_len(cell))
        for cell, width, right in zip(cells, widths, rights, strict=True)
    )


def _record(cells: list[str]) -> str:
    """One line of CSV. Only under its own line end does the writer quote every kind of them."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue().removesuffix("\r\n")


def _rich(table: Table, zone: tzinfo, width: int) -> Iterator[RichTable]:
    """The table as it fits; rows of which the words would break stand one below the other."""
    headings, rows = _grid(table, zone)
    gap = 2 if table.upright else cell_len(_GAP)
    cells = rows if table.upright and rows else [headings, *rows]
    widths, whole = _fitted(cells, width - gap * (len(headings) - 1))
    if not whole and not table.upright:
        for row in table.rows:
            yield from _rich(replace(table, rows=[row], upright=True), zone, width)
        return
    frame = RichTable(
        box=None if table.upright else box.SIMPLE_HEAD,
        show_header=not table.upright,
        show_edge=False,
        pad_edge=False,
        header_style="bold",
    )
    for place, heading in enumerate(headings):
        right = not table.upright and table.columns[place].right
        frame.add_column(
            Text(heading),
            justify="right" if right else "left",
            overflow="fold",
            width=widths[place],
        )
    for row in rows:
        frame.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in row))
    yield frame


def _fitted(cells: list[list[str]], room: int) -> tuple[list[int], bool]:
    """Widths of columns within `room`, the widest giving way first; whether every word is whole."""
    columns = list(zip(*cells, strict=True))
    widths = [min(max(map(cell_len, column)), room) for column in columns]
    floors = [max(map(_longest_word, column)) for column in columns]
    whole = sum(floors) <= room
    while sum(widths) > room:
        wide = [n for n, width in enumerate(widths) if width > (floors[n] if whole else 1)]
        widths[max(wide, key=widths.__getitem__)] -= 1
    return widths, whole


def _longest_word(cell: str) -> int:
    """How wide a cell must be for its words; 汉字 may break anywhere, and hashes have to."""
    return max(
        (
            min(cell_len(word), _LONG_WORD if word.isascii() else _LONG_TEXT)
            for word in cell.split()
        ),
        default=1,
    )


def _grid(table: Table, zone: tzinfo) -> tuple[list[str], list[list[str]]]:
    """Headings and cells as text; those of an upright table turned on their side."""
    if table.upright:
        pairs = [(c.heading, _cell(c, row, zone)) for row in table.rows for c in table.columns]
        return ["field", "value"], [[name, text] for name, text in pairs if text]
    rows = [[_cell(column, row, zone) for column in table.columns] for row in table.rows]
    return [column.heading for column in table.columns], rows


def _cell(column: Column, row: Any, zone: tzinfo) -> str:
    value = column.value(row)
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return shown(_field(value))


def _field(value: Any) -> str:
    """The value as the text of one cell; lists and mappings without JSON's punctuation."""
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(_field(part) for part in value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_field(part)}" for key, part in value.items())
    return str(value)


def _markdown_row(cells: list[str]) -> str:
    escaped = (cell.replace("\\", "\\\\").replace("|", "\\|") for cell in cells)
    return "| " + " | ".join(escaped) + " |"
