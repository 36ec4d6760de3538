"""Look into the ledger and have it prove itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bureau.workspace import Workspace
from catalog.model import Department, Division, Person
from sharing.ledger.entry import EntryBody, LedgerEntry, commitment, decode
from sharing.ledger.faults import FaultKind, of_the_whole
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
    """Re-hash every body and compare all that is stored with what it should be.

    No registry item is without its entry, so an empty ledger beside a filled registry was emptied.
    """
    with workspace.reading() as unit:
        found = verify(unit.ledger.stored(), unit.ledger.head())
        codes = unit.registry.codes
        registered = codes(Division) or codes(Department) or codes(Person)
    if found.size == 0 and registered:
        message = "the registry holds items, and the ledger not one entry of them: it was emptied"
        emptied = of_the_whole(FaultKind.EMPTIED, message)
        return replace(found, faults=(*found.faults, emptied))
    return found
