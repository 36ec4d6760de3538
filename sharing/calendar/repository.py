"""Imported announcements: rows in, model out."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import written
from sharing.calendar.model import Announcement, DayKind, SpecialDay
from sharing.calendar.tables import AnnouncementRow


class CalendarRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, announcement: Announcement, *, at: datetime) -> None:
        row = AnnouncementRow(
            year=announcement.year,
            source=announcement.source,
            sha256=announcement.sha256,
            days=announcement.rows,
            recorded_at=at,
        )
        self._session.add(row)
        self._session.flush()
        written(self._session, AnnouncementRow, row.id)

    def list_all(self, *, before: datetime | None = None) -> list[Announcement]:
        """Every announcement that was imported, before a moment if given, oldest import first."""
        query = select(AnnouncementRow).order_by(AnnouncementRow.id)
        if before is not None:
            query = query.where(AnnouncementRow.recorded_at < before)
        rows = self._session.scalars(query)
        return [_announcement(row) for row in rows]


def _announcement(row: AnnouncementRow) -> Announcement:
    return Announcement(
        year=row.year,
        source=row.source,
        days=tuple(
            SpecialDay(date.fromisoformat(day), DayKind(kind), name) for day, kind, name in row.days
        ),
        recorded_at=row.recorded_at,
    )
