"""Whether what a public service has to know comes to its department by sharing, now. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from catalog.model import DataItem, ServiceItem
from sharing.model import Grant, GrantState
from sharing.needs.matching import Entry


class Coverage(StrEnum):
    COVERED = "covered"
    OWN = "own"
    """The department's own data: no grant is needed."""
    COLUMN_MISSING = "column_missing"
    """Granted, but not each of the columns."""
    NOT_GRANTED = "not_granted"
    NOT_SHARED = "not_shared"
    NOT_NAMED = "not_named"
    """The form names no entry, and another department shares one with the very words."""
    NOT_CATALOGUED = "not_catalogued"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveredItem:
    """`grants` give something of it; `missing` are the columns that none gives, or nobody has.

    `found` are entries with the words of what is not named.
    """

    needed: DataItem
    state: Coverage
    provider: str = ""
    grants: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    found: tuple[str, ...] = ()


def coverage(
    service: ServiceItem,
    entries: Mapping[str, Entry],
    grants: Sequence[Grant],
    applications: AbstractSet[str],
    found: Mapping[str, Sequence[str]],
    now: datetime,
) -> list[CoveredItem]:
    """Each data item of the service against the live grants of its department.

    `applications` are those of the department; a grant to any of them counts. `found` are entries
    with the very words of an item.
    """
    live = [
        grant
        for grant in grants
        if grant.department == service.department
        and grant.terms.application in applications
        and grant.state_at(now) is GrantState.ACTIVE
    ]
    return [
        CoveredItem(needed=needed, state=Coverage.NOT_NAMED, found=tuple(found[needed.item]))
        if not needed.dataset and found.get(needed.item)
        else _covered(needed, entries.get(needed.dataset), live, service.department)
        for needed in service.data_items
    ]


def _covered(
    needed: DataItem, entry: Entry | None, live: Sequence[Grant], department: str
) -> CoveredItem:
    if entry is None or not entry.published:
        return CoveredItem(needed=needed, state=Coverage.NOT_CATALOGUED)
    provider = entry.dataset.provider

    def item(
        state: Coverage, grants: Sequence[Grant] = (), missing: tuple[str, ...] = ()
    ) -> CoveredItem:
        refs = tuple(grant.ref for grant in grants)
        return CoveredItem(
            needed=needed, state=state, provider=provider, grants=refs, missing=missing
        )

    if lacking := entry.lacking(needed.columns):
        return item(Coverage.NOT_CATALOGUED, missing=lacking)
    if provider == department:
        return item(Coverage.OWN)
    if not entry.shared:
        return item(Coverage.NOT_SHARED)
    giving = [grant for grant in live if grant.terms.dataset == needed.dataset]
    if not giving:
        return item(Coverage.NOT_GRANTED, missing=needed.columns)
    whole = [grant for grant in giving if set(needed.columns) <= set(grant.terms.columns)]
    given = {column for grant in giving for column in grant.terms.columns}
    missing = tuple(column for column in needed.columns if column not in given)
    return item(
        Coverage.COLUMN_MISSING if missing else Coverage.COVERED, whole[:1] or giving, missing
    )
