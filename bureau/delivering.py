"""Deliver data: read, check, publish by the dataset's policy, record.

Order of what becomes lasting: the lake folder's name, the data file, one Delta version, and last
the registry row with its ledger entry. Readers see the Delta version that the newest registry row
names, so a delivery killed at any point shows nothing, and delivering again completes it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bureau.delivery_order import Delivered, DeliveryOrder, is_retry, is_there
from bureau.evidence import Evidence
from bureau.handed_in import HandedIn
from bureau.permissions import Act, require
from bureau.receipt import Receipt, receipt
from bureau.releasing import cut_off
from bureau.requesting import current_contract
from bureau.settings import Settings
from bureau.timekeeping import Timekeeper, facts
from bureau.unit_of_work import ReadUnit, WriteUnit
from bureau.workspace import Workspace
from catalog.model import (
    Dataset,
    DatasetStatus,
    Delivery,
    DeliveryPolicy,
    DeliveryStatus,
    read_as,
)
from catalog.secrecy import OUT_OF_SCOPE, is_secret
from contracts.columns import columns_of
from contracts.model import DataContract
from core.actor import Actor
from core.canonical import Json
from core.child import Limits, run_child
from core.errors import Conflict
from core.ids import new_id
from quality.engines import DEFAULT_ENGINE
from quality.model import CheckReport, Count, Outcome
from quality.report import make_report
from sharing.ledger.entry import Event
from sharing.profiles.model import LimitName

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class _Prepared:
    acting: Actor
    dataset: Dataset
    contract: DataContract
    earlier: Delivery | None
    folder: str | None
    references: dict[str, tuple[str, ...]]


def deliver(
    workspace: Workspace,
    order: DeliveryOrder,
    *,
    actor: str | None,
    on_progress: Progress | None = None,
) -> Delivered:
    """Take in one file; the outcome of its checks is in the report, good or bad.

    Delivering the same content again on the same day, under the same contract, gives the first
    delivery back: it is a retry. On a later day it says that nothing changed, and is a delivery.
    """
    say = on_progress or (lambda _stage, _part: None)
    file = HandedIn.look(order.path)
    with workspace.reading() as unit:
        prepared = _prepare(workspace, unit, order, actor)
    earlier = prepared.earlier
    if earlier is not None and not order.dry_run:
        retry = is_retry(workspace, order, earlier, prepared.dataset, prepared.contract)
        if retry and file.holds(earlier.source_bytes, earlier.source_sha256):
            return _repeated(workspace, order, earlier)
    folder = _folder(workspace, prepared)
    delivery_id = new_id(workspace.clock.now())
    evidence = Evidence(workspace.settings.lake / folder, delivery_id)
    staged = workspace.lake.staging_path(folder, delivery_id)
    try:
        with evidence.making():
            answer = _check_in_child(workspace, order, prepared, file, staged, evidence, say)
            report = _report(workspace, prepared, delivery_id, answer)
            if order.dry_run:
                return Delivered(
                    report=report,
                    delivery=None,
                    read_as=read_as(answer["format"], answer["encoding"], order.sheet),
                    repeated=False,
                    receipt=_nothing(order),
                )
            status = decide_status(prepared.dataset.policy, report, published=answer["published"])
            version = None
            if status.published:
                say("publish", 0.0)
                columns = columns_of(prepared.contract.table)
                version = workspace.lake.publish(
                    folder, staged, columns, delivery_id=delivery_id, sha256=answer["sha256"]
                )
            say("record", 0.0)
            delivery = _delivery(prepared, order, report, answer, status, file.size)
            placed = replace(
                delivery, lake_table=folder if status.published else "", lake_version=version
            )
            recorded = _record(workspace, prepared, placed, report)
            return replace(recorded, cut_off=cut_off(workspace, placed))
    finally:
        staged.unlink(missing_ok=True)
        if order.dry_run:
            evidence.discard()


def decide_status(
    policy: DeliveryPolicy, report: CheckReport, *, published: int = 1
) -> DeliveryStatus:
    """What becomes of a checked delivery of which `published` rows would be left to readers.

    A check that could not run is never waved through, and no rows at all are no publication.
    """
    blocking = [r for r in report.results if r.outcome in (Outcome.FAILED, Outcome.ERROR)]
    if not blocking:
        return DeliveryStatus.ACCEPTED
    if policy is DeliveryPolicy.PUBLISH_AND_FLAG:
        return DeliveryStatus.FLAGGED
    broken = any(result.outcome is Outcome.ERROR for result in blocking)
    if policy is DeliveryPolicy.QUARANTINE_ROWS and not broken and published:
        return DeliveryStatus.QUARANTINED
    return DeliveryStatus.REFUSED


def _prepare(
    workspace: Workspace, unit: ReadUnit, order: DeliveryOrder, actor: str | None
) -> _Prepared:
    acting = workspace.who(unit, actor)
    dataset = unit.registry.get(Dataset, order.dataset)
    require(acting, Act.DELIVER, dataset.provider)
    if dataset.status is not DatasetStatus.PUBLISHED:
        raise Conflict(
            f"dataset {dataset.code} is {dataset.status}: only a published entry takes deliveries",
            hint="complete its document, set 'status: published' and apply it",
        )
    contract = current_contract(unit, dataset)
    _refuse_secrets(contract)
    return _Prepared(
        acting=acting,
        dataset=dataset,
        contract=contract,
        earlier=unit.deliveries.find_published(dataset.code),
        folder=unit.deliveries.folder(dataset.code),
        references=reference_files(workspace, unit, contract, dataset.code),
    )


def _refuse_secrets(contract: DataContract) -> None:
    """Take nothing in under a contract, published before its columns were looked at, with secrets."""
    for number, column in enumerate(contract.table.properties, 1):
        if is_secret(column.name) or is_secret(column.business_name):
            raise Conflict(
                f"the name of column {number} of contract {contract.id} marks a secret; {OUT_OF_SCOPE}",
                hint="publish a version without the column: bureau contract publish FILE",
            )


def reference_files(
    workspace: Workspace, unit: ReadUnit, contract: DataContract, dataset: str
) -> dict[str, tuple[str, ...]]:
    """The files of each other dataset that the contract's foreign keys point to, as published."""
    files = {}
    for reference in contract.table.references:
        published = unit.deliveries.find_published(reference.dataset)
        if reference.dataset == dataset or published is None or published.lake_version is None:
            continue  # the check says what is missing, in the child that knows the delivery itself
        files[reference.dataset] = workspace.lake.files(
            published.lake_table, published.lake_version
        )
    return files


