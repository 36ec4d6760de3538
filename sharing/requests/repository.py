"""Requests: rows in, model out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from core.db import chunks, next_number, written
from core.errors import Conflict, InvalidInput, NotFound
from core.ids import DISPUTE, DOSSIER, GRANT, REQUEST, reference
from sharing.model import AccessRequest, Approval, Extension, RefusalGround, RequestState, Return
from sharing.safeguards import read_safeguards
from sharing.stored import iso, moment_of, number_of, read_terms
from sharing.tables import AccessRequestRow

_UPDATE = update(AccessRequestRow).where(
    AccessRequestRow.number == bindparam("of_number"),
    AccessRequestRow.state == bindparam("in_state"),
)


class RequestRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def next_ref(self) -> str:
        return reference(REQUEST, next_number(self._session, AccessRequestRow.number))

    def add(self, request: AccessRequest) -> None:
        columns = _request_columns(request)
        self._session.add(AccessRequestRow(**columns))
        self._session.flush()
        written(self._session, AccessRequestRow, columns["number"])

    def get(self, ref: str) -> AccessRequest:
        """One request; raises NotFound, or InvalidInput for a dossier, which is several."""
        if ref.strip().upper().startswith(f"{DOSSIER}-"):
            self._refuse_dossier(ref)
        row = self._session.get(AccessRequestRow, number_of(ref, REQUEST, "request"))
        if row is None:
            raise NotFound("request", ref, hint="bureau request list shows them")
        return _request(row)

    def update(self, request: AccessRequest, *, expected: RequestState) -> None:
        """Store a new state; raises Conflict if the request has left the `expected` one."""
        columns = _request_columns(request)
        number = columns.pop("number")
        columns["grant_number"] = columns.pop("grant")  # as the table calls it, below the mapper
        key = {"of_number": number, "in_state": expected.value}
        changed = self._session.connection().execute(_UPDATE, columns | key)
        if not changed.rowcount:
            raise Conflict(
                f"request {request.ref} changed meanwhile",
                hint=f"look again: bureau request show {request.ref}",
            )
        written(self._session, AccessRequestRow, number)

    def next_dossier(self) -> str:
        return reference(DOSSIER, next_number(self._session, AccessRequestRow.dossier))

    def list_by_dossier(self, ref: str) -> list[AccessRequest]:
        """The requests of one dossier, by number; raises NotFound where there is none."""
        row, number = AccessRequestRow, number_of(ref, DOSSIER, "dossier")
        query = select(row).where(row.dossier == number).order_by(row.number)
        found = [_request(one) for one in self._session.scalars(query)]
        if not found:
            raise NotFound("dossier", ref, hint="bureau request list shows them")
        return found

    def _refuse_dossier(self, ref: str) -> None:
        requests = self.list_by_dossier(ref)
        parts = ", ".join(f"{one.ref} ({one.terms.dataset}, {one.state})" for one in requests)
        raise InvalidInput(
            f"{requests[0].dossier} is a dossier, not one request: it has {parts}",
            hint="name one of its requests; submit, endorse, withdraw and show take the whole of"
            f" it: bureau request show {requests[0].dossier}",
        )

    def list_in(self, *states: RequestState) -> list[AccessRequest]:
        """The requests in these states, by number."""
        row, values = AccessRequestRow, [state.value for state in states]
        query = select(row).where(row.state.in_(values)).order_by(row.number)
        return [_request(found) for found in self._session.scalars(query)]

    def list_of(self, refs: Collection[str]) -> list[AccessRequest]:
        """The requests of these references, by number."""
        numbers = sorted(number_of(ref, REQUEST, "request") for ref in refs)
        found: list[AccessRequest] = []
        for chunk in chunks(numbers):
            row = AccessRequestRow
            query = select(row).where(row.number.in_(chunk)).order_by(row.number)
            found += [_request(one) for one in self._session.scalars(query)]
        return found

    def list_all(self) -> list[AccessRequest]:
        rows = self._session.scalars(select(AccessRequestRow).order_by(AccessRequestRow.number))
        return [_request(row) for row in rows]

    def list_asking_extension(self) -> list[AccessRequest]:
        """Requests to be replied to for which more time was asked and not yet answered."""
        row = AccessRequestRow
        query = select(row).where(
            row.state == RequestState.SUBMITTED.value,
            row.extension["days"].as_integer().is_not(None),
        )
        asked = [_request(found) for found in self._session.scalars(query.order_by(row.number))]
        return [request for request in asked if request.extension and request.extension.open]


def _request_columns(request: AccessRequest) -> dict[str, Any]:
    return {
        "number": number_of(request.ref, REQUEST, "request"),
        "state": request.state.value,
        "department": request.department,
        "dataset": request.terms.dataset,
        "terms": dict(request.terms.to_json()),
        "created_by": request.created_by,
        "created_at": request.created_at,
        "dossier": number_of(request.dossier, DOSSIER, "dossier") if request.dossier else None,
        "submitted_at": request.submitted_at,
        "proposed_at": request.proposed_at,
        "endorsed_by": request.endorsed_by,
        "endorsed_until": request.endorsed_until,
        "received_at": request.received_at,
        "received_by": request.received_by,
        "returned": _returned_json(request.returned),
        "extension": _extension_json(request.extension),
        "first_approval": _approval_json(request.first_approval),
        "decided_by": request.decided_by,
        "decided_at": request.decided_at,
        "ground": request.ground.value if request.ground else "",
        "reason": request.reason,
        "grant": number_of(request.grant, GRANT, "grant") if request.grant else None,
        "left_out": list(request.left_out),
        "dispute": number_of(request.dispute, DISPUTE, "dispute") if request.dispute else None,
        "ruled_by": request.ruled_by,
    }


def _request(row: AccessRequestRow) -> AccessRequest:
    return AccessRequest(
        ref=reference(REQUEST, row.number),
        state=RequestState(row.state),
        department=row.department,
        terms=read_terms(row.terms),
        created_by=row.created_by,
        created_at=row.created_at,
        dossier=reference(DOSSIER, row.dossier) if row.dossier is not None else "",
        submitted_at=row.submitted_at,
        proposed_at=row.proposed_at,
        endorsed_by=row.endorsed_by,
        endorsed_until=row.endorsed_until,
        received_at=row.received_at,
        received_by=row.received_by,
        returned=_returned(row.returned),
        extension=_extension(row.extension),
        first_approval=_approval(row.first_approval),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        ground=RefusalGround(row.ground) if row.ground else None,
        reason=row.reason,
        grant=reference(GRANT, row.grant) if row.grant is not None else "",
        left_out=tuple(row.left_out),
        dispute=reference(DISPUTE, row.dispute) if row.dispute is not None else "",
        ruled_by=row.ruled_by,
    )


def _returned_json(returned: Return | None) -> dict[str, Any] | None:
    if returned is None:
        return None
    return asdict(returned) | {
        "missing": list(returned.missing),
        "at": iso(returned.at),
        "supplemented_at": iso(returned.supplemented_at),
    }


def _returned(stored: Mapping[str, Any] | None) -> Return | None:
    if stored is None:
        return None
    return Return(
        missing=tuple(stored["missing"]),
        at=datetime.fromisoformat(stored["at"]),
        by=stored["by"],
        supplement=stored["supplement"],
        supplemented_at=moment_of(stored["supplemented_at"]),
    )


def _extension_json(extension: Extension | None) -> dict[str, Any] | None:
    if extension is None:
        return None
    return asdict(extension) | {
        "asked_at": iso(extension.asked_at),
        "consented_at": iso(extension.consented_at),
        "declined_at": iso(extension.declined_at),
    }


def _extension(stored: Mapping[str, Any] | None) -> Extension | None:
    if stored is None:
        return None
    return Extension(
        days=stored["days"],
        reason=stored["reason"],
        asked_at=datetime.fromisoformat(stored["asked_at"]),
        asked_by=stored["asked_by"],
        consented_at=moment_of(stored["consented_at"]),
        consented_by=stored["consented_by"],
        declined_at=moment_of(stored.get("declined_at")),
        declined_by=stored.get("declined_by", ""),
        why_declined=stored.get("why_declined", ""),
    )


def _approval_json(approval: Approval | None) -> dict[str, Any] | None:
    if approval is None:
        return None
    return {
        "by": approval.by,
        "at": iso(approval.at),
        "columns": list(approval.columns),
        "safeguards": approval.safeguards.to_json() if approval.safeguards else None,
    }


def _approval(stored: Mapping[str, Any] | None) -> Approval | None:
    if stored is None:
        return None
    return Approval(
        by=stored["by"],
        at=datetime.fromisoformat(stored["at"]),
        columns=tuple(stored["columns"]),
        safeguards=read_safeguards(stored.get("safeguards")),
    )
