"""Credentials: rows in, model out."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import next_number, written
from core.errors import NotFound
from core.ids import CREDENTIAL, GRANT, reference
from sharing.credentials.model import Credential
from sharing.credentials.tables import CredentialRow
from sharing.stored import number_of


class CredentialRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def next_ref(self) -> str:
        return reference(CREDENTIAL, next_number(self._session, CredentialRow.number))

    def save(self, credential: Credential) -> None:
        """Add it, or store what became of it."""
        values = asdict(credential)
        number = number_of(values.pop("ref"), CREDENTIAL, "credential")
        values["grant"] = number_of(credential.grant, GRANT, "grant")
        self._session.merge(CredentialRow(number=number, **values))
        self._session.flush()
        written(self._session, CredentialRow, number)

    def get(self, ref: str) -> Credential:
        row = self._session.get(CredentialRow, number_of(ref, CREDENTIAL, "credential"))
        if row is None:
            raise NotFound("credential", ref, hint="bureau credential list shows them")
        return _credential(row)

    def find(self, token_hash: str) -> Credential | None:
        """The credential of a token, whatever became of it."""
        query = select(CredentialRow).where(CredentialRow.token_hash == token_hash)
        row = self._session.scalars(query).one_or_none()
        return None if row is None else _credential(row)

    def list_all(self, *, grant: str = "") -> list[Credential]:
        """Credentials by number, of one grant if given."""
        query = select(CredentialRow).order_by(CredentialRow.number)
        if grant:
            query = query.where(CredentialRow.grant == number_of(grant, GRANT, "grant"))
        return [_credential(row) for row in self._session.scalars(query)]


def _credential(row: CredentialRow) -> Credential:
    names = [name for name in Credential.__slots__ if name not in ("ref", "grant")]
    return Credential(
        ref=reference(CREDENTIAL, row.number),
        grant=reference(GRANT, row.grant),
        **{name: getattr(row, name) for name in names},
    )
