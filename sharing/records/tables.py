"""Rows of usage records; purging one empties its text and keeps the row."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class UsageRecordRow(Base):
    __tablename__ = "usage_record"

    grant: Mapped[int] = mapped_column(
        "grant_number", ForeignKey("access_grant.number"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    text: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    purged_at: Mapped[datetime | None]
