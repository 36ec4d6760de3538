"""The grants of returns: given by the policy, on the whole of an area's data (Decree 809 Art. 24)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bureau.approving import agree_by_policy
from bureau.grantable import refuse_unshareable
from bureau.granting import end
from bureau.request_document import midnight
from bureau.requesting import current_contract
from bureau.timekeeping import Timekeeper
from bureau.unit_of_work import ReadUnit
from catalog.model import Dataset, Department, Division, ShareMode
from contracts.columns import columns_of
from core.canonical import Json
from sharing.ledger.entry import Event
from sharing.model import AccessRequest, Grant, GrantState, RequestState, Terms
from sharing.returnflow import procedure
from sharing.returnflow.areas import Parents
from sharing.returnflow.model import PURPOSE, ReturnFlow
from sharing.workflow import MAX_PERIOD, check_terms


def parents_of(unit: ReadUnit) -> Parents:
    return {division.code: division.parent for division in unit.registry.list_all(Division)}


def refuse_cut(unit: ReadUnit, flow: ReturnFlow) -> None:
    """Refuse a return that is none, or a column that cannot cut out the area."""
    dataset = unit.registry.get(Dataset, flow.dataset)
    refuse_unshareable(dataset)
    parents = parents_of(unit)
    upper = unit.registry.get(Department, dataset.provider).division
    procedure.check_below(parents, flow, dataset.provider, upper)
    table = current_contract(unit, dataset).table
    classified = [p.name for p in table.properties if p.personal]
    procedure.check_cut(flow, columns_of(table), classified, parents)


def return_under_grant(keeper: Timekeeper, flow: ReturnFlow, zone: ZoneInfo) -> ReturnFlow:
    """Grant the receiving department all columns of its area, by the policy and for years.

    No review stops it before its end: a provider that forgets one would stop the return.
    """
    write = keeper.unit
    dataset = write.registry.get(Dataset, flow.dataset)
    request = AccessRequest(
        ref=write.requests.next_ref(),
        state=RequestState.SUBMITTED,
        department=flow.department,
        terms=_terms(write, dataset, flow, midnight(max(flow.start, keeper.today), zone)),
        created_by=flow.accepted_by,
        created_at=write.now,
        submitted_at=write.now,
    )
    write.requests.add(request)
    agreed = agree_by_policy(keeper, request, dataset, review_due=request.terms.not_after)
    return replace(flow, grant=agreed.grant)


def renew_grant(keeper: Timekeeper, flow: ReturnFlow, former: Grant, zone: ZoneInfo) -> ReturnFlow:
    """Another grant in the place of the former one, which ends if it has not ended yet."""
    renewed = return_under_grant(keeper, flow, zone)
    if former.state_at(keeper.unit.now) in (GrantState.ACTIVE, GrantState.SCHEDULED):
        end(keeper, former, f"数据回流续期 {flow.ref}")
    return renewed


def event(
    kind: str, flow: ReturnFlow, provider: str, more: Mapping[str, Json] | None = None
) -> Event:
    """What happened to a return."""
    told: dict[str, Json] = {
        "application": flow.application,
        "column": flow.column,
        "dataset": flow.dataset,
        "department": flow.department,
        "division": flow.division,
        "grant": flow.grant,
        "match": flow.match.value,
        "provider": provider,
        "start": flow.start.isoformat(),
    }
    return Event(kind, f"return:{flow.ref}", told | dict(more or {}))


def _terms(unit: ReadUnit, dataset: Dataset, flow: ReturnFlow, begins: datetime) -> Terms:
    contract = current_contract(unit, dataset)
    terms = Terms(
        dataset=dataset.code,
        contract_version=contract.version,
        application=flow.application,
        legal_basis=f"政务数据共享条例第二十四条（数据回流 {flow.ref}）",
        scenario=PURPOSE,
        columns=tuple(column.name for column in contract.table.properties),
        rows=flow.rows,
        mode=dataset.share_mode or ShareMode.FILE,
        not_before=begins,
        not_after=begins + MAX_PERIOD,
    )
    check_terms(terms)
    return terms
