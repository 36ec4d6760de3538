"""The ledger in the database: entries in, and out again in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Executable, func, insert, select, text, type_coerce, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from core.clock import Clock
from core.errors import InvalidInput, LedgerCorrupt, NotFound
from sharing.ledger.entry import Event, LedgerEntry, encode
from sharing.ledger.merkle import Frontier, Head, leaf_hash
from sharing.ledger.tables import LedgerEntryRow, LedgerHeadRow, raw_columns
from sharing.ledger.verify import StoredEntry

_HEAD_ID = 1
_BATCH = 1000
_VERIFY_HINT = "run `bureau ledger verify` to see every fault"
_FIELDS = ("index", "recorded_at", "kind", "subject", "body", "leaf_hash")
_ENTRIES = select(*(getattr(LedgerEntryRow, name) for name in _FIELDS))
_HEAD = select(
    *(
        type_coerce(getattr(LedgerHeadRow, name), NullType())
        for name in ("size", "root", "frontier")
    )
).where(LedgerHeadRow.id == _HEAD_ID)
_NEW_HEAD = update(LedgerHeadRow).where(LedgerHeadRow.id == _HEAD_ID)
# Two first writers may both find no head row; the second waits here and then finds it.
_FIRST_HEAD = text(
    "INSERT INTO ledger_head (id, size, root, frontier) VALUES (:id, :size, :root, :frontier) "
    "ON CONFLICT DO NOTHING"
)


class LedgerRepository:
    """Entries within the caller's transaction: they are there when it commits, and only then."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._end: tuple[Frontier, datetime | None] | None = None
        """What was locked: all entries so far, and the moment of the last of them."""

    def lock(self, clock: Clock) -> datetime:
        """Make this transaction the only writer until it ends; gives back the moment of its facts.

        That is now, or the last entry's time where that is later: time never runs backwards. On
        SQLite the write door has locked with BEGIN IMMEDIATE, and nothing more is needed.
        """
        self._end = self._locked_end()
        return _not_before(self._end[1], clock.now())

    def append(
        self, events: Sequence[Event], *, recorded_at: datetime, actor: str, department: str
    ) -> tuple[LedgerEntry, ...]:
        """Add one entry for each event, in order.

        Time never runs backwards: a `recorded_at` before the last entry's is raised to it.
        Raises InvalidInput for an event that cannot be written, and LedgerCorrupt when the head
        contradicts itself or the entries: nothing is built on a broken ledger.
        """
        if not events:
            return ()
        frontier, last = self._end or self._locked_end()
        self._end = None
        moment = _not_before(last, recorded_at)
        entries = []
        for event in events:
            body = encode(
                event,
                index=frontier.size,
                recorded_at=moment,
                actor=actor,
                department=department,
            )
            entry = LedgerEntry(
                index=frontier.size,
                recorded_at=moment,
                kind=event.kind,
                subject=event.subject,
                body=body,
                leaf_hash=leaf_hash(body),
            )
            frontier.append(entry.leaf_hash)
            entries.append(entry)
        self._write(entries, frontier)
        return tuple(entries)

    def head(self) -> Head:
        """The head as it is stored; `verify` says whether the entries agree."""
        return self._stored_head(_HEAD) or Frontier().head()

    def head_at(self, moment: datetime) -> Head:
        """The head over the entries recorded at or before `moment`."""
        counted = select(func.count()).where(LedgerEntryRow.recorded_at <= moment)
        size = self._session.scalars(counted).one()
        head = self.head()
        return head if size == head.size else self._first(size)

    def root_over(self, size: int) -> bytes | None:
        """The root over the first `size` entries; None where there are not so many."""
        head = self._first(size)
        return head.root if head.size == size else None

    def _first(self, size: int) -> Head:
        frontier = Frontier()
        hashes = select(LedgerEntryRow.leaf_hash).order_by(LedgerEntryRow.index).limit(size)
        for leaf in self._session.scalars(hashes, execution_options={"yield_per": _BATCH}):
            frontier.append(leaf)
        return frontier.head()

    def get(self, index: int) -> LedgerEntry:
        """One entry. Raises NotFound past either end, LedgerCorrupt for one that was removed."""
        size = self.head().size
        if not 0 <= index < size:
            raise NotFound("ledger entry", str(index), hint=f"the ledger holds {size} entries")
        found = self._session.execute(_ENTRIES.where(LedgerEntryRow.index == index))
        row = found.mappings().one_or_none()
        if row is None:
            raise LedgerCorrupt(
                f"entry {index} is missing from the ledger", index=index, hint=_VERIFY_HINT
            )
        return LedgerEntry(**row)

    def subjects(self, first: int, last: int) -> list[str]:
        """What the entries from `first` to `last` are about, each subject once, in their order."""
        row = LedgerEntryRow
        query = select(row.subject).where(row.index.between(first, last)).order_by(row.index)
        return list(dict.fromkeys(self._session.scalars(query)))

    def list_entries(
        self,
        *,
        limit: int,
        start: int = 0,
        kind: str | None = None,
        subject: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[LedgerEntry]:
        """The newest `limit` entries from index `start` on that match, newest last.

        `since` is included, `until` is not.
        """
        query = _ENTRIES.where(LedgerEntryRow.index >= start)
        if kind is not None:
            query = query.where(LedgerEntryRow.kind == kind)
        if subject is not None:
            query = query.where(LedgerEntryRow.subject == subject)
        if since is not None:
            query = query.where(LedgerEntryRow.recorded_at >= since)
        if until is not None:
            query = query.where(LedgerEntryRow.recorded_at < until)
        query = query.order_by(LedgerEntryRow.index.desc()).limit(limit)
        newest_first = self._session.execute(query).mappings().all()
        return [LedgerEntry(**row) for row in reversed(newest_first)]

    def stored(self) -> Iterator[StoredEntry]:
        """Every row by index as the database holds it, a batch at a time, for `verify`."""
        columns = raw_columns(self._session.get_bind().dialect.name)
        query = select(*columns).order_by(LedgerEntryRow.index)
        rows = self._session.execute(query, execution_options={"yield_per": _BATCH})
        for row in rows.mappings():
            yield StoredEntry(**row)

    def _stored_head(self, query: Executable) -> Head | None:
        row = self._session.execute(query).one_or_none()
        if row is None:
            return None
        size, root, frontier = row
        if not (isinstance(size, int) and isinstance(root, bytes) and isinstance(frontier, bytes)):
            raise LedgerCorrupt(
                "the head of the ledger is damaged",
                index=None,
                hint="keep this database for the auditors, and put it back from a copy",
            )
        return Head(size, root, frontier)

    def _locked_end(self) -> tuple[Frontier, datetime | None]:
        frontier = self._locked_head()
        return frontier, self._recorded_at(frontier.size - 1) if frontier.size else None

    def _locked_head(self) -> Frontier:
        query = _HEAD.with_for_update(of=LedgerHeadRow)
        stored = self._stored_head(query)
        if stored is None:
            empty = Frontier().head()
            self._session.execute(
                _FIRST_HEAD,
                {"id": _HEAD_ID, "size": 0, "root": empty.root, "frontier": empty.frontier},
            )
            stored = self._stored_head(query) or empty
        try:
            frontier = Frontier.from_bytes(stored.frontier or b"")
        except InvalidInput as error:
            raise _corrupt_head() from error
        if frontier.head() != stored:
            raise _corrupt_head()
        return frontier

    def _recorded_at(self, last: int) -> datetime:
        query = select(LedgerEntryRow.recorded_at).where(LedgerEntryRow.index == last)
        recorded_at = self._session.scalars(query).one_or_none()
        if recorded_at is None:
            raise LedgerCorrupt(
                f"the last entry of the ledger, {last}, is missing", index=last, hint=_VERIFY_HINT
            )
        return recorded_at

    def _write(self, entries: Sequence[LedgerEntry], frontier: Frontier) -> None:
        rows = [{name: getattr(entry, name) for name in _FIELDS} for entry in entries]
        try:
            # On the connection, because the session takes each row apart first.
            self._session.connection().execute(insert(LedgerEntryRow), rows)
        except IntegrityError as error:
            index = entries[0].index
            raise LedgerCorrupt(
                f"the ledger does not take entry {index} although its head says that it is next",
                index=index,
                hint=_VERIFY_HINT,
            ) from error
        head = {"size": frontier.size, "frontier": frontier.to_bytes(), "root": frontier.root()}
        self._session.connection().execute(_NEW_HEAD, head)


def _not_before(last: datetime | None, moment: datetime) -> datetime:
    return moment if last is None else max(last, moment)


def _corrupt_head() -> LedgerCorrupt:
    return LedgerCorrupt("the head of the ledger contradicts itself", index=None, hint=_VERIFY_HINT)
