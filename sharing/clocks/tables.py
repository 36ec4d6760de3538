"""Rows of clocks; the times in which one stood still are in its row, as [since, until, left]."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base

_OPEN = text("ended_on IS NULL")


class ClockRow(Base):
    __tablename__ = "clock"
    __table_args__ = (
        # What waits is looked for among the open clocks, however many have ended.
        Index("ix_clock_open", "debtor", "due_on", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    subject: Mapped[str] = mapped_column(String(100), primary_key=True)
    limit: Mapped[str] = mapped_column("limit_name", String(40), primary_key=True)
    debtor: Mapped[str] = mapped_column(String(100))
    days: Mapped[int]
    article: Mapped[str]
    profile: Mapped[str] = mapped_column(String(64))
    started_on: Mapped[date]
    due_on: Mapped[date]
    pauses: Mapped[list[Any]]
    extended_by: Mapped[int]
    extended_after: Mapped[int]
    ended_on: Mapped[date | None]
