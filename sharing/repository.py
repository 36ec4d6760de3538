"""Requests, grants and uses: rows in, model out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from catalog.model import ShareMode
from catalog.predicate import parse_predicate
from core.errors import Conflict, NotFound
from core.ids import GRANT, REQUEST, reference
from sharing.model import (
    AccessRequest,
    Grant,
    RequestState,
    Suspension,
    Terms,
    Use,
    UseStatus,
)
from sharing.tables import AccessRequestRow, GrantRow, SuspensionRow, UseDayRow, UseRow

_REFERENCE = re.compile(r"(?P<prefix>[A-Z]{3})-(?P<number>[0-9]{1,9})")


class RequestRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def next_ref(self) -> str:
        """The next free reference; the write door is open to one writer, so it stays free."""
        return reference(REQUEST, (self._session.scalar(_max(AccessRequestRow)) or 0) + 1)

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


class GrantRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def next_ref(self) -> str:
        return reference(GRANT, (self._session.scalar(_max(GrantRow)) or 0) + 1)

    def add(self, grant: Grant) -> None:
        terms = grant.terms
        self._session.add(
            GrantRow(
                number=number_of(grant.ref, GRANT, "grant"),
                request=number_of(grant.request, REQUEST, "request"),
                provider=grant.provider,
                department=grant.department,
                dataset=terms.dataset,
                application=terms.application,
                terms=dict(terms.to_json()),
                terms_hash=grant.terms_hash,
                not_before=terms.not_before,
                not_after=terms.not_after,
                granted_at=grant.granted_at,
                granted_by=grant.granted_by,
                revoked_at=grant.revoked_at,
                revoked_by=grant.revoked_by,
                revoke_reason=grant.revoke_reason,
                first_used_at=grant.first_used_at,
            )
        )
        self._session.flush()

    def get(self, ref: str) -> Grant:
        row = self._session.get(GrantRow, number_of(ref, GRANT, "grant"))
        if row is None:
            raise NotFound("grant", ref, hint="bureau grant list shows them")
        return self._grants([row])[0]

    def list_all(self, *, dataset: str = "", department: str = "") -> list[Grant]:
        """Grants by number, of one dataset or one receiving department if given."""
        query = select(GrantRow).order_by(GrantRow.number)
        if dataset:
            query = query.where(GrantRow.dataset == dataset)
        if department:
            query = query.where(GrantRow.department == department)
        return self._grants(list(self._session.scalars(query)))

    def revoke(self, ref: str, *, at: datetime, by: str, reason: str) -> None:
        row = self._row(ref)
        row.revoked_at, row.revoked_by, row.revoke_reason = at, by, reason

    def suspend(self, ref: str, *, since: datetime, reason: str) -> None:
        number = number_of(ref, GRANT, "grant")
        self._session.add(SuspensionRow(grant=number, since=since, until=None, reason=reason))
        self._session.flush()

    def resume(self, ref: str, *, until: datetime) -> None:
        """End every open suspension of the grant."""
        self._session.execute(
            update(SuspensionRow)
            .where(
                SuspensionRow.grant == number_of(ref, GRANT, "grant"),
                SuspensionRow.until.is_(None),
            )
            .values(until=until)
        )

    def mark_first_use(self, ref: str, at: datetime) -> None:
        row = self._row(ref)
        if row.first_used_at is None:
            row.first_used_at = at

    def _row(self, ref: str) -> GrantRow:
        row = self._session.get(GrantRow, number_of(ref, GRANT, "grant"))
        if row is None:
            raise NotFound("grant", ref)
        return row

    def _grants(self, rows: list[GrantRow]) -> list[Grant]:
        numbers = [row.number for row in rows]
        suspensions: dict[int, list[Suspension]] = {}
        if numbers:
            # One query for one grant, the whole (small) table for a listing.
            query = select(SuspensionRow).order_by(SuspensionRow.since)
            if len(numbers) == 1:
                query = query.where(SuspensionRow.grant == numbers[0])
            for found in self._session.scalars(query):
                suspension = Suspension(since=found.since, until=found.until, reason=found.reason)
                suspensions.setdefault(found.grant, []).append(suspension)
        return [_grant(row, tuple(suspensions.get(row.number, ()))) for row in rows]


class UseRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, use: Use) -> None:
        self._session.add(
            UseRow(
                id=use.id,
                grant=number_of(use.grant, GRANT, "grant"),
                dataset=use.dataset,
                lake_version=use.lake_version,
                terms_hash=use.terms_hash,
                purpose=use.purpose,
                authorised_at=use.authorised_at,
                status=use.status.value,
                completed_at=use.completed_at,
                rows=use.rows,
                bytes=use.bytes,
                sha256=use.sha256,
            )
        )
        self._session.flush()

    def finish(self, use: Use) -> None:
        """Store how the read ended: completed with its size, or failed."""
        self._session.execute(
            update(UseRow)
            .where(UseRow.id == use.id)
            .values(
                status=use.status.value,
                completed_at=use.completed_at,
                rows=use.rows,
                bytes=use.bytes,
                sha256=use.sha256,
            )
        )

    def count_day(self, use: Use, day: date) -> None:
        """Add a completed use to its grant's counter of `day`."""
        row = UseDayRow
        values = {
            "grant": number_of(use.grant, GRANT, "grant"),
            "day": day,
            "uses": 1,
            "rows": use.rows,
            "bytes": use.bytes,
        }
        dialect = self._session.get_bind().dialect.name
        insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
        statement = insert(row).values(values)
        self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[row.grant, row.day],
                set_={
                    "uses": row.uses + 1,
                    "rows": row.rows + use.rows,
                    "bytes": row.bytes + use.bytes,
                },
            )
        )

    def days(self) -> dict[tuple[str, date], tuple[int, int, int]]:
        """Uses, rows and bytes of every counter, by grant and day."""
        row = UseDayRow
        query = select(row.grant, row.day, row.uses, row.rows, row.bytes)
        return {
            (reference(GRANT, number), day): (uses, rows, size)
            for number, day, uses, rows, size in self._session.execute(query)
        }

    def list_by_grant(self, grant: str) -> list[Use]:
        query = (
            select(UseRow)
            .where(UseRow.grant == number_of(grant, GRANT, "grant"))
            .order_by(UseRow.authorised_at, UseRow.id)
        )
        return [_use(row) for row in self._session.scalars(query)]


