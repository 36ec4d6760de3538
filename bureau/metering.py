"""Meter what the server sends: the journal first, then the ledger and the counters of the rates."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bureau import unattended
from bureau.workspace import Workspace
from core.errors import Conflict
from sharing.ledger.entry import Event
from sharing.ledger.uses import use_facts
from sharing.metering.journal import Journal
from sharing.metering.model import Columns, Counted, Leaving, Looked, Open, Query, Sent, Tally


@dataclass(frozen=True, slots=True)
class Measures:
    """How the metering stands: uses in the ledger since the start, and not yet, and open queries."""

    sealed: int
    waiting: int
    open: int


class Meter:
    """The only writer of a workspace's journal; what it counted is sealed into the ledger in batches.

    Made by a server as it starts: what one before it left uncounted is counted then. Raises Conflict
    where another server meters the same workspace.
    """

    def __init__(self, workspace: Workspace, columns_of: Callable[[str], Columns]) -> None:
        """`columns_of` says of a file where its columns are, as long as it is there."""
        self._workspace, self._columns_of = workspace, columns_of
        self._lock, self._sealing = threading.Lock(), threading.Lock()
        folder = workspace.settings.home / "journal"
        folder.mkdir(mode=0o700, exist_ok=True)
        self._only = _only_one(folder)
        with workspace.reading() as unit:
            self._sealed = unit.uses.sealed()
            """The newest segment that the ledger has."""
        self._journal = Journal(folder, self._sealed)
        self._tally = Tally(workspace.settings.zone)
        self._waiting: list[tuple[int, Mapping[tuple[str, date], Counted]]] = []
        """Segments that are closed, with what they count, until the ledger has them."""
        self._counted = 0
        self._recover()

    def issue(self, query: Query) -> None:
        """Record an offer; after this its files may be sent."""
        with self._lock:
            self._journal.issue(query)
            self._tally.issue(query)
        self._journal.sync()

    def sent(self, event: Sent, *, partial: bool) -> None:
        """Record and count bytes that went out; columns are looked for in `partial` answers only."""
        columns = self._columns_of(event.file) if partial else ()
        with self._lock:
            if self._tally.reads_column(event, columns):
                event = replace(event, column=True)
            self._journal.sent(event)
            self._tally.sent(event)

    def leaving(self, event: Leaving) -> None:
        """Record bytes before they go out: a crash loses no use, and what cannot be metered stays."""
        with self._lock:
            self._journal.leaving(event)
            self._tally.leave(event)

    def looked(self, event: Looked) -> None:
        with self._lock:
            self._journal.looked(event)
            self._tally.looked(event)

    def find(self, query: str) -> Query | None:
        """An offer whose time is not over."""
        with self._lock:
            return self._tally.find(query)

    def measures(self) -> Measures:
        with self._lock:
            waiting = _uses(self._tally.waiting) + sum(_uses(one) for _, one in self._waiting)
            return Measures(self._counted, waiting, sum(1 for _ in self._tally.open()))

    def check(self) -> None:
        """Raise StorageUnavailable where the journal takes nothing: then nothing may be sent."""
        self._journal.check()

    def seal(self) -> int:
        """Count the uses since the last time into ledger and counters; gives back how many."""
        with self._sealing:
            with self._lock:
                if self._tally.waiting:
                    # Closed first: where that fails, the segment goes on, and so do its counts.
                    number = self._journal.rotate(self._tally.open())
                    now = self._workspace.clock.now()
                    self._waiting.append((number, self._tally.drain(now)))
            return self._enter_waiting()

    def close(self) -> None:
        """Seal what is left, and let another server meter."""
        try:
            self.seal()
        finally:
            self._journal.close()
            os.close(self._only)

    def _recover(self) -> None:
        """Count what the segments hold that no ledger entry has sealed, and go on with the newest."""
        numbers = [number for number in self._journal.numbers() if number > self._sealed]
        for number in numbers:
            self._tally = Tally(self._workspace.settings.zone)
            for event in self._journal.read(number):
                match event:
                    case Query():
                        self._tally.issue(event)
                    case Leaving():
                        self._tally.leave(event)
                    case Sent():
                        self._tally.sent(event)
                    case Looked():
                        self._tally.looked(event)
                    case Open():
                        self._tally.carry(event)
            counts = self._tally.drain(self._workspace.clock.now())
            self._waiting.append((number, counts))
        if numbers:
            self._journal.rotate(self._tally.open())
        for event in self._tally.left():  # the reader may have got it
            self.sent(event, partial=True)
        self._enter_waiting()

    def _enter_waiting(self) -> int:
        """Enter segment by segment, in order; one that fails is tried again the next time."""
        uses = 0
        while self._waiting:
            number, counts = self._waiting[0]
            self._enter(number, counts)
            self._waiting.pop(0)
            self._sealed = number
            uses += _uses(counts)
        self._counted += uses
        self._journal.pack(self._sealed)
        return uses

    def _enter(self, number: int, counts: Mapping[tuple[str, date], Counted]) -> None:
        with unattended.writing(self._workspace) as write:
            write.uses.count(counts)
            write.grants.mark_first_use({grant for grant, _ in counts}, write.now)
            write.uses.seal(number, write.now)
            for facts in use_facts(self._journal.digest(number), counts):
                write.record(Event("uses.sealed", f"journal:{number}", facts))


def _uses(counts: Mapping[tuple[str, date], Counted]) -> int:
    return sum(counted.uses for counted in counts.values())


def _only_one(folder: Path) -> int:
    number = os.open(folder / "lock", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(number)
        raise Conflict(
            "another server meters this workspace", hint="stop it first, or use the one that runs"
        ) from error
    return number
