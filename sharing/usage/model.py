"""A use as it was measured, and the uses of a grant on one day by the door they came through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.clock import local_day
from core.errors import InvalidInput
from sharing.metering.journal import Line
from sharing.metering.model import Counted, Leaving, Looked, Open, Query, Sent, Tally
from sharing.model import Grant, Use, UseStatus

_CENTURY = date(2000, 1, 1), date(2099, 12, 31)


class Door(StrEnum):
    FILE = "file"
    """`bureau read` wrote a file."""
    QUERY = "query"
    """A machine read the files of a query from the server."""
    LOOKUP = "lookup"
    """A machine looked up a record by its key, or verified what is claimed of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredUse:
    """One use. Of a lookup neither an id nor a version is kept, of a query no hash of its bytes."""

    at: datetime
    id: str
    grant: str
    door: Door
    rows: int
    bytes: int
    sha256: str
    version: int | None
    terms_hash: str
    credential: str
    entry: int | None
    """The ledger entry that counts it; None while it waits to be sealed."""


def in_century(day: date) -> bool:
    """Whether a day can be one on which data was used: others are slips of the pen."""
    return _CENTURY[0] <= day <= _CENTURY[1]


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the city from `first` to `last`; None leaves that end open."""

    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        for day in (self.first, self.last):
            if day is not None and not in_century(day):
                raise InvalidInput(f"{day} is not in this century", hint="name the days of a use")
        if self.first and self.last and self.last < self.first:
            raise InvalidInput(
                f"the days from {self.first} to {self.last} are none",
                hint="name the earlier day with --from and the later one with --to",
            )

    def covers(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfUse:
    """What the counter of a day says, which the rates read, and the uses that are behind it."""

    day: date
    counted: Counted
    by_door: Mapping[Door, int]

    @property
    def waiting(self) -> int:
        """Uses that are not counted yet; below zero, counted ones of which no line is here."""
        return sum(self.by_door.values()) - self.counted.uses


def file_uses(uses: Iterable[Use], entries: Mapping[str, int]) -> Iterator[MeasuredUse]:
    """The reads that brought rows; `entries` has the index of the entry of each by its id."""
    for use in uses:
        if use.status is UseStatus.COMPLETED and use.rows and use.completed_at is not None:
            yield MeasuredUse(
                at=use.completed_at,
                id=use.id,
                grant=use.grant,
                door=Door.FILE,
                rows=use.rows,
                bytes=use.bytes,
                sha256=use.sha256,
                version=use.lake_version,
                terms_hash=use.terms_hash,
                credential="",
                entry=entries.get(use.id),
            )


def machine_uses(
    segments: Iterable[tuple[int | None, Iterable[Line]]], grant: Grant, zone: ZoneInfo
) -> Iterator[MeasuredUse]:
    """The uses of a grant in segments of the journal, each with the entry that seals it.

    They are found as they were counted, by the same tally. Lookups come first, then the queries.
    """
    queries: dict[str, MeasuredUse] = {}
    for entry, events in segments:
        tally = Tally(zone)
        for event in events:
            match event:
                case Query():
                    tally.issue(event)
                case Open():
                    tally.carry(event)
                case Looked() if event.grant == grant.ref:
                    yield _lookup(event, grant, entry)
                case Leaving():
                    tally.leave(event)
                case Sent():
                    used, query = tally.sent(event), tally.find(event.query)
                    if used is not None and query is not None and query.grant == grant.ref:
                        _take_in(queries, query, used, event.at, entry)
    yield from queries.values()


def by_day(
    uses: Iterable[MeasuredUse], counters: Mapping[date, Counted], zone: ZoneInfo
) -> list[DayOfUse]:
    """The days with a counter or a use, in order."""
    found: dict[date, dict[Door, int]] = {day: dict.fromkeys(Door, 0) for day in counters}
    for use in uses:
        doors = found.setdefault(local_day(use.at, zone), dict.fromkeys(Door, 0))
        doors[use.door] += 1
    return [
        DayOfUse(day=day, counted=counters.get(day, Counted()), by_door=found[day])
        for day in sorted(found)
    ]


def _lookup(event: Looked, grant: Grant, entry: int | None) -> MeasuredUse:
    return MeasuredUse(
        at=event.at,
        id="",
        grant=event.grant,
        door=Door.LOOKUP,
        rows=event.rows,
        bytes=event.bytes,
        sha256="",
        version=None,
        terms_hash=grant.terms_hash,
        credential=event.credential,
        entry=entry,
    )


def _take_in(
    queries: dict[str, MeasuredUse], query: Query, used: Counted, at: datetime, entry: int | None
) -> None:
    """A query is a use when its first file was read; the others add to it."""
    if used.uses:
        queries[query.id] = MeasuredUse(
            at=at,
            id=query.id,
            grant=query.grant,
            door=Door.QUERY,
            rows=used.rows,
            bytes=used.bytes,
            sha256="",
            version=query.lake_version,
            terms_hash=query.terms_hash,
            credential=query.credential,
            entry=entry,
        )
    elif query.id in queries:
        first = queries[query.id]
        queries[query.id] = replace(
            first, rows=first.rows + used.rows, bytes=first.bytes + used.bytes
        )
