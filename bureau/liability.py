"""What departments may be held liable for, read out of the ledger (Decree 809 Art. 39 to 41)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bureau import disposing
from bureau.acts import Acts
from bureau.tasks import Outlook
from catalog.model import Department, DepartmentKind
from sharing.disposal.model import DisposalState
from sharing.ledger.entry import decode
from sharing.liability.derive import Derivation
from sharing.liability.grounds import Grounds
from sharing.liability.model import LiabilityEvent
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


@dataclass(frozen=True, slots=True, kw_only=True)
class LiabilityReport:
    events: list[LiabilityEvent]
    looked_at: LookedAt


class Liability(Acts):
    """The liability events (责任情形) of the city."""

    def report(self, *, department: str = "") -> LiabilityReport:
        """Those up to the present day; of one department if given.

        Raises InvalidInput where an entry cannot be read: `bureau ledger verify` says which.
        """
        with self.workspace.reading() as unit:
            if department:
                unit.registry.get(Department, department)
            look = Outlook.of(self.workspace, unit)
            derivation = _derivation(look)
            entries, first_at, last_at = 0, None, None
            for row in unit.ledger.stored():
                body = decode(row.body or b"")
                derivation.take(body)
                first_at, last_at = first_at or body.recorded_at, body.recorded_at
                entries += 1
            for grant, state, clock in disposing.undisposed(look):
                derivation.reckon(grant.ref, clock, owed=state is not DisposalState.COVERED)
            found = derivation.events(look.today)
        return LiabilityReport(
            events=[event for event in found if department in ("", event.department)],
            looked_at=LookedAt(
                entries=entries,
                first_at=first_at,
                last_at=last_at,
                until=look.today,
                department=department,
            ),
        )


def _derivation(look: Outlook) -> Derivation:
    departments = look.unit.registry.list_all(Department)
    return Derivation(
        zone=look.zone,
        grounds=Grounds(law=national(), policy=look.profile, calendar=look.calendar),
        authorities=frozenset(
            one.code for one in departments if one.kind is DepartmentKind.AUTHORITY
        ),
        records=look.profile.words("usage_records"),
        provider_of=look.unit.registry.provider_of,
    )
