"""Rows of the registry.

Registry items are never overwritten: a change closes the current row (`superseded_at`) and adds a
new one, so that any past moment can be asked for. A row is current while `superseded_at` is null.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base

_CURRENT = text("superseded_at IS NULL")


def _current_code(table: str) -> Index:
    return Index(
        f"uq_{table}_current",
        "code",
        unique=True,
        sqlite_where=_CURRENT,
        postgresql_where=_CURRENT,
    )


class _Versioned(Base):
    __abstract__ = True

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, init=False
    )
    code: Mapped[str] = mapped_column(String(100), index=True)
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]


class DivisionRow(_Versioned):
    __tablename__ = "division"
    __table_args__ = (_current_code("division"),)

    name_zh: Mapped[str]
    name_en: Mapped[str]
    level: Mapped[str]
    parent: Mapped[str | None] = mapped_column(index=True)


class DepartmentRow(_Versioned):
    __tablename__ = "department"
    __table_args__ = (_current_code("department"),)

    name_zh: Mapped[str]
    name_en: Mapped[str]
    kind: Mapped[str]
    division: Mapped[str]
    uscc: Mapped[str]
    roles: Mapped[list[Any]]


class PersonRow(_Versioned):
    __tablename__ = "person"
    __table_args__ = (_current_code("person"),)

    name: Mapped[str]
    department: Mapped[str]
    roles: Mapped[list[Any]]


class PersonSaltRow(Base):
    """The secret behind a person's commitment in the ledger; deleting it erases the link."""

    __tablename__ = "person_salt"

    person: Mapped[str] = mapped_column(String(100), primary_key=True)
    salt: Mapped[bytes]


class ApplicationRow(_Versioned):
    __tablename__ = "application"
    __table_args__ = (_current_code("application"),)

    name_zh: Mapped[str]
    name_en: Mapped[str]
    department: Mapped[str]
    facets: Mapped[dict[str, Any]]


class ProvisionRuleRow(_Versioned):
    __tablename__ = "provision_rule"
    __table_args__ = (_current_code("provision_rule"),)

    item: Mapped[str]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    legal_ground: Mapped[str]
    departments: Mapped[list[Any]]
    roles: Mapped[list[Any]]
    kind: Mapped[str | None]
    exempt: Mapped[list[Any]]
    theme: Mapped[str]
    start: Mapped[date]
    end: Mapped[date | None]


class DutyRow(_Versioned):
    __tablename__ = "duty"
    __table_args__ = (_current_code("duty"),)

    code: Mapped[str] = mapped_column(String(201), index=True)
    rule: Mapped[str]
    item: Mapped[str] = mapped_column(index=True)
    title_zh: Mapped[str]
    title_en: Mapped[str]
    department: Mapped[str]
    legal_ground: Mapped[str]
    theme: Mapped[str]
    exempt: Mapped[bool]
    start: Mapped[date]
    end: Mapped[date | None]


class DatasetRow(_Versioned):
    __tablename__ = "dataset"
    __table_args__ = (
        _current_code("dataset"),
        Index("ix_dataset_provider_fulfils", "provider", "fulfils"),
    )

    title_zh: Mapped[str]
    title_en: Mapped[str]
    summary: Mapped[str]
    items: Mapped[list[Any]]
    provider: Mapped[str] = mapped_column(index=True)
    format: Mapped[str]
    update_cycle: Mapped[str | None]
    share_type: Mapped[str | None]
    share_mode: Mapped[str | None]
    use_conditions: Mapped[str]
    resource_class: Mapped[str | None]
    grade: Mapped[str | None]
    legal_basis: Mapped[str]
    status: Mapped[str]
    theme: Mapped[str]
    keywords: Mapped[list[Any]]
    facets: Mapped[dict[str, Any]]
    responsibility: Mapped[dict[str, Any]]
    fulfils: Mapped[str] = mapped_column(index=True)
    contract: Mapped[str]
    policy: Mapped[str]
    distributions: Mapped[list[Any]]


class ServiceItemRow(_Versioned):
    __tablename__ = "service_item"
    __table_args__ = (_current_code("service_item"),)

    name_zh: Mapped[str]
    name_en: Mapped[str]
    department: Mapped[str]
    channels: Mapped[list[Any]]
    facets: Mapped[dict[str, Any]]
    data_items: Mapped[list[Any]]


class DatasetGramRow(Base):
    """The search index: which dataset holds which gram, and how much that says about it."""

    __tablename__ = "dataset_gram"

    gram: Mapped[str] = mapped_column(String(100), primary_key=True)
    dataset: Mapped[str] = mapped_column(String(100), primary_key=True, index=True)
    weight: Mapped[int]


class LakeTableRow(Base):
    """The lake folder of a dataset: a name the program made, never a user's words."""

    __tablename__ = "lake_table"

    dataset: Mapped[str] = mapped_column(String(100), primary_key=True)
    folder: Mapped[str] = mapped_column(String(32), unique=True)


class DeliveryRow(Base):
    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("dataset", "number"),
        # With all that rates ask of a delivery, so that they need not look at the rows.
        Index(
            "ix_delivery_dataset_delivered_at_number", "dataset", "delivered_at", "number", "status"
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    dataset: Mapped[str] = mapped_column(String(100), ForeignKey("lake_table.dataset"))
    number: Mapped[int]
    status: Mapped[str]
    policy: Mapped[str]
    contract: Mapped[str]
    contract_version: Mapped[str]
    source_sha256: Mapped[str] = mapped_column(String(64))
    source_bytes: Mapped[int] = mapped_column(BigInteger)
    source_format: Mapped[str]
    encoding: Mapped[str]
    header: Mapped[bool]
    sheet: Mapped[str]
    rows_read: Mapped[int] = mapped_column(BigInteger)
    rows_published: Mapped[int] = mapped_column(BigInteger)
    declared_rows: Mapped[int | None] = mapped_column(BigInteger)
    lake_table: Mapped[str] = mapped_column(String(32))
    lake_version: Mapped[int | None]
    check_run: Mapped[str]
    delivered_by: Mapped[str]
    delivered_at: Mapped[datetime] = mapped_column(index=True)
