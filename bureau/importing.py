"""Register a whole catalogue that another program wrote, with a report on every record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bureau.ownership import require_dataset
from bureau.permissions import Act, require
from bureau.publishing import read_document
from bureau.receipt import Receipt, receipt
from bureau.registering import index_datasets
from bureau.workspace import Workspace
from catalog.documents import to_document
from catalog.importers.csv_listing import read_csv_listing
from catalog.importers.dcat_us import read_dcat_us
from catalog.importers.records import ImportDefaults, ImportResult
from catalog.model import Dataset, Department
from core.canonical import content_hash, sha256_hex
from sharing.ledger.entry import Event


class ImportFormat(StrEnum):
    DCAT_US = "dcat-us"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Imported:
    result: ImportResult
    added: int
    changed: int
    unchanged: int
    receipt: Receipt


def import_catalogue(
    workspace: Workspace,
    path: Path,
    form: ImportFormat,
    defaults: ImportDefaults,
    *,
    actor: str | None,
    columns: Sequence[str] = (),
    encoding: str = "utf-8",
    dry_run: bool = False,
) -> Imported:
    """Take what can be taken as draft entries; entries that a steward has published stay.

    `encoding` is that of a CSV listing, and `columns` are its columns where it has no headings.
    """
    data = read_document(path)
    if form is ImportFormat.DCAT_US:
        result = read_dcat_us(data, defaults)
    else:
        result = read_csv_listing(data, defaults, columns, encoding)
    with workspace.writing(actor) as write:
        write.registry.get(Department, defaults.provider)
        require(write.actor, Act.REGISTER_DATASET, defaults.provider)
        current = {d.code: d for d in write.registry.list_all(Dataset)}
        new = [d for d in result.datasets if d.code not in current]
        changed = [
            d
            for d in result.datasets
            if d.code in current and current[d.code] != d and current[d.code].status is d.status
        ]
        for dataset in changed:
            require_dataset(write, current[dataset.code], dataset)
        if not dry_run:
            write.registry.save(Dataset, new + changed, write.now)
            index_datasets(write, new + changed)
            for dataset in new + changed:
                write.record(_event(dataset, added=dataset.code not in current))
            if new or changed:
                facts = {
                    "format": form.value,
                    "records": len(result.report),
                    "sha256": sha256_hex(data),
                    "taken": len(result.datasets),
                }
                subject = f"department:{defaults.provider}"
                write.record(Event("catalogue.imported", subject, facts))
    return Imported(
        result=result,
        added=len(new),
        changed=len(changed),
        unchanged=len(result.datasets) - len(new) - len(changed),
        receipt=receipt(defaults.provider, write),
    )


def _event(dataset: Dataset, *, added: bool) -> Event:
    facts = {
        "content": content_hash(to_document(dataset)),
        "provider": dataset.provider,
        "status": dataset.status.value,
    }
    return Event(
        "dataset.registered" if added else "dataset.changed", f"dataset:{dataset.code}", facts
    )
