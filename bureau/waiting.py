"""What waits for whom, by when: open clocks and consents that are asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from bureau.calendars import working_calendar
from bureau.identity import identify
from bureau.policies import profile
from bureau.unit_of_work import ReadUnit
from bureau.workspace import Workspace
from core.actor import Role
from core.clock import local_day
from core.ids import REQUEST
from sharing.clocks.model import Clock, ClockState
from sharing.model import AccessRequest
from sharing.profiles.model import LimitName


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """`days_left` are working days; it is negative for what is overdue, None while it stands still."""

    subject: str
    department: str
    limit: str
    title_zh: str
    title_en: str
    state: ClockState
    due_on: date
    days_left: int | None
    todo: str
    """The command that does it."""


def inbox(workspace: Workspace, *, actor: str | None) -> list[Task]:
    """What waits for the actor's department, what is due first at first.

    The data authority sees the consents that are asked for too.
    """
    with workspace.reading() as unit:
        acting = identify(unit, actor)
        tasks = _tasks(workspace, unit, unit.clocks.list_open(debtor=acting.department))
        if acting.has(Role.AUTHORITY):
            tasks += _consents(workspace, unit)
    return sorted(tasks, key=lambda task: (task.due_on, task.subject))


def overdue(workspace: Workspace) -> list[Task]:
    """Everything that is overdue in the whole city, longest first."""
    with workspace.reading() as unit:
        return _tasks(workspace, unit, _overdue(workspace, unit))


def overdue_requests(workspace: Workspace) -> list[AccessRequest]:
    """The requests of which something is overdue, by reference; closed ones cost nothing."""
    with workspace.reading() as unit:
        late = {_ref(clock) for clock in _overdue(workspace, unit)}
        return [unit.requests.get(ref) for ref in sorted(late) if ref.startswith(REQUEST)]


def clocks_of(workspace: Workspace, subject: str) -> list[Clock]:
    """Every clock of a request (request:REQ-0001) or a grant (grant:GRT-0001)."""
    with workspace.reading() as unit:
        return unit.clocks.list_by_subject(subject)


def _overdue(workspace: Workspace, unit: ReadUnit) -> list[Clock]:
    today = local_day(unit.now, workspace.settings.zone)
    return [c for c in unit.clocks.list_open() if c.state_on(today) is ClockState.OVERDUE]


def _tasks(workspace: Workspace, unit: ReadUnit, clocks: list[Clock]) -> list[Task]:
    today = local_day(unit.now, workspace.settings.zone)
    calendar, policy = working_calendar(unit), profile(workspace.settings)
    tasks = []
    for clock in clocks:
        limit = policy.limit(clock.limit)
        state = clock.state_on(today)
        left = None
        if state is not ClockState.PAUSED:
            left = calendar.working_days_between(today, clock.due_on)
        tasks.append(
            Task(
                subject=clock.subject,
                department=clock.debtor,
                limit=clock.limit.value,
                title_zh=limit.title_zh,
                title_en=limit.title_en,
                state=state,
                due_on=clock.due_on,
                days_left=left,
                todo=_TODO[clock.limit].format(ref=_ref(clock)),
            )
        )
    return tasks


def _ref(clock: Clock) -> str:
    """The reference in a subject such as request:REQ-0001, or grant:GRT-0001#2 of a suspension."""
    return clock.subject.partition(":")[2].partition("#")[0]


def _consents(workspace: Workspace, unit: ReadUnit) -> list[Task]:
    """Extensions that are asked for: due before the reply itself is."""
    asked: dict[str, AccessRequest] = {
        f"request:{request.ref}": request for request in unit.requests.list_asking_extension()
    }
    replies = [clock for clock in unit.clocks.list_open() if clock.subject in asked]
    return [
        replace(
            task,
            title_zh=f"延期征求同意：{task.title_zh}",
            title_en=f"Consent to an extension: {task.title_en}",
            todo=f"bureau request consent {asked[task.subject].ref}",
        )
        for task in _tasks(workspace, unit, replies)
    ]


_TODO: dict[LimitName, str] = {
    LimitName.RECEIPT: "bureau request receive {ref}",
    LimitName.REPLY_CONDITIONAL: "bureau request approve {ref}",
    LimitName.REPLY_UNCONDITIONAL: "bureau request approve {ref}",
    LimitName.SUPPLEMENT: "bureau request supplement {ref} --answer TEXT",
    LimitName.DELIVER: "bureau grant show {ref}",
    LimitName.RECTIFICATION: "bureau grant rectify {ref} --report TEXT",
}
"""What to do about each limit that a clock runs for."""
