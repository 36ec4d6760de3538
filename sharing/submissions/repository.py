"""Submissions, changes and named sources: rows in, model out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.db import next_number, written
from core.errors import Conflict, NotFound
from core.ids import CATALOGUE_EVENT, SUBMISSION, reference
from sharing.model import Extension
from sharing.stored import number_of
from sharing.submissions.model import (
    Cause,
    ChangeEvent,
    NamedSource,
    Papers,
    Proposal,
    Submission,
    SubmissionState,
)
from sharing.submissions.tables import CatalogueEventRow, NamedSourceRow, SubmissionRow


class SubmissionRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def next_ref(self) -> str:
        return reference(SUBMISSION, next_number(self._session, SubmissionRow.number))

    def add(self, submission: Submission) -> None:
        columns = _submission_columns(submission)
        self._session.add(SubmissionRow(**columns))
        self._session.flush()
        written(self._session, SubmissionRow, columns["number"])

    def get(self, ref: str) -> Submission:
        row = self._session.get(SubmissionRow, number_of(ref, SUBMISSION, "submission"))
        if row is None:
            raise NotFound("submission", ref, hint="bureau catalog submissions shows them")
        return _submission(row)

    def decide(self, submission: Submission) -> None:
        """Store a decision; raises Conflict where there is one already."""
        columns = _submission_columns(submission)
        number = columns.pop("number")
        row = SubmissionRow
        decided = self._session.execute(
            update(row)
            .where(row.number == number, row.state == SubmissionState.SUBMITTED.value)
            .values(**columns)
            .returning(row.number)
        ).all()
        if not decided:
            raise Conflict(f"submission {submission.ref} was reviewed meanwhile")
        written(self._session, row, number)

    def list_all(self, *, waiting: bool = False) -> list[Submission]:
        """The submissions by number, or only those that wait for their review."""
        query = select(SubmissionRow).order_by(SubmissionRow.number)
        if waiting:
            query = query.where(SubmissionRow.state == SubmissionState.SUBMITTED.value)
        return [_submission(row) for row in self._session.scalars(query)]


class CatalogueEventRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def next_ref(self) -> str:
        return reference(CATALOGUE_EVENT, next_number(self._session, CatalogueEventRow.number))

    def add(self, event: ChangeEvent) -> None:
        columns = _event_columns(event)
        self._session.add(CatalogueEventRow(**columns))
        self._session.flush()
        written(self._session, CatalogueEventRow, columns["number"])

    def get(self, ref: str) -> ChangeEvent:
        number = number_of(ref, CATALOGUE_EVENT, "catalogue event")
        row = self._session.get(CatalogueEventRow, number)
        if row is None:
            raise NotFound("catalogue event", ref, hint="bureau catalog events shows them")
        return _event(row)

    def update(self, event: ChangeEvent) -> None:
        number = number_of(event.ref, CATALOGUE_EVENT, "catalogue event")
        row = self._session.get_one(CatalogueEventRow, number)
        for name, value in _event_columns(event).items():
            setattr(row, name, value)
        self._session.flush()
        written(self._session, CatalogueEventRow, number)

    def list_all(self, *, waiting: bool = False) -> list[ChangeEvent]:
        """The changes by number, or only those that no submission answers."""
        query = select(CatalogueEventRow).order_by(CatalogueEventRow.number)
        if waiting:
            query = query.where(CatalogueEventRow.submission.is_(None))
        return [_event(row) for row in self._session.scalars(query)]


class SourceRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, source: NamedSource) -> None:
        number = next_number(self._session, NamedSourceRow.number)
        self._session.add(
            NamedSourceRow(
                number=number,
                item=source.item,
                department=source.department,
                reason=source.reason,
                named_by=source.named_by,
                named_at=source.named_at,
            )
        )
        self._session.flush()
        written(self._session, NamedSourceRow, number)

    def named(self, *, at: datetime | None = None) -> dict[str, str]:
        """The department that is, or was just before `at`, the named source of each item."""
        query = select(NamedSourceRow).order_by(NamedSourceRow.number)
        if at is not None:
            query = query.where(NamedSourceRow.named_at < at)
        return {row.item: row.department for row in self._session.scalars(query)}


def _submission_columns(submission: Submission) -> dict[str, Any]:
    papers = submission.papers
    return {
        "number": number_of(submission.ref, SUBMISSION, "submission"),
        "state": submission.state.value,
        "provider": submission.provider,
        "proposals": [
            {"document": dict(one.document), "before": one.before} for one in submission.proposals
        ],
        "secrecy": papers.secrecy,
        "personal": papers.personal,
        "head": papers.head,
        "signed_on": papers.signed_on,
        "event": _optional(submission.event, CATALOGUE_EVENT, "catalogue event"),
        "submitted_by": submission.submitted_by,
        "submitted_at": submission.submitted_at,
        "decided_by": submission.decided_by,
        "decided_at": submission.decided_at,
        "reason": submission.reason,
    }


def _submission(row: SubmissionRow) -> Submission:
    return Submission(
        ref=reference(SUBMISSION, row.number),
        provider=row.provider,
        state=SubmissionState(row.state),
        proposals=tuple(Proposal(**one) for one in row.proposals),
        papers=Papers(
            secrecy=row.secrecy, personal=row.personal, head=row.head, signed_on=row.signed_on
        ),
        event=reference(CATALOGUE_EVENT, row.event) if row.event is not None else "",
        submitted_by=row.submitted_by,
        submitted_at=row.submitted_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=row.reason,
    )


def _event_columns(event: ChangeEvent) -> dict[str, Any]:
    more = event.extension
    return {
        "number": number_of(event.ref, CATALOGUE_EVENT, "catalogue event"),
        "cause": event.cause.value,
        "duty": event.duty,
        "item": event.item,
        "dataset": event.dataset,
        "changed_on": event.changed_on,
        "reason": event.reason,
        "recorded_by": event.recorded_by,
        "recorded_at": event.recorded_at,
        "more_days": more.days if more else None,
        "more_reason": more.reason if more else "",
        "asked_by": more.asked_by if more else "",
        "asked_at": more.asked_at if more else None,
        "consented_by": more.consented_by if more else "",
        "consented_at": more.consented_at if more else None,
        "declined_by": more.declined_by if more else "",
        "declined_at": more.declined_at if more else None,
        "why_declined": more.why_declined if more else "",
        "submission": _optional(event.answered_by, SUBMISSION, "submission"),
    }


def _event(row: CatalogueEventRow) -> ChangeEvent:
    more = None
    if row.more_days is not None and row.asked_at is not None:
        more = Extension(
            days=row.more_days,
            reason=row.more_reason,
            asked_at=row.asked_at,
            asked_by=row.asked_by,
            consented_at=row.consented_at,
            consented_by=row.consented_by,
            declined_at=row.declined_at,
            declined_by=row.declined_by,
            why_declined=row.why_declined,
        )
    return ChangeEvent(
        ref=reference(CATALOGUE_EVENT, row.number),
        cause=Cause(row.cause),
        duty=row.duty,
        item=row.item,
        dataset=row.dataset,
        changed_on=row.changed_on,
        reason=row.reason,
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
        extension=more,
        answered_by=reference(SUBMISSION, row.submission) if row.submission is not None else "",
    )


def _optional(ref: str, prefix: str, noun: str) -> int | None:
    return number_of(ref, prefix, noun) if ref else None
