"""Free the lake of files that no delivery names: what deliveries that were cut off left behind."""

from __future__ import annotations

from datetime import timedelta

from bureau.workspace import Workspace

UNTOUCHED_FOR = timedelta(days=1)
"""Younger files may belong to a delivery that is still under way."""


def reclaim(workspace: Workspace) -> list[str]:
    """Delete such files and give back their names within the lake; every named version stays."""
    with workspace.reading() as unit:
        tables = {
            folder: {
                delivery.lake_version
                for delivery in unit.deliveries.list_by_dataset(dataset)
                if delivery.lake_version is not None
            }
            for dataset, folder in unit.deliveries.folders().items()
        }
    before = workspace.clock.now() - UNTOUCHED_FOR
    return [
        f"{folder}/{name}"
        for folder, versions in sorted(tables.items())
        for name in workspace.lake.reclaim(folder, versions, before)
    ]