def number_of(ref: str, prefix: str, noun: str) -> int:
    """The number in a reference such as GRT-0042; anything else names nothing."""
    match = _REFERENCE.fullmatch(ref.strip().upper())
    if match is None or match["prefix"] != prefix:
        raise NotFound(noun, ref, hint=f"write it as {prefix}-0001")
    return int(match["number"])


def _max(row: Any) -> Any:
    return select(func.max(row.number))


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
        "decided_by": request.decided_by,
        "decided_at": request.decided_at,
        "reason": request.reason,
        "grant": number_of(request.grant, GRANT, "grant") if request.grant else None,
    }


def _request(row: AccessRequestRow) -> AccessRequest:
    return AccessRequest(
        ref=reference(REQUEST, row.number),
        state=RequestState(row.state),
        department=row.department,
        terms=_terms(row.terms),
        created_by=row.created_by,
        created_at=row.created_at,
        submitted_at=row.submitted_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=row.reason,
        grant=reference(GRANT, row.grant) if row.grant is not None else "",
    )


def _grant(row: GrantRow, suspensions: tuple[Suspension, ...]) -> Grant:
    return Grant(
        ref=reference(GRANT, row.number),
        request=reference(REQUEST, row.request),
        provider=row.provider,
        department=row.department,
        terms=_terms(row.terms),
        terms_hash=row.terms_hash,
        granted_at=row.granted_at,
        granted_by=row.granted_by,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
        revoke_reason=row.revoke_reason,
        suspensions=suspensions,
        first_used_at=row.first_used_at,
    )


def _use(row: UseRow) -> Use:
    return Use(
        id=row.id,
        grant=reference(GRANT, row.grant),
        dataset=row.dataset,
        lake_version=row.lake_version,
        terms_hash=row.terms_hash,
        purpose=row.purpose,
        authorised_at=row.authorised_at,
        status=UseStatus(row.status),
        completed_at=row.completed_at,
        rows=row.rows,
        bytes=row.bytes,
        sha256=row.sha256,
    )


def _terms(stored: Mapping[str, Any]) -> Terms:
    return Terms(
        dataset=stored["dataset"],
        contract_version=stored["contract_version"],
        application=stored["application"],
        legal_basis=stored["legal_basis"],
        scenario=stored["scenario"],
        columns=tuple(stored["columns"]),
        rows=parse_predicate(stored["rows"]) if stored["rows"] is not None else None,
        mode=ShareMode(stored["mode"]),
        not_before=datetime.fromisoformat(stored["not_before"]),
        not_after=datetime.fromisoformat(stored["not_after"]),
    )
