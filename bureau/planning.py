"""What a folder of documents would change in the registry, and everything wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from bureau.named_files import named
from bureau.unit_of_work import ReadUnit
from catalog.documents import Item, Known, Registry, examine_registry, to_document
from catalog.model import (
    Application,
    Dataset,
    Department,
    Division,
    Person,
    ProvisionRule,
    ServiceItem,
)
from catalog.secrecy import OUT_OF_SCOPE, doubtful_fields, is_secret
from contracts.grading import grade_fault
from contracts.lint import sound_contract
from contracts.model import DataContract
from core.actor import Role
from core.canonical import sha256_hex
from core.errors import DocumentInvalid, InvalidInput, NotFound, Problem

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

    @property
    def new(self) -> bool:
        return self.change is Change.ADDED


@dataclass(frozen=True, slots=True)
class Plan:
    items: Mapping[type, list[Any]]
    new_contracts: Sequence[DataContract]
    steps: tuple[Step, ...]

    def changed(self, kind: type) -> list[Any]:
        codes = {
            s.code
            for s in self.steps
            if s.kind == kind.__name__ and s.change is not Change.UNCHANGED
        }
        return [item for item in self.items[kind] if item.code in codes]

    @property
    def doubts(self) -> tuple[tuple[str, str], ...]:
        """The changed entries with a word that may mark a secret, each with the field it is in."""
        changed = self.changed(Dataset)
        return tuple(
            (one.code, name) for one in changed for name in doubtful_fields(to_document(one))
        )


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


def make_plan(unit: ReadUnit, files: Sequence[tuple[str, bytes]]) -> Plan:
    """Hold (name, content) pairs against the registry; raises DocumentInvalid with every problem."""
    registry, problems = examine_registry(files, _known(unit))
    contracts, contract_problems = _parse_contracts(unit, registry)
    problems += contract_problems + _unknown_contracts(unit, registry, contracts)
    problems += _lock_out(unit, registry)
    items: dict[type, list[Any]] = {kind: [] for kind in KINDS}
    for placed in registry.placed():
        items[type(placed.item)].append(placed.item)
    contract_steps = [_compare_contract(unit, contract) for contract in contracts]
    new = [c for c, step in zip(contracts, contract_steps, strict=True) if step.new]
    items[Dataset] = _with_contract_items(unit, items[Dataset], new)
    problems += _secret_items(registry, items[Dataset])
    steps = [step for kind in KINDS for step in _compare(unit, kind, items[kind])]
    planned = Plan(items, new, (*steps, *contract_steps))
    problems += _undergraded(unit, registry, planned)
    if problems:
        problems.sort(key=lambda problem: (problem.path, problem.line or 0))
        raise DocumentInvalid(
            f"{len(problems)} problem{'s' if len(problems) > 1 else ''} in {len(files)}"
            f" file{'s' if len(files) > 1 else ''}: nothing was registered",
            problems,
            hint="mend them all, then apply again",
        )
    return planned


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
    filled = []
    for dataset in datasets:
        if dataset.contract and not dataset.items:
            contract = _newest(unit, dataset.contract, contracts)
            if contract is not None:
                names = tuple(p.business_name or p.name for p in contract.table.properties)
                dataset = replace(dataset, items=names)  # noqa: PLW2901 (the filled one)
        filled.append(dataset)
    return filled


def _secret_items(registry: Registry, datasets: Sequence[Dataset]) -> Iterator[Problem]:
    """Entries that would take an item marked as a secret from their contract, however old it is."""
    placed = {one.item.code: one for one in registry.datasets}
    for dataset in datasets:
        if any(map(is_secret, dataset.items)):
            where = placed[dataset.code]
            message = f"Dataset '{dataset.code}' marks a secret in items; {OUT_OF_SCOPE}"
            yield Problem(message, path=where.source, line=where.line_of("contract"))


def _newest(
    unit: ReadUnit, contract: str, contracts: Sequence[DataContract]
) -> DataContract | None:
    """The version of a contract that is to be published, or else was published last."""
    for new in reversed(contracts):
        if new.id == contract:
            return new
    return unit.contracts.newest(contract)


def _undergraded(unit: ReadUnit, registry: Registry, planned: Plan) -> Iterator[Problem]:
    """Datasets graded below the highest field of their contract, by a change of either."""
    changed = {dataset.code for dataset in planned.changed(Dataset)}
    found: dict[str, DataContract | None] = {}
    for placed in registry.datasets:
        dataset = placed.item
        if dataset.code in changed and dataset.contract:
            if dataset.contract not in found:
                found[dataset.contract] = _newest(unit, dataset.contract, planned.new_contracts)
            contract = found[dataset.contract]
            if contract and (fault := grade_fault(dataset, contract)):
                yield Problem(fault, path=placed.source, line=placed.line_of("grade"))
    sources = {text: name for name, text in registry.contracts}
    for contract in planned.new_contracts:
        for dataset in unit.registry.list_by_contract(contract.id):
            if dataset.code not in changed and (fault := grade_fault(dataset, contract)):
                yield Problem(fault, path=sources[contract.text])


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
