"""Rows of submissions, of changes that ask for one, and of named sources."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class CatalogueEventRow(Base):
    __tablename__ = "catalogue_event"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    cause: Mapped[str]
    duty: Mapped[str]
    item: Mapped[str]
    dataset: Mapped[str]
    changed_on: Mapped[date]
    reason: Mapped[str]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
    more_days: Mapped[int | None]
    more_reason: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime | None]
    consented_by: Mapped[str]
    consented_at: Mapped[datetime | None]
    declined_by: Mapped[str]
    declined_at: Mapped[datetime | None]
    why_declined: Mapped[str]
    submission: Mapped[int | None]
    """The number of the submission that answers it."""


class SubmissionRow(Base):
    """A submission; what it proposes stays as it was, whatever becomes of it."""

    __tablename__ = "catalogue_submission"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(index=True)
    provider: Mapped[str]
    proposals: Mapped[list[Any]]
    secrecy: Mapped[str]
    personal: Mapped[str]
    head: Mapped[str]
    signed_on: Mapped[date]
    event: Mapped[int | None] = mapped_column("event_number", ForeignKey("catalogue_event.number"))
    submitted_by: Mapped[str]
    submitted_at: Mapped[datetime]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str]


class NamedSourceRow(Base):
    """Who was named the source of an item, each time; the newest holds."""

    __tablename__ = "named_source"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    item: Mapped[str] = mapped_column(String(100), index=True)
    department: Mapped[str]
    reason: Mapped[str]
    named_by: Mapped[str]
    named_at: Mapped[datetime]
