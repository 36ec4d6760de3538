"""Whether a ledger is what was recorded: every body re-hashed, every place checked.

What this cannot see is a log rewritten as a whole together with its head: only a head that was
kept elsewhere shows that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from core.clock import to_micros
from core.errors import InvalidInput
from sharing.ledger.entry import decode
from sharing.ledger.merkle import Frontier, Head, leaf_hash, peak_spans


class FaultKind(StrEnum):
    EDITED = "edited"
    UNREADABLE = "unreadable"
    MISPLACED = "misplaced"
    COLUMN = "column"
    TIME = "time"
    MISSING = "missing"
    ADDED = "added"
    ROOT = "root"
    HEAD = "head"
    EMPTIED = "emptied"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """A row as the database holds it, unchecked; None where it holds a value of another type."""

    index: int
    recorded_at: int | None
    kind: bytes | None
    subject: bytes | None
    body: bytes | None
    leaf_hash: bytes | None


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong, at the entry `index` or beginning there."""

    index: int
    kind: FaultKind
    message: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The entries as they were found: how many, their root, and what is wrong with them."""

    size: int
    root: bytes
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        return not self.faults


def verify(stored: Iterable[StoredEntry], head: Head) -> Verification:
    """Check rows, given in the order of their index, against each other and against `head`.

    Both must come from one snapshot of the database, or what was appended between looks added.
    """
    reading = _Reading(head.size)
    faults = [fault for row in stored for fault in reading.take(row)]
    if reading.next_index < head.size:
        faults.append(_missing(range(reading.next_index, head.size)))
    found = reading.frontier.head()
    if found != head:
        faults.append(_difference(found, head))
    if head.frontier is not None:
        faults.extend(_trace(reading.counted, head, head.frontier))
    return Verification(found.size, found.root, tuple(faults))


@dataclass
class _Reading:
    """How far the rows have been read; `counted` is the frontier over those the head counts."""

    head_size: int
    next_index: int = 0
    last_micros: int | None = None
    frontier: Frontier = field(default_factory=Frontier)
    counted: Frontier | None = None

    def take(self, row: StoredEntry) -> Iterator[Fault]:
        yield from self._check_place(row.index)
        recomputed = leaf_hash(row.body or b"")
        self.frontier.append(recomputed)
        if self.frontier.size == self.head_size:
            self.counted = Frontier.from_bytes(self.frontier.to_bytes())
        if row.body is None or recomputed != row.leaf_hash:
            yield Fault(
                row.index,
                FaultKind.EDITED,
                f"entry {row.index} was edited: its body and its hash do not belong together",
            )
        yield from self._check_body(row)

    def _check_place(self, index: int) -> Iterator[Fault]:
        if index < self.next_index:
            message = f"entry {index} stands where entry {self.next_index} was due"
            yield Fault(index, FaultKind.MISPLACED, message)
            return
        if index > self.next_index and self.next_index < self.head_size:
            yield _missing(range(self.next_index, min(index, self.head_size)))
        if index >= self.head_size:
            message = f"entry {index} was added: the head counts {self.head_size} entries"
            yield Fault(index, FaultKind.ADDED, message)
        self.next_index = index + 1

    def _check_body(self, row: StoredEntry) -> Iterator[Fault]:
        try:
            said = decode(row.body or b"")
        except InvalidInput as error:
            message = f"the body of entry {row.index} cannot be read: {error}"
            yield Fault(row.index, FaultKind.UNREADABLE, message)
            return
        if said.index != row.index:
            message = f"entry {row.index} holds what was recorded as entry {said.index}"
            yield Fault(row.index, FaultKind.MISPLACED, message)
        micros = to_micros(said.recorded_at)
        for column, kept, stated in (
            ("time", row.recorded_at, micros),
            ("kind", row.kind, said.kind.encode()),
            ("subject", row.subject, said.subject.encode()),
        ):
            if kept != stated:
                message = f"the {column} column of entry {row.index} differs from its body"
                yield Fault(row.index, FaultKind.COLUMN, message)
        if self.last_micros is not None and micros < self.last_micros:
            message = f"entry {row.index} is dated before the entry in front of it"
            yield Fault(row.index, FaultKind.TIME, message)
        self.last_micros = micros


def _missing(indexes: range) -> Fault:
    first, last = indexes[0], indexes[-1]
    message = (
        f"entry {first} is missing" if first == last else f"entries {first} to {last} are missing"
    )
    return Fault(first, FaultKind.MISSING, message)


def _difference(found: Head, head: Head) -> Fault:
    message = (
        f"the entries found come down to {found.size} entries with root {found.root.hex()}, "
        f"the head says {head.size} with root {head.root.hex()}"
    )
    return Fault(0, FaultKind.ROOT, message)


def _trace(counted: Frontier | None, head: Head, frontier: bytes) -> Iterator[Fault]:
    """Narrow a difference down to the part of the log under one peak of the head's frontier."""
    try:
        recorded = Frontier.from_bytes(frontier)
    except InvalidInput:
        recorded = None
    if recorded is None or recorded.head() != head:
        message = "the head contradicts itself: its frontier does not give its size and root"
        yield Fault(0, FaultKind.HEAD, message)
    elif counted is not None:
        for span, ours, theirs in zip(
            peak_spans(head.size), counted.peaks, recorded.peaks, strict=True
        ):
            if ours != theirs:
                message = f"entries {span[0]} to {span[-1]} do not give the hash that the head has"
                yield Fault(span[0], FaultKind.ROOT, message)
