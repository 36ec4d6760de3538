"""Free the disk of what nothing names or needs: cut-off deliveries, unread views, old segments."""

from __future__ import annotations

from datetime import timedelta

from bureau.evidence import unowned
from bureau.workspace import Workspace
from sharing.metering.journal import Journal

UNTOUCHED_FOR = timedelta(days=1)
"""What is younger may belong to a delivery or a check that is still under way."""


JOURNAL_KEPT_FOR = timedelta(days=3 * 366)
"""Segments of the journal say each single use: as long as records of use are kept (Art. 29)."""


def reclaim(workspace: Workspace) -> list[str]:
    """Delete what may go from the lake, the views and the journal; gives back the names."""
    return [*_lake(workspace), *_views(workspace), *_journal(workspace)]


def _views(workspace: Workspace) -> list[str]:
    """Views that nobody asked for: a newer version, or the end of the grant, came between."""
    from catalog.views import Views

    views = Views(workspace.settings.home / "views")
    return [f"views/{name}" for name in views.reclaim(workspace.clock.now() - UNTOUCHED_FOR)]


def _journal(workspace: Workspace) -> list[str]:
    """Segments that the ledger has counted long ago; its entries and the counters stay."""
    with workspace.reading() as unit:
        last = unit.uses.sealed(before=workspace.clock.now() - JOURNAL_KEPT_FOR)
    return [f"journal/{name}" for name in Journal(workspace.settings.home / "journal").drop(last)]


def _lake(workspace: Workspace) -> list[str]:
    """Data files of no delivery and evidence of no check run.

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
