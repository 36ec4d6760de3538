"""From a file to typed Parquet in one pass, and a second pass only for cells that did not fit.

The staged file keeps the order of the source, so the number of a row is its place in the file and
needs no column. A typed column without a null has no unreadable cell, and the footer says so; the
text is read again only for columns that have nulls.
"""

# ruff: noqa: S608  # names and texts enter SQL through identifier() and literal() only
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pyarrow.parquet as pq

from catalog.plan import Column, ColumnType, Scan
from catalog.source import delimited
from catalog.source.casts import check_formats, select_list, value_sql
from catalog.source.connection import connect, literal, progress_of
from catalog.source.sniff import SourceFile
from catalog.source.table import TextTable, open_table
from core.child import Progress
from core.errors import InvalidInput

T = TypeVar("T")


def stage(
    source: SourceFile,
    columns: Sequence[Column],
    target: Path,
    scratch: Path,
    *,
    header: bool = True,
    ignore_extra: bool = False,
    memory_mb: int = 2048,
    on_progress: Progress | None = None,
) -> Scan:
    """Write the rows of `source` to `target` as Parquet with exactly `columns`, in this order.

    Other files (unread cells, plain copies) go to `scratch`. Raises InvalidInput for a source that
    is no such table; nothing is left at `target` then.
    """
    _refuse_twins(columns)
    try:
        with connect(scratch, memory_mb) as connection:
            check_formats(connection, tuple(columns))
            table = open_table(
                connection, source, columns, scratch, header=header, ignore_extra=ignore_extra
            )
            with progress_of(connection, "convert", on_progress):
                table, _ = _reading(
                    table, source, scratch, lambda readable: _copy(connection, readable, target)
                )
            unread = scratch / "unread.parquet"
            suspects = _suspects(table, target)
            with progress_of(connection, "unread cells", on_progress if suspects else None):
                found = bool(suspects) and _collect_unread(connection, table, suspects, unread)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    rows = pq.read_metadata(target).num_rows
    return Scan((str(target),), rows, tuple(columns), str(unread) if found else "")


def original_texts(
    source: SourceFile,
    columns: Sequence[Column],
    rows: Sequence[int],
    scratch: Path,
    *,
    header: bool = True,
    ignore_extra: bool = False,
    memory_mb: int = 2048,
) -> dict[int, dict[str, str | None]]:
    """The cells of the given data rows (from 1) as they stand in the source, by column name."""
    with connect(scratch, memory_mb) as connection:
        table = open_table(
            connection, source, columns, scratch, header=header, ignore_extra=ignore_extra
        )
        names = [column.name for column in table.columns]

        def fetch(readable: TextTable) -> list[tuple[Any, ...]]:
            cells = ", ".join(readable.cells)
            return connection.execute(
                f"SELECT row, {cells} FROM {_numbered(readable)}"
                " WHERE row IN (SELECT unnest(?::BIGINT[])) ORDER BY row",
                [list(rows)],
            ).fetchall()

        _, found = _reading(table, source, scratch, fetch)
    return {row: dict(zip(names, texts, strict=True)) for row, *texts in found}


def write_texts(
    connection: duckdb.DuckDBPyConnection,
    table: TextTable,
    source: SourceFile,
    target: Path,
    scratch: Path,
) -> None:
    """Write the cells of `table` as they are to `target`, as columns c0, c1 ..."""

    def copy(readable: TextTable) -> None:
        cells = ", ".join(readable.cells)
        connection.execute(
            f"COPY (SELECT {cells} FROM {readable.relation})"
            f" TO {literal(str(target))} (FORMAT parquet)"
        ).fetchall()

    _reading(table, source, scratch, copy)


def _refuse_twins(columns: Sequence[Column]) -> None:
    names = [column.name.casefold() for column in columns]
    for column in columns:
        if names.count(column.name.casefold()) > 1:
            raise InvalidInput(
                f"column '{column.name}' occurs twice in the contract",
                hint="names that differ only in case are one name to most databases",
            )


def _reading(
    table: TextTable, source: SourceFile, scratch: Path, read: Callable[[TextTable], T]
) -> tuple[TextTable, T]:
    """What `read` makes of the table, if need be of a plain copy; and the table that was readable."""
    try:
        return table, read(table)
    except (duckdb.OutOfMemoryException, duckdb.IOException):
        raise
    except duckdb.Error as error:
        if table.csv is None:
            raise _unreadable(source, error) from error
    plain = scratch / "plain.csv"
    delimited.rewrite(table.csv, plain, source.path.name, table.width, table.delimiter)
    table = table.plain(plain)
    try:
        return table, read(table)
    except duckdb.InvalidInputException as error:
        raise _unreadable(source, error) from error


def _unreadable(source: SourceFile, error: duckdb.Error) -> InvalidInput:
    return InvalidInput(f"{source.path.name} cannot be read: {str(error).splitlines()[0]}")


def _copy(connection: duckdb.DuckDBPyConnection, table: TextTable, target: Path) -> None:
    values = {
        column.name: value_sql(column, cell)
        for column, cell in zip(table.columns, table.cells, strict=True)
    }
    connection.execute(
        f"COPY (SELECT {select_list(values)} FROM {table.relation})"
        f" TO {literal(str(target))} (FORMAT parquet)"
    ).fetchall()


def _suspects(table: TextTable, target: Path) -> list[tuple[Column, str]]:
    """Typed columns that hold a null in the staged file, with their text cells."""
    metadata = pq.read_metadata(target)
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    return [
        (column, cell)
        for position, (column, cell) in enumerate(zip(table.columns, table.cells, strict=True))
        if column.type is not ColumnType.STRING
        and any(group.column(position).statistics.null_count for group in groups)
    ]


def _collect_unread(
    connection: duckdb.DuckDBPyConnection,
    table: TextTable,
    suspects: list[tuple[Column, str]],
    target: Path,
) -> bool:
    """Write the cells that hold text but no value to `target`; False when there are none."""
    failed = [
        f"CASE WHEN {cell} IS NOT NULL AND {value_sql(column, cell)} IS NULL"
        f" THEN {{'column': {literal(column.name)}, 'text': {cell}}} END"
        for column, cell in suspects
    ]
    cells = f"SELECT row, unnest([{', '.join(failed)}]) AS cell FROM {_numbered(table)}"
    connection.execute(
        f"COPY (SELECT cell.column, row, cell.text FROM ({cells}) WHERE cell IS NOT NULL)"
        f" TO {literal(str(target))} (FORMAT parquet)"
    ).fetchall()
    return bool(pq.read_metadata(target).num_rows)


def _numbered(table: TextTable) -> str:
    return f"(SELECT row_number() OVER () AS row, * FROM {table.relation})"
