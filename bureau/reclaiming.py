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
    with workspace.reading() as unit:
        tables = {
            folder: (
                {
                    delivery.lake_version
                    for delivery in unit.deliveries.list_by_dataset(dataset)
                    if delivery.lake_version is not None
                },
                unit.checks.ids(dataset),
            )
            for dataset, folder in unit.deliveries.folders().items()
        }
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
