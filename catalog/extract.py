"""From the lake to a reader: exactly the columns and rows of a plan, in a file made anew.

Rewriting is the guarantee: the file is encoded from the selected values alone, so no dictionary,
statistic, slice or metadata of the source can carry a value that was filtered out. Columns and
constants are checked against the contract's columns before anything is read.
"""

# ruff: noqa: S608  # names and texts enter SQL through identifier() and literal() only
from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from catalog.naming import FORMULA_STARTS
from catalog.plan import Column, ColumnType, ReadPlan
from catalog.predicate import Predicate
from catalog.selecting import (
    files_sql,
    find_column,
    known_columns,
    predicate_sql,
    select_sql,
    small_groups_sql,
    told_quasi_identifiers,
)
from catalog.source.connection import connect, identifier, literal, run
from core.errors import Conflict, EngineFailed, InvalidInput, unusable

FORMATS = ("parquet", "csv", "jsonl")
PART_BYTES = 64 << 20
"""Of a file of a view: small enough to read several at once, large enough to be few."""
PART_NAME = "part-{i}.parquet"
_PATTERN = PART_NAME.removesuffix(".parquet")
MAX_TALLIED = 100_000
"""Distinct values of a column that are counted one by one: more areas than a city has."""

_COPY_OPTIONS = {
    "parquet": "FORMAT parquet, COMPRESSION zstd",
    "csv": "FORMAT csv, HEADER true, DELIMITER ',', NULLSTR ''",
    "jsonl": "FORMAT json",
}


@dataclass(frozen=True, slots=True)
class Extracted:
    """What was written; `bytes` and `sha256` are of the file."""

    rows: int
    bytes: int
    sha256: str


def extract(
    files: Sequence[str],
    plan: ReadPlan,
    columns: Sequence[Column],
    target: Path,
    *,
    fmt: str,
    spreadsheet_safe: bool = False,
    memory_mb: int = 1024,
) -> Extracted:
    """Write what the plan gives of the rows of `files` to `target`, at once."""
    with extracting(
        files,
        plan,
        columns,
        target,
        fmt=fmt,
        spreadsheet_safe=spreadsheet_safe,
        memory_mb=memory_mb,
    ) as written:
        return written


@contextmanager
def extracting(
    files: Sequence[str],
    plan: ReadPlan,
    columns: Sequence[Column],
    target: Path,
    *,
    fmt: str,
    spreadsheet_safe: bool = False,
    memory_mb: int = 1024,
) -> Iterator[Extracted]:
    """Write what the plan gives of the rows of `files`; it has the name `target` after the block.

    Rows keep their order. The file appears whole or, where the block fails, not at all. In CSV and JSON lines numbers have
    no padding and times are ISO 8601; a float that is no number is null in JSON. `spreadsheet_safe`
    puts an apostrophe before CSV text that a spreadsheet would run as a formula. Raises NotFound
    for a column outside `columns`, InvalidInput for a constant that its column cannot hold, and
    Conflict where the plan asks for groups of a size that the rows do not have.
    """
    if fmt not in FORMATS:
        raise InvalidInput(f"there is no format '{fmt}'", hint=f"use one of: {', '.join(FORMATS)}")
    _refuse_small_groups(files, plan, columns, memory_mb)
    constants: list[Any] = []
    chosen = select_sql(files, plan, columns, constants)
    cells = ", ".join(
        f"{_cell_sql(column, fmt, safe=spreadsheet_safe)} AS"
        f" {identifier(_heading(column.name, safe=spreadsheet_safe and fmt == 'csv'))}"
        for column in plan.given(columns)
        if column.name in plan.chosen
    )
    query = f"SELECT {cells} FROM ({chosen})"
    try:
        folder = Path(tempfile.mkdtemp(dir=target.parent, prefix=".extract-"))
    except OSError as error:
        raise unusable(target, error) from error
    part = folder / "part"
    try:
        yield _write_query(query, constants, part, target, fmt, memory_mb)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    _place(part, target)


def extract_parts(
    files: Sequence[str],
    plan: ReadPlan,
    columns: Sequence[Column],
    folder: Path,
) -> None:
    """Write the same as Parquet files of about `PART_BYTES` each to a new folder, in order.

    The folder appears whole or not at all, with at least one file.
    """
    _refuse_small_groups(files, plan, columns)
    constants: list[Any] = []
    query = select_sql(files, plan, columns, constants)
    write_parts(query, folder, constants=constants)


def _refuse_small_groups(
    files: Sequence[str], plan: ReadPlan, columns: Sequence[Column], memory_mb: int = 1024
) -> None:
    """Raise Conflict where a plan that is to be refused then would give groups under its k."""
    if plan.anonymity is None or plan.anonymity.suppress:
        return
    groups, _ = small_groups(files, plan, columns, memory_mb=memory_mb)
    if groups:
        raise Conflict(
            "this version is not given: some of its rows are in groups of fewer than"
            f" {plan.anonymity.k} that are alike in {', '.join(told_quasi_identifiers(plan))}"
            " (k-anonymity)",
            hint="read an earlier version, or ask the provider, who may agree to other columns",
        )


