"""`bureau inbox`: what waits for me, by when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from commands import _sharing
from commands._context import opened
from commands._group import ReadCommand, new_group
from commands._page import Column, Page, Table
from commands._render import emit
from commands._talk import say

if TYPE_CHECKING:
    from bureau.tasks import Task

app = new_group("What waits for me.")


def _due(task: Task) -> str | date | None:
    if task.paused_since is not None and task.days_left is not None:
        return _sharing.paused(task.paused_since, task.days_left)
    return task.due_on


DUE = Column("due_on", "due 到期", _due)
DUE_DAY = Column(DUE.key, DUE.heading, lambda task: None if task.paused_since else task.due_on)
REST = [
    Column("days_left", "working days 剩余工作日", lambda task: task.days_left, right=True),
    Column("state", "state 状态", lambda task: task.state),
    Column("subject", "about 事项", lambda task: task.subject),
    Column("title_zh", "任务", lambda task: task.title_zh),
    Column("title_en", "what", lambda task: task.title_en),
    Column("department", "whose 责任部门", lambda task: task.department or task.role),
    Column("todo", "do 操作", lambda task: task.todo),
]


@app.command(cls=ReadCommand)
def inbox(
    ctx: typer.Context,
    everybody: Annotated[
        bool, typer.Option("--all", help="What waits for anybody in the city 全市.")
    ] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is overdue 逾期.")] = False,
) -> None:
    """List what waits for the department of whoever acts, what is due first at first 待办."""
    with opened(ctx) as bureau:
        tasks = bureau.tasks(overdue=overdue) if everybody else bureau.inbox(overdue=overdue)
        unread = 0 if everybody else bureau.notices.count_unread()
    whom = "anybody" if everybody else "you"
    empty = (
        f"nothing that waits for {whom} is overdue today"
        if overdue
        else f"nothing waits for {whom}"
    )
    table = Table(columns=[DUE, *REST], rows=tasks, record=[DUE_DAY, *REST])
    emit(ctx, Page(data=tasks, tables=[table], empty=empty))
    if unread:
        count = "1 unread notice" if unread == 1 else f"{unread} unread notices"
        say(ctx, f"{count}: bureau notice list --unread")
