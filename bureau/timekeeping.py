"""Start, stop and end the law's clocks inside a change; what they say goes into its ledger entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bureau.calendars import working_calendar
from bureau.policies import profile
from bureau.unit_of_work import WriteUnit
from bureau.workspace import Workspace
from core.canonical import Json
from core.clock import local_day
from sharing.calendar.model import WorkingCalendar
from sharing.clocks import model as clocks
from sharing.clocks.model import Clock
from sharing.profiles.model import LimitName, Profile
from sharing.reviews.model import due_after


@dataclass(frozen=True, slots=True)
class Timekeeper:
    """The clocks of one unit, under the city's policy, on its calendar and its day."""

    unit: WriteUnit
    profile: Profile
    calendar: WorkingCalendar
    today: date
    zone: ZoneInfo

    @classmethod
    def of(cls, workspace: Workspace, unit: WriteUnit) -> Timekeeper:
        zone = workspace.settings.zone
        today = local_day(unit.now, zone)
        return cls(unit, profile(workspace.settings), working_calendar(unit), today, zone)

    def next_review(self) -> datetime:
        """The moment from which a grant that is issued or reviewed today is overdue for review."""
        months = self.profile.number("grant_review_months")
        return due_after(self.today, months, self.calendar, self.zone)

    def start(self, subject: str, limit: LimitName, debtor: str) -> Clock:
        clock = clocks.start(
            subject,
            limit,
            debtor=debtor,
            profile=self.profile,
            calendar=self.calendar,
            day=self.today,
        )
        self.unit.clocks.add(clock)
        self.unit.note(clock)
        return clock

    def put(self, clock: Clock) -> Clock:
        """Store a clock that was reckoned from other facts, whether it is stored already or not."""
        if self.unit.clocks.find(clock.subject, clock.limit) is not None:
            return self._keep(clock)
        self.unit.clocks.add(clock)
        self.unit.note(clock)
        return clock

    def pause(self, subject: str, *limits: LimitName) -> Clock | None:
        return self._change(subject, limits, clocks.pause)

    def resume(self, subject: str, *limits: LimitName) -> Clock | None:
        return self._change(subject, limits, clocks.resume)

    def end(self, subject: str, *limits: LimitName) -> Clock | None:
        """End the clock that runs under one of these limits.

        One that never started, or ended before, stays as it is.
        """
        return self._change(subject, limits, lambda clock, _, day: clocks.end(clock, day))

    def extend(self, clock: Clock, days: int, *, asked_on: date) -> Clock:
        """What was asked for in time may be consented to later."""
        limit = self.profile.limit(clock.limit)
        changed = clocks.extend(clock, limit, self.calendar, days=days, day=asked_on)
        return self._keep(changed)

    def hand_over(self, clock: Clock, debtor: str) -> Clock:
        """Make it the duty of another department, which took over what it is about."""
        return self._keep(replace(clock, debtor=debtor))

    def _keep(self, changed: Clock) -> Clock:
        self.unit.clocks.update(changed)
        self.unit.note(changed)
        return changed

    def _change(
        self,
        subject: str,
        limits: Sequence[LimitName],
        change: Callable[[Clock, WorkingCalendar, date], Clock],
    ) -> Clock | None:
        clock = self.unit.clocks.find(subject, *limits)
        if clock is None or clock.ended_on is not None:
            return clock
        return self._keep(change(clock, self.calendar, self.today))


def facts(clock: Clock | None, today: date) -> dict[str, Json]:
    """What a ledger entry says of the clock that matters to its act; `WriteUnit` adds every fact."""
    if clock is None:
        return {}
    return {
        "article": clock.article,
        "due_on": clock.due_on.isoformat(),
        "late": clock.late_on(today),
        "limit": clock.limit.value,
        "profile": clock.profile,
    }
