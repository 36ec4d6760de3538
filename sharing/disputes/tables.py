"""Rows of disputes; the tiers that one came to are in its row, as is what was settled.

What people wrote stays here; the ledger has the hash of it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class DisputeRow(Base):
    __tablename__ = "dispute"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    state: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    department: Mapped[str] = mapped_column(String(100))
    provider: Mapped[str] = mapped_column(String(100))
    dataset: Mapped[str] = mapped_column(String(100))
    grounds: Mapped[str]
    raised_by: Mapped[str]
    raised_at: Mapped[datetime]
    steps: Mapped[list[Any]]
    settlement: Mapped[dict[str, Any] | None]
    withdrawn_by: Mapped[str]
    withdrawn_at: Mapped[datetime | None]
