"""What the ledger shows to be waiting at a moment: clocks that run, and when grants were used last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from core.clock import local_day
from sharing.clocks.model import Clock
from sharing.ledger.clocks import clocks_in
from sharing.ledger.entry import EntryBody
from sharing.ledger.grants import GrantFacts, follow
from sharing.ledger.uses import SEALED, uses_in


@dataclass
class Waiting:
    """Takes the entries in, in their order."""

    zone: ZoneInfo
    last_uses: dict[str, date] = field(default_factory=dict)
    """The day of the last use of each grant that was used."""
    _clocks: dict[tuple[str, str], Clock] = field(default_factory=dict)
    _grants: dict[str, GrantFacts] = field(default_factory=dict)

    def take(self, entry: EntryBody) -> None:
        for place, told in clocks_in(entry.facts).items():
            self._clocks[place] = Clock.from_json(told)
        follow(self._grants, entry)
        if entry.kind == SEALED:
            for ref, day, _ in uses_in(entry.facts):
                self._used(ref, day)
        elif entry.kind == "read.completed" and entry.facts.get("rows"):
            self._used(entry.subject.partition(":")[2], local_day(entry.recorded_at, self.zone))

    def running(self) -> Iterator[Clock]:
        """The clocks that have not ended and do not stand still."""
        return (one for one in self._clocks.values() if one.ended_on is None and not one.paused)

    def live(self, now: datetime) -> list[str]:
        """The grants that give something at the moment, by their references."""
        return [ref for ref, grant in self._grants.items() if grant.live_at(now)]

    def _used(self, ref: str, day: date) -> None:
        self.last_uses[ref] = max(day, self.last_uses.get(ref, day))
