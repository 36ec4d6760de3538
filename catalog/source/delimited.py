"""Delimited text: the fast reader's relation, and the slow reader that says what is wrong with it.

DuckDB reads fast and refuses a file at its first fault without saying much. Python's csv module is
ten times slower and knows every line. It runs only after a refusal: either it finds the faults and
names them, or there are none that matter (line ends of several kinds) and it writes the same records
plainly for a second try.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from catalog.source.connection import literal
from catalog.source.text import MAX_LINE
from core.errors import DocumentInvalid, InvalidInput, Problem

MAX_COLUMNS = 5000
_MAX_HEADING = 1 << 20
_FIRST = 50
_SHOWN = 20
_NEW_LINES = {"\n": r"\n", "\r": r"\r", "\r\n": r"\r\n"}


def relation(text: Path, width: int, delimiter: str, *, header: bool) -> str:
    """A FROM item with the columns c0, c1 ... of text; an empty cell, quoted or not, is null.

    DuckDB takes the first line break of a file for its line end, even one inside a quoted heading,
    and a heading that it finds no end of swallows the file without a word. So where a heading has
    line breaks, the line end is named, and the heading is a record that is left out.
    """
    columns = ", ".join(f"c{position}: 'VARCHAR'" for position in range(width))
    end = _line_end(text, delimiter)
    records = (
        f"read_csv({literal(str(text))}, auto_detect = false, header = {header and not end},"
        f" delim = {literal(delimiter)}, quote = '\"', escape = '\"', columns = {{{columns}}},"
        f" max_line_size = {MAX_LINE}, buffer_size = {2 * MAX_LINE}"
    )
    if not end:
        return f"{records})"
    return f"(FROM {records}, new_line = {literal(_NEW_LINES[end])}) OFFSET {int(header)})"


def _line_end(text: Path, delimiter: str) -> str:
    """What ends the first record, if that has line breaks within its cells; else ''."""
    read: list[str] = []

    def lines(source: TextIO) -> Iterator[str]:
        for line in source:
            read.append(line)
            yield line

    csv.field_size_limit(MAX_LINE)
    with text.open(encoding="utf-8-sig", newline="") as source:
        record = next(filter(None, csv.reader(lines(source), delimiter=delimiter)), [])
    if not any("\n" in cell or "\r" in cell for cell in record):
        return ""
    return read[-1].removeprefix(read[-1].rstrip("\r\n"))


def first_records(text: Path, file: str, delimiter: str) -> list[list[str]]:
    """The first records, whole and not many; raises InvalidInput for a monstrous one."""
    with text.open(encoding="utf-8-sig", newline="") as lines:
        block = lines.read(_MAX_HEADING)
        whole = not lines.read(1)
    records: list[list[str]] = []
    try:
        csv.field_size_limit(MAX_LINE)
        for record in csv.reader(io.StringIO(block, newline=""), delimiter=delimiter):
            if not records and len(record) > MAX_COLUMNS:
                raise InvalidInput(
                    f"{file}, line 1: there are more than {MAX_COLUMNS:,} columns",
                    hint="is the delimiter right? A table this wide must be handed in as long form",
                )
            records += [record] if record else []
            if len(records) > _FIRST:  # the one before is known to be complete
                return records[:_FIRST]
    except csv.Error as error:
        if not records:
            raise InvalidInput(f"{file}, line 1: {error}") from error
        return records
    if whole:
        return records
    if len(records) < 2:  # noqa: PLR2004
        raise InvalidInput(
            f"{file}, line 1: it is longer than {_MAX_HEADING:,} characters",
            hint="a heading is one line of names; check the quotes and line ends of the file",
        )
    return records[:-1]


def rewrite(text: Path, target: Path, file: str, width: int, delimiter: str) -> None:
    """Copy the records plainly, or raise DocumentInvalid with the first faults and their number."""
    with (
        text.open(encoding="utf-8-sig", newline="") as source,
        target.open("w", encoding="utf-8", newline="") as plain,
    ):
        records = _Records(source, file, delimiter)
        writer = csv.writer(plain, delimiter=delimiter, lineterminator="\n")
        writer.writerows(_checked(records, file, width))


def write_records(target: Path, file: str, records: Iterable[Sequence[str]]) -> None:
    """Write records as plain UTF-8 CSV with commas, for sources that are not delimited text."""
    with target.open("w", encoding="utf-8", newline="") as plain:
        writer = csv.writer(plain, lineterminator="\n")
        for number, record in enumerate(records, start=1):
            if sum(map(len, record)) > MAX_LINE // 4:  # a character has up to four bytes
                raise InvalidInput(
                    f"{file}: item {number} is longer than {MAX_LINE >> 22} million characters",
                    hint="a cell of a table holds a value, not a document",
                )
            writer.writerow(record)


class _Records:
    """The records of a text, with the line on which the latest began."""

    def __init__(self, source: TextIO, file: str, delimiter: str) -> None:
        csv.field_size_limit(MAX_LINE)
        self._file = file
        self._reader = csv.reader(self._lines(source), delimiter=delimiter, strict=True)
        self.line = 0
        self._size = 0

    def __iter__(self) -> Iterator[list[str]]:
        while True:
            self.line = self._reader.line_num + 1
            self._size = 0
            try:
                record = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise self._fault(error) from error
            yield record

    def _lines(self, source: TextIO) -> Iterator[str]:
        while line := source.readline(MAX_LINE + 1):
            self._size += len(line)
            if self._size > MAX_LINE:
                raise csv.Error("too long")
            yield line

    def _fault(self, error: csv.Error) -> InvalidInput:
        if "too long" in str(error) or "field limit" in str(error):
            message = f"the record is longer than {MAX_LINE >> 20} MB"
            hint = "look for a quote that is never closed on this line"
        elif "end of data" in str(error):
            message, hint = (
                "a quote is opened and never closed",
                "close it, or double it inside text",
            )
        else:
            message = "there is text after a closing quote"
            hint = 'write a quote inside a quoted field twice: ""'
        place = Problem(message, self._file, self.line)
        return DocumentInvalid(f"{self._file}, line {self.line}: {message}", [place], hint=hint)


def _checked(records: _Records, file: str, width: int) -> Iterator[list[str]]:
    """Pass the records on while they are whole; raise at the end when some were not.

    Empty fields beyond the last column are the mark of a spreadsheet, not a fault. An empty line is
    no record, except where a record is one field.
    """
    problems: list[Problem] = []
    ragged = total = 0
    for found in records:
        record = found or [""] * (width == 1)
        if not record:
            continue
        total += 1
        if len(record) != width and (len(record) < width or any(record[width:])):
            ragged += 1
            if ragged <= _SHOWN:
                message = f"{len(record)} fields instead of {width}"
                problems.append(Problem(message, file, records.line))
        elif not ragged:
            yield record[:width]
    if ragged:
        lines = ", ".join(
            f"line {problem.line} ({problem.message})" for problem in itertools.islice(problems, 3)
        )
        raise DocumentInvalid(
            f"{file}: {ragged:,} of {total:,} records do not have {width} fields: {lines}"
            + (" ..." if ragged > len(problems[:3]) else ""),
            problems,
            hint="quote fields that hold the delimiter, and write empty fields out",
        )
