"""Rows of notices, of their sending, and the addresses of people: kept aside, so that one can be
erased without a trace.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base
from sharing.ledger.entry import MAX_KIND, MAX_SUBJECT
from sharing.notices.model import MAX_MAIL

_UNREAD, _UNSENT = text("read_at IS NULL"), text("sent_at IS NULL")


class NoticeRow(Base):
    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_person_number", "person", "number"),
        Index("ix_notice_unread", "person", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
    )

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(String(26))
    person: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(MAX_KIND))
    subject: Mapped[str] = mapped_column(String(MAX_SUBJECT))
    entry: Mapped[int]
    due_on: Mapped[date | None]
    created_at: Mapped[datetime]
    behalf: Mapped[str] = mapped_column(String(100))
    read_at: Mapped[datetime | None] = mapped_column(default=None)


class SendingRow(Base):
    """A notice that a channel has to send. Whoever sends it has claimed it until a moment."""

    __tablename__ = "notice_sending"
    __table_args__ = (
        # What is due is looked for among the unsent, however many were sent.
        Index(
            "ix_notice_sending_unsent",
            "next_try_at",
            "notice",
            sqlite_where=_UNSENT,
            postgresql_where=_UNSENT,
        ),
    )

    notice: Mapped[int] = mapped_column(ForeignKey("notice.number"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    attempts: Mapped[int]
    next_try_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str]


class PersonContactRow(Base):
    __tablename__ = "person_contact"

    person: Mapped[str] = mapped_column(String(100), primary_key=True)
    mail: Mapped[str] = mapped_column(String(MAX_MAIL))
