"""Put what was planned into the registry: items, duties, search grams, one ledger entry each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bureau.filings import require_filed_entry
from bureau.ownership import hand_over
from bureau.planning import KINDS, Plan
from bureau.publishing import record_contract
from bureau.unit_of_work import WriteUnit
from catalog.claims import departments_of, is_new_claim
from catalog.documents import Item, to_document
from catalog.expand import expand, rule_set_hash
from catalog.model import Dataset, Department, Duty, Person, ProvisionRule
from catalog.search import weighted_grams
from core.canonical import Json, content_hash
from sharing.ledger.entry import Event, commitment


def register(unit: WriteUnit, planned: Plan) -> None:
    """Make what is planned current; the caller has seen that the actor may."""
    datasets = planned.changed(Dataset)
    before = {one.code: unit.registry.find(Dataset, one.code) for one in datasets}
    for dataset in datasets:
        if (known := before[dataset.code]) is not None:
            require_filed_entry(unit, known, dataset, planned.new_contracts)
            hand_over(unit, known, dataset)
    for kind in KINDS:
        changed = planned.changed(kind)
        unit.registry.save(kind, changed, unit.now)
        if kind is Person:
            unit.registry.add_salts([person.code for person in changed])
    added = {(step.kind, step.code) for step in planned.steps if step.new}
    salts = unit.registry.salts()
    for kind in KINDS:
        for item in planned.changed(kind):
            unit.record(_event(item, added=(kind.__name__, item.code) in added, salts=salts))
    for contract in planned.new_contracts:
        record_contract(unit, contract)
    if planned.changed(ProvisionRule) or planned.changed(Department):
        _expand_duties(unit)
    index_datasets(unit, datasets)
    _raise_contests(
        unit, {one.fulfils: one for one in datasets if is_new_claim(before[one.code], one)}
    )


def _raise_contests(unit: WriteUnit, claims: Mapping[str, Dataset]) -> None:
    """Raise to the authority that an item has a second source (Art. 19), unless it named one."""
    named = unit.sources.named() if claims else {}
    for item, dataset in sorted(claims.items()):
        rivals = unit.registry.list_claims(item)
        departments = departments_of(rivals)
        if len(departments) > 1 and item not in named:
            facts: dict[str, Json] = {
                "dataset": dataset.code,
                "datasets": [rival.code for rival in rivals],
                "departments": departments,
                "item": item,
                "provider": dataset.provider,
            }
            unit.record(Event("source.contested", f"item:{item}", facts))


def index_datasets(unit: WriteUnit, datasets: Sequence[Dataset]) -> None:
    """Bring the search index up to date with these datasets."""
    if not datasets:
        return
    departments = {d.code: d for d in unit.registry.list_all(Department)}
    grams = {}
    for dataset in datasets:
        provider = departments.get(dataset.provider)
        names = (provider.name_zh, provider.name_en) if provider else ()
        grams[dataset.code] = weighted_grams(dataset, names)
    unit.search.replace(grams)


def _expand_duties(unit: WriteUnit) -> None:
    rules = unit.registry.list_all(ProvisionRule)
    wanted = {duty.code: duty for duty in expand(rules, unit.registry.list_all(Department))}
    current = {duty.code: duty for duty in unit.registry.list_all(Duty)}
    ended = sorted(current.keys() - wanted.keys())
    changed = [duty for code, duty in sorted(wanted.items()) if current.get(code) != duty]
    if not ended and not changed:
        return
    unit.registry.close(Duty, ended, unit.now)
    unit.registry.save(Duty, changed, unit.now)
    facts: dict[str, Json] = {
        "rule_set": rule_set_hash(rules),
        "changed": len(changed),
        "ended": len(ended),
    }
    unit.record(Event("duties.expanded", "rules:all", facts))


def _event(item: Item, *, added: bool, salts: Mapping[str, bytes]) -> Event:
    verb = "registered" if added else "changed"
    noun = type(item).__name__.lower()
    if isinstance(item, Person):
        # No personal data in the ledger: a commitment stands for the person.
        subject = f"person:{commitment(salts[item.code], item.code)}"
        facts: dict[str, Json] = {
            "department": item.department,
            "roles": sorted(role.value for role in item.roles),
        }
        return Event(f"{noun}.{verb}", subject, facts)
    facts = {"content": content_hash(to_document(item))}
    if isinstance(item, Dataset):
        facts |= {
            "provider": item.provider,
            "share_type": item.share_type.value if item.share_type else None,
            "status": item.status.value,
        }
    return Event(f"{noun}.{verb}", f"{noun}:{item.code}", facts)
