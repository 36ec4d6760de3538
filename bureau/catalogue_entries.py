"""Catalogue entries with the columns of their contracts, as matching looks at them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bureau.unit_of_work import ReadUnit
from catalog.model import Dataset, DatasetStatus
from contracts.model import DataContract
from sharing.needs.matching import Entry


def published_entries(unit: ReadUnit, *, at: datetime | None = None) -> list[Entry]:
    """Every published entry, by code; as it was known just before `at`."""
    datasets = unit.registry.list_all(Dataset, at=at)
    published = (one for one in datasets if one.status is DatasetStatus.PUBLISHED)
    return entries_of(unit, published, at=at)


def entries_of(
    unit: ReadUnit, datasets: Iterable[Dataset], *, at: datetime | None = None
) -> list[Entry]:
    """These datasets as entries; a contract that several name is read once."""
    contracts: dict[str, DataContract | None] = {"": None}
    entries = []
    for dataset in datasets:
        if dataset.contract not in contracts:
            contracts[dataset.contract] = unit.contracts.newest(dataset.contract, before=at)
        entries.append(Entry.of(dataset, contracts[dataset.contract]))
    return entries
