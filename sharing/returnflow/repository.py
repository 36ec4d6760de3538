"""Return lists and checks of returns: rows in, model out."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db import next_number, written
from core.errors import NotFound
from core.ids import GRANT, RETURN_LIST, reference
from sharing.returnflow.model import Match, ReturnCheck, ReturnFlow
from sharing.returnflow.tables import ReturnCheckRow, ReturnFlowRow
from sharing.stored import number_of
from sharing.tables import GrantRow


class ReturnRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def next_ref(self) -> str:
        return reference(RETURN_LIST, next_number(self._session, ReturnFlowRow.number))

    def add(self, flow: ReturnFlow) -> None:
        columns = _flow_columns(flow)
        self._session.add(ReturnFlowRow(**columns))
        self._session.flush()
        written(self._session, ReturnFlowRow, columns["number"])

    def get(self, ref: str) -> ReturnFlow:
        row = self._session.get(ReturnFlowRow, number_of(ref, RETURN_LIST, "return"))
        if row is None:
            raise NotFound("return", ref, hint="bureau return list shows them")
        return _flow(row)

    def update(self, flow: ReturnFlow) -> None:
        columns = _flow_columns(flow)
        row = self._session.get_one(ReturnFlowRow, columns["number"])
        for name, value in columns.items():
            setattr(row, name, value)
        self._session.flush()
        written(self._session, ReturnFlowRow, columns["number"])

    def find(self, dataset: str, department: str) -> ReturnFlow | None:
        """The return of a dataset to a department, unless it was withdrawn."""
        row = ReturnFlowRow
        query = select(row).where(
            row.dataset == dataset, row.department == department, row.withdrawn_at.is_(None)
        )
        found = self._session.scalar(query)
        return None if found is None else _flow(found)

    def list_all(
        self, *, dataset: str = "", department: str = "", division: str = ""
    ) -> list[ReturnFlow]:
        """Returns by number, of one dataset, one receiving department or one area if given."""
        row = ReturnFlowRow
        query = select(row).order_by(row.number)
        for column, wanted in (
            (row.dataset, dataset),
            (row.department, department),
            (row.division, division),
        ):
            if wanted:
                query = query.where(column == wanted)
        return [_flow(found) for found in self._session.scalars(query)]

    def list_unaccepted(self) -> list[ReturnFlow]:
        """Returns on the list for which no application is named yet."""
        row = ReturnFlowRow
        query = select(row).where(row.accepted_at.is_(None), row.withdrawn_at.is_(None))
        return [_flow(found) for found in self._session.scalars(query.order_by(row.number))]

    def list_ending(self, before: datetime) -> list[ReturnFlow]:
        """Returns whose grants ended or end before a moment, unless somebody ended them."""
        row, grant = ReturnFlowRow, GrantRow
        query = (
            select(row)
            .join(grant, grant.number == row.grant)
            .where(
                grant.not_after < before, grant.revoked_at.is_(None), grant.finished_at.is_(None)
            )
            .order_by(row.number)
        )
        return [_flow(found) for found in self._session.scalars(query)]

    def next_check(self, ref: str) -> int:
        """The number that the next check of a return has."""
        row = ReturnCheckRow
        query = select(func.max(row.number)).where(row.flow == _number(ref))
        return (self._session.scalar(query) or 0) + 1

    def add_check(self, check: ReturnCheck) -> None:
        columns = asdict(check) | {"flow": _number(check.flow), "missing": list(check.missing)}
        self._session.add(ReturnCheckRow(**columns))
        self._session.flush()
        written(self._session, ReturnCheckRow, columns["flow"], check.number)

    def checks(self, ref: str) -> list[ReturnCheck]:
        """The checks of a return, oldest first."""
        row = ReturnCheckRow
        query = select(row).where(row.flow == _number(ref)).order_by(row.number)
        return [_check(found) for found in self._session.scalars(query)]


def _number(ref: str) -> int:
    return number_of(ref, RETURN_LIST, "return")


def _flow_columns(flow: ReturnFlow) -> dict[str, Any]:
    columns = asdict(flow)
    columns["number"] = _number(columns.pop("ref"))
    columns["match"] = flow.match.value
    columns["grant"] = number_of(flow.grant, GRANT, "grant") if flow.grant else None
    return columns


def _flow(row: ReturnFlowRow) -> ReturnFlow:
    same = {
        name: getattr(row, name)
        for name in ReturnFlow.__slots__
        if name not in ("ref", "match", "grant")
    }
    return ReturnFlow(
        **same,
        ref=reference(RETURN_LIST, row.number),
        match=Match(row.match),
        grant=reference(GRANT, row.grant) if row.grant is not None else "",
    )


def _check(row: ReturnCheckRow) -> ReturnCheck:
    same = {
        name: getattr(row, name)
        for name in ReturnCheck.__slots__
        if name not in ("flow", "missing")
    }
    return ReturnCheck(**same, flow=reference(RETURN_LIST, row.flow), missing=tuple(row.missing))
