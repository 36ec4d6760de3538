"""What departments may be held liable for, read out of the ledger (Decree 809 Art. 39 to 41)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bureau import disposing
from bureau.acts import Acts
from bureau.catalogue_entries import published_entries
from bureau.replaying import Replay, replaying
from catalog.model import Dataset, Department, DepartmentKind, ServiceItem
from core.period import Period
from sharing.disposal.model import DisposalState
from sharing.liability.derive import Derivation
from sharing.liability.grounds import Grounds
from sharing.liability.model import LiabilityEvent
from sharing.needs.once_only import RepeatKind, repeats
from sharing.profiles.national import national


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """What a list of events rests on: which entries, and the day up to which lateness counts."""

    entries: int
    """How many; they are those from 0 on."""
    first_at: datetime | None
    last_at: datetime | None
    until: date
    department: str
    """Of which department alone; empty for the whole city."""
    period: str
    """In which period alone; empty for all time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiabilityReport:
    events: list[LiabilityEvent]
    looked_at: LookedAt


class Liability(Acts):
    """The liability events (责任情形) of the city."""

    def report(
        self,
        *,
        department: str = "",
        period: Period | None = None,
        as_of: date | None = None,
        before: datetime | None = None,
    ) -> LiabilityReport:
        """Those of which the first day is in the period, as known when `as_of` ended.

        With `before`, as it was known at that moment of the day.

        Raises InvalidInput where an entry cannot be read: `bureau ledger verify` says which.
        """
        with replaying(self.workspace, as_of, before) as replay:
            if department:
                replay.look.unit.registry.get(Department, department)
            derivation = derivation_of(replay)
            replay.read(derivation.take)
            found = events_of(derivation, replay)
        return LiabilityReport(
            events=[
                event
                for event in found
                if department in ("", event.department) and (period is None or event.day in period)
            ],
            looked_at=LookedAt(
                entries=replay.entries,
                first_at=replay.first_at,
                last_at=replay.last_at,
                until=replay.look.today,
                department=department,
                period=period.name if period else "",
            ),
        )


def derivation_of(replay: Replay) -> Derivation:
    """What takes in the entries of a replay, before it was read."""
    look, registry = replay.look, replay.look.unit.registry
    providers = {one.code: one.provider for one in registry.list_all(Dataset, at=replay.before)}
    return Derivation(
        zone=look.zone,
        grounds=Grounds(law=national(), policy=look.profile, calendar=look.calendar),
        authorities=frozenset(
            one.code
            for one in registry.list_all(Department, at=replay.before)
            if one.kind is DepartmentKind.AUTHORITY
        ),
        records=look.profile.words("usage_records"),
        provider_of=providers.get,
    )


def events_of(derivation: Derivation, replay: Replay) -> list[LiabilityEvent]:
    """The events of a replay that was read, with what follows from other facts beside the entries."""
    look = replay.look
    clocks, waiting = derivation.open_disposals, derivation.proved_disposals
    for grant, state, clock in disposing.undisposed_with(look, clocks, waiting):
        derivation.reckon(grant.ref, clock, owed=state is not DisposalState.COVERED)
    answers = [one for one in look.unit.answers.list_all() if one.answered_at <= look.unit.now]
    services = look.unit.registry.list_all(ServiceItem, at=replay.before)
    entries = published_entries(look.unit, at=replay.before) if services else []
    for one in repeats(services, entries, answers):
        if one.kind is RepeatKind.FINDING:
            derivation.collected_again(one.service, one.department, one.item, one.dataset)
    return derivation.events(look.today)
