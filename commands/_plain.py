"""Values of the program as JSON can carry them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

from catalog.predicate import All, Comparison, Not, predicate_json
from catalog.predicate import Any as AnyOf
from sharing.model import Terms

_UNSAFE = re.compile(
    "[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"
)
"""What JSON lets through and a terminal obeys, a reader does not see, or UTF-8 cannot hold."""


def plain(value: Any) -> Any:
    """Fields by name, enums by value, dates and moments in ISO 8601 (moments with their zone).

    Terms carry their hash, row predicates are their JSON tree, bytes are hexadecimal.
    """
    for kinds, write in _WRITERS:
        if isinstance(value, kinds):
            return write(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value


_WRITERS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (Terms, lambda terms: {**terms.to_json(), "hash": terms.hash}),
    (Comparison | All | AnyOf | Not, predicate_json),
    (Enum, lambda member: member.value),
    (date, lambda moment: moment.isoformat()),
    (bytes, bytes.hex),
    (Path, str),
    (Mapping, lambda pairs: {str(plain(key)): plain(part) for key, part in pairs.items()}),
    (list | tuple, lambda parts: [plain(part) for part in parts]),
)
"""How values that are not JSON are written; the first kind that fits decides."""


def to_json(value: Any, *, indent: int | None = 2) -> str:
    """The value as JSON text that is safe to print: what cannot be seen is escaped."""
    text = json.dumps(plain(value), ensure_ascii=False, indent=indent)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
