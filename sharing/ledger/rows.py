"""What entries attest of the rows that acts write, held against the tables.

An entry holds of each row that its act wrote a digest of every column that is not empty, and a
commitment for every person. So an edit is found and named by its column, and nothing personal is
in the entry. A row of a time when entries attested none is not judged: nothing was said of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from core.canonical import Json
from core.clock import from_micros
from core.ids import reference
from sharing.ledger.entry import Event, commitment
from sharing.ledger.faults import Fault, FaultKind
from sharing.ledger.verify import StoredEntry

FACT = "attested"
UNSALTED = "?"
"""Stands in a row for a person whose commitment cannot be computed (any more)."""
_COMMITMENT = 64
"""Digits of a commitment; a digest of what names nobody has fewer."""
TOGETHER = 100
"""Rows that one entry attests while other entries of the act are about the same thing."""

_FACT = f'"{FACT}":'.encode()

Key: TypeAlias = tuple[Json, ...]
Told: TypeAlias = tuple[str, Key, Mapping[str, str]]
"""The table, the key and the columns of a row, as an entry tells them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table whose rows the ledger attests, and how a row of it is called.

    `made_by` are the kinds of entries that make a row. Where there are none, whether a row is
    missing or was added is told by another comparison.
    """

    name: str
    noun: str
    prefix: str = ""
    made_by: frozenset[str] = frozenset()
    people: frozenset[int] = frozenset()
    """Which parts of the key are commitments to people."""
    moments: frozenset[int] = frozenset()

    def call(self, key: Key, known: Mapping[str, str]) -> str:
        """The row of this key in words; `known` are people by their commitments."""
        return "#".join(self._part(place, part, known) for place, part in enumerate(key))

    def _part(self, place: int, part: Json, known: Mapping[str, str]) -> str:
        if place in self.people:
            return known.get(str(part), str(part))
        if not isinstance(part, int):
            return str(part)
        if place in self.moments:
            return from_micros(part).isoformat()
        return reference(self.prefix, part) if self.prefix and place == 0 else str(part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row; `subject` is what entries about it are about. Its key holds None for the unsalted."""

    table: Table
    key: Key
    subject: str
    columns: Mapping[str, str]

    def told(self) -> Json:
        return {"columns": dict(self.columns), "key": list(self.key), "table": self.table.name}


class Commitments:
    """Commits to people under the salts there are."""

    def __init__(self, salts: Mapping[str, bytes]) -> None:
        self._salts = salts
        self._made: dict[tuple[str, str], str] = {}

    def __call__(self, person: str, salter: str) -> str:
        """The commitment to somebody under the salt of `salter`; UNSALTED where that has none."""
        made = self._made.get((person, salter))
        if made is None:
            salt = self._salts.get(salter)
            made = UNSALTED if salt is None else commitment(salt, person)
            self._made[person, salter] = made
        return made

    def known(self) -> dict[str, str]:
        """The people whose salts there are, by their commitments."""
        return {self(person, person): person for person in self._salts}


def with_rows(events: Sequence[Event], rows: Iterable[Row]) -> list[Event]:
    """The events, each with what it attests.

    A row stands in the event that made it, or else in the last one about its subject, or else in
    the last of all. Raises ValueError where rows were written and nothing is recorded of it.
    """
    attested: list[list[Json]] = [[] for _ in events]
    placed: dict[str, list[int]] = {}
    for n, event in enumerate(events):
        placed.setdefault(event.subject, []).append(n)
    for row in rows:
        if not events:
            raise ValueError(f"a row of {row.table.name} was written, and no event says why")
        about = placed.get(row.subject, [])
        making = [n for n in about if events[n].kind in row.table.made_by]
        places = making or about or [len(events) - 1]
        full = sum(len(attested[n]) for n in places) // TOGETHER
        attested[places[max(len(places) - 1 - full, 0)]].append(row.told())
    return [
        replace(event, facts={**event.facts, FACT: told}) if told else event
        for event, told in zip(events, attested, strict=True)
    ]


def rows_in(facts: Mapping[str, Any]) -> Iterator[Told]:
    """The rows that an entry attests; what somebody forged is left out."""
    listed = facts.get(FACT)
    for one in listed if isinstance(listed, list) else []:
        match one:
            case {"table": str(table), "key": list(key), "columns": dict(columns)}:
                if all(isinstance(part, str | int) for part in key):
                    yield table, tuple(key), columns


