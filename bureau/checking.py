"""Check what is published against the newest contract; look at results and failing rows."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from typing import Any

from bureau.delivering import Progress, limits, reference_files
from bureau.evidence import Evidence
from bureau.permissions import Act, require
from bureau.receipt import Receipt, receipt
from bureau.requesting import current_contract
from bureau.workspace import Workspace
from catalog.model import Dataset, Delivery, DeliveryStatus
from core.canonical import Json
from core.child import run_child
from core.errors import Conflict, NotFound, StorageUnavailable
from core.ids import new_id
from quality.engines import DEFAULT_ENGINE
from quality.model import CheckReport, Count, FailingCell
from quality.report import make_report
from sharing.ledger.entry import Event


@dataclass(frozen=True, slots=True)
class FailingRows:
    """The failing cells that were kept; `hidden` names columns without texts."""

    report: CheckReport
    cells: tuple[FailingCell, ...]
    hidden: frozenset[str]


def run(
    workspace: Workspace,
    dataset_code: str,
    engine: str = DEFAULT_ENGINE,
    *,
    actor: str | None,
    on_progress: Progress | None = None,
) -> tuple[CheckReport, Receipt]:
    """Check the published version again, with today's contract and today's references.

    What is kept, and scored in rates, is how data was handed in. So a run that tells less of it than
    the run of the newest delivery does is there to be compared: it is not kept and leaves no entry.
    The receipt says why.
    """
    with workspace.reading() as unit:
        acting = workspace.who(unit, actor)
        dataset = unit.registry.get(Dataset, dataset_code)
        require(acting, Act.CHECK, dataset.provider)
        contract = current_contract(unit, dataset)
        published = unit.deliveries.find_published(dataset_code)
        if published is None or published.lake_version is None:
            raise Conflict(
                f"nothing of {dataset_code} is published: no delivery was accepted yet",
                hint=f"deliver it: bureau dataset deliver {dataset_code} FILE",
            )
        references = reference_files(workspace, unit, contract, dataset_code)
        newest = unit.deliveries.next_number(dataset_code) - 1
    compared = _only_compared(engine, published, newest)
    run_id = new_id(workspace.clock.now())
    table = workspace.settings.lake / published.lake_table
    evidence = Evidence(table, run_id)
    unread = Evidence(table, published.check_run).unread
    flagged = published.status is DeliveryStatus.FLAGGED and unread.exists()
    job: dict[str, Any] = {
        "dataset": dataset_code,
        "check_engine": engine,
        "contract": contract.text.decode(),
        "contract_name": contract.id,
        "references": references,
        "files": workspace.lake.files(published.lake_table, published.lake_version),
        "rows": published.rows_published,
        "memory_mb": workspace.settings.memory_mb,
        **evidence.paths(),
        # Rows set aside took their unreadable cells with them; flagged rows still have theirs.
        "unread": str(unread) if flagged else "",
    }
    with evidence.making():
        with tempfile.TemporaryDirectory(dir=evidence.folder) as scratch:
            answer = run_child(
                "bureau.child_tasks:recheck",
                job | {"scratch": scratch},
                limits(workspace.settings),
                on_progress,
            )
        report = make_report(
            id=run_id,
            dataset=dataset_code,
            contract=contract,
            counts=tuple(Count(**count) for count in answer["counts"]),
            rows=answer["rows"],
            failing_rows=answer["failing_rows"],
            engine=answer["engine"],
            ran_at=workspace.clock.now(),
        )
        if compared:
            evidence.discard()
            return report, Receipt(subject=dataset_code, entries=(), reason=compared)
        with workspace.writing(acting.person) as write:
            write.checks.add(report)
            facts: dict[str, Json] = {
                "contract": f"{contract.id} {contract.version}",
                "delivery": published.number,
                "failing_rows": report.failing_rows,
                "passed": report.passed,
                "score": report.score,
            }
            write.record(Event("check.run", f"dataset:{dataset_code}", facts))
    return report, receipt(dataset_code, write)


def _only_compared(engine: str, published: Delivery, newest: int) -> str:
    """Why a run over what is published is not recorded; nothing where it is."""
    if engine != DEFAULT_ENGINE:
        return f"not recorded: a run of {engine} is there to be compared"
    if published.number < newest:
        return f"not recorded: delivery #{newest} was refused, and its run stands"
    if aside := published.rows_read - published.rows_published:
        named = f"{aside} of {published.rows_read} rows of delivery #{published.number}"
        return f"not recorded: {named} are set aside, and its run, which counts them, stands"
    return ""


def show(workspace: Workspace, dataset_code: str, run_id: str = "") -> CheckReport:
    """The newest run over a dataset, or the named one."""
    with workspace.reading() as unit:
        unit.registry.get(Dataset, dataset_code)
        if run_id:
            report = unit.checks.get(run_id)
            if report.dataset != dataset_code:
                raise NotFound("check run of this dataset", run_id)
            return report
        latest = unit.checks.find_latest(dataset_code)
    if latest is None:
        raise Conflict(
            f"{dataset_code} has never been checked",
            hint=f"deliver it first: bureau dataset deliver {dataset_code} FILE",
        )
    return latest


def history(workspace: Workspace, dataset_code: str) -> list[CheckReport]:
    with workspace.reading() as unit:
        unit.registry.get(Dataset, dataset_code)
        return unit.checks.list_by_dataset(dataset_code)


def rows(
    workspace: Workspace,
    dataset_code: str,
    *,
    check: str,
    limit: int,
    actor: str | None,
    run_id: str = "",
) -> FailingRows:
    """Failing rows of one check (or of all) with row number and original text.

    They are data of the department that delivered them: others need a role that oversees it, and
    leave a ledger entry before they see any. The text is left out for columns that the contract
    classifies as personal or secret.
    """
    from quality.failures import read_cells

    report = show(workspace, dataset_code, run_id)
    known = [result.spec.id for result in report.results]
    if check and check not in known:
        raise NotFound("check", check, hint=f"the checks are: {', '.join(known)}")
    with workspace.reading() as unit:
        provider = unit.registry.get(Dataset, dataset_code).provider
        acting = workspace.who(unit, actor)
        require(acting, Act.SEE_FAILING_ROWS, provider)
        folder = unit.deliveries.folder(dataset_code) or ""
        contract = unit.contracts.read(report.contract, report.contract_version)
    evidence = Evidence(workspace.settings.lake / folder, report.id)
    if not evidence.cells.exists() and any(result.n_failed for result in report.results):
        raise StorageUnavailable(
            f"the failing rows of run {report.id} are gone from the lake",
            hint="put the folder lake/ back from a copy; bureau doctor says what else is lost",
        )
    found = read_cells(evidence.cells, check, limit, 0) if evidence.cells.exists() else []
    if found and acting.department != provider:
        with workspace.writing(acting.person) as write:
            seen: dict[str, Json] = {"cells": len(found), "check": check, "run": report.id}
            write.record(Event("check.rows_shown", f"dataset:{dataset_code}", seen))
    hidden = frozenset(p.name for p in contract.table.properties if p.personal)
    cells = tuple(replace(c, text=None) if c.column in hidden else c for c in found)
    return FailingRows(report=report, cells=cells, hidden=hidden)
