"""Whose datasets and contracts are: nobody changes what is another department's."""

from __future__ import annotations

from dataclasses import replace

from bureau.permissions import EVERYWHERE, Act, require
from bureau.unit_of_work import ReadUnit, WriteUnit
from catalog.model import Dataset, Person
from core.actor import people_behind
from sharing.profiles.model import LimitName

_OF_USERS = frozenset({LimitName.SUPPLEMENT, LimitName.RECTIFICATION, LimitName.DISPOSAL})
"""What a department owes that asks for data or uses it, whoever provides it."""


def require_dataset(
    unit: WriteUnit,
    before: Dataset | None,
    after: Dataset,
    act: Act = Act.REGISTER_DATASET,
) -> None:
    """Raise Denied unless the actor may register `after`, and change what it was `before`.

    Moving a dataset to another department takes the right over both, which the data bureau has.
    """
    require(unit.actor, act, after.provider)
    if before is not None:
        require(unit.actor, act, before.provider)
    if after.contract and (before is None or before.contract != after.contract):
        bound = _owners(unit, after.contract)
        # Whoever shares a contract has a say in its versions, so its owners decide who joins.
        if bound and after.provider not in bound:
            require_contract(unit, after.contract)


def hand_over(unit: WriteUnit, before: Dataset, after: Dataset) -> None:
    """What the former provider of a dataset still had to do is the new provider's to do."""
    if before.provider == after.provider:
        return
    for clock in unit.clocks.list_open(debtor=before.provider):
        if _dataset_of(unit, clock.subject) == after.code and clock.limit not in _OF_USERS:
            changed = replace(clock, debtor=after.provider)
            unit.clocks.update(changed)
            unit.note(changed)


def require_contract(unit: WriteUnit, contract: str) -> None:
    """Raise Denied unless the actor may publish a version of this contract, which binds deliveries."""
    for department in sorted(_owners(unit, contract) or {unit.actor.department}):
        require(unit.actor, Act.PUBLISH_CONTRACT, department)


def _dataset_of(unit: ReadUnit, subject: str) -> str:
    """The dataset that a clock's subject is about; empty where it is about none."""
    about, _, ref = subject.partition("#")[0].partition(":")
    match about:
        case "request":
            return unit.requests.get(ref).terms.dataset
        case "grant" | "emergency":
            return unit.grants.get(ref).terms.dataset
        case "catalogue_event":
            return unit.catalogue_events.get(ref).dataset
        case "correction" | "dispute":
            found = unit.corrections if about == "correction" else unit.disputes
            return found.get(ref).dataset
        case "return":
            return unit.returns.get(ref).dataset
        case _:
            return ""


def _owners(unit: ReadUnit, contract: str) -> frozenset[str]:
    """The departments of which a contract is; none where nobody has it yet.

    It is of the department whose steward published it first. One that the data bureau published
    for others is of all departments whose datasets name it.
    """
    first = unit.contracts.first(contract)
    if first is None:
        return frozenset()
    person = unit.registry.find(Person, people_behind(first.published_by)[-1])
    if person is not None and not set(person.roles) & EVERYWHERE[Act.PUBLISH_CONTRACT]:
        return frozenset({person.department})
    bound = unit.registry.list_all(Dataset)
    return frozenset(dataset.provider for dataset in bound if dataset.contract == contract)
