"""What an act gives back: where the ledger holds it."""

from __future__ import annotations

from dataclasses import dataclass

from bureau.unit_of_work import WriteUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """`entries` are ledger indexes; none when nothing was recorded, and then `reason` says why.

    Without a reason the act found everything as it asked for.
    """

    subject: str
    entries: tuple[int, ...]
    reason: str = ""

    @property
    def changed(self) -> bool:
        return bool(self.entries)


def receipt(subject: str, unit: WriteUnit) -> Receipt:
    return Receipt(subject=subject, entries=tuple(entry.index for entry in unit.entries))
