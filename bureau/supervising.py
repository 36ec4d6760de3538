"""What the authority reports of a period about departments that provide and use data (Art. 38)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from difflib import get_close_matches

from bureau import browsing, disposing
from bureau.acts import Acts
from bureau.department_tasks import NAMES, known_tasks, list_tasks
from bureau.liability import derivation_of, events_of
from bureau.replaying import replaying
from bureau.unit_of_work import ReadUnit
from catalog.model import Department, DepartmentKind
from catalog.responsibility import Responsibilities
from core.errors import InvalidInput
from core.period import Period
from rates.cut import query_over
from sharing.ledger.titles import Said
from sharing.supervision.derive import Observation
from sharing.supervision.gaming import GamingFinding, Related, Watch
from sharing.supervision.model import Supervision
from sharing.supervision.tasks import TaskLine


class Supervisions(Acts):
    """The facts of a period, read out of the ledger again each time."""

    def show(
        self,
        period: Period,
        *,
        department: str = "",
        as_of: date | None = None,
        before: datetime | None = None,
    ) -> Supervision:
        """Of every department of the city, or of one: also those of which nothing is known.

        As known when `as_of` ended, or before a moment of it. Unless it is given, that is the end
        of the period, or the present day where it is not over.
        """
        with replaying(self.workspace, self._day(period, as_of), before) as replay:
            look = replay.look
            if department:
                look.unit.registry.get(Department, department)
            derivation = derivation_of(replay)
            observation = Observation(
                zone=look.zone,
                period=period,
                records=look.profile.words("usage_records"),
                broken=undecided(look.unit),
            )
            replay.read(derivation.take, observation.take)
            stored, waiting = derivation.open_disposals, derivation.proved_disposals
            for grant, _, clock in disposing.undisposed_with(look, stored, waiting):
                observation.reckon(grant.ref, clock)
            events = [event for event in events_of(derivation, replay) if event.day in period]
            codes = [one.code for one in look.unit.registry.list_all(Department, at=replay.before)]
            wanted = [department] if department else codes
            facts = observation.departments(wanted, events, look.today)
        return Supervision(
            period=period,
            as_of=look.today,
            departments=tuple(facts),
            liability=tuple(one for one in events if department in ("", one.department)),
            entries=replay.entries,
        )

    def findings(
        self,
        period: Period,
        *,
        department: str = "",
        as_of: date | None = None,
        before: datetime | None = None,
    ) -> list[GamingFinding]:
        """What makes the figures of a period look better than the sharing is; `as_of` as in `show`."""
        with replaying(self.workspace, self._day(period, as_of), before) as replay:
            look = replay.look
            if department:
                look.unit.registry.get(Department, department)
            watch = Watch(look.zone, period)
            replay.read(watch.take)
            departments = look.unit.registry.list_all(Department, at=replay.before)
            found = watch.findings(_relation(departments), look.unit.now)
        return [one for one in found if department in ("", one.department)]

    def _day(self, period: Period, as_of: date | None) -> date:
        return as_of or query_over(period, self.workspace.today()).as_of

    def responsibilities(
        self, *, department: str = "", as_of: date | None = None
    ) -> Responsibilities:
        """Who answers for what is published, of the city or by one department."""
        return browsing.responsibilities_of(self.workspace, department=department, as_of=as_of)

    def tasks(
        self, *, department: str = "", only: str = "", as_of: date | None = None
    ) -> list[TaskLine]:
        """What every department has to see to, or one; see `list_tasks` and `known_tasks`."""
        if only and only not in NAMES:
            near = get_close_matches(only, NAMES, n=1)
            meant = f"did you mean '{near[0]}'? " if near else ""
            raise InvalidInput(
                f"there is no matter '{only}' to list one by one",
                hint=f"{meant}name one of: {', '.join(NAMES)}",
            )
        day = self.workspace.past_day(as_of)
        if day < self.workspace.today():
            return known_tasks(self.workspace, department=department, only=only, as_of=day)
        return list_tasks(self.workspace, department=department, only=only)


def _relation(departments: Sequence[Department]) -> Related:
    """Departments of one division are related, but in the authority's: most of a city is there."""
    apart = {one.division for one in departments if one.kind is DepartmentKind.AUTHORITY}
    divisions = {one.code: one.division for one in departments if one.division not in apart}

    def related(one: str, other: str) -> Said | None:
        division = divisions.get(one)
        if division is None or divisions.get(other) != division:
            return None
        return f"同属区划 {division}", f"both are of division {division}"

    return related


def undecided(unit: ReadUnit) -> set[tuple[str, int]]:
    """The deliveries of which a check could not run, and none that ran failed."""
    return unit.deliveries.numbers_of(unit.checks.undecided())