def small_groups(
    files: Sequence[str], plan: ReadPlan, columns: Sequence[Column], *, memory_mb: int = 1024
) -> tuple[int, int]:
    """How many groups a plan would give that are smaller than its k, and how many rows in them."""
    constants: list[Any] = []
    query = small_groups_sql(files, plan, columns, constants)
    if not query:
        return 0, 0
    with (
        tempfile.TemporaryDirectory(prefix="groups-") as folder,
        connect(Path(folder), memory_mb) as connection,
    ):
        [(groups, rows)] = _answer(connection, query, constants)
    return int(groups), int(rows)


def tally(
    files: Sequence[str],
    by: str,
    columns: Sequence[Column],
    *,
    rows: Predicate,
    memory_mb: int = 1024,
) -> dict[str | None, tuple[int, int]]:
    """Per value of the column `by`, as text: all rows that have it, and those that satisfy `rows`.

    Raises InvalidInput for a column with too many values to be codes of anything.
    """
    known = known_columns(columns)
    constants: list[Any] = []
    test = predicate_sql(rows, known, constants)
    query = (
        f"SELECT CAST({identifier(find_column(known, by).name)} AS VARCHAR), count(*),"
        f" count(CASE WHEN {test} THEN 1 END) FROM {files_sql(files)}"
        f" GROUP BY 1 LIMIT {MAX_TALLIED + 1}"
    )
    with (
        tempfile.TemporaryDirectory(prefix="tally-") as folder,
        connect(Path(folder), memory_mb) as connection,
    ):
        found = _answer(connection, query, constants)
    if len(found) > MAX_TALLIED:
        raise InvalidInput(
            f"column '{by}' has more than {MAX_TALLIED:,} values: they are no codes of areas",
            hint="name the column that holds the code of the area",
        )
    return {code: (every, chosen) for code, every, chosen in found}


def write_parts(
    query: str,
    folder: Path,
    *,
    constants: Sequence[Any] = (),
    memory_mb: int = 1024,
) -> None:
    """Write the rows of a query to the files of a new folder, which appears whole or not at all.

    By one thread: several would write rows in another order each time, and the same name would stand
    for other bytes.
    """
    options = f"FILE_SIZE_BYTES {PART_BYTES}, FILENAME_PATTERN {literal(_PATTERN)}"
    try:
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".extract-") as scratch:
            parts = Path(scratch) / "parts"
            with connect(Path(scratch), memory_mb, threads=1) as connection:
                copying = f"COPY ({query}) TO {literal(str(parts))}"
                _answer(connection, f"{copying} ({_COPY_OPTIONS['parquet']}, {options})", constants)
            for part in parts.iterdir():
                with part.open("rb") as file:
                    os.fsync(file.fileno())
            parts.replace(folder)
    except OSError as error:
        raise unusable(folder, error) from error


def _write_query(
    query: str, constants: Sequence[Any], part: Path, target: Path, fmt: str, memory_mb: int
) -> Extracted:
    """Write the rows of a query to `part`, and put it on the disk."""
    try:
        with connect(part.parent, memory_mb) as connection:
            rows = _copy(connection, query, constants, part, fmt)
        with part.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
            os.fsync(file.fileno())
    except OSError as error:
        raise unusable(target, error) from error
    return Extracted(rows, size, sha256)


def _place(part: Path, target: Path) -> None:
    """Give a file its name. What was counted as read is kept where that fails."""
    try:
        part.replace(target)
    except OSError as error:
        failure = unusable(target, error)
        failure.hint = f"it is counted as read, and lies in {part}: move it from there"
        raise failure from error
    shutil.rmtree(part.parent, ignore_errors=True)


def _copy(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    constants: Sequence[Any],
    part: Path,
    fmt: str,
) -> int:
    copying = f"COPY ({query}) TO {literal(str(part))} ({_COPY_OPTIONS[fmt]})"
    [(rows,)] = _answer(connection, copying, constants)
    return int(rows)


def _answer(
    connection: duckdb.DuckDBPyConnection, query: str, constants: Sequence[Any]
) -> list[tuple[Any, ...]]:
    try:
        return run(connection, query, constants)
    except (duckdb.OutOfMemoryException, duckdb.IOException):
        raise
    except duckdb.Error as error:  # its text may quote values
        raise EngineFailed("the data could not be read from the lake") from error


def _heading(name: str, *, safe: bool) -> str:
    return f"'{name}" if safe and name.startswith(FORMULA_STARTS) else name


def _cell_sql(column: Column, fmt: str, *, safe: bool) -> str:
    cell = identifier(column.name)
    if fmt == "parquet":
        return cell
    match column.type:
        case ColumnType.NUMBER:
            text = f"rtrim(rtrim(CAST({cell} AS VARCHAR), '0'), '.')"
            return text if fmt == "csv" else f"CAST({text} AS JSON)"
        case ColumnType.TIMESTAMP:
            return f"replace(CAST({cell} AS VARCHAR), ' ', 'T')"
        case ColumnType.DOUBLE if fmt == "jsonl":
            return f"CASE WHEN isfinite({cell}) THEN {cell} END"
        case ColumnType.STRING if fmt == "csv" and safe:
            starts = literal("".join(FORMULA_STARTS))
            return (
                f"CASE WHEN contains({starts}, left({cell}, 1)) THEN '''' || {cell} ELSE {cell} END"
            )
        case _:
            return cell
