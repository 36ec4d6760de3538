"""Needs, and answers to suggestions about forms: rows in, model out."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.db import next_number, written
from core.errors import Conflict, NotFound
from core.ids import NEED, reference
from sharing.needs.model import Need, NeedState
from sharing.needs.once_only import Answer
from sharing.needs.tables import NeedRow, OnceOnlyAnswerRow
from sharing.stored import number_of


class NeedRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def next_ref(self) -> str:
        return reference(NEED, next_number(self._session, NeedRow.number))

    def add(self, need: Need) -> None:
        self._session.add(NeedRow(number=_number(need.ref), **_columns(need)))
        self._session.flush()
        written(self._session, NeedRow, _number(need.ref))

    def get(self, ref: str) -> Need:
        row = self._session.get(NeedRow, _number(ref))
        if row is None:
            raise NotFound("need", ref, hint="bureau need list shows them")
        return _need(row)

    def update(self, need: Need, *, expected: NeedState) -> None:
        """Store a new state; raises Conflict if the need has left the `expected` one."""
        changed = self._session.execute(
            update(NeedRow)
            .where(NeedRow.number == _number(need.ref), NeedRow.state == expected.value)
            .values(**_columns(need))
            .returning(NeedRow.number)
        ).all()
        if not changed:
            raise Conflict(
                f"need {need.ref} changed meanwhile",
                hint=f"look again: bureau need show {need.ref}",
            )
        written(self._session, NeedRow, _number(need.ref))

    def list_all(self) -> list[Need]:
        return [
            _need(row) for row in self._session.scalars(select(NeedRow).order_by(NeedRow.number))
        ]


class AnswerRepository:
    """What was answered to findings and suggestions about the forms of services."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, answer: Answer) -> None:
        self._session.add(OnceOnlyAnswerRow(**asdict(answer)))
        self._session.flush()
        written(self._session, OnceOnlyAnswerRow, answer.service, answer.item, answer.dataset)

    def list_all(self, *, service: str = "") -> list[Answer]:
        """The answers by time, of one service if given."""
        row = OnceOnlyAnswerRow
        query = select(row).order_by(row.answered_at, row.service, row.item, row.dataset)
        if service:
            query = query.where(row.service == service)
        return [
            Answer(**{field.name: getattr(found, field.name) for field in fields(Answer)})
            for found in self._session.scalars(query)
        ]


def _number(ref: str) -> int:
    return number_of(ref, NEED, "need")


def _columns(need: Need) -> dict[str, Any]:
    columns = asdict(need) | {"state": need.state.value, "items": list(need.items)}
    del columns["ref"]
    return columns


def _need(row: NeedRow) -> Need:
    values = {field.name: getattr(row, field.name) for field in fields(Need) if field.name != "ref"}
    return Need(
        **values
        | {
            "ref": reference(NEED, row.number),
            "state": NeedState(row.state),
            "items": tuple(row.items),
        }
    )
