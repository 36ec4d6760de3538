"""A return list (回流清单) written down as YAML: one entry for each dataset and department."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from bureau.returning import NewReturn
from core.errors import DocumentInvalid, InvalidInput, Problem
from core.strict_yaml import Document, load_yaml
from sharing.returnflow.model import Match

REQUIRED = ("dataset", "department", "column")
OPTIONAL = ("match", "from")
KNOWN = REQUIRED + OPTIONAL


def read_returns(data: bytes, name: str) -> tuple[NewReturn, ...]:
    """Read a list; raises DocumentInvalid with every problem and its line.

    Whatever is no field of an entry would be a condition, and Art. 24 allows none.
    """
    document = load_yaml(data, name)
    entries = document.value
    if not isinstance(entries, list) or not entries:
        raise InvalidInput(
            f"{name} is not a list of returns", hint=f"write '- ' and {', '.join(KNOWN)} for each"
        )
    problems = [
        problem
        for number, entry in enumerate(entries)
        for problem in _problems(document, number, entry, name)
    ]
    if problems:
        raise DocumentInvalid(
            f"{name} is not a return list", problems, hint="mend them all, then try again"
        )
    return tuple(_entry(entry) for entry in entries)


def _problems(document: Document, number: int, entry: Any, name: str) -> Iterator[Problem]:
    line = document.line([number])
    if not isinstance(entry, dict):
        yield Problem(f"entry {number + 1} is not a mapping", path=name, line=line)
        return
    for field in REQUIRED:
        if field not in entry:
            yield Problem(f"'{field}' is missing", path=name, line=line)
    for field, value in entry.items():
        if fault := _fault(field, value):
            yield Problem(f"'{field}' {fault}", path=name, line=document.line([number, field]))


def _fault(field: str, value: Any) -> str:
    """What is wrong with a field, or nothing."""
    if field not in KNOWN:
        return "is no field of a return, which takes no condition (Art. 24)"
    if not isinstance(value, str) or not value.strip():
        return "is not text"
    if field == "match":
        return "" if value in set(Match) else f"is none of {', '.join(Match)}"
    if field == "from":
        try:
            date.fromisoformat(value)
        except ValueError:
            return "is not a date such as 2026-01-31"
    return ""


def _entry(entry: dict[str, str]) -> NewReturn:
    return NewReturn(
        dataset=entry["dataset"],
        department=entry["department"],
        column=entry["column"],
        match=Match(entry.get("match", Match.EQUAL)),
        start=date.fromisoformat(entry["from"]) if "from" in entry else None,
    )
