"""Any source as one relation of text cells, in the order of the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from catalog.plan import Column, ColumnType
from catalog.source import delimited, json_records, parquet, workbook
from catalog.source.encoding import decode_strictly
from catalog.source.heading import Layout, match_heading, match_positions
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
    match source.format:
        case SourceFormat.PARQUET:
            return _parquet(connection, source.path, columns, ignore_extra=ignore_extra)
        case SourceFormat.JSON:
            target = scratch / "records.csv"
            text = utf8_text(source, scratch)
            json_records.tabulate(
                text, source.path.name, columns, target, ignore_extra=ignore_extra
            )
            layout = Layout(len(columns), tuple(range(len(columns))))
            return _delimited(target, ",", columns, layout, header=False)
        case SourceFormat.EXCEL | SourceFormat.CSV:
            text, delimiter = _lines_of(source, scratch)
    records = _first_records(source, text, delimiter)
    if header:
        layout = match_heading(
            source.path.name,
            records[0],
            columns,
            following=records[1] if len(records) > 1 else (),
            ignore_extra=ignore_extra,
        )
    else:
        layout = match_positions(source.path.name, len(records[0]), columns)
    return _delimited(text, delimiter, columns, layout, header=header)


def open_whole(
    connection: duckdb.DuckDBPyConnection,
    source: SourceFile,
    scratch: Path,
    header: bool | None,  # noqa: FBT001  # three-valued: None finds out
    has_heading: Callable[[Sequence[str]], bool],
) -> tuple[list[str], TextTable]:
    """All columns of a file about which nothing is known, and their headings; [] without a heading.

    `has_heading` judges the first record where `header` does not say.
    """
    if source.format is SourceFormat.PARQUET:
        names = parquet.field_names(source.path)
        relation = parquet.text_relation(connection, source.path, set(range(len(names))))
        return names, TextTable(relation, len(names), _cells(len(names)), ())
    if source.format is SourceFormat.JSON:
        text = utf8_text(source, scratch)
        names = json_records.field_names(text, source.path.name)
        columns = [Column(name, ColumnType.STRING, (name,)) for name in names]
        target = scratch / "records.csv"
        json_records.tabulate(text, source.path.name, columns, target, ignore_extra=False)
        layout = Layout(len(names), tuple(range(len(names))))
        return names, _delimited(target, ",", columns, layout, header=False)
    text, delimiter = _lines_of(source, scratch)
    first, *_ = _first_records(source, text, delimiter)
    named = has_heading(first) if header is None else header
    layout = Layout(len(first), tuple(range(len(first))))
    table = _delimited(text, delimiter, (), layout, header=named)
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


def _lines_of(source: SourceFile, scratch: Path) -> tuple[Path, str]:
    """Delimited text of a source of records, and its delimiter."""
    if source.format is SourceFormat.CSV:
        return utf8_text(source, scratch), source.delimiter
    text = scratch / "sheet.csv"
    workbook.tabulate(source.path, source.sheet, text)
    return text, ","


def _first_records(source: SourceFile, text: Path, delimiter: str) -> list[list[str]]:
    records = delimited.first_records(text, source.path.name, delimiter)
    if not records:
        raise InvalidInput(f"{source.path.name} holds no records", hint="export it again")
    return records


def _cells(width: int) -> tuple[str, ...]:
    return tuple(f"c{position}" for position in range(width))


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
