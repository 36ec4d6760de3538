"""What is found in a contract document: how grave, where, and what to write instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from catalog.naming import visible
from core.errors import Problem
from core.strict_yaml import Document

Path: TypeAlias = tuple[str | int, ...]


class Severity(StrEnum):
    """An error keeps the contract from being published; a warning and an info do not."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """`path` is for people: list items are called by their name, where they have one."""

    severity: Severity
    line: int | None
    path: str
    message: str
    hint: str = ""


def find(
    document: Document,
    path: Path,
    message: str,
    hint: str = "",
    severity: Severity = Severity.ERROR,
) -> Finding:
    """Make a finding about `path`; a key that is absent is placed at the nearest thing around it."""
    return Finding(severity, nearest_line(document, path), spoken(document, path), message, hint)


def errors(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def as_problem(finding: Finding, name: str) -> Problem:
    """The finding as one sentence for an error; `name` is the document's."""
    where = f"{finding.path}: " if finding.path else ""
    advice = f"; {finding.hint}" if finding.hint else ""
    return Problem(f"{where}{finding.message}{advice}", name, finding.line)


def nearest_line(document: Document, path: Path) -> int | None:
    for length in range(len(path), -1, -1):
        if (line := document.line(path[:length])) is not None:
            return line
    return None


def spoken(document: Document, path: Path) -> str:
    """The path as text: `schema.stations.properties.city.logicalType`."""
    words: list[str] = []
    value: Any = document.value
    for step in path:
        value = _child(value, step)
        if isinstance(step, str):
            words.append(visible(step))
        elif isinstance(value, dict) and isinstance(value.get("name"), str):
            words.append(visible(value["name"]))
        else:
            words.append(f"[{step}]")
    return ".".join(words).replace(".[", "[")


def _child(value: Any, step: str | int) -> Any:
    try:
        return value[step]
    except (KeyError, IndexError, TypeError):
        return None
