"""The only place that commits: a business change and its ledger entries, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from bureau.database import Database, translated
from bureau.settings import Settings
from catalog.repository import DeliveryRepository, RegistryRepository, SearchRepository
from contracts.repository import ContractRepository
from core.actor import Actor, Role
from core.clock import Clock
from core.errors import AlreadyDone, Conflict
from quality.repository import CheckRepository
from rates.repository import RatesRepository
from sharing.attested.repository import RowRepository
from sharing.calendar.repository import CalendarRepository
from sharing.changes.repository import ChangeRepository
from sharing.clocks.model import Clock as RunningClock
from sharing.clocks.repository import ClockRepository
from sharing.corrections.repository import CorrectionRepository
from sharing.credentials.repository import CredentialRepository
from sharing.delegations.repository import DelegationRepository
from sharing.disposal.repository import DisposalRepository
from sharing.disputes.repository import DisputeRepository
from sharing.emergencies.repository import EmergencyRepository
from sharing.keys.model import Done, Once
from sharing.keys.repository import KeyRepository
from sharing.ledger.clocks import with_clocks
from sharing.ledger.entry import Event, LedgerEntry
from sharing.ledger.repository import LedgerRepository
from sharing.ledger.rows import with_rows
from sharing.needs.repository import AnswerRepository, NeedRepository
from sharing.notices.audiences import Party
from sharing.notices.repository import NoticeRepository
from sharing.notices.telling import Happening, named_in, tells, told
from sharing.onward.repository import OnwardRepository
from sharing.profiles.model import LimitName
from sharing.records.repository import RecordRepository
from sharing.repository import GrantRepository, UseRepository
from sharing.requests.repository import RequestRepository
from sharing.returnflow.repository import ReturnRepository
from sharing.reviews.repository import ReviewRepository
from sharing.submissions.repository import (
    CatalogueEventRepository,
    SourceRepository,
    SubmissionRepository,
)


class ReadUnit:
    """One consistent look at everything, at the moment `now`; it cannot write."""

    def __init__(self, session: Session, settings: Settings, now: datetime) -> None:
        self._session = session
        self.settings = settings
        self.now = now
        self.registry = RegistryRepository(session)
        self.deliveries = DeliveryRepository(session)
        self.search = SearchRepository(session)
        self.contracts = ContractRepository(session)
        self.checks = CheckRepository(session)
        self.requests = RequestRepository(session)
        self.clocks = ClockRepository(session)
        self.delegations = DelegationRepository(session)
        self.needs = NeedRepository(session)
        self.answers = AnswerRepository(session)
        self.grants = GrantRepository(session)
        self.returns = ReturnRepository(session)
        self.disposals = DisposalRepository(session)
        self.disputes = DisputeRepository(session)
        self.records = RecordRepository(session)
        self.onward = OnwardRepository(session)
        self.changes = ChangeRepository(session)
        self.uses = UseRepository(session)
        self.credentials = CredentialRepository(session)
        self.reviews = ReviewRepository(session)
        self.submissions = SubmissionRepository(session)
        self.catalogue_events = CatalogueEventRepository(session)
        self.sources = SourceRepository(session)
        self.emergencies = EmergencyRepository(session)
        self.corrections = CorrectionRepository(session)
        self.calendar = CalendarRepository(session)
        self.notices = NoticeRepository(session)
        self.ledger = LedgerRepository(session)
        self.keys = KeyRepository(session)
        self.rows = RowRepository(session)
        self.rates = RatesRepository(session, settings.zone, now)


class WriteUnit(ReadUnit):
    """A change in the making; everything in it carries the one moment `now`."""

    def __init__(
        self,
        session: Session,
        settings: Settings,
        ledger: LedgerRepository,
        actor: Actor,
        now: datetime,
        once: Once | None,
    ) -> None:
        super().__init__(session, settings, now)
        self.ledger = ledger
        self.actor = actor
        self._once = once
        self.entries: tuple[LedgerEntry, ...] = ()
        """What the ledger holds of this change; known once the unit has ended well."""
        self.subject = ""
        """What the change is about, where that is not what its first event is about."""
        self._events: list[Event] = []
        self._channels = settings.notices.channels
        self._clocks: dict[tuple[str, LimitName], RunningClock] = {}

    def note(self, clock: RunningClock) -> None:
        """A clock changed: the entry about its subject, or else the last one, holds its facts."""
        self._clocks[clock.subject, clock.limit] = clock

    def record(self, event: Event) -> None:
        """Note what happened; it is appended to the ledger when the unit commits."""
        self._events.append(event)

    def commit(self) -> None:
        self._session.flush()
        changed = list(self._clocks.values())
        events = with_clocks(self._events, changed)
        self.clocks.keep(changed, self.now)
        events = with_rows(events, self.rows.written(self.registry.salts))
        if self.actor.acting_for:
            deputy = {"acting_for": self.actor.delegator}
            events = [replace(one, facts={**one.facts, **deputy}) for one in events]
        self.entries = self.ledger.append(
            events,
            recorded_at=self.now,
            actor=self.actor.commitment,
            department=self.actor.department,
        )
        self._tell(events)
        if self._once is not None and self.entries:
            entries = tuple(entry.index for entry in self.entries)
            subject = self.subject or events[0].subject
            done = Done(what=self._once.what, subject=subject, entries=entries)
            self.keys.add(self.actor.person, self._once, done, self.now)
        self._session.commit()

    def refuse_repetition(self) -> None:
        """Raise AlreadyDone for a key under which the same act was done, Conflict for another."""
        if self._once is None:
            return
        done = self.keys.find(self.actor.person, self._once.key)
        if done is None:
            return
        if done.what != self._once.what:
            raise Conflict(
                f"the key {self._once.key} was used for another act, on {done.subject} (ledger entry"
                f" {done.entries[0]}), and stands for one act alone",
                hint="choose a new key for each act",
            )
        subjects = self.ledger.subjects(done.entries[0], done.entries[-1])
        raise AlreadyDone(done.subject, done.entries, subjects)

    def _tell(self, events: Sequence[Event]) -> None:
        """Put the notices of these events into the outbox: they commit together, or not at all."""
        happenings = [
            Happening(entry=entry.index, event=event, departments=self._concerned(event))
            for entry, event in zip(self.entries, events, strict=True)
            if tells(event)
        ]
        if not happenings:
            return
        departments = {
            code for one in happenings for codes in one.departments.values() for code in codes
        }
        people = self.registry.people_of(departments, Role.AUTHORITY)
        tellings = told(
            happenings,
            people,
            actor=self.actor.person,
            delegations=self.delegations.list_active(self.now),
        )
        self.notices.add(tellings, self._channels, at=self.now)

    def _concerned(self, event: Event) -> dict[Party, Collection[str]]:
        """The departments that an event names; its dataset says who provides, if it does not."""
        named = named_in(event)
        dataset = event.facts.get("dataset")
        if Party.PROVIDER not in named and dataset:
            named[Party.PROVIDER] = (self.registry.provider_of(str(dataset)),)
        return named


class OutboxUnit:
    """A short change of the outbox alone. It waits for no act on PostgreSQL, and records nothing."""

    def __init__(self, session: Session) -> None:
        self.notices = NoticeRepository(session)


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
    once: Once | None = None,
) -> Iterator[WriteUnit]:
    """Commit on a clean end, roll everything back on an error. Units do not nest.

    The moment is taken, and who acts is looked up, after the only writer's place was won: a fact
    never carries a time before that of a fact already there, so a past day never changes, and
    roles taken away a moment ago no longer count.
    """
    with translated(database.url), database.write_session() as session:
        ledger = LedgerRepository(session)
        now = ledger.lock(clock)
        actor = identify(ReadUnit(session, settings, now))
        unit = WriteUnit(session, settings, ledger, actor, now, once)
        unit.refuse_repetition()
        yield unit
        unit.commit()


@contextmanager
def outbox(database: Database) -> Iterator[OutboxUnit]:
    """Commit on a clean end; for whoever sends notices, who holds nothing open while sending."""
    with translated(database.url), database.write_session() as session:
        yield OutboxUnit(session)
        session.commit()