def _repeated(workspace: Workspace, order: DeliveryOrder, earlier: Delivery) -> Delivered:
    with workspace.reading() as unit:
        report = unit.checks.get(earlier.check_run)
    return Delivered(
        report=report,
        delivery=earlier,
        read_as=read_as(earlier.source_format, earlier.encoding, earlier.sheet),
        repeated=True,
        receipt=_nothing(order),
    )


def _folder(workspace: Workspace, prepared: _Prepared) -> str:
    """The dataset's lake folder, named in the registry before anything is put into it.

    A table of which the published version was lost is not continued: its numbers would be given
    out twice. A new one is begun beside what is left.
    """
    lost = prepared.earlier is not None and not is_there(workspace, prepared.earlier)
    if prepared.folder is not None and not lost:
        return prepared.folder
    with workspace.writing(prepared.acting.person) as write:
        folder = write.deliveries.folder(prepared.dataset.code)
        if folder is None or folder == prepared.folder:
            folder = new_id(write.now)
            write.deliveries.set_folder(prepared.dataset.code, folder)
    return folder


def _check_in_child(
    workspace: Workspace,
    order: DeliveryOrder,
    prepared: _Prepared,
    file: HandedIn,
    staged: Path,
    evidence: Evidence,
    say: Progress,
) -> dict[str, Any]:
    """The child's answer, with the hash of what it read; raises Conflict when that was changing."""
    with (
        tempfile.TemporaryDirectory(dir=evidence.folder) as scratch,
        ThreadPoolExecutor(max_workers=1) as beside,
    ):
        job = {
            "file": str(order.path.absolute()),
            "dataset": order.dataset,
            "check_engine": DEFAULT_ENGINE,
            "contract": prepared.contract.text.decode(),
            "contract_name": prepared.contract.id,
            "references": prepared.references,
            "encoding": order.encoding,
            "header": order.header,
            "sheet": order.sheet,
            "quarantine": prepared.dataset.policy is DeliveryPolicy.QUARANTINE_ROWS,
            "staged": str(staged),
            "scratch": scratch,
            "memory_mb": workspace.settings.memory_mb,
            **evidence.paths(),
        }
        # A child that a crafted file took over does not choose the hash that is recorded.
        hashing = beside.submit(file.sha256)
        answer = run_child("bureau.child_tasks:deliver", job, limits(workspace.settings), say)
        file.require_same(hashing.result(), answer["sha256"])
    return answer


