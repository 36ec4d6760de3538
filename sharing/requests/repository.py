"""Requests: rows in, model out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.errors import Conflict, NotFound
from core.ids import GRANT, REQUEST, reference
from sharing.model import AccessRequest, Extension, RefusalGround, RequestState, Return
from sharing.stored import number_of, read_terms
from sharing.tables import AccessRequestRow


class RequestRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def next_ref(self) -> str:
        """The next free reference; the write door is open to one writer, so it stays free."""
        return reference(
            REQUEST, (self._session.scalar(select(func.max(AccessRequestRow.number))) or 0) + 1
        )

    def add(self, request: AccessRequest) -> None:
        self._session.add(AccessRequestRow(**_request_columns(request)))
        self._session.flush()

    def get(self, ref: str) -> AccessRequest:
        row = self._session.get(AccessRequestRow, number_of(ref, REQUEST, "request"))
        if row is None:
            raise NotFound("request", ref, hint="bureau request list shows them")
        return _request(row)

    def update(self, request: AccessRequest, *, expected: RequestState) -> None:
        """Store a new state; raises Conflict if the request has left the `expected` one."""
        columns = _request_columns(request)
        number = columns.pop("number")
        changed = self._session.execute(
            update(AccessRequestRow)
            .where(AccessRequestRow.number == number, AccessRequestRow.state == expected.value)
            .values(**columns)
            .returning(AccessRequestRow.number)
        ).all()
        if not changed:
            raise Conflict(
                f"request {request.ref} changed meanwhile",
                hint=f"look again: bureau request show {request.ref}",
            )

    def list_all(self) -> list[AccessRequest]:
        rows = self._session.scalars(select(AccessRequestRow).order_by(AccessRequestRow.number))
        return [_request(row) for row in rows]

    def list_asking_extension(self) -> list[AccessRequest]:
        """Requests to be replied to for which more time was asked and not yet consented to."""
        row = AccessRequestRow
        query = select(row).where(row.state == RequestState.SUBMITTED.value).order_by(row.number)
        open_ones = [_request(found) for found in self._session.scalars(query)]
        return [r for r in open_ones if r.extension and r.extension.consented_at is None]


def _request_columns(request: AccessRequest) -> dict[str, Any]:
    return {
        "number": number_of(request.ref, REQUEST, "request"),
        "state": request.state.value,
        "department": request.department,
        "dataset": request.terms.dataset,
        "terms": dict(request.terms.to_json()),
        "created_by": request.created_by,
        "created_at": request.created_at,
        "submitted_at": request.submitted_at,
        "received_at": request.received_at,
        "received_by": request.received_by,
        "returned": _returned_json(request.returned),
        "extension": _extension_json(request.extension),
        "decided_by": request.decided_by,
        "decided_at": request.decided_at,
        "ground": request.ground.value if request.ground else "",
        "reason": request.reason,
        "grant": number_of(request.grant, GRANT, "grant") if request.grant else None,
    }


def _request(row: AccessRequestRow) -> AccessRequest:
    return AccessRequest(
        ref=reference(REQUEST, row.number),
        state=RequestState(row.state),
        department=row.department,
        terms=read_terms(row.terms),
        created_by=row.created_by,
        created_at=row.created_at,
        submitted_at=row.submitted_at,
        received_at=row.received_at,
        received_by=row.received_by,
        returned=_returned(row.returned),
        extension=_extension(row.extension),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        ground=RefusalGround(row.ground) if row.ground else None,
        reason=row.reason,
        grant=reference(GRANT, row.grant) if row.grant is not None else "",
    )


def _returned_json(returned: Return | None) -> dict[str, Any] | None:
    if returned is None:
        return None
    return asdict(returned) | {
        "missing": list(returned.missing),
        "at": _text(returned.at),
        "supplemented_at": _text(returned.supplemented_at),
    }


def _returned(stored: Mapping[str, Any] | None) -> Return | None:
    if stored is None:
        return None
    return Return(
        missing=tuple(stored["missing"]),
        at=datetime.fromisoformat(stored["at"]),
        by=stored["by"],
        supplement=stored["supplement"],
        supplemented_at=_moment(stored["supplemented_at"]),
    )


def _extension_json(extension: Extension | None) -> dict[str, Any] | None:
    if extension is None:
        return None
    return asdict(extension) | {
        "asked_at": _text(extension.asked_at),
        "consented_at": _text(extension.consented_at),
    }


def _extension(stored: Mapping[str, Any] | None) -> Extension | None:
    if stored is None:
        return None
    return Extension(
        days=stored["days"],
        reason=stored["reason"],
        asked_at=datetime.fromisoformat(stored["asked_at"]),
        asked_by=stored["asked_by"],
        consented_at=_moment(stored["consented_at"]),
        consented_by=stored["consented_by"],
    )


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
