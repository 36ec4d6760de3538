"""Failing rows and failing cells in Parquet files: kept beside a check run, read page by page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from quality.model import FailingCell

_CELLS = pa.schema(
    [("check", pa.string()), ("row", pa.int64()), ("column", pa.string()), ("text", pa.string())]
)
_BATCH = 20_000


def failing_pairs(path: Path, *, per_check: int) -> list[tuple[str, int]]:
    """Read (check, row) from an engine's file of failing rows: the first `per_check` of each check.

    Ordered by check and row. Rows of other checks are passed over without being read.
    """
    data = ds.dataset(path)
    pairs: list[tuple[str, int]] = []
    for check in _checks(data):
        here = pc.field("check") == check
        rows = data.scanner(columns=["row"], filter=here).head(per_check)["row"].to_pylist()
        pairs += [(check, row) for row in rows]
    return pairs


def unread_cells(path: str, rows: Sequence[int]) -> list[tuple[int, str, str]]:
    """(row, column, text) of the cells in these rows that could not be read; none without a path."""
    if not path:
        return []
    table = ds.dataset(path).to_table(filter=pc.field("row").isin(list(rows)))
    names = ("row", "column", "text")
    return list(zip(*(table[name].to_pylist() for name in names), strict=True))


def write_error_rows(failing: Path, target: Path) -> None:
    """Copy (row) of the failing rows that an error-severity check names, each once, in order."""
    table = ds.dataset(failing).to_table(columns=["row"], filter=pc.field("severity") == "error")
    rows = pc.sort_indices(unique := pc.unique(table["row"]))
    pq.write_table(pa.table({"row": pc.take(unique, rows)}), target)


def write_cells(path: Path, cells: Iterable[FailingCell]) -> None:
    """Write `cells` in the order in which they come; without any, an empty file."""
    left = iter(cells)
    with pq.ParquetWriter(path, _CELLS, compression="zstd") as writer:
        while batch := list(islice(left, _BATCH)):
            columns = [[getattr(cell, name) for cell in batch] for name in _CELLS.names]
            writer.write_batch(pa.record_batch(columns, schema=_CELLS))


def read_cells(path: Path, check: str, limit: int, offset: int) -> list[FailingCell]:
    """Read a page of the cells of one check, or of all checks where `check` is empty."""
    here = pc.field("check") == check if check else None
    page = ds.dataset(path).scanner(filter=here).head(offset + limit).slice(offset)
    return [FailingCell(**cell) for cell in page.to_pylist()]


def _checks(data: ds.Dataset) -> Iterator[str]:
    """The checks that the file speaks of, in its order."""
    seen: set[str] = set()
    for batch in data.to_batches(columns=["check"]):
        for check in pc.unique(batch["check"]).to_pylist():
            if check not in seen:
                seen.add(check)
                yield check
