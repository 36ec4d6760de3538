"""The catalogue as CSV for spreadsheets: one line a dataset, no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from catalog.dcat.model import Known, Listing, facet, issued, modified, offers
from catalog.naming import FORMULA_STARTS

COLUMNS = (
    "code",
    "title_zh",
    "title_en",
    "summary",
    "provider",
    "provider_zh",
    "provider_en",
    "items",
    "format",
    "update_cycle",
    "share_type",
    "share_mode",
    "use_conditions",
    "resource_class",
    "grade",
    "legal_basis",
    "theme",
    "keywords",
    "licence",
    "issued",
    "modified",
    "rows",
    "byte_size",
    "addresses",
)


def document(listing: Listing) -> bytes:
    """UTF-8 with a heading; several values of a cell stand with a semicolon between them."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for known in listing.entries:
        writer.writerow([_safe(cell) for cell in _line(listing, known)])
    return text.getvalue().encode()


def _line(listing: Listing, known: Known) -> Sequence[str]:
    dataset, delivery = known.dataset, known.delivery
    provider = listing.departments.get(dataset.provider)
    return (
        dataset.code,
        dataset.title_zh,
        dataset.title_en,
        dataset.summary,
        dataset.provider,
        provider.name_zh if provider else "",
        provider.name_en if provider else "",
        "; ".join(dataset.items),
        dataset.format,
        dataset.update_cycle.value if dataset.update_cycle else "",
        dataset.share_type.value if dataset.share_type else "",
        dataset.share_mode.value if dataset.share_mode else "",
        dataset.use_conditions,
        dataset.resource_class.value if dataset.resource_class else "",
        dataset.grade.value if dataset.grade else "",
        dataset.legal_basis,
        dataset.theme,
        "; ".join(dataset.keywords),
        facet(dataset, "licence"),
        issued(listing, known),
        modified(listing, known),
        str(delivery.rows_published) if delivery else "",
        "" if known.byte_size is None else str(known.byte_size),
        "; ".join(offer.access_url for offer in offers(listing, known)),
    )


def _safe(text: str) -> str:
    cell = " ".join(text.splitlines())
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
