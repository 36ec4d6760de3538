"""A report as JSON: the canonical data, and every row of every list."""

from __future__ import annotations

import json
from typing import Any

from core.errors import InvalidInput
from reports.data import ENVELOPE, Sealed, row_list
from reports.differences import Told, of_texts

COLUMNS = ("id", "title", "department", "standing", "code", "n", "base", "evidence_zh", "evidence")


def render(sealed: Sealed) -> bytes:
    rows = {
        members.id: {"columns": COLUMNS, "rows": [row_list(row) for row in members.rows]}
        for members in sealed.report.members
    }
    content = {**sealed.envelope(), "rows": rows}
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def embedded(content: bytes) -> Any:
    """The envelope that stands in a file, with its rows beside it."""
    return json.loads(content)


def told(content: bytes) -> Told:
    """Every row, and how the file was written; the report itself is held against the facts."""
    found = json.loads(content)
    told: Told = [(key, str(found.get(key))) for key in ENVELOPE if key != "report"]
    try:
        for name, listed in found["rows"].items():
            told.append((f"rows.{name}", str(listed["columns"])))
            told += [(f"rows.{name}[{row[0]}]", str(row)) for row in listed["rows"]]
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise InvalidInput("its rows are no lists of rows") from error
    return told


def same(one: bytes, other: bytes) -> bool:
    return one == other


differences = of_texts


def renderer() -> str:
    """Nothing but this program decides the bytes."""
    return ""
