"""What can be wrong with a ledger, in sentences; neighbours with the same fault share one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


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
    GRANT = "grant"
    COUNTER = "counter"
    REQUEST = "request"
    DISPUTE = "dispute"
    CLOCK = "clock"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the entries `index` to `last`; None is the whole, or a table beside it."""

    index: int | None
    last: int | None
    kind: FaultKind
    message: str


class Sort(NamedTuple):
    """A sort of fault, and what is said of one entry and of many."""

    kind: FaultKind
    one: str
    many: str


EDITED = Sort(
    FaultKind.EDITED,
    "entry {first} was edited: its body and its hash do not belong together",
    "entries {first} to {last} were edited: their bodies and their hashes do not belong together",
)
UNREADABLE = Sort(
    FaultKind.UNREADABLE,
    "the body of entry {first} cannot be read: {detail}",
    "the bodies of entries {first} to {last} cannot be read: {detail}",
)
MOVED = Sort(
    FaultKind.MISPLACED,
    "entry {first} holds what was recorded as entry {was_first}",
    "entries {first} to {last} hold what was recorded as entries {was_first} to {was_last}",
)
OUT_OF_ORDER = Sort(
    FaultKind.MISPLACED,
    "entry {first} stands where entry {detail} was due",
    "entries {first} to {last} stand where entry {detail} was due",
)
COLUMN = Sort(
    FaultKind.COLUMN,
    "the {detail} column of entry {first} differs from its body",
    "the {detail} column of entries {first} to {last} differs from their bodies",
)
TIME = Sort(
    FaultKind.TIME,
    "entry {first} is dated before the entry in front of it",
    "entries {first} to {last} are each dated before the entry in front of them",
)
MISSING = Sort(
    FaultKind.MISSING,
    "entry {first} is missing",
    "entries {first} to {last} are missing",
)
ADDED = Sort(
    FaultKind.ADDED,
    "entry {first} was added: the head counts {detail} entries",
    "entries {first} to {last} were added: the head counts {detail} entries",
)
DIFFERENT = Sort(
    FaultKind.ROOT,
    "entry {first} does not give the hash that the head has",
    "entries {first} to {last} do not give the hash that the head has",
)


@dataclass
class _Run:
    """Neighbours with one fault; what was recorded as them stands `shift` places further on."""

    sort: Sort
    first: int
    last: int
    detail: str
    shift: int

    def told(self) -> Fault:
        sentence = self.sort.one if self.first == self.last else self.sort.many
        message = sentence.format(
            first=self.first,
            last=self.last,
            was_first=self.first + self.shift,
            was_last=self.last + self.shift,
            detail=self.detail,
        )
        return Fault(self.first, self.last, self.sort.kind, message)


class Faults:
    """Faults in the order they are met. An entry removed moves all after it: that is one fault."""

    def __init__(self) -> None:
        self._runs: list[_Run] = []
        self._newest: dict[tuple[Sort, str, int], _Run] = {}

    def add(self, sort: Sort, entries: range, *, detail: str = "", shift: int = 0) -> None:
        """Note the fault of some entries; it goes on with the same one of those just before."""
        alike = (sort, detail, shift)
        run = self._newest.get(alike)
        if run is not None and run.last + 1 == entries.start:
            run.last = entries[-1]
            return
        run = _Run(sort, entries[0], entries[-1], detail, shift)
        self._runs.append(run)
        self._newest[alike] = run

    def told(self) -> list[Fault]:
        return [run.told() for run in self._runs]


def of_the_whole(kind: FaultKind, message: str) -> Fault:
    """A fault that no entry has by itself."""
    return Fault(None, None, kind, f"the ledger as a whole: {message}")
