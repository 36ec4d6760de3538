"""What the entries say of grants and counters, held against the tables beside the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from core.canonical import Json
from core.clock import local_day
from core.errors import InvalidInput
from sharing.ledger.entry import EntryBody, decode
from sharing.ledger.faults import Fault, FaultKind
from sharing.ledger.verify import StoredEntry

_KINDS = frozenset(
    (b"grant.issued", b"grant.revoked", b"grant.suspended", b"grant.resumed", b"read.completed")
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds of a grant; an open suspension has no end."""

    terms_hash: str
    revoked_at: datetime | None = None
    suspensions: tuple[tuple[datetime, datetime | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """What one grant was used for on one day."""

    uses: int = 0
    rows: int = 0
    bytes: int = 0

    def __str__(self) -> str:
        return f"{self.uses} uses, {self.rows} rows, {self.bytes} bytes"


@dataclass
class Replay:
    """Grants and counters as the entries gave them; days are counted in `zone`."""

    zone: ZoneInfo
    grants: dict[str, Standing] = field(default_factory=dict)
    days: dict[tuple[str, date], Counted] = field(default_factory=dict)

    def over(self, stored: Iterable[StoredEntry]) -> Iterator[StoredEntry]:
        """Pass the rows on, and take in those that a table repeats."""
        for row in stored:
            if row.kind in _KINDS:
                with suppress(InvalidInput):  # the verification that reads on says so
                    self.take(decode(row.body or b""))
            yield row

    def take(self, said: EntryBody) -> None:
        grant = said.subject.removeprefix("grant:")
        if said.kind == "grant.issued":
            self.grants[grant] = Standing(str(said.facts.get("terms_hash")))
        elif said.kind == "read.completed":
            self._count(grant, said)
        elif grant in self.grants:
            self.grants[grant] = _changed(self.grants[grant], said.kind, said.recorded_at)

    def _count(self, grant: str, said: EntryBody) -> None:
        rows, size = _number(said.facts.get("rows")), _number(said.facts.get("bytes"))
        if rows:  # a read that brought nothing used nothing
            place = (grant, local_day(said.recorded_at, self.zone))
            before = self.days.get(place, Counted())
            self.days[place] = Counted(before.uses + 1, before.rows + rows, before.bytes + size)

    def compare(
        self, grants: Mapping[str, Standing], days: Mapping[tuple[str, date], Counted]
    ) -> Iterator[Fault]:
        """What the tables say otherwise, by grant and by day."""
        for ref in sorted(self.grants.keys() | grants.keys()):
            for message in _grant_faults(ref, self.grants.get(ref), grants.get(ref)):
                yield Fault(None, None, FaultKind.GRANT, message)
        for ref, day in sorted(self.days.keys() | days.keys()):
            said, kept = (some.get((ref, day), Counted()) for some in (self.days, days))
            if said != kept:
                message = f"the counter of {ref} on {day} has {kept}; the ledger has {said}"
                yield Fault(None, None, FaultKind.COUNTER, message)


def _changed(standing: Standing, kind: str, at: datetime) -> Standing:
    if kind == "grant.revoked":
        return replace(standing, revoked_at=at)
    if kind == "grant.suspended":
        return replace(standing, suspensions=(*standing.suspensions, (at, None)))
    ended = tuple((since, until or at) for since, until in standing.suspensions)
    return replace(standing, suspensions=ended)


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


def _ended(standing: Standing) -> str:
    moment = standing.revoked_at
    return f"revoked since {moment.isoformat()}" if moment else "not revoked"


def _number(value: Json) -> int:
    return value if type(value) is int else 0
