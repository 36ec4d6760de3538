"""The published catalogue for other portals, and the EU's points for what it says of itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bureau.acts import Acts
from catalog.dcat import ap, mqa, table, us
from catalog.dcat.model import Known, Listing, Names, left_out
from catalog.model import Dataset, DatasetStatus, Delivery, Department, Division
from core.canonical import Json
from core.clock import end_of_day


class ExportFormat(StrEnum):
    DCAT_AP = "dcat-ap"
    DCAT_US = "dcat-us"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    content: bytes
    datasets: int
    left_out: tuple[tuple[str, str], ...]
    """Code and address of each distribution that has no address that one could go to."""


def _lines(document: ap.Node) -> bytes:
    """JSON with each node of the last field on a line: a dataset that changes changes one line."""
    *before, (last, nodes) = document.items()
    head = "".join(f"{_json(name)}: {_json(value)},\n" for name, value in before)
    body = ",\n".join(_json(node) for node in nodes) if isinstance(nodes, list) else ""
    return f"{{\n{head}{_json(last)}: [\n{body}\n]\n}}\n".encode()


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


_WRITERS: Mapping[ExportFormat, Callable[[Listing], bytes]] = {
    ExportFormat.DCAT_AP: lambda listing: _lines(ap.document(listing)),
    ExportFormat.DCAT_US: lambda listing: _lines(us.document(listing)),
    ExportFormat.CSV: table.document,
}


class CatalogueExports(Acts):
    """What is published, of the city or of one department; drafts and what was withdrawn stay inside."""

    def export(
        self, form: ExportFormat, *, department: str = "", as_of: date | None = None
    ) -> Exported:
        """The same bytes for the same state of the catalogue."""
        listing = self._listing(department, as_of)
        return Exported(
            content=_WRITERS[form](listing),
            datasets=len(listing.entries),
            left_out=tuple(
                (known.dataset.code, address)
                for known in listing.entries
                for address in left_out(known)
            ),
        )

    def score(self, *, department: str = "") -> mqa.Score:
        """What the DCAT-AP export would be given by data.europa.eu, as far as that takes no network."""
        return mqa.score(ap.document(self._listing(department, None)))

    def _listing(self, department: str, as_of: date | None) -> Listing:
        workspace = self.workspace
        settings = workspace.settings
        moment = None
        if as_of is not None:
            moment = end_of_day(workspace.past_day(as_of), settings.zone)
        with workspace.reading() as unit:
            if department:
                unit.registry.get(Department, department, at=moment)
            datasets = [
                one
                for one in unit.registry.list_all(Dataset, at=moment)
                if one.status is DatasetStatus.PUBLISHED and department in ("", one.provider)
            ]
            first = unit.registry.first_published(at=moment)
            deliveries = unit.deliveries.newest_published(at=moment)
            departments = unit.registry.list_all(Department, at=moment)
            divisions = unit.registry.list_all(Division, at=moment)
        return Listing(
            city=settings.city,
            zone=settings.zone,
            names=Names(base=settings.base),
            contact=settings.contact,
            entries=tuple(
                self._known(one, first[one.code], deliveries.get(one.code)) for one in datasets
            ),
            departments={one.code: one for one in departments},
            divisions={one.code: one for one in divisions},
        )

    def _known(self, dataset: Dataset, issued: datetime, delivery: Delivery | None) -> Known:
        size = None
        if delivery is not None and delivery.lake_version is not None:
            size = self.workspace.lake.size(delivery.lake_table, delivery.lake_version)
        return Known(dataset=dataset, issued=issued, delivery=delivery, byte_size=size)