class Attested:
    """Reads what the entries attest, and compares it with the rows there are."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self._tables = tuple(tables)
        self._makers = {kind.encode() for table in self._tables for kind in table.made_by}
        self._last: dict[str, dict[Key, tuple[int, bytes]]] = {t.name: {} for t in self._tables}
        """The newest entry about each row, and a fingerprint of what it says: a row may be long."""
        self._silent: set[tuple[str, str]] = set()
        """Kind and subject of the entries that made rows and attest none."""

    def over(self, stored: Iterable[StoredEntry]) -> Iterator[StoredEntry]:
        """Pass the entries on, and take in those that attest rows."""
        for entry in stored:
            body = entry.body or b""
            if _FACT in body:
                for table, key, columns in rows_in(_facts(body)):
                    if table in self._last:
                        self._last[table][key] = (entry.index, _fingerprint(columns))
            elif entry.kind in self._makers:
                kind, subject = entry.kind or b"", entry.subject or b""
                self._silent.add((kind.decode(), subject.decode(errors="replace")))
            yield entry

    def compare(
        self,
        kept: Callable[[Table], Iterable[Row]],
        known: Mapping[str, str],
        again: Callable[[], Iterable[StoredEntry]],
    ) -> Iterator[Fault]:
        """What the tables say otherwise.

        `kept` gives the rows of a table, `known` are people by their commitments, and `again`
        gives the entries once more, which are read only where a row differs.
        """
        suspects: dict[int, list[Row]] = {}
        for table in self._tables:
            last = self._last[table.name]
            for row in kept(table):
                if None in row.key:  # of somebody whose salt was erased: nobody can tell which
                    continue
                index, said = last.pop(row.key, (None, b""))
                if index is None:
                    if self._added(row):
                        yield _fault(f"{_place(row, known)}, and no entry made it")
                elif said != _fingerprint(row.columns):
                    suspects.setdefault(index, []).append(row)
            for key, (index, _) in last.items():
                if table.made_by and all(key[place] in known for place in table.people):
                    name = table.call(key, known)
                    yield _fault(f"{name} of entry {index} is gone from the table of {table.noun}")
        yield from _edited(suspects, known, again)

    def _added(self, row: Row) -> bool:
        makers = row.table.made_by
        return bool(makers) and not any((kind, row.subject) in self._silent for kind in makers)


def _edited(
    suspects: Mapping[int, Sequence[Row]],
    known: Mapping[str, str],
    again: Callable[[], Iterable[StoredEntry]],
) -> Iterator[Fault]:
    """The rows that are not what the newest entry about them says, and which columns differ."""
    for entry in again() if suspects else ():
        if entry.index not in suspects:
            continue
        told = {(name, key): columns for name, key, columns in rows_in(_facts(entry.body or b""))}
        for row in suspects[entry.index]:
            said = told[row.table.name, row.key]
            if differing := ", ".join(_differing(said, row.columns, known)):
                name = f"{row.table.call(row.key, known)} in the table of {row.table.noun}"
                yield _fault(f"{name} is not what entry {entry.index} says: {differing}")


def _differing(
    said: Mapping[str, str], kept: Mapping[str, str], known: Collection[str]
) -> list[str]:
    """The columns that differ; of a person whose salt was erased nothing can be said."""

    def erased(name: str) -> bool:
        told = said.get(name, "")
        return kept.get(name) == UNSALTED and len(told) == _COMMITMENT and told not in known

    return [
        name
        for name in sorted({*said, *kept})
        if said.get(name) != kept.get(name) and not erased(name)
    ]


def _place(row: Row, known: Mapping[str, str]) -> str:
    return f"{row.table.call(row.key, known)} stands in the table of {row.table.noun}"


def _fault(message: str) -> Fault:
    return Fault(None, None, FaultKind.ROW, message)


def _facts(body: bytes) -> Mapping[str, Any]:
    """The facts of a body; that it is whole and canonical, the verification says."""
    try:
        facts = json.loads(body)["facts"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}


def _fingerprint(columns: Mapping[str, str]) -> bytes:
    said = "\n".join(sorted([f"{name} {told}" for name, told in columns.items()]))
    return hashlib.blake2b(said.encode(), digest_size=16).digest()
