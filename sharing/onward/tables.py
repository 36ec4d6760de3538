"""Rows of transfers to third parties."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class OnwardTransferRow(Base):
    __tablename__ = "onward_transfer"

    grant: Mapped[int] = mapped_column(
        "grant_number", ForeignKey("access_grant.number"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str]
    purpose: Mapped[str]
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]
    answer: Mapped[str]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str]
    reason: Mapped[str]
    passed_on_at: Mapped[datetime | None]
    passed_on_by: Mapped[str]
