"""Emergencies: rows in, model out."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import written
from core.errors import NotFound
from core.ids import GRANT, reference
from sharing.emergencies.model import Authorisation, Emergency, EmergencyReview, Finding, Side
from sharing.emergencies.tables import (
    EmergencyAuthorisationRow,
    EmergencyReviewRow,
    EmergencyRow,
)
from sharing.stored import number_of
from sharing.tables import GrantRow


class EmergencyRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def authorise(self, authorisation: Authorisation) -> None:
        row, key = EmergencyAuthorisationRow, (authorisation.person, authorisation.authorised_at)
        self._session.add(row(**asdict(authorisation)))
        self._session.flush()
        written(self._session, row, *key)

    def update(self, authorisation: Authorisation) -> None:
        key = (authorisation.person, authorisation.authorised_at)
        row = self._session.get_one(EmergencyAuthorisationRow, key)
        for name, value in asdict(authorisation).items():
            setattr(row, name, value)
        self._session.flush()
        written(self._session, EmergencyAuthorisationRow, *key)

    def find_authorisation(self, person: str) -> Authorisation | None:
        """What the person was authorised to last."""
        row = EmergencyAuthorisationRow
        query = select(row).where(row.person == person).order_by(row.authorised_at.desc()).limit(1)
        found = self._session.scalar(query)
        return None if found is None else _authorisation(found)

    def list_authorisations(self) -> list[Authorisation]:
        """Every authorisation there was, oldest first."""
        row = EmergencyAuthorisationRow
        query = select(row).order_by(row.authorised_at, row.person)
        return [_authorisation(found) for found in self._session.scalars(query)]

    def add(self, emergency: Emergency) -> None:
        """Store what was opened; the grant must be there."""
        number = number_of(emergency.grant, GRANT, "grant")
        self._session.add(
            EmergencyRow(
                grant=number,
                authority=emergency.authority,
                case=emergency.case,
                reason=emergency.reason,
                opened_at=emergency.opened_at,
                opened_by=emergency.opened_by,
                due_on=emergency.due_on,
            )
        )
        self._session.flush()
        written(self._session, EmergencyRow, number)

    def add_review(self, grant: str, review: EmergencyReview) -> None:
        number = number_of(grant, GRANT, "grant")
        self._session.add(
            EmergencyReviewRow(
                grant=number,
                side=review.side.value,
                finding=review.finding.value,
                reason=review.reason,
                reviewed_at=review.reviewed_at,
                reviewed_by=review.reviewed_by,
            )
        )
        self._session.flush()
        written(self._session, EmergencyReviewRow, number, review.side.value)

    def get(self, grant: str) -> Emergency:
        number = number_of(grant, GRANT, "emergency grant")
        found = self._list(EmergencyRow.grant == number)
        if not found:
            raise NotFound("emergency grant", grant, hint="bureau emergency list shows them")
        return found[0]

    def list_of(self, dataset: str, *, department: str, application: str) -> list[Emergency]:
        """What the department opened of a dataset for an application, by number of the grant."""
        return self._list(
            EmergencyRow.grant.in_(
                select(GrantRow.number).where(
                    GrantRow.dataset == dataset,
                    GrantRow.department == department,
                    GrantRow.application == application,
                )
            )
        )

    def list_all(self) -> list[Emergency]:
        """What was opened, by number of the grant."""
        return self._list()

    def _list(self, *only: Any) -> list[Emergency]:
        query = (
            select(EmergencyRow, GrantRow)
            .join(GrantRow, GrantRow.number == EmergencyRow.grant)
            .where(*only)
            .order_by(EmergencyRow.grant)
        )
        found = self._session.execute(query).all()
        reviews: dict[int, list[EmergencyReview]] = {}
        for row in self._session.scalars(
            select(EmergencyReviewRow)
            .join(EmergencyRow)
            .where(*only)
            .order_by(EmergencyReviewRow.reviewed_at, EmergencyReviewRow.side)
        ):
            reviews.setdefault(row.grant, []).append(_review(row))
        return [
            _emergency(row, grant, tuple(reviews.get(grant.number, ()))) for row, grant in found
        ]


def _authorisation(row: EmergencyAuthorisationRow) -> Authorisation:
    return Authorisation(
        **{field.name: getattr(row, field.name) for field in fields(Authorisation)}
    )


def _review(row: EmergencyReviewRow) -> EmergencyReview:
    return EmergencyReview(
        side=Side(row.side),
        finding=Finding(row.finding),
        reason=row.reason,
        reviewed_at=row.reviewed_at,
        reviewed_by=row.reviewed_by,
    )


def _emergency(
    row: EmergencyRow, grant: GrantRow, reviews: tuple[EmergencyReview, ...]
) -> Emergency:
    return Emergency(
        grant=reference(GRANT, grant.number),
        department=grant.department,
        provider=grant.provider,
        authority=row.authority,
        dataset=grant.dataset,
        case=row.case,
        reason=row.reason,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        due_on=row.due_on,
        reviews=reviews,
    )
