"""What departments may be held liable for, read out of the ledger (Decree 809 Art. 39 to 41)."""

from __future__ import annotations

from bureau.acts import Acts
from bureau.policies import profile
from catalog.model import Department, DepartmentKind
from sharing.ledger.entry import decode
from sharing.liability.derive import Derivation
from sharing.liability.model import LiabilityEvent


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
        found = derivation.events(self.workspace.today())
        return [event for event in found if department in ("", event.department)]
