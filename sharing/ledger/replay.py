"""What the entries say of requests, disputes, clocks, grants and counters, held against the tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from core.canonical import Json
from core.clock import local_day
from core.errors import InvalidInput
from sharing.ledger.clocks import FACT, clocks_in, digest
from sharing.ledger.entry import EntryBody, decode
from sharing.ledger.faults import Fault, FaultKind
from sharing.ledger.rows import FACT as ROWS
from sharing.ledger.uses import SEALED, uses_in
from sharing.ledger.verify import StoredEntry
from sharing.metering.model import Counted

_KINDS = (b"grant.", b"read.completed", b"uses.sealed")
_CLOCKS, _STANDING = (b'"%s":' % name.encode() for name in (FACT, "standing"))


Key = TypeVar("Key", str, tuple[str, str], tuple[str, str, datetime])


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds of a grant; an open suspension has no end."""

    terms_hash: str
    revoked_at: datetime | None = None
    suspensions: tuple[tuple[datetime, datetime | None], ...] = ()
    delivered_at: datetime | None = None
    accepted_at: datetime | None = None
    first_used_at: datetime | None = None
    finished_at: datetime | None = None
    disposed_at: datetime | None = None
    review_due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """What the tables beside the ledger hold, and what the entries say that they hold.

    `requests` are the standing of each by reference, `clocks` their facts by subject and limit,
    `clock_facts` the digests of their facts from each moment on;
    `disputes` are like requests, of the time when the entries attested no rows.
    """

    grants: dict[str, Standing] = field(default_factory=dict)
    days: dict[tuple[str, date], Counted] = field(default_factory=dict)
    requests: dict[str, str] = field(default_factory=dict)
    disputes: dict[str, str] = field(default_factory=dict)
    clocks: dict[tuple[str, str], Mapping[str, Json]] = field(default_factory=dict)
    clock_facts: dict[tuple[str, str, datetime], bytes] = field(default_factory=dict)


@dataclass
class Replay:
    """Reads the entries into `said`; days are counted in `zone`."""

    zone: ZoneInfo
    said: Tables = field(default_factory=Tables)

    def over(self, stored: Iterable[StoredEntry]) -> Iterator[StoredEntry]:
        """Pass the rows on, and take in those that a table repeats."""
        for row in stored:
            body = row.body or b""
            if (row.kind or b"").startswith(_KINDS) or _CLOCKS in body or _STANDING in body:
                with suppress(InvalidInput):  # the verification that reads on says so
                    self.take(decode(body))
            yield row

    def take(self, entry: EntryBody) -> None:
        for (subject, limit), clock in clocks_in(entry.facts).items():
            self.said.clocks[subject, limit] = clock
            self.said.clock_facts[subject, limit, entry.recorded_at] = digest(clock)
        about, _, ref = entry.subject.partition(":")
        standing = entry.facts.get("standing")
        if about == "request" and isinstance(standing, str):
            self.said.requests[ref] = standing
        if about == "dispute":
            self.said.disputes.pop(ref, None)
            if isinstance(standing, str) and ROWS not in entry.facts:
                self.said.disputes[ref] = standing
        if about == "grant":
            self._take_grant(ref, entry)
        if entry.kind == SEALED:
            for grant, day, used in uses_in(entry.facts):
                self._add(grant, day, used, entry.recorded_at)

    def _take_grant(self, ref: str, entry: EntryBody) -> None:
        if entry.kind == "grant.issued":
            delivered = entry.recorded_at if entry.facts.get("delivered") else None
            self.said.grants[ref] = Standing(
                str(entry.facts.get("terms_hash")),
                delivered_at=delivered,
                review_due=_moment(entry.facts.get("review_due")),
            )
        elif ref in self.said.grants:
            self.said.grants[ref] = _changed(self.said.grants[ref], entry)
        if entry.kind == "read.completed":
            rows, size = _number(entry.facts.get("rows")), _number(entry.facts.get("bytes"))
            if rows:  # a read that brought nothing used nothing
                day = local_day(entry.recorded_at, self.zone)
                self._add(ref, day, Counted(1, rows, size), entry.recorded_at)

    def _add(self, grant: str, day: date, used: Counted, at: datetime) -> None:
        self.said.days[grant, day] = self.said.days.get((grant, day), Counted()) + used
        standing = self.said.grants.get(grant)
        if standing is not None and standing.first_used_at is None:
            self.said.grants[grant] = replace(standing, first_used_at=at)

    def compare(self, kept: Tables) -> Iterator[Fault]:
        """What the tables say otherwise: by grant, day, dispute, request and clock."""
        said = self.said
        for ref in sorted(said.grants.keys() | kept.grants.keys()):
            for message in _grant_faults(ref, said.grants.get(ref), kept.grants.get(ref)):
                yield Fault(None, None, FaultKind.GRANT, message)
        for ref, day in sorted(said.days.keys() | kept.days.keys()):
            one, other = (some.days.get((ref, day), Counted()) for some in (said, kept))
            if one != other:
                message = f"the counter of {ref} on {day} has {other}; the ledger has {one}"
                yield Fault(None, None, FaultKind.COUNTER, message)
        for kind, table in (FaultKind.DISPUTE, "disputes"), (FaultKind.REQUEST, "requests"):
            for ref in _different(getattr(said, table), getattr(kept, table)):
                message = f"{ref} in the table of {table} is not what its last entry says"
                yield Fault(None, None, kind, message)
        for subject, limit in _different(said.clocks, kept.clocks):
            message = f"the clock {limit} of {subject} is not what its last entry says"
            yield Fault(None, None, FaultKind.CLOCK, message)
        for subject, limit, at in _different(said.clock_facts, kept.clock_facts):
            since = f"of {subject} since {at.isoformat()}"
            message = f"the clock {limit} {since} is not kept as the entry of then says"
            yield Fault(None, None, FaultKind.CLOCK, message)


