"""Transfers to third parties: rows in, model out."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import written
from core.ids import GRANT, reference
from sharing.onward.model import Answer, OnwardTransfer
from sharing.onward.tables import OnwardTransferRow
from sharing.stored import number_of


class OnwardRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def save(self, grant: str, transfer: OnwardTransfer) -> None:
        """Add a transfer, or what became of one that is there."""
        number = number_of(grant, GRANT, "grant")
        answer = transfer.answer.value if transfer.answer else ""
        columns = asdict(transfer) | {"answer": answer}
        self._session.merge(OnwardTransferRow(grant=number, **columns))
        self._session.flush()
        written(self._session, OnwardTransferRow, number, transfer.number)

    def list_by_grant(self, grant: str) -> list[OnwardTransfer]:
        """The transfers of one grant, in the order in which they were asked for."""
        row = OnwardTransferRow
        query = (
            select(row).where(row.grant == number_of(grant, GRANT, "grant")).order_by(row.number)
        )
        return [_transfer(one) for one in self._session.scalars(query)]

    def list_waiting(self) -> list[tuple[str, OnwardTransfer]]:
        """The transfers that wait for the provider's answer, with their grants."""
        row = OnwardTransferRow
        query = select(row).where(row.answer == "").order_by(row.grant, row.number)
        return [
            (reference(GRANT, one.grant), _transfer(one)) for one in self._session.scalars(query)
        ]


def _transfer(row: OnwardTransferRow) -> OnwardTransfer:
    return OnwardTransfer(
        number=row.number,
        recipient=row.recipient,
        purpose=row.purpose,
        asked_at=row.asked_at,
        asked_by=row.asked_by,
        answer=Answer(row.answer) if row.answer else None,
        answered_at=row.answered_at,
        answered_by=row.answered_by,
        reason=row.reason,
        passed_on_at=row.passed_on_at,
        passed_on_by=row.passed_on_by,
    )
