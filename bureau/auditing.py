"""Look into the ledger and have it prove itself."""

from __future__ import annotations

from datetime import datetime

from bureau.workspace import Workspace
from catalog.model import Person
from sharing.ledger.entry import EntryBody, LedgerEntry, commitment, decode
from sharing.ledger.merkle import Head
from sharing.ledger.verify import Verification, verify


def log(
    workspace: Workspace,
    *,
    limit: int,
    kind: str | None = None,
    subject: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[LedgerEntry]:
    """The newest `limit` entries that match, oldest of them first."""
    with workspace.reading() as unit:
        return unit.ledger.list_entries(
            limit=limit, kind=kind, subject=subject, since=since, until=until
        )


def show(workspace: Workspace, index: int) -> tuple[LedgerEntry, EntryBody, str]:
    """One entry, what it says, and the person behind its commitment where that is still known."""
    with workspace.reading() as unit:
        entry = unit.ledger.get(index)
        body = decode(entry.body)
        known = unit.registry.codes(Person)
        salts = unit.registry.salts()
    named = [c for c, salt in salts.items() if c in known and commitment(salt, c) == body.actor]
    return entry, body, named[0] if named else ""


def head(workspace: Workspace) -> Head:
    with workspace.reading() as unit:
        return unit.ledger.head()


def check(workspace: Workspace) -> Verification:
    """Re-hash every body and compare all that is stored with what it should be."""
    with workspace.reading() as unit:
        return verify(unit.ledger.stored(), unit.ledger.head())
