"""Rows of needs, and of what was answered to suggestions about forms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class NeedRow(Base):
    __tablename__ = "data_need"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(index=True)
    department: Mapped[str]
    application: Mapped[str]
    title: Mapped[str]
    items: Mapped[list[Any]]
    legal_basis: Mapped[str]
    scenario: Mapped[str]
    not_covered: Mapped[str]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    assigned_to: Mapped[str]
    assigned_by: Mapped[str]
    assigned_at: Mapped[datetime | None]
    assign_reason: Mapped[str]
    dataset: Mapped[str]
    closed_by: Mapped[str]
    closed_at: Mapped[datetime | None]
    reason: Mapped[str]


class OnceOnlyAnswerRow(Base):
    """Why what a form asks for is not what an entry holds."""

    __tablename__ = "once_only_answer"

    service: Mapped[str] = mapped_column(String(100), primary_key=True)
    item: Mapped[str] = mapped_column(String(200), primary_key=True)
    dataset: Mapped[str] = mapped_column(String(100), primary_key=True)
    reason: Mapped[str]
    answered_by: Mapped[str]
    answered_at: Mapped[datetime]
