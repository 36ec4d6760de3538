"""Make the registry match a folder of documents: all of it in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from bureau.named_files import named
from bureau.ownership import hand_over, require_contract, require_dataset
from bureau.permissions import Act, require
from bureau.publishing import record_contract
from bureau.receipt import Receipt, receipt
from bureau.unit_of_work import ReadUnit, WriteUnit
from bureau.workspace import Workspace
from catalog.documents import Item, Known, Registry, examine_registry, to_document
from catalog.expand import expand, rule_set_hash
from catalog.model import (
    Application,
    Dataset,
    Department,
    Division,
    Duty,
    Person,
    ProvisionRule,
    ServiceItem,
)
from catalog.search import weighted_grams
from contracts.lint import sound_contract
from contracts.model import DataContract
from contracts.odcs import parse_contract
from core.actor import Role
from core.canonical import Json, content_hash, sha256_hex
from core.errors import Conflict, DocumentInvalid, InvalidInput, NotFound, Problem
from sharing.ledger.entry import Event, commitment

KINDS: tuple[type, ...] = (
    Division,
    Department,
    Person,
    Application,
    ProvisionRule,
    Dataset,
    ServiceItem,
)
"""In the order in which one may name another."""


class Change(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One item against the registry; `fields` are (name, before, after) of what differs."""

    kind: str
    code: str
    change: Change
    fields: tuple[tuple[str, Any, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    steps: tuple[Step, ...]
    receipt: Receipt

    def count(self, change: Change) -> int:
        return sum(step.change is change for step in self.steps)


@dataclass(frozen=True, slots=True)
class _Plan:
    items: Mapping[type, list[Any]]
    contracts: Sequence[DataContract]
    steps: tuple[Step, ...]

    def changed(self, kind: type) -> list[Any]:
        codes = {
            s.code
            for s in self.steps
            if s.kind == kind.__name__ and s.change is not Change.UNCHANGED
        }
        return [item for item in self.items[kind] if item.code in codes]


def read_folder(path: Path) -> list[tuple[str, bytes]]:
    """The YAML files of a folder, or one file, by name; raises NotFound for a missing path."""
    with named(path):
        if path.is_file():
            return [(path.name, path.read_bytes())]
        if not path.is_dir():
            raise NotFound("file or folder", str(path), hint="name a folder of YAML files")
        files = sorted(p for p in path.rglob("*") if p.suffix in (".yaml", ".yml") and p.is_file())
        if not files:
            raise InvalidInput(f"{path} holds no .yaml file", hint="name a folder of YAML files")
        return [(str(p.relative_to(path)), p.read_bytes()) for p in files]


def plan(workspace: Workspace, path: Path) -> tuple[Step, ...]:
    """What `apply` would change; raises DocumentInvalid with every problem of the folder."""
    files = read_folder(path)
    with workspace.reading() as unit:
        return _plan(unit, files).steps


def apply(
    workspace: Workspace, path: Path, *, actor: str | None, only_new: bool = False
) -> Applied:
    """Register all that the folder says; what is registered already stays as it is.

    `only_new` refuses to change an item that exists. Applying twice changes nothing.
    """
    files = read_folder(path)
    with workspace.writing(actor) as write:
        planned = _plan(write, files)
        _authorise(write, planned)
        if only_new:
            _refuse_known(planned)
        _save(write, planned)
    return Applied(planned.steps, receipt("registry", write))


def _plan(unit: ReadUnit, files: Sequence[tuple[str, bytes]]) -> _Plan:
    registry, problems = examine_registry(files, _known(unit))
    contracts, contract_problems = _parse_contracts(unit, registry)
    problems += contract_problems + _unknown_contracts(unit, registry, contracts)
    problems += _lock_out(unit, registry)
    if problems:
        problems.sort(key=lambda problem: (problem.path, problem.line or 0))
        raise DocumentInvalid(
            f"{len(problems)} problem{'s' if len(problems) > 1 else ''} in {len(files)}"
            f" file{'s' if len(files) > 1 else ''}: nothing was registered",
            problems,
            hint="mend them all, then apply again",
        )
    items: dict[type, list[Any]] = {kind: [] for kind in KINDS}
    for placed in registry.placed():
        items[type(placed.item)].append(placed.item)
    items[Dataset] = _with_contract_items(unit, items[Dataset], contracts)
    steps = [step for kind in KINDS for step in _compare(unit, kind, items[kind])]
    steps += [_compare_contract(unit, contract) for contract in contracts]
    return _Plan(items, contracts, tuple(steps))


def _known(unit: ReadUnit) -> Known:
    registry = unit.registry
    departments = registry.list_all(Department)
    parents = {d.code: d.parent for d in registry.list_all(Division)}
    return Known(
        divisions=frozenset(parents),
        parents=parents,
        departments=frozenset(d.code for d in departments),
        roles=frozenset(role for d in departments for role in d.roles),
        people=frozenset(registry.codes(Person)),
        applications=frozenset(registry.codes(Application)),
        rules=frozenset(registry.codes(ProvisionRule)),
        datasets=frozenset(registry.codes(Dataset)),
        services=frozenset(registry.codes(ServiceItem)),
    )


def _parse_contracts(
    unit: ReadUnit, registry: Registry
) -> tuple[list[DataContract], list[Problem]]:
    contracts: list[DataContract] = []
    problems: list[Problem] = []
    for name, text in registry.contracts:
        try:
            contract = sound_contract(text, name)
        except DocumentInvalid as error:
            problems += error.problems
            continue
        published = unit.contracts.find(contract.id, contract.version)
        if published is not None and published.sha256 != sha256_hex(text):
            message = (
                f"version {contract.version} of contract {contract.id} is published with other"
                " content: a version never changes, raise it"
            )
            problems.append(Problem(message, path=name))
        contracts.append(contract)
    return contracts, problems


def _lock_out(unit: ReadUnit, registry: Registry) -> list[Problem]:
    """Refuse people among whom nobody could ever register people again."""
    people = {person.code: person for person in unit.registry.list_all(Person)}
    people |= {placed.item.code: placed.item for placed in registry.people}
    able = {Role.OPERATOR, Role.AUTHORITY}
    if any("roles" in placed.faulty for placed in registry.people):
        return []
    if not people or any(able & set(person.roles) for person in people.values()):
        return []
    placed = registry.people[0] if registry.people else None
    message = (
        "nobody would be operator or authority, so nobody could register people or departments"
        " again: give one person that role"
    )
    return [Problem(message, path=placed.source, line=placed.line)] if placed else []


def _unknown_contracts(
    unit: ReadUnit, registry: Registry, contracts: Sequence[DataContract]
) -> list[Problem]:
    known = {contract.id for contract in contracts}
    known |= {contract.id for contract in unit.contracts.list_all()}
    return [
        Problem(
            f"dataset {placed.item.code} names the contract {placed.item.contract!r}, which is"
            " neither in the folder nor published",
            path=placed.source,
            line=placed.line_of("contract"),
        )
        for placed in registry.datasets
        if placed.item.contract and placed.item.contract not in known
    ]


def _with_contract_items(
    unit: ReadUnit, datasets: Sequence[Dataset], contracts: Sequence[DataContract]
) -> list[Dataset]:
    """Fill 数据项 from the contract where the dataset does not list its items itself."""
    new = {contract.id: contract for contract in contracts}
    filled = []
    for dataset in datasets:
        if dataset.contract and not dataset.items:
            contract = new.get(dataset.contract)
            if contract is None:
                latest = unit.contracts.latest(dataset.contract)
                if latest is not None:
                    text = unit.contracts.text(latest.id, latest.version)
                    contract = parse_contract(text, latest.id)
            if contract is not None:
                names = tuple(p.business_name or p.name for p in contract.table.properties)
                dataset = replace(dataset, items=names)  # noqa: PLW2901 (the filled one)
        filled.append(dataset)
    return filled


def _compare(unit: ReadUnit, kind: type, items: Sequence[Item]) -> list[Step]:
    current = {item.code: item for item in unit.registry.list_all(kind)} if items else {}
    steps = []
    for item in items:
        before = current.get(item.code)
        if before is None:
            steps.append(Step(kind=kind.__name__, code=item.code, change=Change.ADDED))
        elif before == item:
            steps.append(Step(kind=kind.__name__, code=item.code, change=Change.UNCHANGED))
        else:
            old, new = to_document(before), to_document(item)
            fields = tuple(
                (name, old.get(name), new.get(name))
                for name in sorted(old.keys() | new.keys())
                if old.get(name) != new.get(name)
            )
            steps.append(
                Step(kind=kind.__name__, code=item.code, change=Change.CHANGED, fields=fields)
            )
    return steps


def _compare_contract(unit: ReadUnit, contract: DataContract) -> Step:
    published = unit.contracts.find(contract.id, contract.version)
    change = Change.ADDED if published is None else Change.UNCHANGED
    return Step(kind="DataContract", code=f"{contract.id} {contract.version}", change=change)


def _authorise(unit: WriteUnit, planned: _Plan) -> None:
    for step in planned.steps:
        if step.change is Change.UNCHANGED:
            continue
        if step.kind == "DataContract":
            require_contract(unit, step.code.rpartition(" ")[0])
        elif step.kind != "Dataset":
            require(unit.actor, Act.REGISTER_PEOPLE, "")
    current = {dataset.code: dataset for dataset in unit.registry.list_all(Dataset)}
    for dataset in planned.changed(Dataset):
        require_dataset(unit, current.get(dataset.code), dataset)


def _refuse_known(planned: _Plan) -> None:
    for step in planned.steps:
        if step.kind == "Dataset" and step.change is not Change.ADDED:
            raise Conflict(
                f"dataset {step.code} is registered already",
                hint=f"see it: bureau dataset show {step.code}; change it with bureau apply FILE",
            )


def _save(unit: WriteUnit, planned: _Plan) -> None:
    changes = {step.code for step in planned.steps if step.change is Change.CHANGED}
    for dataset in planned.changed(Dataset):
        if dataset.code in changes:
            hand_over(unit, unit.registry.get(Dataset, dataset.code), dataset)
    for kind in KINDS:
        changed = planned.changed(kind)
        unit.registry.save(kind, changed, unit.now)
        if kind is Person:
            unit.registry.add_salts([person.code for person in changed])
    added = {(s.kind, s.code) for s in planned.steps if s.change is Change.ADDED}
    salts = unit.registry.salts()
    for kind in KINDS:
        for item in planned.changed(kind):
            unit.record(_event(item, added=(kind.__name__, item.code) in added, salts=salts))
    for contract in planned.contracts:
        if ("DataContract", f"{contract.id} {contract.version}") in added:
            record_contract(unit, contract)
    if planned.changed(ProvisionRule) or planned.changed(Department):
        _expand_duties(unit)
    index_datasets(unit, planned.changed(Dataset))


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
