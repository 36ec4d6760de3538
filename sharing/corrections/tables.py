"""Rows of corrections. What people wrote stays here; the ledger has the hash of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class CorrectionRow(Base):
    __tablename__ = "correction"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    state: Mapped[str]
    department: Mapped[str] = mapped_column(String(100))
    dataset: Mapped[str] = mapped_column(String(100), index=True)
    delivery: Mapped[int]
    grant: Mapped[int | None] = mapped_column("grant_number", ForeignKey("access_grant.number"))
    channel: Mapped[str]
    columns: Mapped[list[Any]]
    rows: Mapped[dict[str, Any] | None]
    problem: Mapped[str]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    received_by: Mapped[str]
    received_at: Mapped[datetime | None]
    finding: Mapped[str]
    reason: Mapped[str]
    verified_by: Mapped[str]
    verified_at: Mapped[datetime | None]
    corrected_in: Mapped[int | None]
    none_needed: Mapped[str]
    corrected_by: Mapped[str]
    corrected_at: Mapped[datetime | None]
    feedback: Mapped[str]
    closed_by: Mapped[str]
    closed_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str]
    withdrawn_at: Mapped[datetime | None]
