"""The only place that commits: a business change and its ledger entries, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from bureau.database import Database, translated
from bureau.settings import Settings
from catalog.repository import DeliveryRepository, RegistryRepository, SearchRepository
from contracts.repository import ContractRepository
from core.actor import Actor
from core.clock import Clock
from quality.repository import CheckRepository
from rates.repository import RatesRepository
from sharing.calendar.repository import CalendarRepository
from sharing.clocks.repository import ClockRepository
from sharing.clocks.model import Clock as RunningClock
from sharing.ledger.clocks import with_clocks
from sharing.ledger.entry import Event, LedgerEntry
from sharing.ledger.repository import LedgerRepository
from sharing.profiles.model import LimitName
from sharing.repository import GrantRepository, UseRepository
from sharing.requests.repository import RequestRepository


class ReadUnit:
    """One consistent look at everything, at the moment `now`; it cannot write."""

    def __init__(self, session: Session, settings: Settings, now: datetime) -> None:
        self._session = session
        self.now = now
        self.registry = RegistryRepository(session)
        self.deliveries = DeliveryRepository(session)
        self.search = SearchRepository(session)
        self.contracts = ContractRepository(session)
        self.checks = CheckRepository(session)
        self.requests = RequestRepository(session)
        self.clocks = ClockRepository(session)
        self.grants = GrantRepository(session)
        self.uses = UseRepository(session)
        self.calendar = CalendarRepository(session)
        self.ledger = LedgerRepository(session)
        self.rates = RatesRepository(session, settings.zone, now)


class WriteUnit(ReadUnit):
    """A change in the making; everything in it carries the one moment `now`."""

    def __init__(self, session: Session, settings: Settings, actor: Actor, now: datetime) -> None:
        super().__init__(session, settings, now)
        self.actor = actor
        self.entries: tuple[LedgerEntry, ...] = ()
        """What the ledger holds of this change; known once the unit has ended well."""
        self._events: list[Event] = []
        self._clocks: dict[tuple[str, LimitName], RunningClock] = {}

    def note(self, clock: RunningClock) -> None:
        """A clock changed: the entry about its subject, or else the last one, holds its facts."""
        self._clocks[clock.subject, clock.limit] = clock

    def record(self, event: Event) -> None:
        """Note what happened; it is appended to the ledger when the unit commits."""
        self._events.append(event)

    def commit(self) -> None:
        self._session.flush()
        self.entries = self.ledger.append(
            with_clocks(self._events, list(self._clocks.values())),
            recorded_at=self.now,
            actor=self.actor.commitment,
            department=self.actor.department,
        )
        self._session.commit()


@contextmanager
def reading(database: Database, settings: Settings, now: datetime) -> Iterator[ReadUnit]:
    with translated(database.url), database.read_session() as session:
        yield ReadUnit(session, settings, now)


@contextmanager
def writing(
    database: Database,
    settings: Settings,
    clock: Clock,
    identify: Callable[[ReadUnit], Actor],
) -> Iterator[WriteUnit]:
    """Commit on a clean end, roll everything back on an error. Units do not nest.

    The moment is taken, and who acts is looked up, after the only writer's place was won: a fact
    never carries a time before that of a fact already there, so a past day never changes, and
    roles taken away a moment ago no longer count.
    """
    with translated(database.url), database.write_session() as session:
        ledger = LedgerRepository(session)
        ledger.lock()
        now = ledger.not_before_last(clock.now())
        actor = identify(ReadUnit(session, settings, now))
        unit = WriteUnit(session, settings, actor, now)
        yield unit
        unit.commit()
