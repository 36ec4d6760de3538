"""Rows of delegations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class DelegationRow(Base):
    __tablename__ = "delegation"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    delegator: Mapped[str] = mapped_column(String(100))
    delegate: Mapped[str] = mapped_column(String(100), index=True)
    department: Mapped[str]
    roles: Mapped[list[Any]]
    since: Mapped[datetime]
    until: Mapped[datetime]
    reason: Mapped[str]
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str]
