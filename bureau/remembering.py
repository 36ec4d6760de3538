"""Remember what was read, for as long as it holds: every change is an entry, so the ledger's size tells.

A server asks the same of the same few grants a thousand times a second. Reading the size is one
indexed read; whatever was granted, revoked, delivered or withdrawn in the meantime has made it grow.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from bureau.unit_of_work import ReadUnit
from bureau.workspace import Workspace

T = TypeVar("T")


class Memory:
    """What was found at one size of the ledger. Older looks know nothing of newer ones."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._held: tuple[int, dict[Hashable, Any]] = (-1, {})

    def get(self, key: Hashable, find: Callable[[ReadUnit], T]) -> T:
        """What `find` finds; it must depend on nothing but `key` and what the ledger has entries of.

        What raises is not remembered.
        """
        size, found = self._held
        if key not in found or size != self._workspace.database.ledger_size():
            with self._workspace.reading() as unit:
                found = self._found_at(unit.ledger.head().size)
                if key not in found:
                    found[key] = find(unit)
        known: T = found[key]
        return known

    def _found_at(self, size: int) -> dict[Hashable, Any]:
        held, found = self._held
        if held != size:
            found = {}
            if size > held:
                self._held = (size, found)
        return found
