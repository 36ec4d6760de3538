"""A workspace at work: its settings and its moment, and the areas of acts by their names."""

from __future__ import annotations

from datetime import date, datetime

from bureau.changing import ServiceChanges
from bureau.correcting import Corrections
from bureau.delegating import Delegations
from bureau.disposing import Disposals
from bureau.disputing import Disputes
from bureau.dossiers import Dossiers
from bureau.emergencies import Emergencies
from bureau.exporting import CatalogueExports
from bureau.freezing import Snapshots
from bureau.issuing import Credentials
from bureau.liability import Liability
from bureau.lighting import Lights
from bureau.needing import Needs
from bureau.notifying import Notices
from bureau.passing_on import OnwardTransfers
from bureau.prolonging import Periods
from bureau.reconciling import Usage
from bureau.recording import UsageRecords
from bureau.report_files import Reports
from bureau.returning import ReturnFlows
from bureau.reviewing import Reviews
from bureau.serving import Services
from bureau.settings import Settings
from bureau.sourcing import Sources
from bureau.submitting import Submissions
from bureau.supervising import Supervisions
from bureau.trending import Trends
from bureau.updating import CatalogueEvents
from bureau.workspace import Workspace


class Areas:
    """Areas of acts on one workspace for one actor: `bureau.corrections.list()`."""

    def __init__(self, workspace: Workspace, actor: str | None = None) -> None:
        self._workspace = workspace
        self._actor = actor

    @property
    def workspace(self) -> Workspace:
        """What a server is given."""
        return self._workspace

    @property
    def settings(self) -> Settings:
        return self._workspace.settings

    def today(self) -> date:
        """The present day in the city's time zone."""
        return self._workspace.today()

    def now(self) -> datetime:
        """The present moment; the state of a grant depends on it."""
        return self._workspace.clock.now()

    def close(self) -> None:
        self._workspace.database.close()

    @property
    def submissions(self) -> Submissions:
        return Submissions(self._workspace, self._actor)

    @property
    def exports(self) -> CatalogueExports:
        return CatalogueExports(self._workspace, self._actor)

    @property
    def catalogue_events(self) -> CatalogueEvents:
        return CatalogueEvents(self._workspace, self._actor)

    @property
    def sources(self) -> Sources:
        return Sources(self._workspace, self._actor)

    @property
    def corrections(self) -> Corrections:
        return Corrections(self._workspace, self._actor)

    @property
    def emergencies(self) -> Emergencies:
        return Emergencies(self._workspace, self._actor)

    @property
    def credentials(self) -> Credentials:
        return Credentials(self._workspace, self._actor)

    @property
    def reviews(self) -> Reviews:
        return Reviews(self._workspace, self._actor)

    @property
    def delegations(self) -> Delegations:
        return Delegations(self._workspace, self._actor)

    @property
    def dossiers(self) -> Dossiers:
        return Dossiers(self._workspace, self._actor)

    @property
    def liability(self) -> Liability:
        return Liability(self._workspace, self._actor)

    @property
    def snapshots(self) -> Snapshots:
        return Snapshots(self._workspace, self._actor)

    @property
    def trends(self) -> Trends:
        return Trends(self._workspace, self._actor)

    @property
    def lights(self) -> Lights:
        return Lights(self._workspace, self._actor)

    @property
    def supervision(self) -> Supervisions:
        return Supervisions(self._workspace, self._actor)

    @property
    def needs(self) -> Needs:
        return Needs(self._workspace, self._actor)

    @property
    def periods(self) -> Periods:
        return Periods(self._workspace, self._actor)

    @property
    def returns(self) -> ReturnFlows:
        return ReturnFlows(self._workspace, self._actor)

    @property
    def services(self) -> Services:
        return Services(self._workspace, self._actor)

    @property
    def disposals(self) -> Disposals:
        return Disposals(self._workspace, self._actor)

    @property
    def disputes(self) -> Disputes:
        return Disputes(self._workspace, self._actor)

    @property
    def onward(self) -> OnwardTransfers:
        return OnwardTransfers(self._workspace, self._actor)

    @property
    def changes(self) -> ServiceChanges:
        return ServiceChanges(self._workspace, self._actor)

    @property
    def records(self) -> UsageRecords:
        return UsageRecords(self._workspace, self._actor)

    @property
    def usage(self) -> Usage:
        return Usage(self._workspace, self._actor)

    @property
    def reports(self) -> Reports:
        return Reports(self._workspace, self._actor)

    @property
    def notices(self) -> Notices:
        return Notices(self._workspace, self._actor)
