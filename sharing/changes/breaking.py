"""What breaks the live grants on a dataset: pure comparisons of before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from catalog.model import Dataset, DatasetStatus
from catalog.predicate import columns_of
from sharing.model import Grant


@dataclass(frozen=True, slots=True)
class Broken:
    """A grant that would not give any more what it gives, and why."""

    grant: Grant
    why: str


def live(grants: Iterable[Grant], now: datetime) -> list[Grant]:
    """The grants that somebody relies on: those that have not ended."""
    return [grant for grant in grants if now < grant.ended_at]


def by_columns(grants: Iterable[Grant], lost: Mapping[str, str]) -> list[Broken]:
    """The grants that name a column which is lost, to read it or to choose rows by it."""
    found = []
    for grant in grants:
        terms = grant.terms
        flags = (secrecy.flag for secrecy in terms.safeguards.secrecy)
        chosen = columns_of(terms.rows) if terms.rows is not None else ()
        named = (*terms.columns, *chosen, *flags)
        why = [f"{name} {lost[name]}" for name in dict.fromkeys(named) if name in lost]
        if why:
            found.append(Broken(grant, ", ".join(why)))
    return found


def by_entry(grants: Iterable[Grant], before: Dataset, after: Dataset) -> list[Broken]:
    """The grants that break when the catalogue entry changes so: all of them, or none."""
    why = _stopped(before, after)
    return [Broken(grant, why) for grant in grants] if why else []


def _stopped(before: Dataset, after: Dataset) -> str:
    if not _served(before):
        return ""
    if after.status is not DatasetStatus.PUBLISHED:
        return f"{after.code} becomes {after.status}"
    if not _served(after):
        return f"{after.code} is not shared any more"
    if before.share_mode is not None and after.share_mode is not before.share_mode:
        return f"{after.code} is shared by {after.share_mode or 'no mode'}, not {before.share_mode}"
    return ""


def _served(dataset: Dataset) -> bool:
    shared = dataset.share_type is not None and dataset.share_type.shareable
    return shared and dataset.status is DatasetStatus.PUBLISHED
