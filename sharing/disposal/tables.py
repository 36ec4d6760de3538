"""Rows of what providers require and of the proofs of disposal."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class RequirementRow(Base):
    __tablename__ = "disposal_requirement"

    grant: Mapped[int] = mapped_column(
        "grant_number", ForeignKey("access_grant.number"), primary_key=True, autoincrement=False
    )
    how: Mapped[str]
    text: Mapped[str]
    required_at: Mapped[datetime]
    required_by: Mapped[str]


class ProofRow(Base):
    __tablename__ = "disposal_proof"

    grant: Mapped[int] = mapped_column(
        "grant_number", ForeignKey("access_grant.number"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    how: Mapped[str]
    text: Mapped[str]
    given_at: Mapped[datetime]
    given_by: Mapped[str]
    verdict: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str]
    reason: Mapped[str]
