"""The uses of a grant as they were measured: reads of files, and what machines read of the server.

Of machines the journal tells, which is only read: it is not locked, and a server that writes to it
does not notice. What the ledger has sealed must still be what it sealed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import chain

from bureau.unit_of_work import ReadUnit
from core.errors import LedgerCorrupt, unusable
from sharing.ledger.entry import decode
from sharing.ledger.uses import SEALED
from sharing.metering.journal import Journal, Line
from sharing.model import Grant
from sharing.usage.model import MeasuredUse, file_uses, machine_uses

_EVERY = 2**31 - 1


def measured(
    unit: ReadUnit, grant: Grant, *, since: datetime | None = None
) -> Iterable[MeasuredUse]:
    """The uses of a grant; those before `since` may be left out."""
    reads = [
        use for use in unit.uses.list_by_grant(grant.ref) if not _before(use.completed_at, since)
    ]
    entries = _read_entries(unit, grant) if reads else {}
    segments = _segments(unit, grant, since)
    return chain(file_uses(reads, entries), machine_uses(segments, grant, unit.settings.zone))


def _before(moment: datetime | None, since: datetime | None) -> bool:
    return moment is not None and since is not None and moment < since


def _read_entries(unit: ReadUnit, grant: Grant) -> dict[str, int]:
    """The entry of each read that was completed, by the id of the use."""
    entries = unit.ledger.list_entries(
        limit=_EVERY, kind="read.completed", subject=f"grant:{grant.ref}"
    )
    return {str(decode(entry.body).facts.get("use")): entry.index for entry in entries}


def _segments(
    unit: ReadUnit, grant: Grant, since: datetime | None
) -> Iterator[tuple[int | None, Iterable[Line]]]:
    """The segments of the journal that may have uses, each with the entry that seals it."""
    sealed, first = unit.uses.sealed(), 1 if since is None else unit.uses.sealed_since(since)
    entries = {
        entry.subject: (entry.index, decode(entry.body).facts.get("sha256"))
        for entry in unit.ledger.list_entries(limit=_EVERY, kind=SEALED, since=since)
    }
    journal = Journal(unit.settings.home / "journal")
    for number in journal.numbers():
        with _readable(unit, number):
            index, sha256 = entries.get(f"journal:{number}", (None, None))
            if number < first or (number <= sealed and index is None):
                continue  # it has nothing of that time, or nothing that counted
            if index is not None and journal.digest(number) != sha256:
                raise LedgerCorrupt(
                    f"segment {number} of the journal is not what entry {index} of the ledger sealed",
                    index=index,
                    hint="keep it for the auditors, and put the journal back from a copy",
                )
            events = list(journal.read(number, lookups_of=grant.ref))
        yield index, events


@contextmanager
def _readable(unit: ReadUnit, number: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise unusable(unit.settings.home / "journal", error) from error
    except (ValueError, TypeError, KeyError) as error:
        raise LedgerCorrupt(
            f"segment {number} of the journal cannot be read",
            index=None,
            hint="keep it for the auditors, and put the journal back from a copy",
        ) from error
