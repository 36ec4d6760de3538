"""YAML that means one thing: what two programs could read differently is refused.

Scalars follow the core schema of YAML 1.2: `no`, `on`, `2026-03-01` and `12:30` are text, only
`true`, `false`, `null` and numbers are not. A plain number with a leading zero is refused, because
YAML 1.1 reads 0123 as 83, YAML 1.2 as 123, and its author mostly means the code "0123".
Tabs may stand between tokens and inside brackets (JSON files do that), never as indentation.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from core.errors import DocumentInvalid, Problem

MAX_BYTES = 1 << 20
MAX_DEPTH = 30
MAX_DIGITS = 400

Path: TypeAlias = Sequence[str | int]

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
)
_CONSTANTS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_NUMBER_START = frozenset("+-.0123456789")
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


@dataclass(frozen=True, slots=True)
class Document:
    """A loaded document. `value` is plain JSON-like data; read it, do not change it."""

    name: str
    value: Any
    first_line: int
    _lines: Mapping[int, Mapping[str, int] | Sequence[int]] = field(repr=False)

    def line(self, path: Path) -> int | None:
        """The 1-based line of the key or item at `path`; None where the document has none."""
        if not path:
            return self.first_line
        parent = self.value
        try:
            for step in path[:-1]:
                parent = parent[step]
            return self._lines[id(parent)][path[-1]]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return None


def load_yaml(data: bytes, name: str, *, max_bytes: int = MAX_BYTES) -> Document:
    """Read one document; `name` stands for it in messages.

    Raises DocumentInvalid for anything but plain, unambiguous data: anchors, aliases, tags, merge
    keys, duplicate keys, several documents, control characters, more than `max_bytes`, more than
    MAX_DEPTH levels.
    """
    try:
        reader = _Reader(_decode(data, max_bytes))
        value = reader.read()
    except _FaultError as fault:
        problem = Problem(fault.message, name, fault.line)
        raise DocumentInvalid(f"cannot read {problem}", [problem], hint=fault.hint) from None
    return Document(name, value, reader.first_line, reader.lines)


def plain_is_text(text: str) -> bool:
    """Whether `text`, written without quotes, would be read back as that text."""
    return not (
        text in _CONSTANTS
        or _INTEGER.fullmatch(text)
        or _FLOAT.fullmatch(text)
        or _NOT_FINITE.fullmatch(text)
    )


def can_hold(text: str) -> bool:
    """Whether a document can hold `text` at all, in quotes and with escapes if need be."""
    return not _FORBIDDEN.search(text)


class _FaultError(Exception):
    def __init__(self, message: str, line: int | None, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.hint = hint


def _decode(data: bytes, max_bytes: int) -> str:
    if len(data) > max_bytes:
        message = f"the document has {len(data)} bytes, more than the {max_bytes} allowed"
        raise _FaultError(message, None, "split it into several files")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _FaultError("the text is not UTF-8", line, "save the file as UTF-8") from None
    if found := _FORBIDDEN.search(text):
        line = text.count("\n", 0, found.start()) + 1
        message = f"the character U+{ord(found[0]):04X} is not allowed"
        raise _FaultError(message, line, "delete the control character")
    return text


class _Reader:
    """Builds values from parser events; recursion is bounded by MAX_DEPTH."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._events = self._parse(text)
        self.lines: dict[int, dict[str, int] | list[int]] = {}
        self.first_line = 1

    def read(self) -> Any:
        next(self._events)
        start = next(self._events)
        if isinstance(start, yaml.StreamEndEvent):
            raise _FaultError("the document is empty", None, "write at least one key")
        if start.tags or start.version not in (None, (1, 2)):
            raise _fault(
                "a YAML directive is not allowed", start, "delete the line that starts with %"
            )
        root = next(self._events)
        if isinstance(root, yaml.ScalarEvent) and not root.value and root.implicit[0]:
            raise _FaultError("the document is empty", None, "write at least one key")
        self.first_line = root.start_mark.line + 1
        value = self._value(root, 1)
        next(self._events)
        if not isinstance(after := next(self._events), yaml.StreamEndEvent):
            raise _fault(
                "a second document starts here", after, "put each document in its own file"
            )
        return value

    def _parse(self, text: str) -> Iterator[Any]:
        loader = _LOADER(text)
        try:
            while loader.check_event():
                yield loader.get_event()
        except yaml.MarkedYAMLError as error:
            raise self._syntax_fault(error) from None
        except yaml.YAMLError:
            raise _FaultError("a character is not allowed in YAML", None, "delete it") from None
        finally:
            loader.dispose()

    def _syntax_fault(self, error: yaml.MarkedYAMLError) -> _FaultError:
        mark = error.problem_mark or error.context_mark
        number = mark.line + 1 if mark else None
        source = (
            self._text.split("\n")[mark.line]
            if mark and mark.line < self._text.count("\n") + 1
            else ""
        )
        if "\t" in source[: len(source) - len(source.lstrip(" \t-?:"))]:
            return _FaultError("a tab is used for indentation", number, "indent with spaces")
        said = (error.problem or error.context or "the text is malformed").replace("\n", " ")
        hint = "put quotes around text that contains ': ', ' #' or starts with a special character"
        return _FaultError(f"this is not YAML: {said}", number, hint)

    def _value(self, event: Any, depth: int) -> Any:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise _fault(
                "an anchor or alias (& or *) is not allowed",
                event,
                "write the value out, or put quotes around text that starts with & or *",
            )
        if event.tag is not None:
            raise _fault(
                f"the tag '{event.tag}' is not allowed",
                event,
                "delete the tag, or put quotes around text that starts with !",
            )
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if depth > MAX_DEPTH:
            raise _fault(
                f"the document is nested deeper than {MAX_DEPTH} levels", event, "make it flatter"
            )
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(depth)
        return self._mapping(depth)

    def _sequence(self, depth: int) -> list[Any]:
        items: list[Any] = []
        lines: list[int] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            lines.append(event.start_mark.line + 1)
            items.append(self._value(event, depth + 1))
        self.lines[id(items)] = lines
        return items

    def _mapping(self, depth: int) -> dict[str, Any]:
        items: dict[str, Any] = {}
        lines: dict[str, int] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, depth)
            if key in items:
                raise _fault(
                    f"the key '{key}' is here twice, first in line {lines[key]}",
                    event,
                    "keep one of the two",
                )
            lines[key] = event.start_mark.line + 1
            items[key] = self._value(next(self._events), depth + 1)
        self.lines[id(items)] = lines
        return items

    def _key(self, event: Any, depth: int) -> str:
        key = self._value(event, depth + 1)
        if not isinstance(event, yaml.ScalarEvent) or not isinstance(key, str):
            raise _fault("a key is not text", event, 'put quotes around it, as in "2026": ...')
        if key == "<<" and event.implicit[0]:
            raise _fault("a merge key (<<) is not allowed", event, "write the keys out")
        return key


