"""Grants as the ledger tells of them: to whom, until when, with which records, used or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sharing.ledger.entry import EntryBody
from sharing.ledger.reading import moment, text
from sharing.ledger.uses import SEALED, uses_in


@dataclass
class GrantFacts:
    department: str
    provider: str
    dataset: str
    not_after: datetime | None
    issued_at: datetime
    entry: int
    """The entry that issued or ended it last."""
    review_due: datetime | None
    review_entry: int
    """The entry that set the day of the review."""
    ended_at: datetime | None = None
    used: bool = False
    kinds: set[str] = field(default_factory=set)
    proved: bool = False
    """Whether a proof of disposal waits for the provider."""

    @property
    def end(self) -> datetime | None:
        """The moment from which it gives nothing."""
        ends = [one for one in (self.ended_at, self.not_after) if one is not None]
        return min(ends, default=None)

    def live_at(self, now: datetime) -> bool:
        return self.issued_at <= now and (self.end is None or now < self.end)


def follow(grants: dict[str, GrantFacts], entry: EntryBody) -> None:
    """Take an entry into the grants by their references; one about no grant changes nothing."""
    for used, _, _ in uses_in(entry.facts) if entry.kind == SEALED else ():
        if used in grants:
            grants[used].used = True
    about, _, ref = entry.subject.partition(":")
    if about != "grant":
        return
    if entry.kind == "grant.issued":
        grants[ref] = _issued(entry)
    if (grant := grants.get(ref)) is not None:
        _follow(grant, entry)


def _follow(grant: GrantFacts, entry: EntryBody) -> None:
    match entry.kind:
        case "read.completed" if entry.facts.get("rows"):
            grant.used = True
        case "record.added":
            grant.kinds.add(text(entry, "kind"))
        case "grant.reviewed":
            kept = entry.facts.get("outcome") == "kept"
            grant.review_due = moment(entry.facts.get("review_due")) if kept else None
            grant.review_entry = entry.index
        case "grant.revoked" | "grant.finished":
            grant.ended_at, grant.entry = entry.recorded_at, entry.index
        case "grant.disposal_proved":
            grant.proved = True
        case "grant.disposed" | "grant.disposal_rejected":
            grant.proved = False


def _issued(entry: EntryBody) -> GrantFacts:
    terms = entry.facts.get("terms")
    return GrantFacts(
        department=text(entry, "department"),
        provider=text(entry, "provider"),
        dataset=text(entry, "dataset"),
        not_after=moment(terms.get("not_after")) if isinstance(terms, Mapping) else None,
        issued_at=entry.recorded_at,
        entry=entry.index,
        review_due=moment(entry.facts.get("review_due")),
        review_entry=entry.index,
    )
