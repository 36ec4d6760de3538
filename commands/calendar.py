"""`bureau calendar show|due|import`."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from commands._context import Format, opened, session
from commands._group import ActCommand, ReadCommand, new_group
from commands._options import DAY, document
from commands._page import Column, Page, Table, listing
from commands._render import emit, write
from commands._talk import done
from sharing.calendar.model import Announcement, DayKind

app = new_group("Working days, holidays, make-up working days and due days 工作日历.")

SHORT = 12
WEEKDAYS = "一二三四五六日"

YEARS = [
    Column("year", "year 年", lambda told: told["year"]),
    Column("off", "days off 放假", lambda told: told["off"], right=True),
    Column("work", "made up 调休上班", lambda told: told["work"], right=True),
    Column("source", "source 来源", lambda told: told["source"]),
    Column("sha256", "sha256", lambda told: told["sha256"][:SHORT]),
    Column("recorded_at", "imported 导入时间", lambda told: told["recorded_at"]),
]
DAYS = [
    Column("day", "day 日期", lambda one: one.day),
    Column("weekday", "weekday 星期", lambda one: WEEKDAYS[one.day.weekday()]),
    Column("kind", "kind 类型", lambda one: one.kind),
    Column("name", "name 名称", lambda one: one.name),
]
DUE = [
    Column("start", "start 收到日", lambda due: due.start),
    Column("days", "working days 工作日", lambda due: due.days),
    Column("due", "due 到期日", lambda due: due.due),
]


@app.command(cls=ReadCommand)
def show(
    ctx: typer.Context,
    year: Annotated[
        int | None, typer.Argument(metavar="[YEAR]", help="Its days; the years if left out.")
    ] = None,
) -> None:
    """List the years that the calendar covers, or the special days of one year."""
    with opened(ctx) as bureau:
        calendar = bureau.working_calendar()
        imports = [] if year is None else bureau.calendar_history(year)
    if year is None:
        emit(ctx, listing([_told(one) for one in calendar.announcements], YEARS, empty=""))
        return
    days = calendar.special_days(year)
    told = [_told(one) for one in [*calendar.announcements, *imports] if one.year == year]
    tables = [
        Table(columns=DAYS, rows=days),
        Table(columns=YEARS, rows=told[:1], title="Announced 公布"),
        Table(columns=YEARS, rows=told[1:], title="Imports, the last one holds 导入记录"),
    ]
    data = {**told[0], "days": days, "imports": told[1:]}
    emit(ctx, Page(data=data, tables=tables))


@app.command(cls=ReadCommand)
def due(
    ctx: typer.Context,
    start: Annotated[
        datetime, typer.Argument(metavar="DATE", formats=DAY, help="The day of receipt 收到日.")
    ],
    days: Annotated[
        int, typer.Option(metavar="N", min=1, help="The limit in working days 工作日.")
    ],
) -> None:
    """Print the day on which a limit of so many working days ends."""
    with opened(ctx) as bureau:
        found = bureau.due_day(start.date(), days)
    if session(ctx).chosen is Format.TABLE:
        write(session(ctx).output, f"{found.due}\n".encode())
        return
    data = {
        "start": found.start,
        "days": found.days,
        "counting_start": found.counting_start,
        "due": found.due,
        "sources": [_told(one) for one in found.sources],
    }
    emit(ctx, Page(data=data, tables=[Table(columns=DUE, rows=[found])]))


@app.command("import", cls=ActCommand)
def import_years(
    ctx: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="What is announced of a year: JSON or CSV."),
    ],
) -> None:
    """Import what the State Council announced of a year, one file a year."""
    with opened(ctx) as bureau, ExitStack() as held:
        paths = [held.enter_context(document(file)) for file in files]
        imported, receipt = bureau.import_calendar(paths)
    years = ", ".join(str(told.year) for told in imported)
    data = {"years": [_told(told) for told in imported]}
    done(ctx, f"imported {years}", receipt, data, then=f"bureau calendar show {imported[0].year}")


def _told(announcement: Announcement) -> dict[str, Any]:
    kinds = [one.kind for one in announcement.days]
    return {
        "year": announcement.year,
        "source": announcement.source,
        "sha256": announcement.sha256,
        "off": kinds.count(DayKind.OFF),
        "work": kinds.count(DayKind.WORK),
        "recorded_at": announcement.recorded_at,
    }