def _scalar(event: Any) -> Any:
    text: str = event.value
    if not event.implicit[0]:
        if found := _FORBIDDEN.search(text):
            message = f"the escaped character U+{ord(found[0]):04X} is not allowed"
            raise _fault(message, event, "delete the escape")
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in _NUMBER_START:
        return text
    return _number(text, event)


def _number(text: str, event: Any) -> Any:
    """The number that `text` is under the core schema, or `text` itself."""
    if _LEADING_ZERO.fullmatch(text):
        raise _fault(
            f"the number {text} starts with a zero, so programs read it differently",
            event,
            f'write "{text}" in quotes if it is a code',
        )
    if _NOT_FINITE.fullmatch(text):
        raise _fault(f"{text} is not a finite number", event, "put quotes around it if it is text")
    if not _FLOAT.fullmatch(text) and not _INTEGER.fullmatch(text):
        return text
    if len(text) > MAX_DIGITS:
        raise _fault(
            f"a number has more than {MAX_DIGITS} digits",
            event,
            "put quotes around it if it is text",
        )
    if _INTEGER.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    number = float(text)
    if math.isinf(number):
        raise _fault(f"the number {text} is too large", event, "put quotes around it if it is text")
    return number


def _fault(message: str, event: Any, hint: str) -> _FaultError:
    return _FaultError(message, event.start_mark.line + 1, hint)
