"""`Bureau`: the one front door. CLI, web and Python programs call these acts and nothing below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Unpack

from bureau import (
    applying,
    approving,
    auditing,
    browsing,
    calendars,
    checking,
    delivering,
    diagnosing,
    granting,
    importing,
    measuring,
    policies,
    publishing,
    reading,
    reclaiming,
    replying,
    requesting,
    waiting,
)
from bureau.applying import Applied
from bureau.areas import Areas
from bureau.browsing import DatasetPage, Hit
from bureau.calendars import DueDay
from bureau.checking import FailingRows
from bureau.delivering import Progress
from bureau.delivery_order import Delivered, DeliveryOrder
from bureau.diagnosing import Finding
from bureau.importing import Imported, ImportFormat
from bureau.planning import Step
from bureau.reading import ReadOrder, ReadResult
from bureau.receipt import Receipt
from bureau.requesting import NewRequest
from bureau.settings import find_home
from bureau.tasks import Task
from bureau.workspace import Workspace
from catalog.gaps import Gap
from catalog.importers.records import ImportDefaults
from catalog.mapping import ItemT
from contracts.model import DataContract, PublishedContract
from core.clock import Clock
from quality.model import CheckReport
from rates.model import Funnel, Grouping, Member, RateDefinition, RateQuery, RateResult
from sharing.calendar.model import Announcement, WorkingCalendar
from sharing.clocks.model import Clock as RunningClock
from sharing.keys.model import Once
from sharing.ledger.entry import EntryBody, LedgerEntry
from sharing.ledger.merkle import Head
from sharing.ledger.verify import Verification
from sharing.model import AccessRequest, Grant, RefusalGround, Use
from sharing.profiles.model import Profile


class Bureau(Areas):
    """A workspace and someone who acts in it.

    `actor` is a person's code; acts that change anything need it. Each act either happens whole,
    with its ledger entries, or raises a `core.errors.BureauError` and changes nothing.
    """

    @classmethod
    def create(cls, home: Path, *, city: str = "", timezone: str = "Asia/Shanghai") -> Bureau:
        return cls(Workspace.create(home, city=city, timezone=timezone))

    @classmethod
    def open(
        cls,
        home: Path | None = None,
        *,
        actor: str | None = None,
        behalf: str | None = None,
        clock: Clock | None = None,
        require_current: bool = True,
    ) -> Bureau:
        found = find_home(home)
        workspace = Workspace.open(found, clock=clock, require_current=require_current)
        return cls(replace(workspace, behalf=behalf), actor)

    def acting_as(self, actor: str, *, behalf: str | None = None) -> Bureau:
        """The same workspace with another person acting, by a delegation on `behalf` of one."""
        return Bureau(replace(self._workspace, behalf=behalf), actor)

    def once(self, key: str, what: str = "") -> Bureau:
        """The same, doing its next act once: repeated under the same key it raises AlreadyDone."""
        return Bureau(replace(self._workspace, once=Once(key, what)), self._actor)

    # Registry

    def diff(self, path: Path) -> tuple[Step, ...]:
        return applying.plan(self._workspace, path)

    def apply(self, path: Path, *, only_new: bool = False) -> Applied:
        return applying.apply(self._workspace, path, actor=self._actor, only_new=only_new)

    def import_catalogue(
        self,
        path: Path,
        form: ImportFormat,
        defaults: ImportDefaults,
        *,
        columns: Sequence[str] = (),
        encoding: str = "utf-8",
        dry_run: bool = False,
    ) -> Imported:
        return importing.import_catalogue(
            self._workspace,
            path,
            form,
            defaults,
            actor=self._actor,
            columns=columns,
            encoding=encoding,
            dry_run=dry_run,
        )

    def list_items(self, kind: type[ItemT], *, as_of: date | None = None) -> list[ItemT]:
        return browsing.list_items(self._workspace, kind, as_of=as_of)

    def get_item(self, kind: type[ItemT], code: str, *, as_of: date | None = None) -> ItemT:
        return browsing.get_item(self._workspace, kind, code, as_of=as_of)

    def history(self, kind: type[ItemT], code: str) -> list[tuple[datetime, ItemT]]:
        return browsing.history(self._workspace, kind, code)

    def dataset_page(self, code: str) -> DatasetPage:
        return browsing.dataset_page(self._workspace, code)

    def search(self, query: str, *, limit: int = 20) -> list[Hit]:
        return browsing.search(self._workspace, query, limit=limit)

    def gaps(self, *, department: str = "") -> list[Gap]:
        return browsing.gaps(self._workspace, department=department)

    # Contracts

    def publish_contract(self, path: Path) -> tuple[DataContract, Receipt]:
        return publishing.publish(self._workspace, path, actor=self._actor)

    def list_contracts(self) -> list[PublishedContract]:
        return publishing.list_contracts(self._workspace)

    def export_contract(self, contract: str, version: str = "") -> bytes:
        return publishing.export(self._workspace, contract, version)

    # Deliveries and checks

    def deliver(self, order: DeliveryOrder, on_progress: Progress | None = None) -> Delivered:
        return delivering.deliver(
            self._workspace, order, actor=self._actor, on_progress=on_progress
        )

    def run_checks(
        self, dataset: str, shows: Progress | None = None, *, engine: str = "duckdb"
    ) -> tuple[CheckReport, Receipt]:
        return checking.run(self._workspace, dataset, engine, actor=self._actor, on_progress=shows)

    def check_report(self, dataset: str, run: str = "") -> CheckReport:
        return checking.show(self._workspace, dataset, run)

    def check_history(self, dataset: str) -> list[CheckReport]:
        return checking.history(self._workspace, dataset)

    def failing_rows(
        self, dataset: str, *, check: str = "", limit: int = 50, run: str = ""
    ) -> FailingRows:
        return checking.rows(
            self._workspace, dataset, check=check, limit=limit, actor=self._actor, run_id=run
        )

    # Sharing

    def check_requestable(self, dataset: str) -> None:
        requesting.check_requestable(self._workspace, dataset, actor=self._actor)

    def create_request(
        self, new: NewRequest, *, submitted: bool = False
    ) -> tuple[AccessRequest, Receipt]:
        return requesting.create(self._workspace, new, actor=self._actor, submitted=submitted)

    def submit_request(self, ref: str) -> tuple[AccessRequest, Receipt]:
        return requesting.submit(self._workspace, ref, actor=self._actor)

    def endorse_request(self, ref: str) -> tuple[AccessRequest, Receipt]:
        return requesting.endorse(self._workspace, ref, actor=self._actor)

    def supplement_request(
        self, ref: str, *, answer: str, legal_basis: str = "", scenario: str = ""
    ) -> tuple[AccessRequest, Receipt]:
        return requesting.supplement(
            self._workspace,
            ref,
            actor=self._actor,
            answer=answer,
            legal_basis=legal_basis,
            scenario=scenario,
        )

    def withdraw_request(self, ref: str) -> tuple[AccessRequest, Receipt]:
        return requesting.withdraw(self._workspace, ref, actor=self._actor)

    def receive_request(self, ref: str) -> tuple[AccessRequest, Receipt]:
        return replying.receive(self._workspace, ref, actor=self._actor)

    def return_request(self, ref: str, missing: Sequence[str]) -> tuple[AccessRequest, Receipt]:
        return replying.return_once(self._workspace, ref, actor=self._actor, missing=missing)

    def ask_extension(self, ref: str, *, days: int, reason: str) -> tuple[AccessRequest, Receipt]:
        return replying.ask_extension(
            self._workspace, ref, actor=self._actor, days=days, reason=reason
        )

    def consent_extension(self, ref: str) -> tuple[AccessRequest, Receipt]:
        return replying.consent(self._workspace, ref, actor=self._actor)

    def decline_extension(self, ref: str, *, reason: str) -> tuple[AccessRequest, Receipt]:
        return replying.decline(self._workspace, ref, actor=self._actor, reason=reason)

    def lapse_request(self, ref: str) -> tuple[AccessRequest, Receipt]:
        return replying.lapse(self._workspace, ref, actor=self._actor)

    def approve_request(
        self, ref: str, **agreed: Unpack[approving.Agreed]
    ) -> tuple[Grant | None, Receipt]:
        return approving.approve(self._workspace, ref, actor=self._actor, **agreed)

    def refuse_request(
        self, ref: str, *, ground: RefusalGround | None, reason: str
    ) -> tuple[AccessRequest, Receipt]:
        return replying.refuse(
            self._workspace, ref, actor=self._actor, ground=ground, reason=reason
        )

    def two_approvals(self, ref: str) -> tuple[str, ...]:
        return browsing.two_approvals(self._workspace, ref)

    def cautions(self, ref: str) -> list[str]:
        return browsing.cautions(self._workspace, ref)

    def inbox(self, *, overdue: bool = False) -> list[Task]:
        return waiting.inbox(self._workspace, actor=self._actor, overdue=overdue)

    def tasks(self, *, overdue: bool = False) -> list[Task]:
        return waiting.everybodys(self._workspace, overdue=overdue)

    def overdue_requests(self) -> list[AccessRequest]:
        return waiting.overdue_requests(self._workspace)

    def clocks(self, subject: str) -> list[RunningClock]:
        return waiting.clocks_of(self._workspace, subject)

    def next_due(self) -> dict[str, RunningClock]:
        return waiting.next_due_of_each(self._workspace)

    def list_requests(self) -> list[AccessRequest]:
        return browsing.list_requests(self._workspace)

    def get_request(self, ref: str) -> AccessRequest:
        return browsing.get_request(self._workspace, ref)

    def list_grants(self, *, dataset: str = "", department: str = "") -> list[Grant]:
        return browsing.list_grants(self._workspace, dataset=dataset, department=department)

    def get_grant(self, ref: str) -> tuple[Grant, list[Use]]:
        return browsing.get_grant(self._workspace, ref)

    def accept_grant(self, ref: str) -> tuple[Grant, Receipt]:
        return granting.accept(self._workspace, ref, actor=self._actor)

    def revoke_grant(self, ref: str, *, reason: str) -> tuple[Grant, Receipt]:
        return granting.revoke(self._workspace, ref, actor=self._actor, reason=reason)

    def suspend_grant(self, ref: str, *, reason: str) -> tuple[Grant, Receipt]:
        return granting.suspend(self._workspace, ref, actor=self._actor, reason=reason)

    def rectify_grant(self, ref: str, *, report: str) -> tuple[Grant, Receipt]:
        return granting.rectify(self._workspace, ref, actor=self._actor, report=report)

    def resume_grant(self, ref: str, *, reason: str) -> tuple[Grant, Receipt]:
        return granting.resume(self._workspace, ref, actor=self._actor, reason=reason)

    def read(self, order: ReadOrder) -> ReadResult:
        return reading.read(self._workspace, order, actor=self._actor)

    # Calendar and policy

    def working_calendar(self) -> WorkingCalendar:
        return calendars.show(self._workspace)

    def calendar_history(self, year: int) -> list[Announcement]:
        return calendars.history(self._workspace, year)

    def import_calendar(self, paths: Sequence[Path]) -> tuple[list[Announcement], Receipt]:
        return calendars.import_announcements(self._workspace, paths, actor=self._actor)

    def due_day(self, start: date, days: int) -> DueDay:
        return calendars.due(self._workspace, start, days)

    def policy(self) -> Profile:
        return policies.profile(self._workspace.settings)

    # Rates

    def rates(
        self, query: RateQuery, *, rate_ids: Sequence[str] = (), group_by: Grouping | None = None
    ) -> list[RateResult]:
        return measuring.show(self._workspace, query, rate_ids=rate_ids, group_by=group_by)

    def rate_rows(self, rate_id: str, query: RateQuery) -> list[Member]:
        return measuring.rows(self._workspace, rate_id, query)

    def rate_rows_by(self, rate: str, query: RateQuery, by: Grouping) -> list[tuple[str, Member]]:
        return measuring.grouped_rows(self._workspace, rate, query, by)

    def rate_definition(self, rate_id: str) -> RateDefinition:
        return measuring.explain(rate_id)

    def funnel(self, query: RateQuery) -> Funnel:
        return measuring.funnel(self._workspace, query)

    # Ledger

    def ledger_head(self) -> Head:
        return auditing.head(self._workspace)

    def ledger_log(
        self,
        *,
        limit: int = 20,
        kind: str | None = None,
        subject: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[LedgerEntry]:
        return auditing.log(
            self._workspace, limit=limit, kind=kind, subject=subject, since=since, until=until
        )

    def ledger_entry(self, index: int) -> tuple[LedgerEntry, EntryBody, str]:
        return auditing.show(self._workspace, index)

    def person_behind(self, commitment: str) -> str:
        return auditing.person_behind(self._workspace, commitment)

    def verify_ledger(self) -> Verification:
        return auditing.check(self._workspace)

    # Areas of acts are properties of `Areas`, in areas.py

    # The workspace itself

    def database_revision(self) -> tuple[str | None, str | None]:
        """The migration that the database is at, None where it has none, and the newest."""
        return self._workspace.database.revision()

    def upgrade_database(self) -> tuple[str | None, str | None]:
        """Migrate to the newest schema; the revisions before and after."""
        before, _ = self._workspace.database.revision()
        self._workspace.database.require_tables()
        self._workspace.database.upgrade()
        return before, self._workspace.database.revision()[0]

    def reclaim(self) -> list[str]:
        """Delete lake files that no delivery names and that nothing wrote to for a day."""
        return reclaiming.reclaim(self._workspace)

    def diagnose(self) -> list[Finding]:
        return diagnosing.diagnose(self._workspace)


__all__ = [
    "Applied",
    "Bureau",
    "CheckReport",
    "DatasetPage",
    "Delivered",
    "DeliveryOrder",
    "DueDay",
    "FailingRows",
    "Finding",
    "Gap",
    "Hit",
    "ImportDefaults",
    "ImportFormat",
    "Imported",
    "NewRequest",
    "ReadOrder",
    "ReadResult",
    "Receipt",
    "Step",
]
