"""Disputes: rows in, model out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.db import next_number, written
from core.errors import Conflict, NotFound
from core.ids import DISPUTE, reference
from sharing.disputes.model import (
    Decision,
    Dispute,
    DisputeState,
    Outcome,
    Settlement,
    Step,
    Tier,
)
from sharing.disputes.tables import DisputeRow
from sharing.stored import moment_of, number_of


class DisputeRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def next_ref(self) -> str:
        return reference(DISPUTE, next_number(self._session, DisputeRow.number))

    def add(self, dispute: Dispute) -> None:
        columns = _columns(dispute)
        self._session.add(DisputeRow(**columns))
        self._session.flush()
        written(self._session, DisputeRow, columns["number"])

    def get(self, ref: str) -> Dispute:
        row = self._session.get(DisputeRow, number_of(ref, DISPUTE, "dispute"))
        if row is None:
            raise NotFound("dispute", ref, hint="bureau dispute list shows them")
        return _dispute(row)

    def update(self, dispute: Dispute, *, expected: DisputeState) -> None:
        """Store a new state; raises Conflict if the dispute has left the `expected` one."""
        columns = _columns(dispute)
        number = columns.pop("number")
        changed = self._session.execute(
            update(DisputeRow)
            .where(DisputeRow.number == number, DisputeRow.state == expected.value)
            .values(**columns)
            .returning(DisputeRow.number)
        ).all()
        if not changed:
            raise Conflict(
                f"dispute {dispute.ref} changed meanwhile",
                hint=f"look again: bureau dispute show {dispute.ref}",
            )
        written(self._session, DisputeRow, number)

    def list_all(self, *, subject: str = "", state: DisputeState | None = None) -> list[Dispute]:
        """Disputes by number, over one subject or in one state if given."""
        query = select(DisputeRow).order_by(DisputeRow.number)
        if subject:
            query = query.where(DisputeRow.subject == subject)
        if state is not None:
            query = query.where(DisputeRow.state == state.value)
        return [_dispute(row) for row in self._session.scalars(query)]


_AS_STORED = (
    "subject",
    "department",
    "provider",
    "dataset",
    "grounds",
    "raised_by",
    "raised_at",
    "withdrawn_by",
    "withdrawn_at",
)
"""Fields that a row holds as they are."""


def _columns(dispute: Dispute) -> dict[str, Any]:
    return {name: getattr(dispute, name) for name in _AS_STORED} | {
        "number": number_of(dispute.ref, DISPUTE, "dispute"),
        "state": dispute.state.value,
        "steps": [_json(asdict(step)) for step in dispute.steps],
        "settlement": _json(asdict(dispute.settlement)) if dispute.settlement else None,
    }


def _dispute(row: DisputeRow) -> Dispute:
    return Dispute(
        **{name: getattr(row, name) for name in _AS_STORED},
        ref=reference(DISPUTE, row.number),
        state=DisputeState(row.state),
        steps=tuple(map(_step, row.steps)),
        settlement=_settlement(row.settlement),
    )


def _json(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same with moments as text, at any depth."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            found[name] = _json(value)
        else:
            found[name] = value.isoformat() if isinstance(value, datetime) else value
    return found


def _step(stored: Mapping[str, Any]) -> Step:
    read = {"tier": Tier(stored["tier"]), "since": datetime.fromisoformat(stored["since"])}
    return Step(**{**stored, **read, "decision": _decision(stored["decision"])})


def _decision(stored: Mapping[str, Any] | None) -> Decision | None:
    if stored is None:
        return None
    read = {
        "outcome": Outcome(stored["outcome"]),
        "at": datetime.fromisoformat(stored["at"]),
        "confirmed_at": moment_of(stored["confirmed_at"]),
    }
    return Decision(**{**stored, **read})


def _settlement(stored: Mapping[str, Any] | None) -> Settlement | None:
    if stored is None:
        return None
    read = {
        "outcome": Outcome(stored["outcome"]),
        "at": datetime.fromisoformat(stored["at"]),
        "agreed_at": moment_of(stored["agreed_at"]),
    }
    return Settlement(**{**stored, **read})
