"""What has to be done by whom, by when: tasks made of clocks, or of other facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from bureau.calendars import working_calendar
from bureau.policies import profile
from bureau.unit_of_work import ReadUnit
from bureau.workspace import Workspace
from core.actor import Role
from core.clock import local_day
from sharing.calendar.model import NotAnnounced, WorkingCalendar
from sharing.clocks.model import Clock, ClockState
from sharing.profiles.model import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """`days_left` are working days, negative for what is overdue.

    They are None for what has no day, or is due past the end of the calendar. What stands still
    does so since `paused_since`, and is not due on `due_on` but so many days after it goes on.
    """

    subject: str
    department: str
    """Whose it is; empty where it is anybody's who has the `role`."""
    role: Role | None = None
    limit: str
    title_zh: str
    title_en: str
    state: ClockState
    due_on: date | None
    days_left: int | None
    todo: str
    """The command that does it."""
    paused_since: date | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """One look at what waits: the facts, the day, the calendar and the policy it is judged by."""

    unit: ReadUnit
    today: date
    zone: ZoneInfo
    calendar: WorkingCalendar
    profile: Profile

    @classmethod
    def of(cls, workspace: Workspace, unit: ReadUnit) -> Outlook:
        zone = workspace.settings.zone
        today = local_day(unit.now, zone)
        return cls(unit, today, zone, working_calendar(unit), profile(workspace.settings))

    def task(self, clock: Clock, todo: str) -> Task:
        """The task of an open clock."""
        limit = self.profile.limit(clock.limit)
        standing = clock.standing
        return Task(
            subject=clock.subject,
            department=clock.debtor,
            limit=clock.limit.value,
            title_zh=limit.title_zh,
            title_en=limit.title_en,
            state=clock.state_on(self.today),
            due_on=clock.due_on,
            days_left=standing.left if standing else self.days_left(clock.due_on),
            todo=todo,
            paused_since=standing.since if standing else None,
        )

    def days_left(self, due_on: date) -> int | None:
        try:
            return self.calendar.working_days_between(self.today, due_on)
        except NotAnnounced:  # the calendar ends before: what is due is shown all the same
            return None


def ref_of(clock: Clock) -> str:
    """The reference in a subject such as request:REQ-0001, or grant:GRT-0001#2 of a suspension."""
    return clock.subject.partition(":")[2].partition("#")[0]


def undated(
    subject: str,
    limit: str,
    title_zh: str,
    title_en: str,
    todo: str,
    *,
    department: str = "",
    role: Role | None = None,
) -> Task:
    """A task that the law sets no day for: a department's, or anybody's who has the `role`."""
    return Task(
        subject=subject,
        department="" if role else department,
        role=role,
        limit=limit,
        title_zh=title_zh,
        title_en=title_en,
        state=ClockState.RUNNING,
        due_on=None,
        days_left=None,
        todo=todo,
    )
