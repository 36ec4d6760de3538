"""Look at the registry: lists, one item, its history, search, and what is missing or unclear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bureau import approving
from bureau.policies import profile
from bureau.unit_of_work import ReadUnit
from bureau.workspace import Workspace
from catalog.gaps import Gap, find_gaps
from catalog.mapping import ItemT
from catalog.model import Dataset, Delivery, Department, Duty
from catalog.responsibility import Responsibilities, responsibilities
from catalog.search import matches, search_terms, searchable_text
from core.clock import end_of_day
from core.errors import InvalidInput
from quality.model import CheckReport
from sharing.model import AccessRequest, Grant, Use
from sharing.profiles.model import Profile
from sharing.requests.verdict import Outcome, verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetPage:
    """All that a steward asks about one dataset."""

    dataset: Dataset
    deliveries: tuple[Delivery, ...]
    last_check: CheckReport | None
    grants: tuple[Grant, ...]
    two_approvals: tuple[str, ...]
    """Why a request for all of its columns takes two approvals; () where one is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    dataset: Dataset
    weight: int


def list_items(
    workspace: Workspace, kind: type[ItemT], *, as_of: date | None = None
) -> list[ItemT]:
    """Every item of a kind by code, as it is or as it was known at the end of a past day."""
    with workspace.reading() as unit:
        return unit.registry.list_all(kind, at=_moment(workspace, as_of))


def get_item(
    workspace: Workspace, kind: type[ItemT], code: str, *, as_of: date | None = None
) -> ItemT:
    with workspace.reading() as unit:
        return unit.registry.get(kind, code, at=_moment(workspace, as_of))


def history(workspace: Workspace, kind: type[ItemT], code: str) -> list[tuple[datetime, ItemT]]:
    """Each state of an item with the moment it was recorded, oldest first."""
    with workspace.reading() as unit:
        unit.registry.get(kind, code)
        return unit.registry.history(kind, code)


def dataset_page(workspace: Workspace, code: str) -> DatasetPage:
    with workspace.reading() as unit:
        dataset = unit.registry.get(Dataset, code)
        return DatasetPage(
            dataset=dataset,
            deliveries=tuple(unit.deliveries.list_by_dataset(code)),
            last_check=unit.checks.find_latest(code),
            grants=tuple(unit.grants.list_all(dataset=code)),
            two_approvals=_two(unit, profile(workspace.settings), dataset),
        )


def search(workspace: Workspace, query: str, *, limit: int) -> list[Hit]:
    """Datasets that hold every word of the query, best first."""
    terms = search_terms(query)
    if not terms.exact and not terms.prefixes:
        raise InvalidInput(
            f"'{query}' holds neither a letter nor a digit", hint="search for a word of the title"
        )
    with workspace.reading() as unit:
        found = unit.search.find(terms.exact, terms.prefixes)
        departments = {d.code: d for d in unit.registry.list_all(Department)}
        hits: list[Hit] = []
        for code, weight in found:
            dataset = unit.registry.get(Dataset, code)
            provider = departments.get(dataset.provider)
            names = (provider.name_zh, provider.name_en) if provider else ()
            # Grams of neighbouring words can add up to a word that stands nowhere.
            if matches(query, searchable_text(dataset, names)):
                hits.append(Hit(dataset=dataset, weight=weight))
            if len(hits) == limit:
                break
    return hits


def gaps(workspace: Workspace, *, department: str = "") -> list[Gap]:
    """What is unclear, orphaned, contested or incomplete, for the city or one department."""
    with workspace.reading() as unit:
        if department:
            unit.registry.get(Department, department)
        found = gaps_in(unit, workspace.today())
    return [gap for gap in found if not department or gap.department == department]


def gaps_in(unit: ReadUnit, day: date, *, at: datetime | None = None) -> list[Gap]:
    """The gaps of the city on a day, as they are or as they were known just before `at`."""
    return list(
        find_gaps(
            unit.registry.list_all(Dataset, at=at),
            unit.registry.list_all(Department, at=at),
            duties_in_force(unit, day, at=at),
            unit.deliveries.collected(at=at),
            unit.deliveries.delivered(at=at),
            unit.sources.named(at=at),
        )
    )


def responsibilities_of(
    workspace: Workspace, *, department: str = "", as_of: date | None = None
) -> Responsibilities:
    """Who answers for what is published, of the city or by one department; see `gaps`."""
    at, day = _moment(workspace, as_of), workspace.past_day(as_of)
    with workspace.reading() as unit:
        if department:
            unit.registry.get(Department, department, at=at)
        datasets = unit.registry.list_all(Dataset, at=at)
        duties = duties_in_force(unit, day, at=at)
        found = gaps_in(unit, day, at=at)
    return responsibilities(datasets, duties, found, department=department)


def list_requests(workspace: Workspace) -> list[AccessRequest]:
    with workspace.reading() as unit:
        return unit.requests.list_all()


def get_request(workspace: Workspace, ref: str) -> AccessRequest:
    with workspace.reading() as unit:
        return unit.requests.get(ref)


def two_approvals(workspace: Workspace, ref: str) -> tuple[str, ...]:
    """Why a request takes two approvals; () where one is enough, and once it was decided."""
    with workspace.reading() as unit:
        found, policy = unit.requests.get(ref), profile(workspace.settings)
        dataset = unit.registry.get(Dataset, found.terms.dataset)
        if verdict(found).outcome is not Outcome.PENDING:
            return ()
        agreed = found.first_approval.columns if found.first_approval else found.terms.columns
        return approving.why_two(unit.contracts.newest(dataset.contract), policy, dataset, agreed)


def cautions(workspace: Workspace, ref: str) -> list[str]:
    """What whoever decides on a request should know; see `approving.cautions`."""
    with workspace.reading() as unit:
        found = unit.requests.get(ref)
        return approving.cautions(unit, profile(workspace.settings), found)


def list_grants(workspace: Workspace, *, dataset: str = "", department: str = "") -> list[Grant]:
    """Grants by number; raises NotFound for a dataset or a department that there is not."""
    with workspace.reading() as unit:
        if dataset:
            unit.registry.get(Dataset, dataset)
        if department:
            unit.registry.get(Department, department)
        return unit.grants.list_all(dataset=dataset, department=department)


def get_grant(workspace: Workspace, ref: str) -> tuple[Grant, list[Use]]:
    """A grant and each read under it, oldest first."""
    with workspace.reading() as unit:
        return unit.grants.get(ref), unit.uses.list_by_grant(ref)


def duties_in_force(unit: ReadUnit, day: date, *, at: datetime | None = None) -> list[Duty]:
    return [
        duty
        for duty in unit.registry.list_all(Duty, at=at)
        if duty.start <= day and (duty.end is None or day <= duty.end)
    ]


def _two(unit: ReadUnit, policy: Profile, dataset: Dataset) -> tuple[str, ...]:
    shared = dataset.share_type is not None and dataset.share_type.shareable
    if not shared:
        return ()
    return approving.why_two(unit.contracts.newest(dataset.contract), policy, dataset)


def _moment(workspace: Workspace, as_of: date | None) -> datetime | None:
    if as_of is None:
        return None
    return end_of_day(workspace.past_day(as_of), workspace.settings.zone)
