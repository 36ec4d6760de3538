"""Corrections: rows in, model out."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalog.predicate import parse_predicate, predicate_json
from core.db import next_number, written
from core.errors import Conflict, NotFound
from core.ids import CORRECTION, GRANT, reference
from sharing.corrections.model import Channel, Correction, CorrectionState, Finding
from sharing.corrections.tables import CorrectionRow
from sharing.stored import number_of


class CorrectionRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def next_ref(self) -> str:
        return reference(CORRECTION, next_number(self._session, CorrectionRow.number))

    def add(self, correction: Correction) -> None:
        columns = _columns(correction)
        self._session.add(CorrectionRow(**columns))
        self._session.flush()
        written(self._session, CorrectionRow, columns["number"])

    def get(self, ref: str) -> Correction:
        row = self._session.get(CorrectionRow, number_of(ref, CORRECTION, "correction"))
        if row is None:
            raise NotFound("correction", ref, hint="bureau correction list shows them")
        return _correction(row)

    def update(self, correction: Correction, *, expected: CorrectionState) -> None:
        """Store a new state; raises Conflict if the correction has left the `expected` one."""
        columns = _columns(correction)
        number = columns.pop("number")
        changed = self._session.execute(
            update(CorrectionRow)
            .where(CorrectionRow.number == number, CorrectionRow.state == expected.value)
            .values(**columns)
            .returning(CorrectionRow.number)
        ).all()
        if not changed:
            raise Conflict(
                f"correction {correction.ref} changed meanwhile",
                hint=f"look again: bureau correction show {correction.ref}",
            )
        written(self._session, CorrectionRow, number)

    def list_all(
        self, *, dataset: str = "", state: CorrectionState | None = None
    ) -> list[Correction]:
        """Corrections by number, of one dataset or in one state if given."""
        query = select(CorrectionRow).order_by(CorrectionRow.number)
        if dataset:
            query = query.where(CorrectionRow.dataset == dataset)
        if state is not None:
            query = query.where(CorrectionRow.state == state.value)
        return [_correction(row) for row in self._session.scalars(query)]


_AS_STORED = (
    "department",
    "dataset",
    "delivery",
    "problem",
    "created_by",
    "created_at",
    "received_by",
    "received_at",
    "reason",
    "verified_by",
    "verified_at",
    "corrected_in",
    "none_needed",
    "corrected_by",
    "corrected_at",
    "feedback",
    "closed_by",
    "closed_at",
    "withdrawn_by",
    "withdrawn_at",
)
"""Fields that a row holds as they are."""


def _columns(correction: Correction) -> dict[str, Any]:
    return {name: getattr(correction, name) for name in _AS_STORED} | {
        "number": number_of(correction.ref, CORRECTION, "correction"),
        "state": correction.state.value,
        "grant": number_of(correction.grant, GRANT, "grant") if correction.grant else None,
        "channel": correction.channel.value,
        "columns": list(correction.columns),
        "rows": None if correction.rows is None else predicate_json(correction.rows),
        "finding": correction.finding.value if correction.finding else "",
    }


def _correction(row: CorrectionRow) -> Correction:
    return Correction(
        **{name: getattr(row, name) for name in _AS_STORED},
        ref=reference(CORRECTION, row.number),
        state=CorrectionState(row.state),
        grant="" if row.grant is None else reference(GRANT, row.grant),
        channel=Channel(row.channel),
        columns=tuple(row.columns),
        rows=None if row.rows is None else parse_predicate(row.rows),
        finding=Finding(row.finding) if row.finding else None,
    )