def _different(said: Mapping[Key, object], kept: Mapping[Key, object]) -> list[Key]:
    return sorted(key for key in said.keys() | kept.keys() if said.get(key) != kept.get(key))


_MOMENTS = {
    "grant.revoked": "revoked_at",
    "grant.delivered": "delivered_at",
    "grant.accepted": "accepted_at",
    "grant.finished": "finished_at",
    "grant.disposed": "disposed_at",
}
"""The entries that set one moment of a grant."""
_COMPARED = (
    "delivered_at",
    "accepted_at",
    "first_used_at",
    "finished_at",
    "disposed_at",
    "review_due",
)


def _changed(standing: Standing, entry: EntryBody) -> Standing:
    at, kind = entry.recorded_at, entry.kind
    if kind in _MOMENTS:
        moment: dict[str, Any] = {_MOMENTS[kind]: at}
        return replace(standing, **moment)
    if kind == "grant.reviewed":
        return replace(standing, review_due=_moment(entry.facts.get("review_due")))
    if kind == "grant.suspended":
        return replace(standing, suspensions=(*standing.suspensions, (at, None)))
    if kind == "grant.resumed":
        ended = tuple((since, until or at) for since, until in standing.suspensions)
        return replace(standing, suspensions=ended)
    return standing


def _grant_faults(ref: str, said: Standing | None, kept: Standing | None) -> Iterator[str]:
    if said is None:
        yield f"{ref} stands in the table of grants, and no entry issued it"
    elif kept is None:
        yield f"{ref} was issued, and is gone from the table of grants"
    else:
        if said.terms_hash != kept.terms_hash:
            yield f"the terms of {ref} are not those that were issued"
        if said.revoked_at != kept.revoked_at:
            yield f"{ref} is {_ended(kept)} in the table of grants, and {_ended(said)} in the ledger"
        if said.suspensions != kept.suspensions:
            yield f"the suspensions of {ref} are not those that the ledger holds"
        for name in _COMPARED:
            if getattr(said, name) != getattr(kept, name):
                yield f"{name} of {ref} is not what the ledger says"


def _ended(standing: Standing) -> str:
    moment = standing.revoked_at
    return f"revoked since {moment.isoformat()}" if moment else "not revoked"


def _moment(value: Json) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _number(value: Json) -> int:
    return value if type(value) is int else 0
