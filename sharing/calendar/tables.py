"""Rows of imported announcements. A later row of a year replaces an earlier one, which stays."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class AnnouncementRow(Base):
    __tablename__ = "calendar_announcement"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, init=False
    )
    year: Mapped[int]
    source: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64))
    days: Mapped[list[Any]]
    recorded_at: Mapped[datetime]
