"""Any source as one relation of text cells, in the order of the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from catalog.plan import Column, ColumnType
from catalog.source import delimited, json_records, parquet, workbook
from catalog.source.encoding import decode_strictly
from catalog.source.heading import Layout, distinct_names, match_heading, match_positions
from catalog.source.sniff import SourceFile, SourceFormat
from core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class TextTable:
    """`relation` is a FROM item with the text columns c0, c1 ...; `columns[i]` is read from cell i.

    `csv` is the text behind it, where there is one that the slow reader can look at.
    """

    relation: str
    width: int
    cells: tuple[str, ...]
    columns: tuple[Column, ...]
    csv: Path | None = None
    delimiter: str = ","
    header: bool = True

    def plain(self, rewritten: Path) -> TextTable:
        """The same table read from a plain copy of its text."""
        relation = delimited.relation(rewritten, self.width, self.delimiter, header=self.header)
        return replace(self, relation=relation, csv=None)


@dataclass(frozen=True, slots=True)
class _Lines:
    """Delimited text and its first records."""

    text: Path
    delimiter: str
    records: list[list[str]]


def open_table(
    connection: duckdb.DuckDBPyConnection,
    source: SourceFile,
    columns: Sequence[Column],
    scratch: Path,
    *,
    header: bool,
    ignore_extra: bool,
) -> TextTable:
    """Match the wanted columns with the file; raises InvalidInput where they do not fit."""
    _refuse_headless(source, header=header)
    match source.format:
        case SourceFormat.PARQUET:
            return _parquet(connection, source.path, columns, ignore_extra=ignore_extra)
        case SourceFormat.JSON:
            text = utf8_text(source, scratch)
            names = json_records.field_names(text, source.path.name)
            return _json(source, text, names, columns, scratch, ignore_extra=ignore_extra)
        case SourceFormat.EXCEL | SourceFormat.CSV:
            lines = _lines_of(source, scratch)
            return _lines(source, lines, columns, header=header, ignore_extra=ignore_extra)


def open_whole(
    connection: duckdb.DuckDBPyConnection,
    source: SourceFile,
    scratch: Path,
    header: bool | None,  # noqa: FBT001  # three-valued: None finds out
    has_heading: Callable[[Sequence[str], Sequence[Sequence[str]]], bool],
) -> tuple[list[str], TextTable]:
    """All columns of a file about which nothing is known, and their headings; [] without a heading.

    `has_heading` judges the first record, by those below it, where `header` does not say.
    """
    _refuse_headless(source, header=header is not False)
    if source.format is SourceFormat.PARQUET:
        names = parquet.field_names(source.path)
        return names, _parquet(connection, source.path, _texts(names), ignore_extra=False)
    if source.format is SourceFormat.JSON:
        text = utf8_text(source, scratch)
        names = json_records.field_names(text, source.path.name)
        return names, _json(source, text, names, _texts(names), scratch, ignore_extra=False)
    lines = _lines_of(source, scratch)
    first, *below = lines.records
    named = has_heading(first, below) if header is None else header
    columns = _texts(first if named else [""] * len(first))
    table = _lines(source, lines, columns, header=named, ignore_extra=False)
    return first if named else [], table


def utf8_text(source: SourceFile, scratch: Path) -> Path:
    """The UTF-8 form of a text source; written to `scratch` when nobody has done so yet."""
    if source.text is not None:
        return source.text
    target = scratch / "utf8.txt"
    with target.open("wb") as file:
        for piece in decode_strictly(source.path, source.encoding):
            file.write(piece.encode())
    return target


def _refuse_headless(source: SourceFile, *, header: bool) -> None:
    if not header and source.format in (SourceFormat.PARQUET, SourceFormat.JSON):
        raise InvalidInput(
            f"{source.path.name}: every {source.format} file names its columns",
            hint="leave --no-header out; it is for CSV and Excel",
        )


def _lines_of(source: SourceFile, scratch: Path) -> _Lines:
    """Delimited text of a source of records."""
    if source.format is SourceFormat.CSV:
        text, delimiter = utf8_text(source, scratch), source.delimiter
    else:
        text, delimiter = scratch / "sheet.csv", ","
        workbook.tabulate(source.path, source.sheet, text)
    records = delimited.first_records(text, source.path.name, delimiter)
    if not records:
        raise InvalidInput(f"{source.path.name} holds no records", hint="export it again")
    return _Lines(text, delimiter, records)


def _texts(heading: Sequence[str]) -> list[Column]:
    return [Column(name, ColumnType.STRING, (name,)) for name in distinct_names(heading)]


def _lines(
    source: SourceFile,
    lines: _Lines,
    columns: Sequence[Column],
    *,
    header: bool,
    ignore_extra: bool,
) -> TextTable:
    first, *below = lines.records
    if header:
        layout = match_heading(
            source.path.name,
            first,
            columns,
            following=below[0] if below else (),
            ignore_extra=ignore_extra,
        )
    else:
        layout = match_positions(source.path.name, len(first), columns)
    return _delimited(lines.text, lines.delimiter, columns, layout, header=header)


def _json(
    source: SourceFile,
    text: Path,
    names: Sequence[str],
    columns: Sequence[Column],
    scratch: Path,
    *,
    ignore_extra: bool,
) -> TextTable:
    file = source.path.name
    layout = match_heading(file, names, columns, ignore_extra=ignore_extra, line=None)
    target = scratch / "records.csv"
    json_records.tabulate(text, file, names, target)
    return _delimited(target, ",", columns, layout, header=False)


def _delimited(
    text: Path, delimiter: str, columns: Sequence[Column], layout: Layout, *, header: bool
) -> TextTable:
    return TextTable(
        relation=delimited.relation(text, layout.width, delimiter, header=header),
        width=layout.width,
        cells=tuple(f"c{position}" for position in layout.positions),
        columns=tuple(columns),
        csv=text,
        delimiter=delimiter,
        header=header,
    )


def _parquet(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    columns: Sequence[Column],
    *,
    ignore_extra: bool,
) -> TextTable:
    names = parquet.field_names(path)
    layout = match_heading(path.name, names, columns, ignore_extra=ignore_extra, line=None)
    kinds = [kind for _, kind in parquet.native_types(connection, path)]
    return TextTable(
        relation=parquet.text_relation(connection, path, set(layout.positions)),
        width=layout.width,
        cells=tuple(f"c{position}" for position in layout.positions),
        columns=tuple(  # a pattern is for text; a real date needs none
            replace(column, format="") if parquet.is_temporal(kinds[position]) else column
            for column, position in zip(columns, layout.positions, strict=True)
        ),
    )
