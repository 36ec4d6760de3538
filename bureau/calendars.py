"""The working-day calendar of a workspace: what was imported, and for other years the seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bureau import policies
from bureau.permissions import Act, require
from bureau.publishing import read_document
from bureau.receipt import Receipt, receipt
from bureau.unit_of_work import ReadUnit
from bureau.workspace import Workspace
from core.canonical import Json
from core.errors import InvalidInput
from sharing.calendar.documents import read_announcement
from sharing.calendar.model import Announcement, WorkingCalendar
from sharing.calendar.seed import seed
from sharing.ledger.entry import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDay:
    """The day on which a limit ends, and the announcements it was counted by."""

    start: date
    days: int
    counting_start: bool
    due: date
    sources: tuple[Announcement, ...]


def working_calendar(unit: ReadUnit) -> WorkingCalendar:
    return WorkingCalendar([*seed(), *unit.calendar.list_all()])


def show(workspace: Workspace) -> WorkingCalendar:
    with workspace.reading() as unit:
        return working_calendar(unit)


def history(workspace: Workspace, year: int) -> list[Announcement]:
    """What was imported of a year, oldest first; the last one holds."""
    with workspace.reading() as unit:
        return [told for told in unit.calendar.list_all() if told.year == year]


def due(workspace: Workspace, start: date, days: int) -> DueDay:
    """Count working days from a receipt on `start`, which counts itself where the policy says so."""
    counting = policies.profile(workspace.settings).flag("count_receipt_day")
    calendar = show(workspace)
    end = calendar.due(start, days, counting_start=counting)
    return DueDay(
        start=start,
        days=days,
        counting_start=counting,
        due=end,
        sources=tuple(calendar.sources(start, end)),
    )


def import_announcements(
    workspace: Workspace, paths: Sequence[Path], *, actor: str | None
) -> tuple[list[Announcement], Receipt]:
    """Take what is announced of some years, in place of what the calendar had of them.

    What a year has already changes nothing. Due dates that were given out stay as they are.
    """
    told = [read_announcement(read_document(path), path.name) for path in paths]
    years = [announcement.year for announcement in told]
    if twice := sorted({year for year in years if years.count(year) > 1}):
        raise InvalidInput(
            f"several of these files are about {twice[0]}", hint="import one file a year"
        )
    with workspace.writing(actor) as write:
        require(write.actor, Act.IMPORT_CALENDAR, write.actor.department)
        current = {before.year: before.sha256 for before in write.calendar.list_all()}
        for announcement in told:
            if current.get(announcement.year) != announcement.sha256:
                write.calendar.add(announcement, at=write.now)
                write.record(_imported(announcement))
    return told, receipt("calendar", write)


def _imported(announcement: Announcement) -> Event:
    facts: dict[str, Json] = {
        "days": len(announcement.days),
        "sha256": announcement.sha256,
        "source": announcement.source,
        "year": announcement.year,
    }
    return Event("calendar.imported", f"calendar:{announcement.year}", facts)
