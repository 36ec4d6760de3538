"""What the resource-limited child does with a delivered file: read, cast, check, set rows aside.

It sees only paths and plain values; it knows no registry, so a crafted file that takes it over
finds nothing there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from catalog.plan import Column, ColumnType
from catalog.source.sniff import SourceFile, identify
from catalog.source.staging import original_texts, stage
from contracts.columns import columns_of
from contracts.odcs import parse_contract
from core.errors import Conflict
from quality.compile import compile_contract
from quality.engines import load_engine
from quality.failures import failing_pairs, write_cells
from quality.model import CheckSpec, Count, FailingCell

MAX_CELLS = 100_000
"""Failing cells kept with their original text; counts are always of all of them."""

Progress = Callable[[str, float], None]


def run(job: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Stage and check one file.

    `job`: file, sha256 (expected), contract (text), references, staged, failing, cells, scratch,
    header, encoding, sheet, memory_mb.
    """
    contract = parse_contract(job["contract"].encode(), job["contract_name"])
    columns = columns_of(contract.table)
    scratch = Path(job["scratch"])
    progress("identify", 0.0)
    source = identify(Path(job["file"]), encoding=job["encoding"])
    if source.sha256 != job["sha256"]:
        raise Conflict(f"{job['file']} changed while it was being read", hint="deliver it again")
    progress("stage", 0.0)
    scan = stage(
        source,
        columns,
        Path(job["staged"]),
        scratch,
        header=job["header"],
        memory_mb=job["memory_mb"],
        on_progress=progress,
    )
    progress("check", 0.0)
    specs = compile_contract(contract)
    measured = load_engine("duckdb").run(
        specs,
        scan,
        {name: tuple(files) for name, files in job["references"].items()},
        failing=Path(job["failing"]),
        memory_mb=job["memory_mb"],
    )
    kept = _keep_cells(job, source, columns, specs, scratch)
    return {
        "rows": scan.rows,
        "format": source.format,
        "encoding": source.encoding,
        "bytes": source.size,
        "counts": [asdict(count) for count in measured.counts],
        "failing_rows": measured.failing_rows,
        "cells_kept": kept,
    }
