"""An open workspace: settings, database, lake and clock, handed to every act."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bureau import unit_of_work
from bureau.database import Database
from bureau.identity import identify
from bureau.settings import (
    FILE,
    PRIVATE_FILE,
    PRIVATE_FOLDER,
    Settings,
    load_settings,
    write_settings,
)
from bureau.unit_of_work import OutboxUnit, ReadUnit, WriteUnit
from core.actor import Actor
from core.clock import Clock, SystemClock, local_day
from core.errors import BureauError, Conflict, InvalidInput, unusable
from sharing.keys.model import Once

if TYPE_CHECKING:
    from catalog.lake import Lake


@dataclass(frozen=True, slots=True)
class Workspace:
    settings: Settings
    database: Database
    clock: Clock
    behalf: str | None = None
    """The person in whose place somebody acts, by a delegation."""
    once: Once | None = None
    """The key under which the next act is done once."""

    @classmethod
    def create(cls, home: Path, *, city: str = "", timezone: str = "Asia/Shanghai") -> Workspace:
        """Make a new workspace in `home`; raises Conflict where one exists already.

        Where that fails, the folder is no workspace, and the next try may make one of it.
        """
        if (home / FILE).exists():
            raise Conflict(f"{home} is a workspace already", hint="work in it, or name another")
        try:
            home.mkdir(parents=True, exist_ok=True)
            write_settings(home, city=city, timezone=timezone)
            (home / "lake").mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
            (home / "keys").mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
            workspace = cls.open(home, require_current=False)
            if workspace.settings.embedded and workspace.database.file is not None:
                # SQLite gives the files beside it the same mode.
                workspace.database.file.touch(mode=PRIVATE_FILE)
            workspace.database.upgrade()
        except (BureauError, OSError) as error:
            with suppress(OSError):
                (home / FILE).unlink()
            if isinstance(error, OSError):
                raise unusable(home, error) from error
            raise
        return workspace

    @classmethod
    def open(
        cls, home: Path, *, clock: Clock | None = None, require_current: bool = True
    ) -> Workspace:
        settings = load_settings(home)
        database = Database(settings.database_url)
        if require_current:
            database.require_current()
        return cls(settings, database, clock or SystemClock())

    @property
    def lake(self) -> Lake:
        # Delta and Arrow are loaded by the acts that touch data, not by every command.
        from catalog.lake import Lake

        return Lake(self.settings.lake)

    @contextmanager
    def reading(self, *, at: datetime | None = None) -> Iterator[ReadUnit]:
        """A look at everything, judged by the present moment or by a past one."""
        with unit_of_work.reading(self.database, self.settings, at or self.clock.now()) as unit:
            yield unit

    @contextmanager
    def writing(self, actor: str | None) -> Iterator[WriteUnit]:
        """A unit of change in which the named person acts, with the roles they have now."""
        with unit_of_work.writing(
            self.database,
            self.settings,
            self.clock,
            lambda unit: self.who(unit, actor),
            self.once,
        ) as unit:
            yield unit

    def who(self, unit: ReadUnit, actor: str | None) -> Actor:
        """The person who acts, with the roles they have now; see `identify`."""
        return identify(unit, actor, self.behalf)

    @contextmanager
    def outbox(self) -> Iterator[OutboxUnit]:
        """A short change of the outbox, by whoever sends notices."""
        with unit_of_work.outbox(self.database) as unit:
            yield unit

    def today(self) -> date:
        return local_day(self.clock.now(), self.settings.zone)

    def past_day(self, day: date | None) -> date:
        """`day`, or the present day; raises InvalidInput for one that has not happened yet."""
        today = self.today()
        if day is not None and day > today:
            raise InvalidInput(
                f"{day} has not happened yet: the facts end on {today}",
                hint="name a day up to today",
            )
        return day or today
