"""Registry items as plain column values and back; no SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, TypeAlias, TypeVar

from catalog.model import (
    Application,
    AskedOf,
    Channel,
    DataItem,
    Dataset,
    DatasetStatus,
    DeliveryPolicy,
    Department,
    DepartmentKind,
    Distribution,
    Division,
    Duty,
    Grade,
    Person,
    ProvisionRule,
    ResourceClass,
    Responsibility,
    ServiceItem,
    ShareMode,
    ShareType,
    UpdateCycle,
)
from core.actor import Role

Item: TypeAlias = (
    Division | Department | Person | Application | ProvisionRule | Duty | Dataset | ServiceItem
)
ItemT = TypeVar(
    "ItemT", Division, Department, Person, Application, ProvisionRule, Duty, Dataset, ServiceItem
)

_Decoder: TypeAlias = Callable[[Any], Any]


def to_columns(item: Item) -> dict[str, Any]:
    """The item's fields as values that a database column holds: text, numbers, dates, JSON."""
    return {f.name: _encode(getattr(item, f.name)) for f in fields(item)}


def from_columns(kind: type[ItemT], columns: Mapping[str, Any]) -> ItemT:
    """The item that `to_columns` made these values from; other columns are left alone."""
    decoders = _DECODERS.get(kind, {})
    values = {}
    for f in fields(kind):
        value = columns[f.name]
        decode = decoders.get(f.name)
        values[f.name] = decode(value) if decode is not None and value is not None else value
    return kind(**values)


def _encode(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_encode(part) for part in value]
    if isinstance(value, dict):
        return {key: _encode(part) for key, part in value.items()}
    if is_dataclass(value):
        return {f.name: _encode(getattr(value, f.name)) for f in fields(value)}
    return value


def _facets(value: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in value.items()}


def _data_item(parts: Mapping[str, Any]) -> DataItem:
    return DataItem(
        item=parts["item"],
        dataset=parts["dataset"],
        columns=tuple(parts["columns"]),
        asked_of=AskedOf(parts["asked_of"]),
    )


_DECODERS: dict[type, dict[str, _Decoder]] = {
    Department: {"kind": DepartmentKind, "roles": tuple},
    Person: {"roles": lambda words: tuple(Role(word) for word in words)},
    Application: {"facets": _facets},
    ProvisionRule: {
        "departments": tuple,
        "roles": tuple,
        "kind": DepartmentKind,
        "exempt": tuple,
    },
    Dataset: {
        "items": tuple,
        "update_cycle": UpdateCycle,
        "share_type": ShareType,
        "share_mode": ShareMode,
        "resource_class": ResourceClass,
        "grade": Grade,
        "status": DatasetStatus,
        "keywords": tuple,
        "facets": _facets,
        "responsibility": lambda parts: Responsibility(**parts),
        "policy": DeliveryPolicy,
        "distributions": lambda parts: tuple(Distribution(**part) for part in parts),
    },
    ServiceItem: {
        "channels": lambda words: tuple(Channel(word) for word in words),
        "facets": _facets,
        "data_items": lambda parts: tuple(_data_item(part) for part in parts),
    },
}
