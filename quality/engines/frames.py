"""What the engines that hold a table in memory share: the frame, the counts, the failing rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from catalog.plan import Column, Scan
from core.errors import EngineFailed
from quality.engines.base import Measured
from quality.model import CheckKind, CheckSpec, Count, Repeats, Severity
from quality.verdicts import has_faulty_rows

if TYPE_CHECKING:
    from pandas import DataFrame

_SCHEMA = pa.schema([("check", pa.string()), ("row", pa.int64()), ("severity", pa.string())])
_OF_ALL_ROWS = (CheckKind.REQUIRED, CheckKind.MISSING)

_COUNTED_HERE = (CheckKind.TYPE, CheckKind.ROW_COUNT)
"""What needs no library: cells that could not be read, and how many rows there are."""


@dataclass(frozen=True, slots=True)
class Found:
    """The failing rows by check id, and by check id why the library cannot express it."""

    rows: Mapping[str, set[int]]
    left: Mapping[str, str]


class FrameEngine(ABC):
    """An engine that holds the table in memory. A library makes one of it by `version` and `find`."""

    @property
    @abstractmethod
    def version(self) -> str: ...

    @abstractmethod
    def find(
        self, specs: Sequence[CheckSpec], columns: Sequence[Column], frame: DataFrame
    ) -> Found:
        """Find the rows that fail; raises EngineFailed where the library could not run a check."""

    def run(
        self,
        specs: Sequence[CheckSpec],
        scan: Scan,
        references: Mapping[str, tuple[str, ...]],  # noqa: ARG002 (a frame knows no other table)
        *,
        failing: Path,
        memory_mb: int,  # noqa: ARG002 (the child process is limited as a whole)
    ) -> Measured:
        frame = _read_frame(scan)
        # Thresholds are judged where all verdicts are; here every failing row counts.
        asked = [replace(one, threshold=None) for one in specs if one.kind not in _COUNTED_HERE]
        return _measured(specs, scan, frame, self.find(asked, scan.columns, frame), failing)


def _read_frame(scan: Scan) -> DataFrame:
    """The table with rows numbered from 1: texts as Python's, all else as Arrow's types."""
    import pandas as pd

    def mapped(kind: pa.DataType) -> Any:
        return None if pa.types.is_string(kind) else pd.ArrowDtype(kind)

    try:
        tables = [pq.read_table(file) for file in scan.files]
        names = [column.name for column in scan.columns]
        frame = pa.concat_tables(tables).select(names).to_pandas(types_mapper=mapped)
    except (MemoryError, pa.ArrowMemoryError) as error:
        raise EngineFailed(
            "the table does not fit into memory", hint="check it with --engine duckdb"
        ) from error
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return frame


def _unread_rows(scan: Scan) -> dict[str, dict[int, str]]:
    """The text of the cells that could not be read, by column and row."""
    found: dict[str, dict[int, str]] = {}
    if scan.unread:
        for cell in pq.read_table(scan.unread).to_pylist():
            found.setdefault(cell["column"], {})[cell["row"]] = cell["text"]
    return found


def _measured(
    specs: Sequence[CheckSpec], scan: Scan, frame: DataFrame, given: Found, failing: Path
) -> Measured:
    """Count what a library found failing, and write the rows of failed checks.

    What it cannot express is skipped with the reason. Cells that could not be read are null
    in a frame, which no library can tell from empty ones; they are put right here.
    """
    rows, left = given.rows, given.left
    unread = _unread_rows(scan)
    counts: list[Count] = []
    listed: list[tuple[str, int, str]] = []
    for spec in specs:
        if spec.kind is CheckKind.UNSUPPORTED:
            continue
        count, found = _counted(spec, frame, rows.get(spec.id, set()), unread)
        if spec.reason or any(name not in frame for name in spec.columns):
            broken = spec.reason or left[spec.id]
            count, found = Count(check=spec.id, n_evaluated=0, n_failed=0, broken=broken), set()
        elif spec.id in left:
            count = Count(check=spec.id, n_evaluated=0, n_failed=0, skipped=left[spec.id])
            found = set()
        counts.append(count)
        if found and has_faulty_rows(spec, count):
            listed += [(spec.id, row, spec.severity.value) for row in found]
    listed.sort()
    columns = [list(column) for column in zip(*listed, strict=True)] or [[], [], []]
    pq.write_table(pa.table(columns, schema=_SCHEMA), failing)
    wrong = {row for _, row, severity in listed if severity == Severity.ERROR}
    return Measured(tuple(counts), len(wrong))


def _counted(
    spec: CheckSpec, frame: DataFrame, rows: set[int], unread: Mapping[str, dict[int, str]]
) -> tuple[Count, set[int]]:
    if any(name not in frame for name in spec.columns):
        return Count(check=spec.id, n_evaluated=0, n_failed=0), set()
    here = unread.get(spec.columns[0], {}) if spec.columns else {}
    present = int(frame[list(spec.columns)].notna().all(axis=1).sum())
    found = set(rows)
    evaluated, measured = present, {}
    if spec.kind is CheckKind.TYPE:
        found, evaluated = set(here), present + len(here)
    elif spec.kind is CheckKind.ROW_COUNT:
        evaluated, measured = 1, {"value": str(len(frame))}
    elif spec.kind in _OF_ALL_ROWS:
        evaluated = len(frame)
        listed = spec.values  # noqa: PD011 (of a check, not of a frame)
        found = (found - set(here)) | {row for row, text in here.items() if text in listed}
    elif spec.kind is CheckKind.REPEATED:
        measured = _repeats(spec, frame)
    failed = int(measured[Repeats(spec.repeats)]) if spec.kind is CheckKind.REPEATED else len(found)
    count = Count(check=spec.id, n_evaluated=evaluated, n_failed=failed, measured=measured)
    return count, found


def beyond_first(frame: DataFrame, columns: Sequence[str]) -> set[int]:
    """The rows whose key an earlier row has."""
    keys = _keys(frame, columns)
    return set(keys.index[keys.duplicated()])


def _keys(frame: DataFrame, columns: Sequence[str]) -> DataFrame:
    """The rows that have every part of the key."""
    return frame[list(columns)].dropna()


def _repeats(spec: CheckSpec, frame: DataFrame) -> dict[str, str]:
    keys = _keys(frame, spec.columns)
    rows, surplus = (int(keys.duplicated(keep=keep).sum()) for keep in (False, "first"))
    found = {Repeats.KEYS: rows - surplus, Repeats.ROWS: rows, Repeats.SURPLUS: surplus}
    return {name.value: str(number) for name, number in found.items()}
