"""Records of use: add, read, purge when they need not be kept any more (Decree 809 Art. 29)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bureau.acts import Acts
from bureau.policies import profile
from bureau.receipt import Receipt, receipt
from bureau.unit_of_work import ReadUnit, WriteUnit
from catalog.model import Dataset
from core.actor import Actor
from core.canonical import Json
from core.errors import Denied
from sharing.ledger.entry import Event
from sharing.ledger.rows import TOGETHER
from sharing.model import Grant
from sharing.profiles.model import LimitName
from sharing.records import keeping
from sharing.records.model import RecordKind, UsageRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The records of a grant, and the kinds that it should have and has not."""

    grant: str
    records: tuple[UsageRecord, ...]
    missing: tuple[RecordKind, ...]


class UsageRecords(Acts):
    def add(self, ref: str, *, kind: RecordKind, text: str) -> tuple[UsageRecord, Receipt]:
        """Record what the using department did with the data."""
        with self.workspace.writing(self.actor) as write:
            grant = write.grants.get(ref)
            record = keep_record(write, grant, kind, text)
        return record, receipt(grant.ref, write)

    def list_by_grant(self, ref: str) -> Records:
        """The records of a grant; whoever may not read them is denied, and the ledger keeps that."""
        with self.workspace.reading() as unit:
            acting = self.workspace.who(unit, self.actor)
            grant = unit.grants.get(ref)
            if may_read(unit, grant, acting):
                return records_of(unit, grant)
        with self.workspace.writing(self.actor) as write:
            denied = denied_reader(write, f"grant:{grant.ref}", grant.parties)
        raise denied

    def missing(self) -> list[Records]:
        """The grants of which a kind is missing, as far as the actor may read their records."""
        with self.workspace.reading() as unit:
            acting = self.workspace.who(unit, self.actor)
            found = [
                records_of(unit, grant)
                for grant in unit.grants.list_all()
                if grant.first_used_at is not None and may_read(unit, grant, acting)
            ]
        return [records for records in found if records.missing]

    def purge(self, ref: str) -> tuple[Records, Receipt]:
        """Empty the records of a grant that need not be kept any more; their hashes stay."""
        with self.workspace.writing(self.actor) as write:
            grant = write.grants.get(ref)
            policy = profile(self.workspace.settings)
            gone = keeping.check_purge(
                grant,
                write.records.list_by_grant(grant.ref),
                write.actor,
                limit=policy.limit(LimitName.RECORD_RETENTION),
                zone=self.workspace.settings.zone,
                now=write.now,
            )
            write.records.purge(grant.ref, at=write.now)
            told: list[Json] = [[one.number, one.kind.value, one.sha256] for one in gone]
            for first in range(0, len(told), TOGETHER):
                part = told[first : first + TOGETHER]
                write.record(_event("record.purged", grant, {"records": part}))
            left = records_of(write, grant)
        return left, receipt(grant.ref, write)


def keep_record(write: WriteUnit, grant: Grant, kind: RecordKind, text: str) -> UsageRecord:
    """Add a record inside a change, and note it."""
    record = keeping.record(
        grant,
        write.actor,
        number=len(write.records.list_by_grant(grant.ref)) + 1,
        kind=kind,
        text=text,
        now=write.now,
    )
    write.records.add(grant.ref, record)
    told: dict[str, Json] = {"kind": kind.value, "number": record.number, "sha256": record.sha256}
    write.record(_event("record.added", grant, told))
    return record


def may_read(unit: ReadUnit, grant: Grant, acting: Actor) -> bool:
    """Whether somebody may know of the use under a grant."""
    provider = unit.registry.get(Dataset, grant.terms.dataset).provider
    readers = profile(unit.settings).words("usage_records_read_by")
    return keeping.may_read(grant, acting, provider=provider, readers=readers)


def denied_reader(write: WriteUnit, subject: str, parties: Mapping[str, Json]) -> Denied:
    """What to raise when the change is committed: the refusal itself is a fact that stays."""
    department = write.actor.department
    told: dict[str, Json] = {**parties, "department": department, "rules": ["reader"]}
    write.record(Event("record.denied", subject, told))
    user = parties.get("department", "those who use it")
    return Denied(
        f"the records of {subject.replace(':', ' ')} may not be read",
        reasons=(f"{department} neither uses the data nor provides it (Art. 29)",),
        hint=f"{user}, {parties['provider']}, the data authority and auditors may",
    )


def records_of(
    unit: ReadUnit,
    grant: Grant,
    *,
    until: datetime | None = None,
    of: Callable[[UsageRecord], bool] = lambda _: True,
) -> Records:
    """The records of a grant that are meant, and which kinds are missing among them."""
    records = [one for one in unit.records.list_by_grant(grant.ref) if of(one)]
    kinds = profile(unit.settings).words("usage_records")
    return Records(
        grant=grant.ref,
        records=tuple(records),
        missing=keeping.missing(grant, records, kinds=kinds, now=until or unit.now),
    )


def _event(kind: str, grant: Grant, more: Mapping[str, Json]) -> Event:
    return Event(kind, f"grant:{grant.ref}", {**grant.parties, **more})
