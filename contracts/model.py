"""The promise about a dataset, in the words of the Open Data Contract Standard (ODCS) 3.x."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from catalog.plan import Anonymity


class LogicalType(StrEnum):
    STRING = "string"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIME = "time"
    NUMBER = "number"
    INTEGER = "integer"
    OBJECT = "object"
    ARRAY = "array"
    BOOLEAN = "boolean"
    MAP = "map"
    VECTOR = "vector"


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityRule:
    """An entry of `quality[]` as written; `body` keeps every key of it."""

    body: dict[str, Any]
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A foreign key: these columns of this table name a row of `dataset` (a dataset code).

    A table that names itself is a reference within the table.
    """

    columns: tuple[str, ...]
    dataset: str
    target_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A column. `options` are ODCS logicalTypeOptions as written.

    Only `exclusiveMinimum` and `exclusiveMaximum`, which are flags in ODCS 3.0, are always the
    bounds themselves, as from 3.1 on.
    """

    name: str
    physical_name: str = ""
    business_name: str = ""
    description: str = ""
    logical_type: LogicalType | None = None
    physical_type: str = ""
    required: bool = False
    unique: bool = False
    primary_key_position: int | None = None
    """1-based position within the primary key; None outside it."""
    critical: bool = False
    classification: str = ""
    enum: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    quality: tuple[QualityRule, ...] = ()
    properties: tuple[Property, ...] = ()
    """Fields inside an object, or of an array's items: kept, and not checked on tabular files."""
    line: int | None = None

    @property
    def personal(self) -> bool:
        """Whether values may not be shown in samples: classified as anything but public/internal."""
        return self.classification.lower() not in ("", "public", "internal", "general")


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """A table of the contract (an ODCS schema object)."""

    name: str
    physical_name: str = ""
    business_name: str = ""
    description: str = ""
    properties: tuple[Property, ...]
    references: tuple[Reference, ...] = ()
    quality: tuple[QualityRule, ...] = ()
    anonymity: Anonymity | None = None

    @property
    def primary_key(self) -> tuple[str, ...]:
        keyed = [p for p in self.properties if p.primary_key_position is not None]
        return tuple(p.name for p in sorted(keyed, key=lambda p: p.primary_key_position or 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class DataContract:
    """A parsed contract. `text` is the document as it came, byte for byte."""

    id: str
    version: str
    api_version: str
    name: str
    status: str
    schemas: tuple[Schema, ...]
    text: bytes

    @property
    def table(self) -> Schema:
        """The one table that deliveries are checked against: the first schema object."""
        return self.schemas[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedContract:
    """A contract version in the registry."""

    id: str
    version: str
    name: str
    sha256: str
    published_at: datetime
    published_by: str
