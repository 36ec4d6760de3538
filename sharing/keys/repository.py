"""Keys of acts: rows in, model out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from sharing.keys.model import Done, Once
from sharing.keys.tables import ActKeyRow


class KeyRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, person: str, key: str) -> Done | None:
        row = self._session.get(ActKeyRow, (person, key))
        if row is None:
            return None
        entries = tuple(range(row.first_entry, row.last_entry + 1))
        return Done(what=row.what, subject=row.subject, entries=entries)

    def add(self, person: str, once: Once, done: Done, at: datetime) -> None:
        self._session.add(
            ActKeyRow(
                person=person,
                key=once.key,
                what=once.what,
                subject=done.subject,
                first_entry=done.entries[0],
                last_entry=done.entries[-1],
                done_at=at,
            )
        )
        self._session.flush()
