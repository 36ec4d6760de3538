"""What was used under grants: as measured, as recorded, and as the user's own log has it (Art. 29)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import nlargest
from pathlib import Path
from tempfile import TemporaryDirectory

from bureau.acts import Acts
from bureau.measured import measured
from bureau.named_files import named, require_file
from bureau.receipt import Receipt, receipt
from bureau.recording import denied_reader, may_read, records_of
from bureau.unit_of_work import ReadUnit
from catalog.model import Dataset
from catalog.source.text import read_text
from core.canonical import Json
from core.clock import end_of_day, local_day
from core.errors import InvalidInput
from sharing.ledger.entry import Event, LedgerEntry, decode
from sharing.metering.model import Counted
from sharing.model import Grant
from sharing.records.model import RecordKind, UsageRecord
from sharing.usage.log import read_log
from sharing.usage.matching import LoggedUse
from sharing.usage.model import DayOfUse, MeasuredUse, Period, by_day
from sharing.usage.reconciling import Reconciliation, reconcile

NEWEST = 10
WINDOW = timedelta(minutes=5)
MAX_LOG = 256 << 20
"""Bytes of a log: a longer one is compared in parts, by its days."""

_KIND = "usage.reconciled"
_KEPT = 1000
_HEAD = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """A reconciliation that stands in the ledger."""

    entry: int
    at: datetime
    by: str
    """The department of whoever did it."""
    facts: dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsagePage:
    """What is known of the use under one grant, in a period."""

    grant: Grant
    days: tuple[DayOfUse, ...]
    newest: tuple[MeasuredUse, ...]
    records: tuple[UsageRecord, ...]
    missing: tuple[RecordKind, ...]
    reconciled: tuple[Reconciled, ...]


class Usage(Acts):
    """Both sides of a grant see the same: who uses, who provides, the data authority, auditors."""

    def show(self, ref: str, period: Period) -> UsagePage:
        with self._allowed(ref) as (unit, grant):
            return _page(unit, grant, period)

    def show_dataset(self, code: str, period: Period) -> list[UsagePage]:
        """The use under each grant on a dataset that the actor may look at."""
        with self.workspace.reading() as unit:
            acting = self.workspace.who(unit, self.actor)
            dataset = unit.registry.get(Dataset, code)
            grants = unit.grants.list_all(dataset=code)
            seen = [grant for grant in grants if may_read(unit, grant, acting)]
            if seen or not grants:
                return [_page(unit, grant, period) for grant in seen]
        with self.workspace.writing(self.actor) as write:
            parties: dict[str, Json] = {"dataset": code, "provider": dataset.provider}
            denied = denied_reader(write, f"dataset:{code}", parties)
        raise denied

    def list_uses(self, ref: str, period: Period) -> list[MeasuredUse]:
        """Each use of a period, oldest first."""
        with self._allowed(ref) as (unit, grant):
            return sorted(_measured(unit, grant, period), key=lambda use: (use.at, use.id))

    def reconcile(
        self,
        ref: str,
        path: Path,
        period: Period,
        *,
        window: timedelta = WINDOW,
        encoding: str | None = None,
        dry_run: bool = False,
    ) -> tuple[Reconciliation, Receipt | None]:
        """Hold a department's own log against what was measured; the ledger keeps how that ended."""
        with self._allowed(ref) as (unit, grant):
            logged, sha256 = _read(path, encoding, unit)
            # A use of the day before may belong to a record of the first one.
            wider = Period(period.first and period.first - timedelta(days=1))
            found = reconcile(
                logged,
                _measured(unit, grant, wider),
                grant=grant.ref,
                sha256=sha256,
                period=period,
                window=window,
                zone=unit.settings.zone,
            )
        if dry_run:
            return found, None
        with self.workspace.writing(self.actor) as write:
            write.record(Event(_KIND, f"grant:{grant.ref}", {**grant.parties, **_facts(found)}))
        return found, receipt(grant.ref, write)

    @contextmanager
    def _allowed(self, ref: str) -> Iterator[tuple[ReadUnit, Grant]]:
        """A look at a grant; whoever may not is denied, and the ledger keeps that."""
        with self.workspace.reading() as unit:
            acting = self.workspace.who(unit, self.actor)
            grant = unit.grants.get(ref)
            if may_read(unit, grant, acting):
                yield unit, grant
                return
        with self.workspace.writing(self.actor) as write:
            denied = denied_reader(write, f"grant:{grant.ref}", grant.parties)
        raise denied


