"""Reviews of grants and their evidence: rows in, model out."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db import written
from core.ids import GRANT, REQUEST, reference
from sharing.reviews.model import Evidence, Outcome, Review
from sharing.reviews.tables import GrantRenewalRow, GrantReviewRow
from sharing.stored import number_of
from sharing.tables import UseDayRow

FEW = 500


class ReviewRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, review: Review) -> None:
        evidence, number = review.evidence, number_of(review.grant, GRANT, "grant")
        self._session.add(
            GrantReviewRow(
                grant=number,
                reviewed_at=review.reviewed_at,
                outcome=review.outcome.value,
                reason=review.reason,
                reviewed_by=review.reviewed_by,
                due_at=review.due_at,
                uses=evidence.uses,
                rows=evidence.rows,
                last_use=evidence.last_use,
            )
        )
        self._session.flush()
        written(self._session, GrantReviewRow, number, review.reviewed_at)

    def list_by_grant(self, grant: str) -> list[Review]:
        """The reviews of one grant, oldest first."""
        query = (
            select(GrantReviewRow)
            .where(GrantReviewRow.grant == number_of(grant, GRANT, "grant"))
            .order_by(GrantReviewRow.reviewed_at)
        )
        return [_review(row) for row in self._session.scalars(query)]

    def add_renewal(self, grant: str, request: str) -> None:
        """Note that a request is to follow a grant."""
        number = number_of(request, REQUEST, "request")
        renewed = number_of(grant, GRANT, "grant")
        self._session.add(GrantRenewalRow(request=number, grant=renewed))
        self._session.flush()
        written(self._session, GrantRenewalRow, number)

    def renewals_of(self, grant: str) -> list[str]:
        """The requests that renew a grant, oldest first."""
        row, number = GrantRenewalRow, number_of(grant, GRANT, "grant")
        query = select(row.request).where(row.grant == number).order_by(row.request)
        return [reference(REQUEST, found) for found in self._session.scalars(query)]

    def renewed_by(self, request: str) -> str:
        """The grant that a request renews, or nothing."""
        row = self._session.get(GrantRenewalRow, number_of(request, REQUEST, "request"))
        return "" if row is None else reference(GRANT, row.grant)

    def evidence(self, grants: Collection[str]) -> dict[str, Evidence]:
        """What the counters say of each of these grants."""
        row = UseDayRow
        query = select(row.grant, func.sum(row.uses), func.sum(row.rows), func.max(row.day))
        if len(grants) <= FEW:  # few grants by their keys, many in one go over the counters
            query = query.where(row.grant.in_([number_of(ref, GRANT, "grant") for ref in grants]))
        counted = {
            reference(GRANT, number): Evidence(uses=int(uses), rows=int(rows), last_use=day)
            for number, uses, rows, day in self._session.execute(query.group_by(row.grant))
        }
        return {ref: counted.get(ref, Evidence()) for ref in grants}


def _review(row: GrantReviewRow) -> Review:
    return Review(
        grant=reference(GRANT, row.grant),
        outcome=Outcome(row.outcome),
        reason=row.reason,
        reviewed_at=row.reviewed_at,
        reviewed_by=row.reviewed_by,
        due_at=row.due_at,
        evidence=Evidence(uses=row.uses, rows=row.rows, last_use=row.last_use),
    )
