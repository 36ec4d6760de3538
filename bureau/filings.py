"""No act breaks live grants unless a change of the service was filed (Decree 809 Art. 27)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bureau.unit_of_work import ReadUnit, WriteUnit
from catalog.model import Dataset
from contracts.changes import losses
from contracts.model import DataContract
from core.canonical import Json
from core.errors import Conflict
from sharing.changes import procedure
from sharing.changes.breaking import Broken, by_columns, by_entry, live
from sharing.changes.model import ServiceChange
from sharing.ledger.entry import Event
from sharing.model import Grant


def require_filed_entry(
    unit: WriteUnit, before: Dataset, after: Dataset, contracts: Sequence[DataContract] = ()
) -> None:
    """Refuse a catalogue entry that breaks live grants, unless a filed change covers them.

    `contracts` are versions that the same act publishes.
    """
    grants = live(unit.grants.list_all(dataset=before.code), unit.now)
    broken = by_entry(grants, before, after)
    if not broken and before.contract and before.contract != after.contract:
        broken = by_columns(grants, _lost_with(unit, before.contract, after.contract, contracts))
    _require_filing(unit, before.code, broken)


def require_filed_version(unit: WriteUnit, contract: DataContract) -> None:
    """Refuse a contract version that breaks live grants, unless a filed change covers them."""
    latest = unit.contracts.newest(contract.id)
    lost = losses(latest.table, contract.table) if latest else {}
    if not lost:
        return
    for dataset in unit.registry.list_all(Dataset):
        if dataset.contract == contract.id:
            grants = live(unit.grants.list_all(dataset=dataset.code), unit.now)
            _require_filing(unit, dataset.code, by_columns(grants, lost))


def is_filed(unit: ReadUnit, grant: Grant) -> bool:
    """Whether a filed change of the service covers the end of the grant."""
    changes = unit.changes.list_all(dataset=grant.terms.dataset)
    return any(procedure.covers(one, {grant.department}, unit.now) for one in changes)


def subject(change: ServiceChange) -> str:
    """How ledger entries and tasks name a change."""
    return f"change:{change.ref}"


def change_event(kind: str, change: ServiceChange, more: Mapping[str, Json]) -> Event:
    told: dict[str, Json] = {"dataset": change.dataset, "provider": change.provider}
    return Event(kind, subject(change), told | dict(more))


def _require_filing(unit: WriteUnit, dataset: str, broken: Sequence[Broken]) -> None:
    """Take the filed change that covers these grants, and note that it is made under it."""
    if not broken:
        return
    departments = {one.grant.department for one in broken}
    changes = unit.changes.list_all(dataset=dataset)
    filed = [one for one in changes if procedure.covers(one, departments, unit.now)]
    if not filed:
        raise _refusal(dataset, broken, changes)
    change = replace(filed[0], made_at=unit.now)
    unit.changes.save(change)
    told: dict[str, Json] = {
        "broken": [[one.grant.ref, one.why] for one in broken],
        "departments": sorted(departments),
        "filing": change.filing,
    }
    unit.record(change_event("change.made", change, told))


def _refusal(dataset: str, broken: Sequence[Broken], changes: Sequence[ServiceChange]) -> Conflict:
    named = "; ".join(f"{one.grant.ref} of {one.grant.department} ({one.why})" for one in broken)
    begun = [change for change in changes if change.state in procedure.OPEN]
    hint = f"consult them: bureau change new {dataset} --reason TEXT (by the provider)"
    if begun:
        hint = f"{begun[0].ref} is not filed yet: bureau change show {begun[0].ref}"
    return Conflict(
        f"live grants on {dataset} would break: {named}. A service changes after consultation and"
        " filing alone (Decree 809 Art. 27)",
        hint=hint,
    )


def _lost_with(
    unit: ReadUnit, before: str, after: str, contracts: Sequence[DataContract]
) -> Mapping[str, str]:
    """The columns that are lost when a dataset names another contract, or none any more."""
    old = unit.contracts.newest(before)
    if old is None:
        return {}
    published = [one for one in contracts if one.id == after]
    new = published[-1] if published else unit.contracts.newest(after)
    if new is None:
        return {prop.name: "is promised no more" for prop in old.table.properties}
    return losses(old.table, new.table)
