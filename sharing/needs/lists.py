"""The lists (清单) of needs, resources, responsibilities, and of what is not shared. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from catalog.citation import cites_law
from catalog.model import (
    Dataset,
    DatasetStatus,
    Delivery,
    Duty,
    Grade,
    ResourceClass,
    ShareMode,
    ShareType,
    UpdateCycle,
)
from sharing.clocks.model import Clock
from sharing.model import AccessRequest, RequestState
from sharing.needs.model import Need, NeedState

ASKED = (
    RequestState.SUBMITTED,
    RequestState.RETURNED,
    RequestState.SECONDING,
    RequestState.AGREED,
    RequestState.DISPUTED,
    RequestState.OVERTURNED,
)
"""Requests that say a need: not drafts, nor what was refused, withdrawn or has lapsed."""


class Freshness(StrEnum):
    """Whether the newest delivery is as young as the update cycle promises."""

    FRESH = "fresh"
    STALE = "stale"
    NEVER_DELIVERED = "never_delivered"
    NO_CYCLE = "no_cycle"


class Fulfilment(StrEnum):
    FULFILLED = "fulfilled"
    MISSING = "missing"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedLine:
    """需求清单: who needs what, from whom, and how it stands. `ref` is a need or a request."""

    ref: str
    state: NeedState | RequestState
    department: str
    application: str
    title_zh: str
    items: tuple[str, ...]
    provider: str
    """From whom: empty while nobody was named."""
    dataset: str
    stated_at: datetime
    due_on: date | None
    """By when the next step is due, of what is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceLine:
    """资源清单: a published entry with the nine fields of Decree 809 Art. 13."""

    code: str
    title_zh: str
    items: tuple[str, ...]
    provider: str
    format: str
    update_cycle: UpdateCycle | None
    share_type: ShareType | None
    share_mode: ShareMode | None
    use_conditions: str
    resource_class: ResourceClass | None
    grade: Grade | None
    contract: str
    delivered_at: datetime | None
    freshness: Freshness


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyLine:
    """责任清单: a duty in force, its legal ground, and what its department published for it."""

    duty: str
    department: str
    item: str
    title_zh: str
    theme: str
    legal_ground: str
    state: Fulfilment
    datasets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NegativeLine:
    """负面清单: a published entry that is not shared, and the law that forbids it (Art. 14, 15)."""

    code: str
    title_zh: str
    items: tuple[str, ...]
    provider: str
    legal_basis: str
    cites_law: bool
    """Whether the basis names a law with its article; one that does not bars nothing."""


def needs_list(
    needs: Iterable[Need],
    requests: Iterable[AccessRequest],
    datasets: Mapping[str, Dataset],
    due: Mapping[str, Clock],
) -> list[NeedLine]:
    """`due` are the open clocks by their subjects, of each the one that is due first."""
    stated = [
        NeedLine(
            ref=need.ref,
            state=need.state,
            department=need.department,
            application=need.application,
            title_zh=need.title,
            items=need.items,
            provider=_provider(datasets, need.dataset) or need.assigned_to,
            dataset=need.dataset,
            stated_at=need.created_at,
            due_on=_due(due, f"need:{need.ref}"),
        )
        for need in needs
    ]
    asked = [
        NeedLine(
            ref=request.ref,
            state=request.state,
            department=request.department,
            application=request.terms.application,
            title_zh=datasets[request.terms.dataset].title_zh,
            items=request.terms.columns,
            provider=_provider(datasets, request.terms.dataset),
            dataset=request.terms.dataset,
            stated_at=request.submitted_at or request.created_at,
            due_on=_due(
                due, f"grant:{request.grant}" if request.grant else f"request:{request.ref}"
            ),
        )
        for request in requests
        if request.state in ASKED
    ]
    return stated + asked


def resources_list(
    datasets: Iterable[Dataset], newest: Mapping[str, Delivery], now: datetime
) -> list[ResourceLine]:
    """`newest` holds the newest delivery that readers see of each dataset that has one."""
    return [
        ResourceLine(
            code=one.code,
            title_zh=one.title_zh,
            items=one.items,
            provider=one.provider,
            format=one.format,
            update_cycle=one.update_cycle,
            share_type=one.share_type,
            share_mode=one.share_mode,
            use_conditions=one.use_conditions,
            resource_class=one.resource_class,
            grade=one.grade,
            contract=one.contract,
            delivered_at=newest[one.code].delivered_at if one.code in newest else None,
            freshness=_freshness(one, newest.get(one.code), now),
        )
        for one in datasets
        if one.status is DatasetStatus.PUBLISHED
    ]


def responsibilities_list(duties: Sequence[Duty], datasets: Iterable[Dataset]) -> list[DutyLine]:
    """`duties` are those in force; what one department published answers its own duty alone."""
    answers: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for one in datasets:
        if one.status is DatasetStatus.PUBLISHED and one.fulfils:
            answers[one.fulfils, one.provider].append(one.code)
    lines = []
    for duty in duties:
        found = tuple(answers.get((duty.item, duty.department), ()))
        missing = Fulfilment.EXEMPT if duty.exempt else Fulfilment.MISSING
        lines.append(
            DutyLine(
                duty=duty.code,
                department=duty.department,
                item=duty.item,
                title_zh=duty.title_zh,
                theme=duty.theme,
                legal_ground=duty.legal_ground,
                state=Fulfilment.FULFILLED if found else missing,
                datasets=found,
            )
        )
    return sorted(lines, key=lambda line: (line.department, line.duty))


def negative_list(datasets: Iterable[Dataset]) -> list[NegativeLine]:
    """What may not be shared: on this list or open to others, there is no third (Shanghai Art. 38)."""
    return [
        NegativeLine(
            code=one.code,
            title_zh=one.title_zh,
            items=one.items,
            provider=one.provider,
            legal_basis=one.legal_basis,
            cites_law=cites_law(one.legal_basis),
        )
        for one in datasets
        if one.status is DatasetStatus.PUBLISHED and one.share_type is ShareType.NOT_SHARED
    ]


def _provider(datasets: Mapping[str, Dataset], code: str) -> str:
    return datasets[code].provider if code in datasets else ""


def _due(due: Mapping[str, Clock], subject: str) -> date | None:
    return due[subject].due_on if subject in due else None


def _freshness(dataset: Dataset, newest: Delivery | None, now: datetime) -> Freshness:
    if newest is None:
        return Freshness.NEVER_DELIVERED
    allowed = dataset.update_cycle.allowed_age if dataset.update_cycle else None
    if allowed is None:
        return Freshness.NO_CYCLE
    return Freshness.FRESH if now - newest.delivered_at <= allowed else Freshness.STALE
