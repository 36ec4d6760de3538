"""Rows of keys: which act was done under each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class ActKeyRow(Base):
    __tablename__ = "act_key"

    person: Mapped[str] = mapped_column(String(100), primary_key=True)
    key: Mapped[str] = mapped_column("act_key", String(100), primary_key=True)
    what: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str]
    first_entry: Mapped[int]
    last_entry: Mapped[int]
    done_at: Mapped[datetime]
