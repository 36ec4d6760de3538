"""Service changes: rows in, model out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import next_number, written
from core.errors import NotFound
from core.ids import CHANGE, reference
from sharing.changes.model import Consultation, ServiceChange
from sharing.changes.tables import ConsultationRow, ServiceChangeRow
from sharing.stored import number_of


class ChangeRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def next_ref(self) -> str:
        return reference(CHANGE, next_number(self._session, ServiceChangeRow.number))

    def save(self, change: ServiceChange) -> None:
        """Add a change, or what became of one that is there."""
        columns = asdict(change)
        number = number_of(columns.pop("ref"), CHANGE, "change")
        consulted = columns.pop("consulted")
        self._session.merge(ServiceChangeRow(number=number, **columns))
        self._session.flush()
        written(self._session, ServiceChangeRow, number)
        for one in consulted:
            self._session.merge(ConsultationRow(change=number, **one))
            written(self._session, ConsultationRow, number, one["department"])
        self._session.flush()

    def get(self, ref: str) -> ServiceChange:
        row = self._session.get(ServiceChangeRow, number_of(ref, CHANGE, "change"))
        if row is None:
            raise NotFound("change", ref, hint="bureau change list shows them")
        return self._changes([row])[0]

    def list_all(self, *, dataset: str = "") -> list[ServiceChange]:
        """Changes by number, of one dataset if given."""
        query = select(ServiceChangeRow).order_by(ServiceChangeRow.number)
        if dataset:
            query = query.where(ServiceChangeRow.dataset == dataset)
        return self._changes(list(self._session.scalars(query)))

    def list_open(self) -> list[ServiceChange]:
        """Changes that are neither filed nor dropped, by number."""
        row = ServiceChangeRow
        query = select(row).where(row.filed_at.is_(None), row.dropped_at.is_(None))
        return self._changes(list(self._session.scalars(query.order_by(row.number))))

    def _changes(self, rows: Sequence[ServiceChangeRow]) -> list[ServiceChange]:
        numbers = [row.number for row in rows]
        consulted: dict[int, list[Consultation]] = {}
        row = ConsultationRow
        query = select(row).where(row.change.in_(numbers)).order_by(row.change, row.department)
        for found in self._session.scalars(query) if numbers else ():
            one = Consultation(**{f.name: getattr(found, f.name) for f in fields(Consultation)})
            consulted.setdefault(found.change, []).append(one)
        return [_change(row, consulted.get(row.number, [])) for row in rows]


def _change(row: ServiceChangeRow, consulted: Sequence[Consultation]) -> ServiceChange:
    return ServiceChange(
        ref=reference(CHANGE, row.number),
        dataset=row.dataset,
        provider=row.provider,
        reason=row.reason,
        begun_at=row.begun_at,
        begun_by=row.begun_by,
        consulted=tuple(sorted(consulted, key=lambda one: one.department)),
        filing=row.filing,
        unheard=row.unheard,
        filed_at=row.filed_at,
        filed_by=row.filed_by,
        dropped_at=row.dropped_at,
        made_at=row.made_at,
    )