def _page(unit: ReadUnit, grant: Grant, period: Period) -> UsagePage:
    newest: list[MeasuredUse] = []

    def noted(uses: Iterable[MeasuredUse]) -> Iterator[MeasuredUse]:
        """Pass uses on, of which there may be millions, and keep the newest."""
        for use in uses:
            newest.append(use)
            if len(newest) >= _KEPT:
                newest[:] = _newest(newest)
            yield use

    counters = {
        day: Counted(*counted)
        for (_, day), counted in unit.uses.days(grant=grant.ref).items()
        if period.covers(day)
    }
    days = by_day(noted(_measured(unit, grant, period)), counters, unit.settings.zone)
    records, missing = _recorded(unit, grant, period, used=bool(days))
    entries = unit.ledger.list_entries(limit=_KEPT, kind=_KIND, subject=f"grant:{grant.ref}")
    return UsagePage(
        grant=grant,
        days=tuple(days),
        newest=tuple(_newest(newest)),
        records=records,
        missing=missing,
        reconciled=tuple(map(_reconciled, entries)),
    )


def _newest(uses: Iterable[MeasuredUse]) -> list[MeasuredUse]:
    return nlargest(NEWEST, uses, key=lambda use: (use.at, use.id))


def _recorded(
    unit: ReadUnit, grant: Grant, period: Period, *, used: bool
) -> tuple[tuple[UsageRecord, ...], tuple[RecordKind, ...]]:
    """The records of a period, and the kinds that it should have and has not if data was used."""
    zone = unit.settings.zone
    until = unit.now if period.last is None else min(unit.now, end_of_day(period.last, zone))
    found = records_of(
        unit, grant, until=until, of=lambda one: period.covers(local_day(one.recorded_at, zone))
    )
    return found.records, found.missing if used else ()


def _measured(unit: ReadUnit, grant: Grant, period: Period) -> Iterator[MeasuredUse]:
    """The uses of a period."""
    zone = unit.settings.zone
    since = end_of_day(period.first - timedelta(days=1), zone) if period.first else None
    for use in measured(unit, grant, since=since):
        if period.covers(local_day(use.at, zone)):
            yield use


def _read(path: Path, encoding: str | None, unit: ReadUnit) -> tuple[list[LoggedUse], str]:
    """The records of a log in any encoding, and the SHA-256 of its file."""
    require_file(path)
    with named(path), TemporaryDirectory() as folder:
        if path.stat().st_size > MAX_LOG:
            raise InvalidInput(
                f"{path} has more than {MAX_LOG >> 20} MiB",
                hint="split it by days, and compare each part with --from and --to",
            )
        with path.open("rb") as file:
            head = file.read(_HEAD)
        target = Path(folder) / "log"
        sha256, _, text = read_text(path, head, encoding, target, has_lines=True)
        with (text or path).open(encoding="utf-8-sig", newline="") as lines:
            return read_log(lines, unit.settings.zone), sha256


def _facts(found: Reconciliation) -> dict[str, Json]:
    return {
        "disagrees": not found.agrees,
        "from": _written(found.period.first),
        "log_sha256": found.sha256,
        "to": _written(found.period.last),
        "window_s": int(found.window.total_seconds()),
        **found.counts,
    }


def _written(day: date | None) -> str:
    return day.isoformat() if day else ""


def _reconciled(entry: LedgerEntry) -> Reconciled:
    body = decode(entry.body)
    parties = ("dataset", "department", "provider", "attested")
    facts = {name: value for name, value in body.facts.items() if name not in parties}
    return Reconciled(entry=entry.index, at=entry.recorded_at, by=body.department, facts=facts)
