"""Snapshots of rates: measured once, kept as they were, and named in the ledger by their hash."""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import IO, Any

from bureau import measuring
from bureau.acts import Acts
from bureau.permissions import Act, require
from bureau.receipt import Receipt, receipt
from bureau.unit_of_work import ReadUnit
from core.canonical import Json
from core.errors import Conflict, LedgerCorrupt, NotFound, StorageUnavailable, unusable
from core.ids import SNAPSHOT, reference
from rates.model import FILTERS, Member, RateQuery, RateResult
from rates.snapshot import Frozen, head_line, read_head, read_rows, row_lines
from sharing.ledger.entry import Event, LedgerEntry, decode

_KIND = "rates.frozen"
_EVERY = 2**31 - 1
_PRIVATE = 0o700
_IN_MEMORY = 8 * 2**20
_SUFFIX = ".jsonl.gz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What the ledger says of a snapshot; `sha256` is of its lines."""

    ref: str
    entry: int
    taken_at: datetime
    as_of: date
    window_days: int
    period: str
    filters: dict[str, str]
    rates: tuple[str, ...]
    ledger_size: int
    ledger_root: str
    sha256: str


class Snapshots(Acts):
    """The snapshots of the workspace, numbered from RSN-0001 in the order of the ledger."""

    def take(self, query: RateQuery, rate_ids: Sequence[str] = ()) -> tuple[Snapshot, Receipt]:
        """Measure, keep the numbers with every row behind them, and enter their hash.

        Each rate is listed once, and its number is the count of that list.
        """
        with self.workspace.reading() as unit:
            acting = self.workspace.who(unit, self.actor)
            require(acting, Act.FREEZE_RATES, acting.department)
            with self._spool() as spool:
                results: list[RateResult] = []
                for result, members in measuring.listed(unit, query, rate_ids):
                    results.append(result)
                    spool.writelines(row_lines(result.definition.name, members))
                funnel = None
                if not rate_ids and not query.beyond_duties:
                    funnel = measuring.funnel_in(unit, query)
                spool.seek(0)
                sha256 = self._keep(chain([head_line(query, results, funnel)], spool))
        facts: dict[str, Json] = {
            "as_of": query.as_of.isoformat(),
            "filters": {name: getattr(query, name) for name in FILTERS if getattr(query, name)},
            "ledger_root": results[0].ledger_root,
            "ledger_size": results[0].ledger_size,
            "period": query.period,
            "rates": [[one.definition.name, one.n, one.base] for one in results],
            "sha256": sha256,
            "window_days": query.window_days,
        }
        with self.workspace.writing(self.actor) as write:
            require(write.actor, Act.FREEZE_RATES, write.actor.department)
            ref = reference(SNAPSHOT, len(_entries(write)) + 1)
            write.record(Event(_KIND, f"snapshot:{ref}", facts))
        return self.get(ref), receipt(ref, write)

    def list_all(self) -> list[Snapshot]:
        with self.workspace.reading() as unit:
            return [_snapshot(entry) for entry in _entries(unit)]

    def get(self, ref: str) -> Snapshot:
        """Raises NotFound."""
        found = next((one for one in self.list_all() if one.ref == ref.strip().upper()), None)
        if found is None:
            raise NotFound("snapshot", ref, hint="list them: bureau rate snapshots")
        return found

    def read(self, ref: str) -> Frozen:
        """The numbers as they were.

        Raises LedgerCorrupt where its bytes, or the ledger it was made at, are not what the ledger
        says, StorageUnavailable where its file is gone, and Conflict where another version of the
        program made it.
        """
        snapshot = self.get(ref)
        with self._lines(snapshot) as lines:
            try:
                return read_head(next(lines))
            except (KeyError, TypeError, ValueError, NotFound) as error:
                raise Conflict(
                    f"{snapshot.ref} is in a form, or of a rate, that this program does not know",
                    hint="read it with the version that took it, or a newer one",
                ) from error

    def rows(self, ref: str, rate_id: str) -> list[Member]:
        """The rows of a rate as they were; raises NotFound where the snapshot has no such rate."""
        snapshot = self.get(ref)
        asked = rate_id.strip().upper()
        rate = next((r for r in snapshot.rates if asked in (r.upper(), r.split()[0])), None)
        if rate is None:
            raise NotFound(
                "rate", f"{rate_id} in {ref}", hint=f"it has {', '.join(snapshot.rates)}"
            )
        with self._lines(snapshot) as lines:
            next(lines)
            return list(read_rows(lines, rate))

    @contextmanager
    def _spool(self) -> Iterator[IO[bytes]]:
        """A file of its own for the rows: the numbers, which go before them, are counted from them."""
        folder = self._folder
        try:
            folder.mkdir(mode=_PRIVATE, exist_ok=True)
            with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY, dir=str(folder)) as spool:
                yield spool
        except OSError as error:
            raise unusable(folder, error) from error

    def _keep(self, lines: Iterable[bytes]) -> str:
        """Write the lines to a file that has their hash as its name; gives back the hash."""
        folder = self._folder
        digest = hashlib.sha256()
        try:
            with tempfile.NamedTemporaryFile(dir=folder, prefix=".part-", delete=False) as part:
                with gzip.GzipFile("", "wb", fileobj=part, mtime=0) as packed:
                    for line in lines:
                        digest.update(line)
                        packed.write(line)
                part.flush()
                os.fsync(part.fileno())
            Path(part.name).replace(self._path(digest.hexdigest()))
        except OSError as error:
            raise unusable(folder, error) from error
        return digest.hexdigest()

    @contextmanager
    def _lines(self, snapshot: Snapshot) -> Iterator[Iterator[bytes]]:
        with self.workspace.reading() as unit:
            _check_ledger(unit, snapshot)
        path = self._path(snapshot.sha256)
        try:
            with gzip.open(path, "rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != snapshot.sha256:
                    raise _altered(snapshot, path)
                file.seek(0)
                yield iter(file)
        except FileNotFoundError as error:
            raise StorageUnavailable(
                f"the file of {snapshot.ref} is gone: {path}", hint="put it back from a copy"
            ) from error
        except (gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise _altered(snapshot, path) from error
        except OSError as error:
            raise unusable(path, error) from error

    @property
    def _folder(self) -> Path:
        return self.workspace.settings.home / "snapshots"

    def _path(self, sha256: str) -> Path:
        return (self._folder / sha256).with_suffix(_SUFFIX)


def _check_ledger(unit: ReadUnit, snapshot: Snapshot) -> None:
    """The ledger that the numbers were made at is the beginning of the ledger of today."""
    if unit.ledger.root_over(snapshot.ledger_size) != bytes.fromhex(snapshot.ledger_root):
        raise LedgerCorrupt(
            f"{snapshot.ref} was made at a ledger of {snapshot.ledger_size} entries with root"
            f" {snapshot.ledger_root[:12]}, which is not how this ledger begins",
            index=snapshot.entry,
            hint="run `bureau ledger verify`; the ledger or its copy is not the one it was",
        )


def _altered(snapshot: Snapshot, path: Path) -> LedgerCorrupt:
    return LedgerCorrupt(
        f"the file of {snapshot.ref} is not what entry {snapshot.entry} of the ledger says: {path}",
        index=snapshot.entry,
        hint="keep it for the auditors, and put the file back from a copy",
    )


def _entries(unit: ReadUnit) -> list[LedgerEntry]:
    return unit.ledger.list_entries(limit=_EVERY, kind=_KIND)


def _snapshot(entry: LedgerEntry) -> Snapshot:
    facts: Any = decode(entry.body).facts
    return Snapshot(
        ref=entry.subject.partition(":")[2],
        entry=entry.index,
        taken_at=entry.recorded_at,
        as_of=date.fromisoformat(facts["as_of"]),
        window_days=facts["window_days"],
        period=facts["period"],
        filters=facts["filters"],
        rates=tuple(name for name, *_ in facts["rates"]),
        ledger_size=facts["ledger_size"],
        ledger_root=facts["ledger_root"],
        sha256=facts["sha256"],
    )
