"""Announcements as files: JSON in the form of github.com/NateScarlet/holiday-cn, and plain CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from catalog.naming import MAX_TEXT, check_title
from core.errors import DocumentInvalid, InvalidInput, Problem
from core.strict_yaml import MAX_BYTES, Document, load_yaml
from sharing.calendar.model import Announcement, DayKind, SpecialDay

FIRST_YEAR, LAST_YEAR = 1950, 2100

_DECEMBER = 12
_TOP = ("$schema", "$id", "year", "papers", "days")
_DAY = ("name", "date", "isOffDay")
_HEADING = ("date", "kind", "name")

Note: TypeAlias = Callable[[str, int | None], None]
"""Notes what is wrong, and the line it stands in."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A day as a file has it."""

    line: int | None
    day: Any
    kind: DayKind
    name: Any


def read_announcement(data: bytes, file: str) -> Announcement:
    """Read the announcement of one year; `file` stands for it in messages.

    Text that begins with { is JSON. Any other is CSV with the heading date,kind,name, where kind
    is off or work; its year is that of its last day. Raises DocumentInvalid with every fault.
    """
    problems: list[Problem] = []

    def note(message: str, line: int | None) -> None:
        problems.append(Problem(message, file, line))

    if data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        document = load_yaml(data, file)
        year, source = _stated(document, file, note)
        days = _checked(_json_days(document, note), note)
    else:
        days = _checked(_csv_days(data, note), note)
        year, source = max((one.day.year for one, _ in days), default=None), file
    if year is not None:
        _check_year(year, days, note)
    elif not problems:
        note("it has no days", None)
    if problems or year is None:
        raise DocumentInvalid(
            f"{file} cannot be taken as what is announced of a year",
            sorted(problems, key=lambda problem: problem.line or 0),
            hint="mend the file; docs/policy.md shows both forms of it",
        )
    return Announcement(year=year, source=source, days=tuple(sorted(one for one, _ in days)))


_Days: TypeAlias = Sequence[tuple[SpecialDay, int | None]]


def _checked(written: Iterator[_Written], note: Note) -> _Days:
    """The days that are well written, each once, with their lines."""
    found: dict[date, tuple[SpecialDay, int | None]] = {}
    for one in written:
        day = _date(one.day)
        if day is None:
            note(f"{one.day!r} is no date: write it as 2026-01-31", one.line)
        elif day in found:
            note(f"{day} is here twice, first in line {found[day][1]}", one.line)
        try:
            name = check_title(one.name if isinstance(one.name, str) else "", "name of the day")
        except InvalidInput as error:
            note(str(error), one.line)
            continue
        if day and day not in found:
            found[day] = (SpecialDay(day, one.kind, name), one.line)
    return list(found.values())


def _check_year(year: int, days: _Days, note: Note) -> None:
    """Whether the days are those of the year, or of the December before its New Year's Day."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        note(f"the year {year} is not between {FIRST_YEAR} and {LAST_YEAR}", None)
        return
    for one, line in days:
        if one.day.year != year and (one.day.year, one.day.month) != (year - 1, _DECEMBER):
            note(f"{one.day} does not belong to what is announced of {year}", line)
    if not any(one.day.year == year for one, _ in days):
        note(f"it says nothing of {year}: no day of that year is in it", None)


def _date(text: Any) -> date | None:
    try:
        day = date.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return day if day.isoformat() == text else None


def _stated(document: Document, file: str, note: Note) -> tuple[int | None, str]:
    """The year that JSON states, and the papers it names as its source."""
    top = document.value
    for key in top:
        if key not in _TOP:
            note(f"the field '{key}' is unknown; known: {', '.join(_TOP)}", document.line([key]))
    year, papers = top.get("year"), top.get("papers", [])
    if type(year) is not int:
        note('it states no year: write "year": 2026', document.line(["year"]))
        year = None
    if not isinstance(papers, list) or not all(isinstance(paper, str) for paper in papers):
        note("its papers are not a list of addresses", document.line(["papers"]))
        return year, file
    try:
        return year, check_title(" ".join(papers) or file, "list of papers", MAX_TEXT)
    except InvalidInput as error:
        note(str(error), document.line(["papers"]))
        return year, file


def _json_days(document: Document, note: Note) -> Iterator[_Written]:
    days = document.value.get("days")
    if not isinstance(days, list):
        note('it has no list of days: write "days": [...]', document.line(["days"]))
        return
    for place, one in enumerate(days):
        line = document.line(["days", place])
        if not isinstance(one, dict) or set(one) != set(_DAY):
            note(f"a day has the fields {', '.join(_DAY)}, and no others", line)
            continue
        if not isinstance(one["isOffDay"], bool):
            note("isOffDay is neither true nor false", line)
        kind = DayKind.OFF if one["isOffDay"] else DayKind.WORK
        yield _Written(line, one["date"], kind, one["name"])


def _csv_days(data: bytes, note: Note) -> Iterator[_Written]:
    try:
        text = data[: MAX_BYTES + 1].decode("utf-8-sig")
    except UnicodeDecodeError:
        note("the text is not UTF-8: save the file as UTF-8", None)
        return
    if len(data) > MAX_BYTES:
        note(f"it has {len(data)} bytes, more than the {MAX_BYTES} allowed", None)
        return
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        if sorted(reader.fieldnames or ()) != sorted(_HEADING):
            note(f"the heading is not {','.join(_HEADING)}", 1)
            return
        for row in reader:
            yield from _csv_day(row, reader.line_num, note)
    except csv.Error as error:
        note(f"this is not CSV: {error}", reader.line_num)


def _csv_day(row: dict[Any, Any], line: int, note: Note) -> Iterator[_Written]:
    if None in row or None in row.values():
        note(f"a day has the cells {', '.join(_HEADING)}, and no others", line)
        return
    try:
        yield _Written(line, row["date"], DayKind(row["kind"]), row["name"])
    except ValueError:
        note(f"the kind {row['kind']!r} is neither off nor work", line)
