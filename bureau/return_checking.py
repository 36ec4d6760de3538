"""Whether a return is whole and on time: what can be read, beside what is held (Art. 24)."""

from __future__ import annotations

from dataclasses import dataclass

from bureau.receipt import Receipt, receipt
from bureau.return_grants import parents_of
from bureau.unit_of_work import ReadUnit
from bureau.workspace import Workspace
from catalog.model import Dataset, DatasetStatus, Delivery, Department, ShareType
from catalog.plan import Column
from contracts.columns import columns_of
from core.actor import Actor
from core.errors import Conflict, InvalidInput
from sharing.ledger.entry import Event
from sharing.model import GrantState
from sharing.returnflow import areas
from sharing.returnflow.areas import Parents, Tally
from sharing.returnflow.model import ReturnCheck, ReturnFlow
from sharing.returnflow.procedure import Act, check_act

MAX_EXPECTED = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What is known of a return before a row is counted."""

    flow: ReturnFlow
    dataset: Dataset
    parents: Parents
    upper: str
    """The provider's own division."""
    delivery: Delivery | None
    columns: tuple[Column, ...]
    """Those of the published delivery."""
    missing: tuple[str, ...]
    on_time: bool | None
    readable: bool


def check(
    workspace: Workspace, ref: str, *, actor: str | None, expected: int | None
) -> tuple[ReturnCheck, Receipt]:
    """Count the rows of the area in what was published last, and keep the result."""
    if expected is not None and not 0 <= expected <= MAX_EXPECTED:
        raise InvalidInput(
            f"{expected} is no number of rows", hint=f"name one from 0 to {MAX_EXPECTED:,}"
        )
    with workspace.reading() as unit:
        acting = workspace.who(unit, actor)
        look = _look(unit, acting, unit.returns.get(ref))
    flow = look.flow
    tally = _tally(workspace, look)
    with workspace.writing(acting.person) as write:
        found = ReturnCheck(
            flow=flow.ref,
            number=write.returns.next_check(flow.ref),
            checked_at=write.now,
            checked_by=write.actor.signature,
            delivery=look.delivery.number if look.delivery else None,
            held=areas.held(tally, look.parents, flow.division, flow.match),
            given=areas.given(tally) if look.readable else 0,
            expected=expected,
            nobodys=areas.nobodys(tally, look.parents, look.upper, flow.match),
            missing=look.missing,
            on_time=look.on_time,
        )
        write.returns.add_check(found)
        write.record(_checked(look, found))
    return found, receipt(flow.ref, write)


def _look(unit: ReadUnit, acting: Actor, flow: ReturnFlow) -> _Look:
    dataset = unit.registry.get(Dataset, flow.dataset)
    grant = unit.grants.get(flow.grant) if flow.grant else None
    state = grant.state_at(unit.now) if grant else None
    check_act(flow, Act.CHECK, acting, provider=dataset.provider, grant=state)
    granted = grant.terms.columns if grant else ()
    delivery = unit.deliveries.find_published(dataset.code)
    columns: tuple[Column, ...] = ()
    if delivery is not None:
        contract = unit.contracts.read(delivery.contract, delivery.contract_version)
        columns = columns_of(contract.table)
    names = [column.name for column in columns]
    shared = dataset.status is DatasetStatus.PUBLISHED and (
        dataset.share_type is not ShareType.NOT_SHARED
    )
    allowed = dataset.update_cycle.allowed_age if dataset.update_cycle else None
    on_time = None
    if allowed is not None:
        on_time = delivery is not None and unit.now - delivery.delivered_at <= allowed
    return _Look(
        flow=flow,
        dataset=dataset,
        parents=parents_of(unit),
        upper=unit.registry.get(Department, dataset.provider).division,
        delivery=delivery,
        columns=columns,
        missing=tuple(name for name in names if name not in granted),
        on_time=on_time,
        readable=state is GrantState.ACTIVE and shared and set(granted) <= set(names),
    )


def _tally(workspace: Workspace, look: _Look) -> Tally:
    from catalog.extract import tally

    delivery, flow = look.delivery, look.flow
    if delivery is None or delivery.lake_version is None:
        return {}
    if flow.column not in [column.name for column in look.columns]:
        raise Conflict(
            f"{flow.dataset} no longer has the column {flow.column}",
            hint=f"{look.dataset.provider} names another: bureau return renew {flow.ref}"
            " --column NAME",
        )
    files = workspace.lake.files(delivery.lake_table, delivery.lake_version)
    memory = workspace.settings.memory_mb
    return tally(files, flow.column, look.columns, rows=flow.rows, memory_mb=memory)


def _checked(look: _Look, found: ReturnCheck) -> Event:
    return Event(
        "return.checked",
        f"return:{found.flow}",
        {
            "complete": found.complete,
            "dataset": look.flow.dataset,
            "delivery": found.delivery,
            "department": look.flow.department,
            "division": look.flow.division,
            "expected": found.expected,
            "given": found.given,
            "held": found.held,
            "missing": len(found.missing),
            "nobodys": found.nobodys,
            "on_time": found.on_time,
            "provider": look.dataset.provider,
        },
    )
