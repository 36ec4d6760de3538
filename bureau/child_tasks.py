"""What resource-limited children do with data: read, cast, check, set rows aside.

They see only paths and plain values and know no registry, so that a crafted file that takes one
over finds nothing there. Each gives back counts; verdicts are made by the parent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from shlex import quote
from typing import Any, TypeAlias

from catalog.lake import drop_rows
from catalog.plan import Scan
from catalog.source.profile import profile
from catalog.source.sniff import SourceFile, SourceFormat, identify
from catalog.source.staging import original_texts, stage
from catalog.source.workbook import sheet_names
from contracts.columns import columns_of
from contracts.draft import draft_contract
from contracts.model import DataContract
from contracts.odcs import read_contract
from core.errors import InvalidInput
from quality.compile import compile_contract
from quality.engines import engine
from quality.engines.base import Measured
from quality.failures import failing_pairs, unread_cells, write_cells, write_error_rows
from quality.model import CheckSpec, FailingCell

MAX_CELLS_PER_CHECK = 1_000
"""Failing cells kept with their original text; the counts are always of all of them."""

MAX_TEXT = 1_000
"""Characters of a failing cell that are kept, so that no single cell floods the evidence."""

Progress: TypeAlias = Callable[[str, float], None]
Texts: TypeAlias = dict[int, dict[str, str | None]]
"""Row number to column to the text of the cell."""


def deliver(job: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Stage a file and check it; where `quarantine` asks for it, set failing rows aside."""
    contract = read_contract(job["contract"].encode(), job["contract_name"])
    columns = columns_of(contract.table)
    scratch = Path(job["scratch"])
    progress("identify", 0.0)
    source = identify(
        Path(job["file"]),
        encoding=job["encoding"],
        text=scratch / "source.txt",
        sheet=job["sheet"],
    )
    if source.format is SourceFormat.EXCEL and not job["sheet"]:
        _require_one_sheet(source)
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
    if scan.rows == 0:
        raise InvalidInput(
            f"{job['file']} has no rows below its heading: nothing was delivered",
            hint="deliver the whole table; an empty one would replace what readers see",
        )
    if scan.unread:
        scan = replace(scan, unread=str(Path(scan.unread).replace(job["unread"])))
    progress("check", 0.0)
    specs = compile_contract(contract)
    measured = _measure(job, contract, specs, scan)

    def texts(rows: list[int]) -> Texts:
        return original_texts(source, columns, rows, scratch, header=job["header"])

    _keep_cells(job, specs, texts)
    published = scan.rows
    if job["quarantine"] and measured.failing_rows:
        progress("quarantine", 0.0)
        published = _quarantine(job, scan)
    return _answer(job, scan, measured) | {
        "sha256": source.sha256,
        "published": published,
        "format": source.format,
        "encoding": source.encoding,
    }


def _require_one_sheet(source: SourceFile) -> None:
    """Refuse to guess which of several sheets readers are to see."""
    names = sheet_names(source.path)
    if len(names) > 1:
        raise InvalidInput(
            f"{source.path.name} has {len(names)} sheets: {', '.join(names)}",
            hint=f"say which one holds the data: --sheet {quote(names[0])}",
        )


def recheck(job: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Check the published version of a dataset again: one file, as the lake publishes it."""
    contract = read_contract(job["contract"].encode(), job["contract_name"])
    columns = columns_of(contract.table)
    scan = Scan(tuple(job["files"]), job["rows"], columns, job["unread"])
    progress("check", 0.0)
    specs = compile_contract(contract)
    measured = _measure(job, contract, specs, scan)

    def texts(rows: list[int]) -> Texts:
        found = original_texts(identify(Path(scan.files[0])), columns, rows, Path(job["scratch"]))
        for row, column, text in unread_cells(scan.unread, rows):
            found[row][column] = text
        return found

    _keep_cells(job, specs, texts)
    return _answer(job, scan, measured)


def draft(job: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Draft a contract that fits a file as it is, and say how the file was taken."""
    progress("profile", 0.0)
    path = Path(job["file"])
    source, table = profile(
        path, encoding=job["encoding"], header=job["header"], sheet=job["sheet"]
    )
    description = f"Drafted from {path.name}: {table.rows} rows, {source.encoding or source.format}"
    text = draft_contract(table, name=job["name"], contract_id=job["id"], description=description)
    is_named = source.format in (SourceFormat.JSON, SourceFormat.PARQUET)
    return {
        "contract": text,
        "names": [column.name for column in table.columns],
        "headed": table.headed,
        "guessed": job["header"] is None and not is_named,
        "second_heading": table.second_heading,
        "sheets": sheet_names(path) if source.format is SourceFormat.EXCEL else [],
    }


def _measure(
    job: Mapping[str, Any], contract: DataContract, specs: tuple[CheckSpec, ...], scan: Scan
) -> Measured:
    references = {name: tuple(files) for name, files in job["references"].items()}
    # A table may refer to itself by its dataset's code or by its own name.
    references |= dict.fromkeys((job["dataset"], contract.table.name), scan.files)
    return engine(job["check_engine"]).run(
        specs, scan, references, failing=Path(job["failing"]), memory_mb=job["memory_mb"]
    )


def _answer(job: Mapping[str, Any], scan: Scan, measured: Measured) -> dict[str, Any]:
    return {
        "rows": scan.rows,
        "counts": [asdict(count) for count in measured.counts],
        "failing_rows": measured.failing_rows,
        "engine": engine(job["check_engine"]).version,
    }


def _keep_cells(
    job: Mapping[str, Any], specs: Sequence[CheckSpec], texts: Callable[[list[int]], Texts]
) -> None:
    """Write the failing cells with the text that the department handed in."""
    pairs = failing_pairs(Path(job["failing"]), per_check=MAX_CELLS_PER_CHECK)
    rows = sorted({row for _, row in pairs})
    found = texts(rows) if rows else {}
    columns = {spec.id: spec.columns for spec in specs}
    write_cells(
        Path(job["cells"]),
        (
            FailingCell(check=check, row=row, column=column, text=_cut(found[row][column]))
            for check, row in pairs
            for column in columns[check]
        ),
    )


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"


def _quarantine(job: Mapping[str, Any], scan: Scan) -> int:
    """Rewrite the staged file without the failing rows; those go to a file of their own."""
    staged = Path(job["staged"])
    kept = staged.with_suffix(".kept.parquet")
    rows = Path(job["scratch"]) / "rows.parquet"
    write_error_rows(Path(job["failing"]), rows)
    removed = drop_rows(
        staged,
        rows,
        kept,
        Path(job["quarantined"]),
        Path(job["scratch"]),
        memory_mb=job["memory_mb"],
    )
    kept.replace(staged)
    return scan.rows - removed
