"""Look into the ledger and have it prove itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime

from bureau.unit_of_work import ReadUnit
from bureau.workspace import Workspace
from catalog.model import Department, Division, Person
from sharing.ledger.clocks import digest
from sharing.ledger.entry import EntryBody, LedgerEntry, commitment, decode
from sharing.ledger.faults import Fault, FaultKind, of_the_whole
from sharing.ledger.merkle import Head
from sharing.ledger.replay import Replay, Standing, Tables
from sharing.ledger.rows import Attested, Commitments
from sharing.ledger.verify import Verification, verify
from sharing.metering.model import Counted
from sharing.model import Grant


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
        return entry, body, _behind(unit, body.actor)


def person_behind(workspace: Workspace, committed: str) -> str:
    """The person behind a commitment of the ledger where that is still known, or nothing."""
    with workspace.reading() as unit:
        return _behind(unit, committed)


def head(workspace: Workspace) -> Head:
    with workspace.reading() as unit:
        return unit.ledger.head()


def check(workspace: Workspace) -> Verification:
    """Re-hash every body and compare all that is stored with what it should be.

    No registry item is without its entry, so an empty ledger beside a filled registry was emptied.
    Otherwise the tables beside it are held against what the entries say of them.
    """
    with workspace.reading() as unit:
        replay, attested = Replay(workspace.settings.zone), Attested(unit.rows.tables)
        entries = attested.over(replay.over(unit.ledger.stored()))
        found = verify(entries, unit.ledger.head())
        codes = unit.registry.codes
        registered = codes(Division) or codes(Department) or codes(Person)
        if found.size == 0 and registered:
            message = "the registry holds items, and the ledger not one of them: it was emptied"
            beside = [of_the_whole(FaultKind.EMPTIED, message)]
        else:
            beside = [*_beside(unit, replay), *_rows(unit, attested)]
    return replace(found, faults=(*found.faults, *beside))


def _behind(unit: ReadUnit, committed: str) -> str:
    known = unit.registry.codes(Person)
    salts = unit.registry.salts().items()
    named = (code for code, salt in salts if commitment(salt, code) == committed)
    return next((code for code in named if code in known), "")


def _beside(unit: ReadUnit, replay: Replay) -> list[Fault]:
    """What is wrong with the tables of requests, disputes, clocks, grants and counters."""
    try:
        kept = Tables(
            grants={grant.ref: _standing(grant) for grant in unit.grants.list_all()},
            days={place: Counted(*counted) for place, counted in unit.uses.days().items()},
            requests={request.ref: request.standing for request in unit.requests.list_all()},
            disputes=_standings(unit, replay.said.disputes),
            clocks={(c.subject, c.limit.value): c.to_json() for c in unit.clocks.list_all()},
            clock_facts={
                (c.subject, c.limit.value, at): digest(c.to_json())
                for at, c in unit.clocks.list_kept()
            },
        )
    except (ValueError, TypeError, KeyError):  # what no act of the program ever wrote there
        message = "the tables of requests, disputes, clocks, grants and counters cannot be read"
        return [of_the_whole(FaultKind.GRANT, message)]
    return list(replay.compare(kept))


def _standings(unit: ReadUnit, refs: Collection[str]) -> dict[str, str]:
    """Of these disputes, as far as there are."""
    disputes = unit.disputes.list_all() if refs else ()
    return {dispute.ref: dispute.standing for dispute in disputes if dispute.ref in refs}


def _rows(unit: ReadUnit, attested: Attested) -> Iterator[Fault]:
    """What is wrong with the rows that acts wrote, each as the newest entry about it attests it."""
    commitments = Commitments(unit.registry.salts())
    return attested.compare(
        lambda table: unit.rows.stored(table, commitments),
        commitments.known(),
        unit.ledger.stored,
    )


def _standing(grant: Grant) -> Standing:
    return Standing(
        terms_hash=grant.terms.hash,
        revoked_at=grant.revoked_at,
        suspensions=tuple((each.since, each.until) for each in grant.suspensions),
        delivered_at=grant.delivered_at,
        accepted_at=grant.accepted_at,
        first_used_at=grant.first_used_at,
        finished_at=grant.finished_at,
        disposed_at=grant.disposed_at,
        review_due=grant.review_due,
    )
