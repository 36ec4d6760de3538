"""When is data used: a query of which at least one file was read, each file once (Art. 39).

What is no use: a HEAD, a read that stopped under `ENOUGH` of the bytes, the same file again under
the same query, and whatever comes after the query's time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from core.clock import local_day

ENOUGH = 0.9
"""Of a file's bytes, before it counts as read: readers leave out what they do not need of a file."""


@dataclass(frozen=True, slots=True)
class File:
    """One of the files that a query offers; `id` names its content, as the Delta protocol asks."""

    id: str
    size: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Files that were offered under a grant; recorded before a byte of the answer leaves."""

    id: str
    grant: str
    credential: str
    terms_hash: str
    dataset: str
    lake_version: int
    files: tuple[File, ...]
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """Bytes `start` up to, not including, `stop` of one of a query's files that went out."""

    query: str
    file: str
    start: int
    stop: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Leaving(Sent):
    """Bytes that are about to leave: they count as sent if nobody can say more.

    A `Sent` from the same byte on says how many of them went out.
    """


@dataclass(frozen=True, slots=True)
class Looked:
    """One answer with records that were looked up by their key: a use by itself."""

    grant: str
    credential: str
    rows: int
    bytes: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """What a grant was used for on one day; they add up."""

    uses: int = 0
    rows: int = 0
    bytes: int = 0

    def __str__(self) -> str:
        return f"{self.uses} uses, {self.rows} rows, {self.bytes} bytes"

    def __add__(self, other: Counted) -> Counted:
        return Counted(self.uses + other.uses, self.rows + other.rows, self.bytes + other.bytes)


class Coverage:
    """Which bytes of a file were sent, each counted once however often it went out."""

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        self._ranges: list[tuple[int, int]] = []
        for start, stop in ranges:
            self.add(start, stop)

    def add(self, start: int, stop: int) -> None:
        """Join a range to those it touches."""
        apart = []
        for low, high in self._ranges:
            if high < start or stop < low:
                apart.append((low, high))
            else:
                start, stop = min(low, start), max(high, stop)
        self._ranges = sorted([*apart, (start, stop)])

    @property
    def ranges(self) -> tuple[tuple[int, int], ...]:
        return tuple(self._ranges)

    @property
    def bytes(self) -> int:
        return sum(stop - start for start, stop in self._ranges)


@dataclass(slots=True)
class Open:
    """A query whose time is not over, how much of its files went out, and which are counted."""

    query: Query
    sent: dict[str, Coverage] = field(default_factory=dict)
    counted: set[str] = field(default_factory=set)
    leaving: list[Leaving] = field(default_factory=list)
    """What may be on its way."""


class Tally:
    """The uses that follow from queries and bytes, by grant and day in `zone`."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._open: dict[str, Open] = {}
        self._parts: dict[tuple[str, str], list[Open]] = {}
        """The queries under a grant by which bytes of a file went out."""
        self._counts: dict[tuple[str, date], Counted] = {}

    def issue(self, query: Query) -> None:
        self._open[query.id] = Open(query)

    def carry(self, one: Open) -> None:
        """Go on with a query that was open before."""
        self._open[one.query.id] = one
        for file in one.sent:
            self._parts.setdefault((one.query.grant, file), []).append(one)

    def sent(self, event: Sent) -> Counted | None:
        """Take in bytes that went out; gives back what is counted now that they did.

        Those of no query, or of one whose time is over, are no use.
        """
        one = self._open.get(event.query)
        if one is None or one.query.expires_at <= event.at:
            return None
        place = (event.file, event.start)
        one.leaving = [left for left in one.leaving if (left.file, left.start) != place]
        file = next((file for file in one.query.files if file.id == event.file), None)
        if file is None or file.id in one.counted:
            return None
        if file.id not in one.sent:
            one.sent[file.id] = Coverage()
            self._parts.setdefault((one.query.grant, file.id), []).append(one)
        one.sent[file.id].add(event.start, event.stop)
        parts = self._read_in_parts(one, file)
        if not file.rows or parts.bytes < file.size * ENOUGH:
            return None
        return self._count(one, file, local_day(event.at, self._zone))

    def _read_in_parts(self, one: Open, file: File) -> Coverage:
        """How much of a file went out under the grant of a query, in whatever of its queries.

        What is counted already is not counted again.
        """
        whole = Coverage(one.sent[file.id].ranges)
        if whole.bytes < file.size * ENOUGH:
            for other in self._parts[one.query.grant, file.id]:
                for low, high in () if file.id in other.counted else other.sent[file.id].ranges:
                    whole.add(low, high)
        return whole

    def leave(self, event: Leaving) -> None:
        """Take in what is about to leave."""
        if (one := self._open.get(event.query)) is not None:
            one.leaving.append(event)

    def left(self) -> list[Sent]:
        """What was about to leave when the program that sent it ended."""
        return [
            Sent(event.query, event.file, event.start, event.stop, event.at)
            for one in self._open.values()
            for event in one.leaving
        ]

    def _count(self, one: Open, file: File, day: date) -> Counted:
        """The first file of a query that is read makes it a use; the others add their rows."""
        used = Counted(0 if one.counted else 1, file.rows, file.size)
        one.counted.add(file.id)
        self._add(one.query.grant, day, used)
        return used

    def looked(self, event: Looked) -> None:
        used = Counted(1, event.rows, event.bytes)
        self._add(event.grant, local_day(event.at, self._zone), used)

    def _add(self, grant: str, day: date, used: Counted) -> None:
        self._counts[grant, day] = self._counts.get((grant, day), Counted()) + used

    def find(self, query: str) -> Query | None:
        one = self._open.get(query)
        return None if one is None else one.query

    @property
    def waiting(self) -> Mapping[tuple[str, date], Counted]:
        """What was counted since the last time."""
        return self._counts

    def drain(self, now: datetime) -> dict[tuple[str, date], Counted]:
        """What was counted since the last time; forgets the queries whose time is over."""
        still = [one for one in self._open.values() if now < one.query.expires_at]
        self._open, self._parts = {}, {}
        for one in still:
            self.carry(one)
        counts, self._counts = self._counts, {}
        return counts

    def open(self) -> Iterator[Open]:
        yield from self._open.values()
