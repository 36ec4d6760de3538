"""Whether a ledger is what was recorded: every body re-hashed, every place checked.

What this cannot see is a log rewritten as a whole together with its head: only a head that was
kept elsewhere shows that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from core.clock import to_micros
from core.errors import InvalidInput
from sharing.ledger.entry import decode
from sharing.ledger.faults import (
    ADDED,
    COLUMN,
    DIFFERENT,
    EDITED,
    MISSING,
    MOVED,
    OUT_OF_ORDER,
    TIME,
    UNREADABLE,
    Fault,
    FaultKind,
    Faults,
    of_the_whole,
)
from sharing.ledger.merkle import Frontier, Head, leaf_hash, peak_spans


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
    for row in stored:
        reading.take(row)
    if reading.next_index < head.size:
        reading.faults.add(MISSING, range(reading.next_index, head.size))
    whole = []
    found = reading.frontier.head()
    if found != head:
        whole.append(_difference(found, head))
    if head.frontier is not None:
        recorded = _peaks(head, head.frontier)
        if recorded is None:
            message = "the head contradicts itself: its frontier does not give its size and root"
            whole.append(of_the_whole(FaultKind.HEAD, message))
        elif reading.counted is not None:
            _trace(reading, reading.counted.peaks, recorded)
    return Verification(found.size, found.root, (*reading.faults.told(), *whole))


@dataclass
class _Reading:
    """How far the rows have been read; `counted` is the frontier over those the head counts."""

    head_size: int
    next_index: int = 0
    last_micros: int | None = None
    frontier: Frontier = field(default_factory=Frontier)
    counted: Frontier | None = None
    faults: Faults = field(default_factory=Faults)

    def take(self, row: StoredEntry) -> None:
        self._check_place(row.index)
        recomputed = leaf_hash(row.body or b"")
        self.frontier.append(recomputed)
        if self.frontier.size == self.head_size:
            self.counted = Frontier.from_bytes(self.frontier.to_bytes())
        if row.body is None or recomputed != row.leaf_hash:
            self.faults.add(EDITED, _one(row.index))
        self._check_body(row)

    def _check_place(self, index: int) -> None:
        if index < self.next_index:
            self.faults.add(OUT_OF_ORDER, _one(index), detail=str(self.next_index))
            return
        if index > self.next_index and self.next_index < self.head_size:
            self.faults.add(MISSING, range(self.next_index, min(index, self.head_size)))
        if index >= self.head_size:
            self.faults.add(ADDED, _one(index), detail=str(self.head_size))
        self.next_index = index + 1

    def _check_body(self, row: StoredEntry) -> None:
        place = _one(row.index)
        try:
            said = decode(row.body or b"")
        except InvalidInput as error:
            self.faults.add(UNREADABLE, place, detail=str(error))
            return
        if said.index != row.index:
            self.faults.add(MOVED, place, shift=said.index - row.index)
        micros = to_micros(said.recorded_at)
        for column, kept, stated in (
            ("time", row.recorded_at, micros),
            ("kind", row.kind, said.kind.encode()),
            ("subject", row.subject, said.subject.encode()),
        ):
            if kept != stated:
                self.faults.add(COLUMN, place, detail=column)
        if self.last_micros is not None and micros < self.last_micros:
            self.faults.add(TIME, place)
        self.last_micros = micros


def _one(index: int) -> range:
    return range(index, index + 1)


def _difference(found: Head, head: Head) -> Fault:
    if head.size == 0:
        message = f"no head counts the {found.size} entries: it was removed, or they were added"
        return of_the_whole(FaultKind.HEAD, message)
    message = (
        f"the entries found come down to {found.size} entries with root {found.root.hex()}, "
        f"the head says {head.size} with root {head.root.hex()}"
    )
    return of_the_whole(FaultKind.ROOT, message)


def _peaks(head: Head, frontier: bytes) -> tuple[bytes, ...] | None:
    """The peaks of the head's frontier; None where they do not give the head."""
    try:
        recorded = Frontier.from_bytes(frontier)
    except InvalidInput:
        return None
    return recorded.peaks if recorded.head() == head else None


def _trace(reading: _Reading, ours: tuple[bytes, ...], theirs: tuple[bytes, ...]) -> None:
    """Narrow a difference down to the parts of the log under single peaks."""
    for span, our, their in zip(peak_spans(reading.head_size), ours, theirs, strict=True):
        if our != their:
            reading.faults.add(DIFFERENT, span)