def limits(settings: Settings) -> Limits:
    """Libraries and threads reserve address space far beyond what they use: about 2 GB of it.

    The engine itself keeps to `memory_mb`.
    """
    return Limits(memory_mb=settings.memory_mb * 2 + 2048)


def _report(
    workspace: Workspace, prepared: _Prepared, run: str, answer: Mapping[str, Any]
) -> CheckReport:
    return make_report(
        id=run,
        dataset=prepared.dataset.code,
        contract=prepared.contract,
        counts=tuple(Count(**count) for count in answer["counts"]),
        rows=answer["rows"],
        failing_rows=answer["failing_rows"],
        engine=answer["engine"],
        ran_at=workspace.clock.now(),
    )


def _delivery(
    prepared: _Prepared,
    order: DeliveryOrder,
    report: CheckReport,
    answer: Mapping[str, Any],
    status: DeliveryStatus,
    size: int,
) -> Delivery:
    """The delivery as far as it is known before the registry is locked."""
    return Delivery(
        id=report.id,
        dataset=prepared.dataset.code,
        number=0,
        status=status,
        policy=prepared.dataset.policy,
        contract=prepared.contract.id,
        contract_version=prepared.contract.version,
        source_sha256=answer["sha256"],
        source_bytes=size,
        source_format=answer["format"],
        encoding=answer["encoding"],
        header=order.header,
        sheet=order.sheet,
        rows_read=answer["rows"],
        rows_published=answer["published"] if status.published else 0,
        declared_rows=order.declared_rows,
        lake_table="",
        lake_version=None,
        check_run=report.id,
        delivered_by=prepared.acting.signature,
        delivered_at=report.ran_at,
    )


def _record(
    workspace: Workspace, prepared: _Prepared, delivery: Delivery, report: CheckReport
) -> Delivered:
    with workspace.writing(prepared.acting.person) as write:
        dataset = write.registry.get(Dataset, delivery.dataset)
        require(write.actor, Act.DELIVER, dataset.provider)
        if dataset != prepared.dataset:
            raise Conflict(
                f"dataset {dataset.code} was changed while the file was being checked",
                hint="deliver it again",
            )
        number = write.deliveries.next_number(delivery.dataset)
        final = replace(delivery, number=number, delivered_at=write.now)
        final_report = replace(report, ran_at=write.now)
        write.checks.add(final_report)
        write.deliveries.add(final)
        if final.status.published:
            _share(workspace, write, final.dataset)
        kind = "delivery.published" if final.status.published else "delivery.refused"
        write.record(Event(kind, f"dataset:{final.dataset}", _told(final, report)))
    entry = receipt(f"{final.dataset} #{final.number}", write)
    return Delivered(
        report=final_report,
        delivery=final,
        read_as=read_as(final.source_format, final.encoding, final.sheet),
        repeated=False,
        receipt=entry,
    )


def _told(delivery: Delivery, report: CheckReport) -> dict[str, Json]:
    declared = delivery.declared_rows
    return {
        "contract": f"{delivery.contract} {delivery.contract_version}",
        "lake_version": delivery.lake_version,
        "number": delivery.number,
        **({} if declared is None else {"rows_declared": declared}),
        "rows_published": delivery.rows_published,
        "rows_read": delivery.rows_read,
        "score": report.score,
        "sha256": delivery.source_sha256,
        "status": delivery.status.value,
    }


def _share(workspace: Workspace, write: WriteUnit, dataset: str) -> None:
    """What was granted before there was anything to read is shared now (Decree 809 Art. 22)."""
    waited = write.grants.mark_delivered(dataset, write.now)
    if not waited:
        return
    keeper = Timekeeper.of(workspace, write)
    for ref in waited:
        clock = keeper.end(f"grant:{ref}", LimitName.DELIVER)
        grant = write.grants.get(ref)
        whose = {
            "dataset": dataset,
            "department": grant.department,
            "provider": grant.provider,
        }
        shared = whose | facts(clock, keeper.today)
        write.record(Event("grant.delivered", f"grant:{ref}", shared))


def _nothing(order: DeliveryOrder) -> Receipt:
    return Receipt(subject=order.dataset, entries=())
