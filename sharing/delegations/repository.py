"""Delegations: rows in, model out."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.actor import Role
from core.db import next_number, written
from core.errors import NotFound
from core.ids import DELEGATION, reference
from sharing.delegations.model import Delegation
from sharing.delegations.tables import DelegationRow
from sharing.stored import number_of


class DelegationRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def next_ref(self) -> str:
        return reference(DELEGATION, next_number(self._session, DelegationRow.number))

    def save(self, delegation: Delegation) -> None:
        """Add it, or store what became of it."""
        values = asdict(delegation)
        number = number_of(values.pop("ref"), DELEGATION, "delegation")
        roles = [role.value for role in delegation.roles]
        self._session.merge(DelegationRow(number=number, **{**values, "roles": roles}))
        self._session.flush()
        written(self._session, DelegationRow, number)

    def get(self, ref: str) -> Delegation:
        row = self._session.get(DelegationRow, number_of(ref, DELEGATION, "delegation"))
        if row is None:
            raise NotFound("delegation", ref, hint="bureau delegation list shows them")
        return _delegation(row)

    def list_active(self, at: datetime) -> list[Delegation]:
        """The delegations that are in force at a moment, by number."""
        row = DelegationRow
        query = select(row).where(
            row.since <= at, row.until > at, or_(row.withdrawn_at.is_(None), row.withdrawn_at > at)
        )
        return [_delegation(found) for found in self._session.scalars(query.order_by(row.number))]

    def list_all(self, *, delegate: str = "") -> list[Delegation]:
        """Delegations by number, of one delegate if given."""
        query = select(DelegationRow).order_by(DelegationRow.number)
        if delegate:
            query = query.where(DelegationRow.delegate == delegate)
        return [_delegation(row) for row in self._session.scalars(query)]


def _delegation(row: DelegationRow) -> Delegation:
    names = [name for name in Delegation.__slots__ if name not in ("ref", "roles")]
    return Delegation(
        ref=reference(DELEGATION, row.number),
        roles=tuple(Role(role) for role in row.roles),
        **{name: getattr(row, name) for name in names},
    )
