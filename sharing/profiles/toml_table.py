"""TOML that is taken key by key: every fault is noted with its place, and no key is left over."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from enum import Enum
from typing import Any, TypeVar

from catalog.naming import MAX_TEXT, check_title
from core.errors import DocumentInvalid, InvalidInput, Problem

MAX_BYTES = 1 << 18
MAX_AMOUNT = 1000

E = TypeVar("E", bound=Enum)

_SPOKEN = {str: "text in quotes", int: "a whole number", bool: "true or false", dict: "a table"}


class Table:
    """One table of a file. What is asked of it and is wrong is noted, and stands as nothing."""

    def __init__(
        self, values: Mapping[str, Any], file: str, place: str, problems: list[Problem]
    ) -> None:
        self._left = dict(values)
        self._file = file
        self._place = place
        self._problems = problems

    def note(self, key: str, message: str) -> None:
        place = ".".join(part for part in (self._place, key) if part)
        self._problems.append(Problem(message, f"{self._file}: {place}"))

    def take(self, key: str, kind: type, *, required: bool = True) -> Any:
        """The value at `key`, or None where there is none of this kind."""
        if key not in self._left:
            if required:
                self.note(key, f"is missing: write {_SPOKEN.get(kind, 'it')}")
            return None
        value = self._left.pop(key)
        if type(value) is not kind:
            self.note(key, f"is not {_SPOKEN.get(kind, f'a {kind.__name__}')}")
            return None
        return value

    def text(self, key: str, *, required: bool = True) -> str:
        """One line of text that can be seen; "" where there is none."""
        value = self.take(key, str, required=required)
        try:
            return "" if value is None else check_title(value, key, MAX_TEXT)
        except InvalidInput as error:
            self.note(key, str(error))
            return ""

    def amount(self, key: str, least: int, *, required: bool = True) -> int | None:
        value = self.take(key, int, required=required)
        if value is not None and not least <= value <= MAX_AMOUNT:
            self.note(key, f"is {value}: write {least} to {MAX_AMOUNT}")
            return None
        return value if value is None else int(value)

    def word(self, key: str, words: type[E]) -> E | None:
        """One word of an enumeration."""
        value = self.take(key, str)
        return None if value is None else self._known(key, value, words)

    def words(self, key: str, words: type[E]) -> tuple[E, ...]:
        found = self.take(key, list, required=False) or []
        known = [self._known(key, value, words) for value in found]
        return tuple(word for word in known if word is not None)

    def value(self, key: str) -> bool | int | str | tuple[str, ...] | None:
        """Yes or no, a whole number, text, or a list of text."""
        value = self._left.pop(key, None)
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            return tuple(value)
        if isinstance(value, bool | int | str):
            return value
        self.note(key, "is neither true, false, a whole number, text nor a list of text")
        return None

    def table(self, key: str) -> Table | None:
        """The table at `key`, if there is one."""
        values = self.take(key, dict, required=False)
        return None if values is None else self._below(key, values)

    def tables(self, key: str) -> Iterator[tuple[str, Table]]:
        """Each table below the table at `key`, with its name."""
        for name, values in (self.take(key, dict, required=False) or {}).items():
            if isinstance(values, dict):
                yield name, self._below(f"{key}.{name}", values)
            else:
                self.note(f"{key}.{name}", "is not a table")

    def compare(self, key: str, found: Collection[str], known: Collection[str]) -> None:
        """Note the tables below `key` that are missing, and those that nobody knows."""
        for name in known:
            if name not in found:
                self.note(f"{key}.{name}", "is missing")
        for name in found:
            if name not in known:
                self.note(f"{key}.{name}", f"is unknown; known: {', '.join(known)}")

    def close(self, *known: str) -> None:
        """Note what nobody asked for; `known` are the keys there could have been."""
        for key in self._left:
            self.note(key, f"is unknown; known: {', '.join(known)}")

    def _below(self, key: str, values: Mapping[str, Any]) -> Table:
        place = f"{self._place}.{key}" if self._place else key
        return Table(values, self._file, place, self._problems)

    def _known(self, key: str, value: Any, words: type[E]) -> E | None:
        try:
            return words(value)
        except ValueError:
            known = ", ".join(str(word.value) for word in words)
            self.note(key, f"has {value!r}; known: {known}")
            return None


def load(data: bytes, file: str) -> tuple[Table, list[Problem]]:
    """The top table and the list that faults will be noted in; raises InvalidInput for no TOML."""
    if len(data) > MAX_BYTES:
        raise InvalidInput(
            f"{file} has {len(data)} bytes: no profile is so large", hint="name a profile"
        )
    try:
        values = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(
            f"{file} is not TOML: {error}", hint="mend it; docs/policy.md shows a profile"
        ) from error
    problems: list[Problem] = []
    return Table(values, file, "", problems), problems


def require_none(problems: list[Problem], file: str) -> None:
    if problems:
        raise DocumentInvalid(
            f"{file} cannot be a policy profile",
            problems,
            hint="mend it; docs/policy.md says what a profile may hold",
        )
