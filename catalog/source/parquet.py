"""A Parquet file as cells of text, so that one set of reading rules serves every format."""

# ruff: noqa: S608  # names and texts enter SQL through identifier() and literal() only
from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from catalog.source.connection import literal
from core.errors import InvalidInput

MAX_CELLS = 5_000_000_000
"""Rows times columns."""
MAX_DECODED = 8 << 30
MAX_EXPANSION = 50
"""A file may decode to this many times its size, or to MAX_DECODED bytes where that is more."""

_TEMPORAL = ("DATE", "TIME", "TIMESTAMP")


def field_names(path: Path) -> list[str]:
    """The columns of the file; raises InvalidInput for a damaged file or one with too many cells."""
    try:
        with pq.ParquetFile(path) as file:
            rows, names = file.metadata.num_rows, list(file.schema_arrow.names)
    except (pa.ArrowException, OSError) as error:
        raise damaged(path) from error
    if rows * len(names) > MAX_CELLS:
        raise InvalidInput(
            f"{path.name}: {rows:,} rows of {len(names):,} columns are more than "
            f"{MAX_CELLS:,} cells",
            hint="deliver it in parts",
        )
    return names


def text_relation(connection: duckdb.DuckDBPyConnection, path: Path, used: set[int]) -> str:
    """A FROM item with the columns c0, c1 ... of text; columns outside `used` are null.

    Raises InvalidInput for nested or binary columns in use and for a file that decodes to far more
    than its size.
    """
    types = native_types(connection, path)
    for position in sorted(used):
        _refuse_shapeless(path, *types[position])
    aliases = ", ".join(f"c{position}" for position in range(len(types)))
    raw = f"(FROM read_parquet({literal(str(path))})) AS raw({aliases})"
    _refuse_bomb(connection, path, raw, [p for p in used if types[p][1] == "VARCHAR"])
    cells = ", ".join(
        f"{_text_sql(f'c{position}', kind) if position in used else 'NULL'} AS c{position}"
        for position, (_, kind) in enumerate(types)
    )
    return f"(SELECT {cells} FROM {raw})"


def native_types(connection: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[str, str]]:
    """Name and DuckDB type of each column."""
    try:
        rows = connection.execute("DESCRIBE FROM read_parquet(?)", [str(path)]).fetchall()
    except duckdb.Error as error:
        raise damaged(path) from error
    return [(name, kind) for name, kind, *_ in rows]


def is_temporal(kind: str) -> bool:
    return kind.startswith(_TEMPORAL)


def damaged(path: Path) -> InvalidInput:
    return InvalidInput(
        f"{path.name}: the Parquet file is damaged or incomplete",
        hint="write it again, or check that the copy is complete",
    )


def _refuse_shapeless(path: Path, name: str, kind: str) -> None:
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION", "VARIANT")):
        raise InvalidInput(
            f"{path.name}: column '{name}' is nested ({kind[:60]}); a table has one value a cell",
            hint="unfold it into columns or rows of its own",
        )
    if kind in ("BLOB", "BIT", "GEOMETRY"):
        raise InvalidInput(
            f"{path.name}: column '{name}' holds bytes, not text", hint="write it as text"
        )


def _refuse_bomb(
    connection: duckdb.DuckDBPyConnection, path: Path, raw: str, texts: list[int]
) -> None:
    """Count what the text decodes to; the sizes in the footer are only what the writer claims."""
    if not texts:
        return
    length = " + ".join(f"coalesce(sum(strlen(c{position})), 0)" for position in texts)
    try:
        [(decoded,)] = connection.execute(f"SELECT {length} FROM {raw}").fetchall()
    except (duckdb.OutOfMemoryException, duckdb.IOException):
        raise
    except duckdb.Error as error:
        raise damaged(path) from error
    if decoded > max(MAX_DECODED, MAX_EXPANSION * path.stat().st_size):
        raise InvalidInput(
            f"{path.name}: {path.stat().st_size:,} bytes decode to {int(decoded):,} bytes of text",
            hint="if this is meant, deliver it in parts or as CSV",
        )


def _text_sql(cell: str, kind: str) -> str:
    """The cell as the text that a CSV of the same table would hold; '' is null there."""
    if kind == "VARCHAR":
        return f"nullif({cell}, '')"
    text = f"CAST({cell} AS VARCHAR)"
    if kind in ("FLOAT", "DOUBLE"):  # whole numbers with nulls are often kept as floats
        whole = f"CAST(TRY_CAST({cell} AS BIGINT) AS VARCHAR)"
        return (
            f"CASE WHEN {cell} = trunc({cell}) AND abs({cell}) < 1e15 THEN {whole} ELSE {text} END"
        )
    if kind.startswith("TIMESTAMP"):  # and dates as timestamps
        moment = f"CAST({cell} AS TIMESTAMP)"
        return (
            f"CASE WHEN date_trunc('day', {moment}) = {moment}"
            f" THEN CAST(CAST({moment} AS DATE) AS VARCHAR) ELSE CAST({moment} AS VARCHAR) END"
        )
    return text
