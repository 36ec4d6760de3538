"""From an item back to the mapping that a registry file holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import date
from enum import StrEnum

from catalog.documents.fields import Item
from core.canonical import Json


def to_document(item: Item) -> dict[str, Json]:
    """The fields of `item` as `read_registry` reads them, without those that have their default.

    Equal items give equal mappings, in the same order. In a file the mapping is an entry of
    `items`, because `kind` at the top of a file says what the file holds.
    """
    return _mapping(item)


def _mapping(record: object) -> dict[str, Json]:
    written: dict[str, Json] = {}
    for field in fields(record):  # type: ignore[arg-type]  # only dataclasses come here
        value = getattr(record, field.name)
        default = field.default if field.default_factory is MISSING else field.default_factory()
        if value != default:
            written[field.name] = _plain(value)
    return written


def _plain(value: object) -> Json:
    match value:
        case StrEnum():
            return value.value
        case date():
            return value.isoformat()
        case tuple():
            return [_plain(part) for part in value]
        case Mapping():
            return {str(key): _plain(value[key]) for key in sorted(value)}
        case str() | None:
            return value
    return _mapping(value)
