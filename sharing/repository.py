"""Grants and uses: rows in, model out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.db import chunks, next_number, written
from core.errors import NotFound
from core.ids import GRANT, REQUEST, reference
from sharing.metering.model import Counted
from sharing.model import (
    FinishCause,
    Grant,
    Suspension,
    Use,
    UseStatus,
)
from sharing.stored import number_of, read_terms
from sharing.tables import GrantRow, SealedRow, SuspensionRow, UseDayRow, UseRow


class GrantRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def next_ref(self) -> str:
        return reference(GRANT, next_number(self._session, GrantRow.number))

    def add(self, grant: Grant) -> None:
        terms, number = grant.terms, number_of(grant.ref, GRANT, "grant")
        self._session.add(
            GrantRow(
                number=number,
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
                delivered_at=grant.delivered_at,
                accepted_at=grant.accepted_at,
                accepted_by=grant.accepted_by,
                first_used_at=grant.first_used_at,
                finished_at=grant.finished_at,
                finished_by=grant.finished_by,
                finish_cause=grant.finish_cause.value if grant.finish_cause else "",
                finish_reason=grant.finish_reason,
                disposed_at=grant.disposed_at,
                review_due=grant.review_due,
                emergency=grant.emergency,
            )
        )
        self._session.flush()
        written(self._session, GrantRow, number)

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

    def list_live(self, now: datetime, *, review_before: datetime | None = None) -> list[Grant]:
        """Grants that are not over and come up for review, by number.

        With `review_before` those whose review is due by then, or that never got a day for one.
        """
        row = GrantRow
        query = select(row).where(
            row.revoked_at.is_(None),
            row.finished_at.is_(None),
            row.not_after > now,
            row.emergency.is_(False),
        )
        if review_before is not None:
            due = and_(row.review_due < review_before, row.review_due < row.not_after)
            query = query.where(or_(row.review_due.is_(None), due))
        return self._grants(list(self._session.scalars(query.order_by(row.number))))

    def set_review(self, ref: str, due: datetime) -> None:
        """From this moment on a missed review suspends the grant."""
        self._row(ref).review_due = due

    def revoke(self, ref: str, *, at: datetime, by: str, reason: str) -> None:
        row = self._written(ref)
        row.revoked_at, row.revoked_by, row.revoke_reason = at, by, reason

    def finish(self, grant: Grant) -> None:
        """Store that the using department ended the purpose."""
        row = self._written(grant.ref)
        row.finished_at, row.finished_by = grant.finished_at, grant.finished_by
        row.finish_cause = grant.finish_cause.value if grant.finish_cause else ""
        row.finish_reason = grant.finish_reason

    def mark_disposed(self, ref: str, at: datetime) -> None:
        self._row(ref).disposed_at = at

    def list_undisposed(self, now: datetime) -> list[Grant]:
        """Grants that were used and have ended, of which no disposal is confirmed, by number."""
        row = GrantRow
        ended = or_(row.not_after <= now, row.revoked_at <= now, row.finished_at <= now)
        open_then = or_(row.disposed_at.is_(None), row.disposed_at > now)
        query = select(row).where(row.first_used_at <= now, open_then, ended)
        return self._grants(list(self._session.scalars(query.order_by(row.number))))

    def suspend(self, ref: str, suspension: Suspension) -> None:
        number = number_of(ref, GRANT, "grant")
        self._session.add(SuspensionRow(grant=number, **asdict(suspension)))
        self._session.flush()
        written(self._session, SuspensionRow, number, suspension.since)

    def rectify(self, ref: str, *, at: datetime, by: str, report: str) -> None:
        """Note how the cause of the open suspension was rectified."""
        self._change_open(ref, rectified_at=at, rectified_by=by, report=report)

    def resume(self, ref: str, *, until: datetime, by: str, reason: str) -> None:
        """End every open suspension of the grant."""
        self._change_open(ref, until=until, resumed_by=by, why_resumed=reason)

    def list_rectified(self) -> list[Grant]:
        """Suspended grants of which the cause is reported as rectified, by number."""
        query = (
            select(GrantRow)
            .join(SuspensionRow, SuspensionRow.grant == GrantRow.number)
            .where(SuspensionRow.until.is_(None), SuspensionRow.rectified_at.is_not(None))
            .where(GrantRow.revoked_at.is_(None), GrantRow.finished_at.is_(None))
            .order_by(GrantRow.number)
        )
        return self._grants(list(self._session.scalars(query)))

    def mark_delivered(self, dataset: str, at: datetime) -> list[str]:
        """There is something to read from now on; gives back the grants that waited for it."""
        query = select(GrantRow).where(GrantRow.dataset == dataset, GrantRow.delivered_at.is_(None))
        waited = list(self._session.scalars(query.order_by(GrantRow.number)))
        for row in waited:
            row.delivered_at = at
        return [reference(GRANT, row.number) for row in waited]

    def accept(self, ref: str, *, at: datetime, by: str) -> None:
        row = self._written(ref)
        row.accepted_at, row.accepted_by = at, by

    def mark_first_use(self, refs: Iterable[str], at: datetime) -> None:
        """Note that these grants were used, where that was not noted before."""
        row = GrantRow
        for some in chunks([number_of(ref, GRANT, "grant") for ref in refs]):
            unused = row.number.in_(some), row.first_used_at.is_(None)
            self._session.execute(update(row).where(*unused).values(first_used_at=at))

    def _change_open(self, ref: str, **values: Any) -> None:
        """Change every open suspension of a grant."""
        row = SuspensionRow
        changed = self._session.execute(
            update(row)
            .where(row.grant == number_of(ref, GRANT, "grant"), row.until.is_(None))
            .values(**values)
            .returning(row.grant, row.since)
        )
        for key in changed:
            written(self._session, row, *key)

    def _written(self, ref: str) -> GrantRow:
        """The row of a grant, to be changed in what the ledger attests of it."""
        row = self._row(ref)
        written(self._session, GrantRow, row.number)
        return row

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
                suspension = Suspension(
                    **{field.name: getattr(found, field.name) for field in fields(Suspension)}
                )
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

    def finish(self, use: Use) -> bool:
        """Store how the read ended: completed with its size, or failed. Whether it was still open."""
        ended = self._session.scalars(
            update(UseRow)
            .where(UseRow.id == use.id, UseRow.status == UseStatus.AUTHORISED.value)
            .returning(UseRow.id)
            .values(
                status=use.status.value,
                completed_at=use.completed_at,
                rows=use.rows,
                bytes=use.bytes,
                sha256=use.sha256,
            )
        )
        return ended.first() is not None

    def count(self, counts: Mapping[tuple[str, date], Counted]) -> None:
        """Add uses to the counters of grants and days."""
        if not counts:
            return
        row = UseDayRow
        values = [
            {"grant_number": number_of(grant, GRANT, "grant"), "day": day, **asdict(used)}
            for (grant, day), used in counts.items()
        ]
        dialect = self._session.get_bind().dialect.name
        insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
        adding = insert(row)
        columns = row.__table__.c
        added = {name: columns[name] + adding.excluded[name] for name in ("uses", "rows", "bytes")}
        keys = [columns["grant_number"], columns["day"]]
        statement = adding.on_conflict_do_update(index_elements=keys, set_=added)
        self._session.connection().execute(statement, values)

    def seal(self, segment: int, at: datetime) -> None:
        """Note that what a segment of the server's journal counts is in the counters."""
        self._session.add(SealedRow(number=segment, sealed_at=at))
        self._session.flush()

    def sealed(self, *, before: datetime | None = None) -> int:
        """The newest segment of which that is so, at a moment if given; they are sealed in order."""
        query = select(func.max(SealedRow.number))
        if before is not None:
            query = query.where(SealedRow.sealed_at < before)
        return self._session.scalar(query) or 0

    def sealed_since(self, moment: datetime) -> int:
        """The first segment that may hold anything of `moment` or later."""
        query = select(func.min(SealedRow.number)).where(SealedRow.sealed_at >= moment)
        return self._session.scalar(query) or self.sealed() + 1

    def days(self, *, grant: str = "") -> dict[tuple[str, date], tuple[int, int, int]]:
        """Uses, rows and bytes of every counter, by grant and day; of one grant if given."""
        row = UseDayRow
        query = select(row.grant, row.day, row.uses, row.rows, row.bytes)
        if grant:
            query = query.where(row.grant == number_of(grant, GRANT, "grant"))
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


def _grant(row: GrantRow, suspensions: tuple[Suspension, ...]) -> Grant:
    return Grant(
        ref=reference(GRANT, row.number),
        request=reference(REQUEST, row.request),
        provider=row.provider,
        department=row.department,
        terms=read_terms(row.terms),
        terms_hash=row.terms_hash,
        granted_at=row.granted_at,
        granted_by=row.granted_by,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
        revoke_reason=row.revoke_reason,
        suspensions=suspensions,
        delivered_at=row.delivered_at,
        accepted_at=row.accepted_at,
        accepted_by=row.accepted_by,
        first_used_at=row.first_used_at,
        finished_at=row.finished_at,
        finished_by=row.finished_by,
        finish_cause=FinishCause(row.finish_cause) if row.finish_cause else None,
        finish_reason=row.finish_reason,
        disposed_at=row.disposed_at,
        review_due=row.review_due,
        emergency=row.emergency,
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
