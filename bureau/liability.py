"""What departments may be held liable for, read out of the ledger (Decree 809 Art. 39 to 41)."""

from __future__ import annotations

from datetime import timedelta

from bureau import disposing
from bureau.acts import Acts
from bureau.policies import profile
from bureau.tasks import Outlook
from catalog.model import Department, DepartmentKind
from sharing.clocks.model import ClockState
from sharing.ledger.entry import decode
from sharing.liability.derive import Derivation
from sharing.liability.model import Code, LiabilityEvent


class Liability(Acts):
    """The liability events (责任情形) of the city."""

    def list(self, *, department: str = "") -> list[LiabilityEvent]:
        """Those up to the present day, by day; of one department if given.

        Raises InvalidInput where an entry cannot be read: `bureau ledger verify` says which.
        """
        settings = self.workspace.settings
        with self.workspace.reading() as unit:
            departments = unit.registry.list_all(Department)
            if department:
                unit.registry.get(Department, department)
            derivation = Derivation(
                zone=settings.zone,
                authorities=frozenset(
                    one.code for one in departments if one.kind is DepartmentKind.AUTHORITY
                ),
                records=profile(settings).words("usage_records"),
            )
            for row in unit.ledger.stored():
                derivation.take(decode(row.body or b""))
            owed = _undisposed(Outlook.of(self.workspace, unit), derivation)
        told = derivation.events(self.workspace.today())
        known = {event.subject for event in told if event.code is Code.R4}
        found = [*told, *(event for event in owed if event.subject not in known)]
        found.sort(key=lambda event: (event.day, event.entry, event.code))
        return [event for event in found if department in ("", event.department)]


def _undisposed(look: Outlook, derivation: Derivation) -> list[LiabilityEvent]:
    """Data of which the disposal is overdue; no entry says that a period ran out."""
    return [
        LiabilityEvent(
            code=Code.R4,
            department=task.department,
            day=task.due_on + timedelta(days=1),
            subject=task.subject,
            entry=derivation.entry_of(task.subject.partition(":")[2].partition("#")[0]),
            because=f"disposal was due on {task.due_on} and is open on {look.today}",
            open=True,
        )
        for task in disposing.owed(look)
        if task.due_on is not None and task.state is ClockState.OVERDUE
    ]
