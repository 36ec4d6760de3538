"""Rows of service changes and of the departments that are consulted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class ServiceChangeRow(Base):
    __tablename__ = "service_change"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    dataset: Mapped[str] = mapped_column(String(100), index=True)
    provider: Mapped[str]
    reason: Mapped[str]
    begun_at: Mapped[datetime]
    begun_by: Mapped[str]
    filing: Mapped[str]
    unheard: Mapped[str]
    filed_at: Mapped[datetime | None]
    filed_by: Mapped[str]
    dropped_at: Mapped[datetime | None]
    made_at: Mapped[datetime | None]


class ConsultationRow(Base):
    __tablename__ = "service_change_consultation"

    change: Mapped[int] = mapped_column(
        "change_number", ForeignKey("service_change.number"), primary_key=True
    )
    department: Mapped[str] = mapped_column(String(100), primary_key=True)
    text: Mapped[str]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str]
