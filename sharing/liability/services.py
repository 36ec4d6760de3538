"""Which datasets are shared, as the entries of the registry say it, and which stopped unfiled."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from catalog.model import DatasetStatus, ShareType
from sharing.ledger.entry import EntryBody


@dataclass
class Services:
    """The program refuses to stop a service that departments rely on, unless that was filed (Art. 27).

    That none was stopped all the same is not taken on trust: it follows from the entries.
    """

    _shared: set[str] = field(default_factory=set)
    _made: dict[str, datetime] = field(default_factory=dict)
    _last: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    def take(self, entry: EntryBody) -> None:
        noun, _, verb = entry.kind.partition(".")
        if entry.kind == "change.made":
            self._made[f"dataset:{entry.facts.get('dataset')}"] = entry.recorded_at
        elif noun in ("dataset", "serviceitem") and verb in ("registered", "changed"):
            self._last[entry.subject] = entry.index, entry.recorded_at
            if is_shared(entry):
                self._shared.add(entry.subject)

    def stopped(self, entry: EntryBody) -> bool:
        """Whether a dataset was shared until this entry, and no filed change ended that; asked once."""
        if entry.subject not in self._shared:
            return False
        self._shared.remove(entry.subject)
        return self._made.get(entry.subject) != entry.recorded_at

    def entry_of(self, subject: str) -> tuple[int, datetime] | None:
        """The entry that has a form or a dataset as it stands, and its moment."""
        return self._last.get(subject)


def is_shared(entry: EntryBody) -> bool:
    """Whether an entry about a dataset says that others may ask for it."""
    return (
        entry.facts.get("status") == DatasetStatus.PUBLISHED
        and entry.facts.get("share_type") in _SHAREABLE
    )


_SHAREABLE = frozenset(one.value for one in ShareType if one.shareable)
