"""A department's own log of use, as CSV or as one JSON object a line: headings in many words, values
in one way. Every line that is wrong is named.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from core.clock import local_day
from core.errors import DocumentInvalid, InvalidInput, Problem
from sharing.usage.matching import SIZES, LoggedUse
from sharing.usage.model import in_century

HEADINGS: Mapping[str, frozenset[str]] = {
    "at": frozenset({"at", "moment", "time", "timestamp", "datetime", "时间", "使用时间"}),
    "id": frozenset({"id", "use", "useid", "query", "queryid", "使用编号", "查询编号"}),
    "rows": frozenset({"rows", "row", "rowcount", "records", "行数", "记录数"}),
    "bytes": frozenset({"bytes", "size", "字节", "字节数"}),
    "sha256": frozenset({"sha256", "hash", "digest", "摘要"}),
}
"""Headings without their spaces, dashes, underlines and capitals, by what they mean."""

_LARGEST = 2**53 - 1
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._:/-]{0,99}")
_HASH = re.compile(r"[0-9a-f]{64}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NUMBER = re.compile(r"[0-9]{1,16}")
_HINT = "write at (2026-03-02T09:00:00+08:00) and rows, bytes, sha256 or id"


def read_log(lines: Iterable[str], zone: ZoneInfo) -> list[LoggedUse]:
    """The records of a log; a moment without a zone is one of the city.

    Raises DocumentInvalid with each line that is wrong, InvalidInput for what is no log.
    """
    rest, head = iter(lines), []
    for line in rest:
        head.append(line)
        if line.strip():
            break
    else:
        raise InvalidInput(
            "the log is empty", hint="a log without uses has the line of its headings: at,rows"
        )
    whole = chain(head, rest)
    records = _objects(whole) if head[-1].lstrip().startswith("{") else _table(whole)
    found: list[LoggedUse] = []
    problems: list[Problem] = []
    for number, values in records:
        try:
            if isinstance(values, ValueError):
                raise values
            found.append(_logged(number, values, zone))
        except ValueError as error:
            problems.append(Problem(str(error), path="log", line=number))
    if problems:
        word = "lines" if len(problems) > 1 else "line"
        raise DocumentInvalid(
            f"the log has {len(problems)} {word} that cannot be read", problems, hint=_HINT
        )
    return found


def _table(lines: Iterator[str]) -> Iterator[tuple[int, Mapping[str, Any] | ValueError]]:
    """The records of CSV, each with the line that it ends on."""
    reader = csv.reader(lines, strict=True)
    rows = (cells for cells in reader if any(cell.strip() for cell in cells))
    try:
        headings = _meanings(next(rows, []))
        for cells in rows:
            if len(cells) == len(headings):
                named = zip(headings, cells, strict=True)
                yield reader.line_num, {name: cell for name, cell in named if name}
            else:
                found = f"{len(cells)} cells under {len(headings)} headings"
                yield reader.line_num, ValueError(found)
    except csv.Error as error:
        raise InvalidInput(
            f"the log is no CSV at line {reader.line_num}: {error}", hint="mend that line"
        ) from error


def _objects(lines: Iterator[str]) -> Iterator[tuple[int, Mapping[str, Any] | ValueError]]:
    """The records of JSON, one object a line."""
    for line, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            values = json.loads(text)
        except (ValueError, RecursionError):
            values = None
        if isinstance(values, dict):
            named = zip(_meanings(list(values)), values.values(), strict=True)
            yield line, {name: value for name, value in named if name}
        else:
            yield line, ValueError("it is no JSON object")


def _meanings(headings: Sequence[str]) -> list[str]:
    """What each heading means, or nothing; raises InvalidInput for too few or two of a kind."""
    found = [_meaning(heading) for heading in headings]
    twice = sorted({name for name in found if name and found.count(name) > 1})
    if twice:
        raise InvalidInput(
            f"the log has two headings for {', '.join(twice)}", hint="leave one of them out"
        )
    missing = [] if "at" in found else ["when (at)"]
    if not {"id", *SIZES} & set(found):
        missing.append("what (rows, bytes, sha256 or id)")
    if missing:
        raise InvalidInput(f"the log has no heading for {' and '.join(missing)}", hint=_HINT)
    return found


def _meaning(heading: str) -> str:
    plain = re.sub(r"[\s_-]", "", heading).lower()
    return next((name for name, words in HEADINGS.items() if plain in words), "")


def _logged(line: int, values: Mapping[str, Any], zone: ZoneInfo) -> LoggedUse:
    """A record; raises ValueError for a value that is not in its form."""
    stated = {name: value for name, value in values.items() if value not in (None, "")}
    day, at = _moment(stated.pop("at", ""), zone)
    read = {name: _READ[name](name, value) for name, value in stated.items()}
    if not read:
        raise ValueError("it states no rows, bytes, sha256 or id")
    return LoggedUse(line=line, day=day, at=at, **read)


def _moment(value: Any, zone: ZoneInfo) -> tuple[date, datetime | None]:
    text = value.strip() if isinstance(value, str) else ""
    try:
        at = datetime.fromisoformat(text)
        at = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
        day = local_day(at, zone)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"at is {_quoted(value)}, no day or moment of ISO 8601") from error
    if not in_century(day):
        raise ValueError(f"at is {_quoted(value)}, which is not in this century")
    return day, None if _DAY.fullmatch(text) else at


def _count(name: str, value: Any) -> int:
    text = str(value).strip() if type(value) in (int, str) else ""
    if not _NUMBER.fullmatch(text) or int(text) > _LARGEST:
        raise ValueError(f"{name} is {_quoted(value)}, no whole number from 0 on")
    return int(text)


def _hash(name: str, value: Any) -> str:
    text = value.strip().lower() if isinstance(value, str) else ""
    if not _HASH.fullmatch(text):
        raise ValueError(f"{name} is {_quoted(value)}, no 64 hexadecimal digits")
    return text


def _id(name: str, value: Any) -> str:
    text = str(value).strip() if type(value) in (int, str) else ""
    if not _ID.fullmatch(text):
        raise ValueError(f"{name} is {_quoted(value)}, not up to 100 letters, digits and ._:/-")
    return text


_READ: Mapping[str, Callable[[str, Any], Any]] = {
    "id": _id,
    "rows": _count,
    "bytes": _count,
    "sha256": _hash,
}


def _quoted(value: Any) -> str:
    return repr(str(value)[:40])
