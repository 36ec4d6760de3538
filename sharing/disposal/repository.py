"""Requirements and proofs of disposal: rows in, model out."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import written
from core.ids import GRANT, reference
from sharing.disposal.model import Method, Proof, Requirement, Verdict
from sharing.disposal.tables import ProofRow, RequirementRow
from sharing.stored import number_of


class DisposalRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def require(self, grant: str, requirement: Requirement) -> None:
        """Note what the provider requires, in the place of what it required before."""
        number = number_of(grant, GRANT, "grant")
        self._session.merge(RequirementRow(grant=number, **asdict(requirement)))
        self._session.flush()
        written(self._session, RequirementRow, number)

    def requirement(self, grant: str) -> Requirement | None:
        row = self._session.get(RequirementRow, number_of(grant, GRANT, "grant"))
        if row is None:
            return None
        return Requirement(
            how=Method(row.how),
            text=row.text,
            required_at=row.required_at,
            required_by=row.required_by,
        )

    def save(self, grant: str, proof: Proof) -> None:
        """Add a proof, or the verdict to one that is there."""
        verdict = proof.verdict.value if proof.verdict else ""
        number = number_of(grant, GRANT, "grant")
        self._session.merge(ProofRow(grant=number, **asdict(proof) | {"verdict": verdict}))
        self._session.flush()
        written(self._session, ProofRow, number, proof.number)

    def proofs(self, grant: str) -> list[Proof]:
        """The proofs of one grant, in their order."""
        query = (
            select(ProofRow)
            .where(ProofRow.grant == number_of(grant, GRANT, "grant"))
            .order_by(ProofRow.number)
        )
        return [_proof(row) for row in self._session.scalars(query)]

    def list_waiting(self) -> set[str]:
        """The grants of which a proof waits for the provider's verdict."""
        query = select(ProofRow.grant).where(ProofRow.verdict == "")
        return {reference(GRANT, number) for number in self._session.scalars(query)}


def _proof(row: ProofRow) -> Proof:
    return Proof(
        number=row.number,
        how=Method(row.how),
        text=row.text,
        given_at=row.given_at,
        given_by=row.given_by,
        verdict=Verdict(row.verdict) if row.verdict else None,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        reason=row.reason,
    )
