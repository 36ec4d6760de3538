"""Published contract versions: added once, never changed."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.model import DataContract, PublishedContract
from contracts.odcs import read_contract
from contracts.tables import ContractVersionRow
from core.canonical import sha256_hex
from core.errors import NotFound


class ContractRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, contract: DataContract, *, at: datetime, by: str) -> PublishedContract:
        row = ContractVersionRow(
            contract=contract.id,
            version=contract.version,
            name=contract.name,
            text=contract.text,
            sha256=sha256_hex(contract.text),
            published_at=at,
            published_by=by,
        )
        self._session.add(row)
        return _published(row)

    def find(self, contract: str, version: str) -> PublishedContract | None:
        row = self._session.get(ContractVersionRow, (contract, version))
        return None if row is None else _published(row)

    def latest(self, contract: str) -> PublishedContract | None:
        """The version published last."""
        row = self._latest(contract)
        return None if row is None else _published(row)

    def first(self, contract: str) -> PublishedContract | None:
        """The version published first."""
        query = (
            select(ContractVersionRow)
            .where(ContractVersionRow.contract == contract)
            .order_by(ContractVersionRow.published_at, ContractVersionRow.version)
            .limit(1)
        )
        row = self._session.scalar(query)
        return None if row is None else _published(row)

    def text(self, contract: str, version: str) -> bytes:
        """The document as it was published, byte for byte; raises NotFound."""
        row = self._session.get(ContractVersionRow, (contract, version))
        if row is None:
            raise NotFound(
                "contract version", f"{contract} {version}", hint="bureau contract list shows them"
            )
        return row.text

    def read(self, contract: str, version: str) -> DataContract:
        """A published version as a model; raises NotFound."""
        return _read(self.text(contract, version), contract)

    def newest(self, contract: str, *, before: datetime | None = None) -> DataContract | None:
        """The version published last as a model; None where nothing is published, or named.

        With `before` the last one that was published until that moment.
        """
        row = self._latest(contract, before) if contract else None
        return None if row is None else _read(row.text, contract)

    def list_all(self) -> list[PublishedContract]:
        """Every version, by contract and time of publication."""
        query = select(ContractVersionRow).order_by(
            ContractVersionRow.contract, ContractVersionRow.published_at
        )
        return [_published(row) for row in self._session.scalars(query)]

    def _latest(self, contract: str, before: datetime | None = None) -> ContractVersionRow | None:
        query = (
            select(ContractVersionRow)
            .where(ContractVersionRow.contract == contract)
            .order_by(ContractVersionRow.published_at.desc(), ContractVersionRow.version.desc())
            .limit(1)
        )
        if before is not None:
            query = query.where(ContractVersionRow.published_at < before)
        return self._session.scalar(query)


@lru_cache(maxsize=128)
def _read(text: bytes, contract: str) -> DataContract:
    """A published version never changes."""
    return read_contract(text, contract)


def _published(row: ContractVersionRow) -> PublishedContract:
    return PublishedContract(
        id=row.contract,
        version=row.version,
        name=row.name,
        sha256=row.sha256,
        published_at=row.published_at,
        published_by=row.published_by,
    )
