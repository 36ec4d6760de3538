"""JSON as records: an array of objects, one object a line, or an envelope around one such array."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

from catalog.source.delimited import MAX_COLUMNS, write_records
from catalog.source.text import MAX_LINE
from core.errors import InvalidInput

Record: TypeAlias = dict[str, Any]

_CHUNK = 1 << 20
_MAX_ENVELOPE = 256 << 20
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")
_BETWEEN = " \t\r\n,"


def field_names(text: Path, file: str) -> list[str]:
    """Every key that a record has, in the order in which they first come up."""
    seen: dict[str, None] = {}
    for record in _records(text, file):
        seen.update(dict.fromkeys(record))
        if len(seen) > MAX_COLUMNS:
            raise InvalidInput(
                f"{file}: there are more than {MAX_COLUMNS:,} columns",
                hint="a table this wide must be handed in as long form",
            )
    if not seen:
        raise InvalidInput(f"{file} holds no records", hint="export it again")
    return list(seen)


def tabulate(text: Path, file: str, names: Sequence[str], target: Path) -> None:
    """Write the fields `names` of each record, in this order and without a heading, as CSV.

    Numbers keep their digits; an object or array within a cell becomes its JSON text; a key that a
    record lacks is an empty cell.
    """
    rows = (
        [_cell(record.get(name), file, number) for name in names]
        for number, record in enumerate(_records(text, file), start=1)
    )
    write_records(target, file, rows)


def _records(text: Path, file: str) -> Iterator[Record]:
    with text.open(encoding="utf-8-sig") as source:
        start = source.read(_CHUNK).lstrip()
    try:
        if start.startswith("["):
            values: Iterator[Any] = _array(text, file)
        elif _is_whole(start.split("\n", 1)[0]) and "\n" in start.strip():
            values = _lines(text, file)
        else:
            values = iter(_envelope(text, file))
        for number, value in enumerate(values, start=1):
            if not isinstance(value, dict):
                raise InvalidInput(
                    f"{file}: item {number} is not an object", hint="a table needs objects"
                )
            yield value
    except RecursionError as error:
        raise InvalidInput(f"{file}: the JSON is nested too deeply for a table") from error


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(object_pairs_hook=_object, parse_float=Decimal)


def _object(pairs: list[tuple[str, Any]]) -> Record:
    record = dict(pairs)
    if len(record) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"an object holds the key '{twice[:80]}' twice")  # where: who reads knows
    return record


def _is_whole(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _lines(text: Path, file: str) -> Iterator[Any]:
    decoder = _decoder()
    with text.open(encoding="utf-8-sig") as source:
        number = 0
        while line := source.readline(MAX_LINE + 1):
            number += 1
            if len(line) > MAX_LINE:
                raise InvalidInput(f"{file}, line {number}: it is longer than {MAX_LINE >> 20} MB")
            if line.strip():
                try:
                    yield decoder.decode(line)
                except ValueError as error:
                    raise _bad(file, number, error) from error


def _array(text: Path, file: str) -> Iterator[Any]:
    """The items of a top-level array, one at a time, whatever the size of the file."""
    decoder = _decoder()
    line = 1
    with text.open(encoding="utf-8-sig") as source:
        buffer = source.read(_CHUNK)
        position = buffer.index("[") + 1
        while True:
            while position < len(buffer) and buffer[position] in _BETWEEN:
                position += 1
            if buffer.startswith("]", position):
                return
            try:
                value, end = decoder.raw_decode(buffer, position)
            except ValueError as error:
                more = source.read(_CHUNK)
                if not more or len(buffer) - position > MAX_LINE:
                    raise _bad(file, line + buffer.count("\n", 0, position), error) from error
                line += buffer.count("\n", 0, position)
                buffer, position = buffer[position:] + more, 0
            else:
                yield value
                position = end


def _envelope(text: Path, file: str) -> list[Any]:
    """The one array of objects within an object; the object itself when it holds none."""
    if text.stat().st_size > _MAX_ENVELOPE:
        raise InvalidInput(
            f"{file}: one JSON object of more than {_MAX_ENVELOPE >> 20} MB cannot be read",
            hint="hand in the array inside it, or one object a line",
        )
    try:
        document = _decoder().decode(text.read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as error:
        raise _bad(file, error.lineno, error) from error
    arrays = {
        name: value
        for name, value in document.items()
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value)
    }
    if len(arrays) > 1:
        raise InvalidInput(
            f"{file}: the object holds several arrays of objects: {', '.join(sorted(arrays))}",
            hint="hand in one of them as a file of its own",
        )
    return next(iter(arrays.values()), [document])


def _bad(file: str, line: int, error: ValueError) -> InvalidInput:
    cause, fault = str(error), "this cannot be taken"
    if isinstance(error, json.JSONDecodeError):
        cause, fault = error.msg, "this is not JSON"
    return InvalidInput(
        f"{file}, line {line}: {fault}: {cause[:1].lower()}{cause[1:]}",
        hint="export it again as an array of objects, or one object a line",
    )


def _cell(value: Any, file: str, number: int) -> str:
    match value:
        case None:
            text = ""
        case bool():
            text = "true" if value else "false"
        case str():
            text = value
        case dict() | list():
            text = json.dumps(value, ensure_ascii=False, default=float)
        case _:
            text = str(value)
    if _NOT_TEXT.search(text):
        raise InvalidInput(f"{file}: item {number} holds a character that is not text")
    return text
