"""Any contract against any file, without a registry: what a delivery would find, kept nowhere."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bureau.named_files import require_file
from bureau.publishing import read_document
from contracts.lint import sound_contract
from contracts.model import DataContract
from core.child import Limits, Progress, run_child
from core.ids import new_id
from quality.compile import compile_contract
from quality.engines import DEFAULT_ENGINE
from quality.model import CheckKind, CheckReport, Count, FailingCell
from quality.report import make_report

MEMORY_MB = 2048
_SHOWN = 5
"""Failing cells given of each check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialOrder:
    """A contract and a file. What is None, or an empty text, is found out."""

    contract: Path
    file: Path
    encoding: str | None = None
    header: bool = True
    sheet: str = ""
    engine: str = DEFAULT_ENGINE


@dataclass(frozen=True, slots=True)
class Trial:
    """`cells` are the first failing cells of each check; `hidden` names columns without texts."""

    report: CheckReport
    cells: tuple[FailingCell, ...]
    hidden: frozenset[str]


def try_contract(order: TrialOrder, on_progress: Progress | None = None) -> Trial:
    """Check the file. Raises DocumentInvalid for a contract with errors, as publishing it would."""
    contract = sound_contract(read_document(order.contract), order.contract.name)
    require_file(order.file)
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        limits = Limits(memory_mb=2 * MEMORY_MB + 2048)
        job = _job(order, contract, folder)
        answer = run_child("bureau.child_tasks:deliver", job, limits, on_progress)
        cells = tuple(_cells(folder / "cells.parquet", contract))
    report = make_report(
        id=new_id(now),
        dataset=order.file.name,
        contract=contract,
        counts=_without_references(contract, [Count(**count) for count in answer["counts"]]),
        rows=answer["rows"],
        failing_rows=answer["failing_rows"],
        engine=answer["engine"],
        ran_at=now,
    )
    return Trial(report, cells, _personal(contract))


def _job(order: TrialOrder, contract: DataContract, folder: Path) -> dict[str, Any]:
    scratch = folder / "scratch"
    scratch.mkdir()
    names = ("failing", "cells", "unread", "quarantined", "staged")
    return {
        "file": str(order.file.absolute()),
        "dataset": contract.table.name,
        "check_engine": order.engine,
        "contract": contract.text.decode(),
        "contract_name": contract.id,
        "references": {},
        "encoding": order.encoding,
        "header": order.header,
        "sheet": order.sheet,
        "quarantine": False,
        "scratch": str(scratch),
        "memory_mb": MEMORY_MB,
        **{name: str(folder / f"{name}.parquet") for name in names},
    }


def _without_references(contract: DataContract, counts: Sequence[Count]) -> list[Count]:
    """References to other datasets are skipped: there is no registry here to find those in."""
    elsewhere = {
        spec.id: spec.reference_dataset
        for spec in compile_contract(contract)
        if spec.kind is CheckKind.REFERENCE and spec.reference_dataset != contract.table.name
    }
    return [
        replace(
            count,
            broken="",
            skipped=f"it needs the data of '{elsewhere[count.check]}', which a delivery looks in",
        )
        if count.check in elsewhere
        else count
        for count in counts
    ]


def _cells(path: Path, contract: DataContract) -> Iterator[FailingCell]:
    from quality.failures import read_cells

    personal = _personal(contract)
    for spec in compile_contract(contract):
        for cell in read_cells(path, spec.id, _SHOWN, 0):
            yield replace(cell, text=None) if cell.column in personal else cell


def _personal(contract: DataContract) -> frozenset[str]:
    return frozenset(column.name for column in contract.table.properties if column.personal)
