"""When is data used: a query of which at least one file was read, each file once (Art. 39).

A file is read when `ENOUGH` of its bytes went out, or of the bytes of one of its columns. What is no
use: a HEAD, a read that stopped before, the same file again under the same query, and whatever comes
after the query's time.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain, islice
from typing import TypeAlias
from zoneinfo import ZoneInfo

from core.clock import local_day

ENOUGH = 0.9
"""Of a file's bytes, before it counts as read: readers leave out what they do not need of a file."""
FOOTER = 64 << 10
"""So many last bytes of a file are fetched to see what is in it: alone they are no column's."""

Columns: TypeAlias = tuple[tuple[tuple[int, int], ...], ...]
"""Where the bytes of each column of a file are: from, and up to, not including."""


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
    column: bool = False
    """With these bytes one of the file's columns was read. It stands in the journal, so that it is
    known when the file is gone."""


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
        for start, stop in sorted(ranges):
            if self._ranges and start <= self._ranges[-1][1]:
                low, high = self._ranges[-1]
                self._ranges[-1] = low, max(high, stop)
            else:
                self._ranges.append((start, stop))

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

    def within(self, start: int, stop: int) -> int:
        """How many bytes of a stretch were sent."""
        first = max(bisect_left(self._ranges, (start,)) - 1, 0)
        found = 0
        for low, high in islice(self._ranges, first, None):
            if stop <= low:
                break
            found += max(min(high, stop) - max(low, start), 0)
        return found


@dataclass(slots=True)
class Open:
    """A query whose time is not over, how much of its files went out, and which are counted."""

    query: Query
    sent: dict[str, Coverage] = field(default_factory=dict)
    counted: set[str] = field(default_factory=set)
    leaving: list[Leaving] = field(default_factory=list)
    """What may be on its way."""
    partly: dict[str, int] = field(default_factory=dict)
    """Of the files that are counted by a column: how many of their bytes are."""
    looks: dict[str, int] = field(default_factory=dict)
    """Of the files of which the end went out by itself, which is not in `sent`: from where on."""

    def file(self, name: str) -> File | None:
        """One of its files, if what goes out of it may count."""
        if name in self.counted and name not in self.partly:
            return None
        return next((file for file in self.query.files if file.id == name and file.rows), None)

    def is_look(self, event: Sent, file: File) -> bool:
        """Whether bytes are only a look at what is in a file: a short end that ends no stretch."""
        is_end = event.stop == file.size and file.size - event.start <= FOOTER
        sent = self.sent.get(file.id, Coverage()).ranges
        return is_end and all(stop != event.start for _, stop in sent)

    def take(self, event: Sent, file: File) -> None:
        """Take in bytes that went out."""
        if self.is_look(event, file):
            self.looks[file.id] = min(event.start, self.looks.get(file.id, file.size))
        else:
            self.sent.setdefault(file.id, Coverage()).add(event.start, event.stop)

    def ranges(self, file: File) -> Iterator[tuple[int, int]]:
        """What went out of a file, looks too."""
        yield from self.sent.get(file.id, Coverage()).ranges
        if file.id in self.looks:
            yield self.looks[file.id], file.size


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
        for file in {**one.sent, **one.looks}:
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
        file = one.file(event.file)
        if file is None:
            return None
        if file.id not in one.sent and file.id not in one.looks:
            self._parts.setdefault((one.query.grant, file.id), []).append(one)
        one.take(event, file)
        sent = Coverage(one.ranges(file)).bytes
        if sent < file.size * ENOUGH:
            parts = (other.ranges(file) for other in self._others(one, file, event.at))
            sent = Coverage(chain(one.ranges(file), *parts)).bytes
        whole = sent >= file.size * ENOUGH
        if not (whole or event.column or file.id in one.partly):
            return None
        return self._count(one, file, file.size if whole else sent, event.at)

    def reads_column(self, event: Sent, columns: Columns) -> bool:
        """Whether a column of the file is read when these bytes go out, be the file read or not.

        A look at the end of the file reads none.
        """
        one = self._open.get(event.query)
        file = None if one is None else one.file(event.file)
        if one is None or file is None or file.id in one.counted or one.is_look(event, file):
            return False
        queries = (one, *self._others(one, file, event.at))
        parts = (each.sent[file.id].ranges for each in queries if file.id in each.sent)
        sent = Coverage(chain([(event.start, event.stop)], *parts))
        return any(
            sum(sent.within(*chunk) for chunk in column)
            >= ENOUGH * sum(stop - start for start, stop in column)
            for column in columns
            if any(start < event.stop and event.start < stop for start, stop in column)
        )

    def _others(self, one: Open, file: File, at: datetime) -> Iterator[Open]:
        """The other queries under a grant by which bytes of a file went out that are not counted."""
        for other in self._parts.get((one.query.grant, file.id), ()):
            if other is not one and file.id not in other.counted and at < other.query.expires_at:
                yield other

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

    def _count(self, one: Open, file: File, sent: int, at: datetime) -> Counted:
        """The first file of a query that is read makes it a use; the others add their rows.

        One that is read by a column adds its bytes as they go out.
        """
        rows = 0 if file.id in one.counted else file.rows
        before = one.partly.pop(file.id, 0)
        used = Counted(0 if one.counted else 1, rows, max(sent - before, 0))
        one.counted.add(file.id)
        if sent < file.size:
            one.partly[file.id] = max(sent, before)
        self._add(one.query.grant, local_day(at, self._zone), used)
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
