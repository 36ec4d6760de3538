"""Free the lake of what no delivery and no check names: what was cut off left it behind."""

from __future__ import annotations

from datetime import timedelta

from bureau.evidence import unowned
from bureau.workspace import Workspace

UNTOUCHED_FOR = timedelta(days=1)
"""What is younger may belong to a delivery or a check that is still under way."""


def reclaim(workspace: Workspace) -> list[str]:
    """Delete data files of no delivery and evidence of no check run; gives back their names.

    Every version that a delivery names stays, and all evidence that the history of checks names.
    """
    tables: dict[str, tuple[set[int], set[str]]] = {}
    with workspace.reading() as unit:
        for dataset, current in unit.deliveries.folders().items():
            runs = unit.checks.ids(dataset)
            tables[current] = (set(), runs)
            for delivery in unit.deliveries.list_by_dataset(dataset):
                if delivery.lake_version is not None:
                    versions, _ = tables.setdefault(delivery.lake_table, (set(), runs))
                    versions.add(delivery.lake_version)
    before = workspace.clock.now() - UNTOUCHED_FOR
    gone = []
    for folder, (versions, runs) in sorted(tables.items()):
        files = workspace.lake.reclaim(folder, versions, before)
        evidence = unowned(workspace.settings.lake / folder, runs, before)
        for left in evidence:
            left.discard()
        names = [*files, *(str(left.folder.relative_to(left.table)) for left in evidence)]
        gone += [f"{folder}/{name}" for name in names]
    return gone
