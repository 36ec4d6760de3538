"""What waits for whom, by when: open clocks, and duties that follow from other facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from bureau import (
    changing,
    correcting,
    disposing,
    disputing,
    passing_on,
    request_tasks,
    reviewing,
    sourcing,
    updating,
)
from bureau.return_tasks import return_tasks
from bureau.tasks import Outlook, Task, ref_of
from bureau.workspace import Workspace
from core.actor import Actor
from core.clock import local_day
from core.ids import REQUEST
from sharing.clocks.model import Clock, ClockState, next_due
from sharing.model import AccessRequest, RequestState
from sharing.profiles.model import LimitName


def inbox(workspace: Workspace, *, actor: str | None, overdue: bool = False) -> list[Task]:
    """What waits for the actor's department, what is due first at first.

    Whoever has a role sees what waits for anybody in that role too.
    """
    with workspace.reading() as unit:
        acting = workspace.who(unit, actor)
        look = Outlook.of(workspace, unit)
        clocks = unit.clocks.list_open(debtor=acting.department)
        tasks = list(_of_clocks(look, clocks))
        for derive in DERIVED:
            tasks += [task for task in derive(look) if _concerns(task, acting)]
    return _sorted(tasks, overdue=overdue)


def everybodys(workspace: Workspace, *, overdue: bool = False) -> list[Task]:
    """What waits for anybody in the city, or only what is overdue; what is due first at first."""
    with workspace.reading() as unit:
        look = Outlook.of(workspace, unit)
        before = look.today if overdue else None
        clocks = unit.clocks.list_open(due_before=before)
        tasks = list(_of_clocks(look, clocks))
        for derive in DERIVED:
            tasks += derive(look)
    return _sorted(tasks, overdue=overdue)


def overdue_requests(workspace: Workspace) -> list[AccessRequest]:
    """The requests of which something is overdue, by reference; closed ones cost nothing."""
    with workspace.reading() as unit:
        today = local_day(unit.now, workspace.settings.zone)
        open_ones = unit.clocks.list_open(due_before=today)
        late = {ref_of(c) for c in open_ones if c.state_on(today) is ClockState.OVERDUE}
        return unit.requests.list_of([ref for ref in late if ref.startswith(REQUEST)])


def clocks_of(workspace: Workspace, subject: str) -> list[Clock]:
    """Every clock of a request (request:REQ-0001), or of a grant with each of its suspensions."""
    with workspace.reading() as unit:
        return unit.clocks.list_about(subject)


def next_due_of_each(workspace: Workspace) -> dict[str, Clock]:
    """What is due next of each subject of which anything is."""
    with workspace.reading() as unit:
        found: dict[str, list[Clock]] = {}
        for clock in unit.clocks.list_open():
            found.setdefault(clock.subject, []).append(clock)
    return {subject: due for subject, clocks in found.items() if (due := next_due(clocks))}


def _sorted(tasks: list[Task], *, overdue: bool) -> list[Task]:
    kept = [task for task in tasks if not overdue or task.state is ClockState.OVERDUE]
    return sorted(kept, key=_order)


def _order(task: Task) -> tuple[date, bool, str]:
    """By day; what stands still has none, and comes before what never has one."""
    stands = task.paused_since is not None
    day = None if stands else task.due_on
    return day or date.max, not stands, task.subject


def _concerns(task: Task, acting: Actor) -> bool:
    return acting.has(task.role) if task.role else task.department == acting.department


def _of_clocks(look: Outlook, clocks: Sequence[Clock]) -> Iterator[Task]:
    seconding = look.unit.requests.list_in(RequestState.SECONDING)
    by_subject = {f"request:{request.ref}": request for request in seconding}
    for clock in clocks:
        if clock.limit in _DERIVED_ONLY:
            continue
        task, request = _task(look, clock), by_subject.get(clock.subject)
        yield request_tasks.as_second(task, request) if request else task


def _task(look: Outlook, clock: Clock) -> Task:
    ref = ref_of(clock)
    if clock.paused:
        return look.task(clock, f"bureau request show {ref}")
    if clock.subject.startswith("correction:"):
        return correcting.task(look, clock)
    if clock.limit is LimitName.DISPUTE:
        return disputing.task(look, clock)
    if clock.limit is LimitName.DELIVER:
        dataset = look.unit.grants.get(ref).terms.dataset
        return look.task(clock, f"bureau dataset deliver {dataset} FILE")
    return look.task(clock, _TODO[clock.limit].format(ref=ref))


_TODO: Mapping[LimitName, str] = {
    LimitName.RECEIPT: "bureau request receive {ref}",
    LimitName.REPLY_CONDITIONAL: "bureau request approve {ref}",
    LimitName.REPLY_UNCONDITIONAL: "bureau request approve {ref}",
    LimitName.SUPPLEMENT: "bureau request supplement {ref} --answer TEXT",
    LimitName.RETURN_FLOW: "bureau return confirm {ref}",
    LimitName.RECTIFICATION: "bureau grant rectify {ref} --report TEXT",
    LimitName.EMERGENCY_REVIEW: "bureau emergency show {ref}",
    LimitName.CATALOGUE_REVIEW: "bureau catalog show {ref}",
    LimitName.CATALOGUE_UPDATE: "bureau catalog submit FILE --change {ref}",
    LimitName.UNCATALOGUED_NEED: "bureau need show {ref}",
}
"""What to do about each limit that a clock runs for."""


_DERIVED_ONLY = frozenset({LimitName.DISPOSAL})
"""Limits of which a clock that runs is not enough: other facts say whether anything is owed."""

DERIVED: tuple[Callable[[Outlook], list[Task]], ...] = (
    *request_tasks.DERIVED,
    disposing.owed,
    disputing.answers,
    passing_on.asked,
    changing.consultations,
    reviewing.due,
    return_tasks,
    updating.consents,
    sourcing.contests,
)
"""Tasks that no clock of their own says; each gives those of the whole city."""
