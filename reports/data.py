"""A report as canonical data: what its id is the hash of, and what a file of it carries along.

The rows of a list stand in it by their digest; only a JSON file has them whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from core.canonical import Json, content_hash
from core.errors import InvalidInput
from reports.model import Identity, Members, Report, Row, Text

FORMAT = "databureau report 1"
MOST_ENTRIES = 1 << 62
ENVELOPE = ("format", "language", "renderer", "report")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A report with its id, and how one file of it was written."""

    report: Report
    data: Mapping[str, Any]
    language: str
    renderer: str = ""
    """The libraries that decide the bytes of the file, with their versions."""

    @property
    def id(self) -> str:
        return str(self.data["id"])

    def envelope(self) -> dict[str, Any]:
        """What stands in the file for programs."""
        values = (FORMAT, self.language, self.renderer, self.data)
        return dict(zip(ENVELOPE, values, strict=True))


def sealed(report: Report, *, language: str, renderer: str = "") -> Sealed:
    return Sealed(report=report, data=to_data(report), language=language, renderer=renderer)


def to_data(report: Report) -> dict[str, Any]:
    """The canonical data; `id` is the hash of all the rest."""
    content = {
        "identity": _plain(report.identity),
        "blocks": [
            {"kind": type(block).__name__.lower(), **_plain(block)} for block in report.blocks
        ],
        "members": [_counted(members) for members in report.members],
        "departments": _plain(report.names),
    }
    return {"id": content_hash(content), **content}


def own_id(data: Mapping[str, Any]) -> bool:
    """Whether the id that stands in canonical data is theirs."""
    try:
        return content_hash({name: data[name] for name in data if name != "id"}) == data.get("id")
    except InvalidInput:  # something that has no canonical form
        return False


def row_list(row: Row) -> list[str | int]:
    """A row as its digest covers it."""
    n, base = row.adds
    said = [row.id, row.title, row.department, row.standing.value, row.code]
    return [*said, n, base, row.evidence.zh, row.evidence.en]


def rows_digest(rows: Iterable[Row]) -> str:
    """SHA-256 over one JSON array a row, each on a line."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(f"{_LINE.encode(row_list(row))}\n".encode())
    return digest.hexdigest()


_LINE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def identity_of(data: Mapping[str, Any]) -> Identity:
    """The identity that a file states. Raises KeyError, TypeError or ValueError for what is none."""
    stated = dict(data["identity"])
    identity = Identity(
        **{
            **stated,
            "title": Text(**stated["title"]),
            "as_of": date.fromisoformat(stated["as_of"]),
            "since": date.fromisoformat(stated["since"]),
            "until": datetime.fromisoformat(stated["until"]),
            "definitions": tuple(stated["definitions"]),
        }
    )
    names = (identity.kind, identity.department, identity.division, identity.theme)
    if not all(isinstance(name, str) for name in (*names, identity.generator)):
        raise TypeError("a name is no text")
    if type(identity.window_days) is not int or identity.until.tzinfo is None:
        raise TypeError("its period is none")
    size, root = identity.ledger_size, identity.ledger_root
    if type(size) is not int or not 0 <= size < MOST_ENTRIES or not isinstance(root, str):
        raise TypeError("its ledger is none")
    return identity


def _counted(members: Members) -> dict[str, Any]:
    tally = members.tally()
    whole = tally.figure()
    return {
        "id": members.id,
        "title": _plain(members.title),
        "method": _plain(members.method),
        "codes": _plain(members.codes),
        "n": whole.n,
        "base": whole.base,
        "excluded": tally.excluded(),
        "unknown": tally.unknown(members.unknown),
        "spread": members.spread,
        "rows": len(members.rows),
        "rows_sha256": rows_digest(members.rows),
    }


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value


def compact(value: Json) -> str:
    """JSON on one line, with nothing in it that ends a comment or a script."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
