"""A stored row taken apart: what was decided and written, by digests, and who did it."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from core.actor import people_behind
from core.canonical import content_hash
from core.errors import InvalidInput
from core.ids import reference
from sharing.ledger.rows import UNSALTED, Commitments, Row, Table
from sharing.requests.procedure import POLICY
from sharing.words import words_hash

_DIGITS = 32
"""Of a SHA-256 in hex: to find another value with the same takes about 2**128 tries."""
_EMPTY: tuple[Any, ...] = (None, "", [], {})
_BY = (".by", "_by")
"""What the name of a column or member ends in that says who did something."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What of a table's rows is attested, by the names of its columns.

    `about` is how entries call what a row is about. Which one, the key says, or else `by`: a
    column, and what its references begin with. `people` are columns that name somebody although
    their names do not say so, with the column whose person's salt commits to them.
    """

    table: Table
    about: str
    by: tuple[str, str] | None
    names: tuple[str, ...]
    key: tuple[str, ...]
    content: frozenset[str]
    documents: frozenset[str]
    """Columns of JSON, which SQLite keeps as text."""
    flags: frozenset[str]
    """Columns of yes and no, which SQLite keeps as numbers."""
    people: Mapping[str, str]


class Reading:
    """One row in its parts; `people` by their place, each with the person whose salt is taken."""

    def __init__(self, shape: Shape, found: Sequence[Any]) -> None:
        self._shape = shape
        # What is empty is left out, so that a column added later changes nothing.
        self._values = {
            name: plain
            for name, value in zip(shape.names, found, strict=True)
            if value is not None and (plain := _plain(shape, name, value)) not in _EMPTY
        }
        self.people: dict[str, tuple[str, str]] = {}
        self._content: dict[str, Any] = {}
        for name, value in self._values.items():
            if name in shape.people:
                salter = str(self._values.get(shape.people[name], ""))
                self.people[name] = str(value), people_behind(salter)[0]
            else:
                left = self._without_people(name, value)
                if left is not None and name in shape.content:
                    self._content[name] = left

    def row(self, commit: Commitments) -> Row:
        """The row with a digest for each column, and under these salts a commitment to each person."""
        shape = self._shape
        people = {place: commit(*who) for place, who in self.people.items()}
        key = tuple(people.pop(name, self._values.get(name, "")) for name in shape.key)
        digests = {name: _digest(value) for name, value in self._content.items()}
        column, prefix = shape.by or (shape.key[0], shape.table.prefix)
        which = self._values.get(column) if shape.by else key[0]
        named = reference(prefix, which) if prefix and isinstance(which, int) else which
        return Row(
            table=shape.table,
            key=tuple(map(_part, key)),
            subject=f"{shape.about}:{named}",
            columns=digests | people,
        )

    def _without_people(self, place: str, value: Any) -> Any:
        """The value without the people in it, at any depth, who are noted by their place."""
        if isinstance(value, str):
            if not place.endswith(_BY) or value in ("", POLICY):
                return value
            for each, person in zip((place, f"{place}.for"), people_behind(value), strict=False):
                self.people[each] = person, person
            return None
        if isinstance(value, dict):
            return {k: self._without_people(f"{place}.{k}", v) for k, v in value.items()}
        if isinstance(value, list):
            return [self._without_people(f"{place}.{n}", v) for n, v in enumerate(value)]
        return value


def _plain(shape: Shape, name: str, value: Any) -> Any:
    """A value as it is stored, the same on both databases."""
    if isinstance(value, bytes):
        text = value.decode(errors="backslashreplace")
        return _document(text) if name in shape.documents else text
    if name in shape.flags:
        return {0: False, 1: True}.get(value, value)
    return value.isoformat() if isinstance(value, date) else value


def _document(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _part(value: Any) -> Any:
    """A part of a key as an entry has it."""
    if isinstance(value, str):
        return None if value == UNSALTED else unicodedata.normalize("NFC", value)
    return value


def _digest(value: Any) -> str:
    """Of text and numbers the SHA-256 of how they are written, of all else that of canonical JSON."""
    if isinstance(value, str) or type(value) is int:
        return _digest_of_text(str(value))
    try:
        return content_hash(value)[:_DIGITS]
    except InvalidInput:  # nothing that the program ever wrote
        return _digest_of_text(ascii(value))


@lru_cache(10_000)
def _digest_of_text(text: str) -> str:
    return words_hash(text)[:_DIGITS]
