"""Usage records: rows in, model out."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.db import written
from core.ids import GRANT
from sharing.records.model import RecordKind, UsageRecord
from sharing.records.tables import UsageRecordRow
from sharing.stored import number_of


class RecordRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, grant: str, record: UsageRecord) -> None:
        number = number_of(grant, GRANT, "grant")
        self._session.add(
            UsageRecordRow(grant=number, **asdict(record) | {"kind": record.kind.value})
        )
        self._session.flush()
        written(self._session, UsageRecordRow, number, record.number)

    def list_by_grant(self, grant: str) -> list[UsageRecord]:
        """The records of one grant in their order, purged ones too."""
        query = (
            select(UsageRecordRow)
            .where(UsageRecordRow.grant == number_of(grant, GRANT, "grant"))
            .order_by(UsageRecordRow.number)
        )
        return [_record(row) for row in self._session.scalars(query)]

    def purge(self, grant: str, *, at: datetime) -> None:
        """Empty the text of every record of the grant; kind, time and hash stay."""
        row = UsageRecordRow
        purged = self._session.execute(
            update(row)
            .where(row.grant == number_of(grant, GRANT, "grant"), row.purged_at.is_(None))
            .values(text="", purged_at=at)
            .returning(row.grant, row.number)
        )
        for key in sorted(map(tuple, purged)):
            written(self._session, row, *key)


def _record(row: UsageRecordRow) -> UsageRecord:
    return UsageRecord(
        number=row.number,
        kind=RecordKind(row.kind),
        text=row.text,
        sha256=row.sha256,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        purged_at=row.purged_at,
    )
