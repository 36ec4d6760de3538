"""Rows of requests, grants and metered uses. Terms are stored once, as they were hashed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class AccessRequestRow(Base):
    __tablename__ = "access_request"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(index=True)
    department: Mapped[str]
    dataset: Mapped[str] = mapped_column(String(100), index=True)
    terms: Mapped[dict[str, Any]]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    dossier: Mapped[int | None] = mapped_column(index=True)
    submitted_at: Mapped[datetime | None]
    proposed_at: Mapped[datetime | None]
    endorsed_by: Mapped[str]
    endorsed_until: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    received_by: Mapped[str]
    returned: Mapped[dict[str, Any] | None]
    extension: Mapped[dict[str, Any] | None]
    first_approval: Mapped[dict[str, Any] | None]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime | None]
    ground: Mapped[str]
    reason: Mapped[str]
    grant: Mapped[int | None] = mapped_column("grant_number")
    left_out: Mapped[list[Any]]
    dispute: Mapped[int | None]
    ruled_by: Mapped[str]


class GrantRow(Base):
    """A grant. `dataset`, `department` and the period repeat the terms so that SQL can use them."""

    __tablename__ = "access_grant"
    __table_args__ = (
        # With all that says when a grant was live, so that rates need not look at the rows.
        Index(
            "ix_access_grant_dataset_period",
            "dataset",
            "not_before",
            "not_after",
            "department",
            "granted_at",
            "revoked_at",
            "finished_at",
            "review_due",
        ),
        # What comes up for review is looked for among the live grants, however many have ended.
        Index("ix_access_grant_live", "not_after", "review_due"),
    )

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    request: Mapped[int] = mapped_column(ForeignKey("access_request.number"), unique=True)
    provider: Mapped[str]
    department: Mapped[str]
    dataset: Mapped[str] = mapped_column(String(100))
    application: Mapped[str]
    terms: Mapped[dict[str, Any]]
    terms_hash: Mapped[str] = mapped_column(String(64))
    not_before: Mapped[datetime]
    not_after: Mapped[datetime]
    granted_at: Mapped[datetime]
    granted_by: Mapped[str]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str]
    revoke_reason: Mapped[str]
    delivered_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[str]
    first_used_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    finished_by: Mapped[str]
    finish_cause: Mapped[str]
    finish_reason: Mapped[str]
    disposed_at: Mapped[datetime | None]
    review_due: Mapped[datetime | None]
    emergency: Mapped[bool]


class SuspensionRow(Base):
    __tablename__ = "grant_suspension"

    grant: Mapped[int] = mapped_column(
        "grant_number", ForeignKey("access_grant.number"), primary_key=True
    )
    since: Mapped[datetime] = mapped_column(primary_key=True)
    until: Mapped[datetime | None]
    reason: Mapped[str]
    suspended_by: Mapped[str]
    by_authority: Mapped[bool]
    rectified_at: Mapped[datetime | None]
    rectified_by: Mapped[str]
    report: Mapped[str]
    resumed_by: Mapped[str]
    why_resumed: Mapped[str]


class UseRow(Base):
    __tablename__ = "grant_use"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    grant: Mapped[int] = mapped_column(
        "grant_number", ForeignKey("access_grant.number"), index=True
    )
    dataset: Mapped[str] = mapped_column(String(100))
    lake_version: Mapped[int]
    terms_hash: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str]
    authorised_at: Mapped[datetime]
    status: Mapped[str]
    completed_at: Mapped[datetime | None]
    rows: Mapped[int] = mapped_column(BigInteger)
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))


class UseDayRow(Base):
    """The counter that rates read: completed uses of one grant on one day in the city's zone."""

    __tablename__ = "use_day"

    grant: Mapped[int] = mapped_column(
        "grant_number", ForeignKey("access_grant.number"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    uses: Mapped[int]
    rows: Mapped[int] = mapped_column(BigInteger)
    bytes: Mapped[int] = mapped_column(BigInteger)


class SealedRow(Base):
    """A segment of the server's journal of which the uses are in the counters and in the ledger."""

    __tablename__ = "sealed_journal"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    sealed_at: Mapped[datetime]
