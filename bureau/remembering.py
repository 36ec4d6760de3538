"""Remember what was read, for as long as it holds: every change is an entry, so the ledger's size tells.

A server asks the same of the same few grants a thousand times a second. Reading the size is one
indexed read; whatever was granted, revoked, delivered or withdrawn in the meantime has made it grow.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from bureau.unit_of_work import ReadUnit
from bureau.workspace import Workspace

T = TypeVar("T")


class Known:
    """A look at everything, and what was found at that size of the ledger already."""

    def __init__(self, unit: ReadUnit, found: dict[Hashable, Any]) -> None:
        self.unit = unit
        self._found = found

    def get(self, key: Hashable, find: Callable[[ReadUnit], T]) -> T:
        """What `find` finds; it must depend on nothing but `key` and what the ledger has entries of.

        What raises is not remembered.
        """
        if key not in self._found:
            self._found[key] = find(self.unit)
        found: T = self._found[key]
        return found


class Memory:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._held: tuple[int, dict[Hashable, Any]] = (-1, {})

    @contextmanager
    def reading(self) -> Iterator[Known]:
        """A consistent look, with what is known of it. Older looks know nothing of newer ones."""
        with self._workspace.reading() as unit:
            size = unit.ledger.head().size
            held, found = self._held
            if held != size:
                found = {}
                if size > held:
                    self._held = (size, found)
            yield Known(unit, found)
