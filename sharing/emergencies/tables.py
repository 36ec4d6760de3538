"""Rows of emergencies: who may open data in one, what was opened, and what two people found."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class EmergencyAuthorisationRow(Base):
    __tablename__ = "emergency_authorisation"

    person: Mapped[str] = mapped_column(String(100), primary_key=True)
    authorised_at: Mapped[datetime] = mapped_column(primary_key=True)
    department: Mapped[str]
    until: Mapped[datetime]
    reason: Mapped[str]
    authority: Mapped[str]
    authorised_by: Mapped[str]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str]
    withdraw_reason: Mapped[str]


class EmergencyRow(Base):
    __tablename__ = "emergency"

    grant: Mapped[int] = mapped_column(
        "grant_number", ForeignKey("access_grant.number"), primary_key=True, autoincrement=False
    )
    authority: Mapped[str]
    case: Mapped[str] = mapped_column("case_number")
    reason: Mapped[str]
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]
    due_on: Mapped[date]


class EmergencyReviewRow(Base):
    __tablename__ = "emergency_review"

    grant: Mapped[int] = mapped_column(
        "grant_number", ForeignKey("emergency.grant_number"), primary_key=True
    )
    side: Mapped[str] = mapped_column(String(20), primary_key=True)
    finding: Mapped[str]
    reason: Mapped[str]
    reviewed_at: Mapped[datetime]
    reviewed_by: Mapped[str]
