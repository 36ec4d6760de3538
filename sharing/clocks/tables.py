"""Rows of clocks; the times in which one stood still are in its row, as [since, until, left].

`clock` has each clock as it is, and `clock_fact` each as an act left it, so that a past day can be
asked for. The second is what the ledger's entries say, in columns.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base

_OPEN = text("ended_on IS NULL")


class _Facts(Base):
    __abstract__ = True

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


class ClockRow(_Facts):
    __tablename__ = "clock"
    __table_args__ = (
        # What waits is looked for among the open clocks, however many have ended.
        Index("ix_clock_open", "debtor", "due_on", sqlite_where=_OPEN, postgresql_where=_OPEN),
        # Rates look at those of one limit that are open, or ended since the window began.
        Index("ix_clock_limit_name_ended_on_subject", "limit_name", "ended_on", "subject"),
    )


class ClockFactRow(_Facts):
    """A clock as it was from `recorded_at` on, until its next row; never changed, never removed."""

    __tablename__ = "clock_fact"

    # Last in the key: the facts of one clock lie together.
    recorded_at: Mapped[datetime] = mapped_column(primary_key=True, sort_order=1)
