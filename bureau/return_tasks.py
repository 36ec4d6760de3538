"""What waits of returns without a clock: to be accepted, and to be renewed before they end."""

from __future__ import annotations

from datetime import date, timedelta

from bureau.tasks import Outlook, Task
from sharing.clocks.model import ClockState
from sharing.model import Grant
from sharing.returnflow.model import ReturnFlow

_SOON = timedelta(days=90)
"""So long before a return ends its receiving department is told."""


def return_tasks(look: Outlook) -> list[Task]:
    """What receiving departments have to do so that their data comes, and goes on coming."""
    returns, grants = look.unit.returns, look.unit.grants
    tasks = [
        _task(
            look,
            flow,
            "acceptance",
            "回流数据待确认使用的应用系统",
            "Name the application that will use returned data",
            f"bureau return accept {flow.ref} --application CODE",
        )
        for flow in returns.list_unaccepted()
    ]
    return tasks + [
        _task(
            look,
            flow,
            "renewal",
            "数据回流到期续期",
            "Renew a return before it ends",
            f"bureau return renew {flow.ref}",
            due_on=last_day(grants.get(flow.grant)),
        )
        for flow in returns.list_ending(look.unit.now + _SOON)
    ]


def last_day(grant: Grant) -> date:
    """The last day of a grant, which ends at a midnight of the city."""
    return (grant.terms.not_after - timedelta(microseconds=1)).date()


def _task(
    look: Outlook,
    flow: ReturnFlow,
    limit: str,
    title_zh: str,
    title_en: str,
    todo: str,
    due_on: date | None = None,
) -> Task:
    late = due_on is not None and look.today > due_on
    return Task(
        subject=f"return:{flow.ref}",
        department=flow.department,
        limit=limit,
        title_zh=title_zh,
        title_en=title_en,
        state=ClockState.OVERDUE if late else ClockState.RUNNING,
        due_on=due_on,
        days_left=look.days_left(due_on) if due_on else None,
        todo=todo,
    )
