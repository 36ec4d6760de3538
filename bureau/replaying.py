"""The ledger read again from its first entry, up to the end of a day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from bureau.tasks import Outlook
from bureau.workspace import Workspace
from core.clock import end_of_day
from sharing.ledger.entry import EntryBody, decode


@dataclass
class Replay:
    """A look at the facts as they were known when a day ended, and how much of the ledger was read."""

    look: Outlook
    before: datetime | None
    """The first moment that was not known yet; None for the present day."""
    entries: int = 0
    first_at: datetime | None = field(default=None)
    last_at: datetime | None = field(default=None)

    def read(self, *readers: Callable[[EntryBody], None]) -> None:
        """Give every reader each entry, in order.

        Raises InvalidInput where an entry cannot be read: `bureau ledger verify` says which.
        """
        for row in self.look.unit.ledger.stored():
            body = decode(row.body or b"")
            if self.before is not None and body.recorded_at >= self.before:
                break
            for take in readers:
                take(body)
            self.first_at, self.last_at = self.first_at or body.recorded_at, body.recorded_at
            self.entries += 1


@contextmanager
def replaying(
    workspace: Workspace, as_of: date | None, before: datetime | None = None
) -> Iterator[Replay]:
    """With `before`, as the facts were known at that moment of the day.

    Raises InvalidInput for a day that has not happened yet.
    """
    day = workspace.past_day(as_of)
    if before is None and day != workspace.today():
        before = end_of_day(day, workspace.settings.zone)
    at = before and before - datetime.resolution
    with workspace.reading(at=at) as unit:
        yield Replay(Outlook.of(workspace, unit), before)
