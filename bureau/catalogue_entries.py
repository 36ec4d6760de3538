"""Catalogue entries with the columns of their contracts, as matching looks at them."""

from __future__ import annotations

from collections.abc import Iterable

from bureau.unit_of_work import ReadUnit
from catalog.model import Dataset, DatasetStatus
from contracts.model import DataContract
from sharing.needs.matching import Entry


def published_entries(unit: ReadUnit) -> list[Entry]:
    """Every published entry, by code."""
    datasets = unit.registry.list_all(Dataset)
    return entries_of(unit, (one for one in datasets if one.status is DatasetStatus.PUBLISHED))


def entries_of(unit: ReadUnit, datasets: Iterable[Dataset]) -> list[Entry]:
    """These datasets as entries; a contract that several name is read once."""
    contracts: dict[str, DataContract | None] = {"": None}
    entries = []
    for dataset in datasets:
        if dataset.contract not in contracts:
            contracts[dataset.contract] = unit.contracts.newest(dataset.contract)
        entries.append(Entry.of(dataset, contracts[dataset.contract]))
    return entries
