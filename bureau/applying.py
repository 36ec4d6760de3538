"""Make the registry match a folder of documents: all of it in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bureau.ownership import require_contract, require_dataset
from bureau.permissions import Act, may_everywhere, require
from bureau.planning import KINDS, Change, Plan, Step, make_plan, read_folder
from bureau.receipt import Receipt, receipt
from bureau.registering import register
from bureau.unit_of_work import WriteUnit
from bureau.workspace import Workspace
from catalog.documents import regulated_changes, to_document
from catalog.model import (
    Application,
    Dataset,
    DatasetStatus,
    Department,
    Person,
    ProvisionRule,
    ServiceItem,
)
from catalog.secrecy import doubtful_fields
from core.errors import Conflict

_SUBMIT = "submit it: bureau catalog submit FILE --secrecy REF --personal REF --head PERSON"


@dataclass(frozen=True, slots=True)
class Applied:
    steps: tuple[Step, ...]
    receipt: Receipt
    doubts: tuple[tuple[str, str], ...]
    """Entries with a word that may mark a secret, and the fields it is in."""

    def count(self, change: Change) -> int:
        return sum(step.change is change for step in self.steps)


def plan(workspace: Workspace, path: Path) -> tuple[Step, ...]:
    """What `apply` would change; raises DocumentInvalid with every problem of the folder."""
    files = read_folder(path)
    with workspace.reading() as unit:
        return make_plan(unit, files).steps


def apply(
    workspace: Workspace, path: Path, *, actor: str | None, only_new: bool = False
) -> Applied:
    """Register all that the folder says; what is registered already stays as it is.

    `only_new` refuses to change an item that exists. Applying twice changes nothing.
    """
    files = read_folder(path)
    with workspace.writing(actor) as write:
        planned = make_plan(write, files)
        _authorise(write, planned)
        if only_new:
            _refuse_known(planned)
        register(write, planned)
    return Applied(planned.steps, receipt("registry", write), planned.doubts)


def _authorise(unit: WriteUnit, planned: Plan) -> None:
    for step in planned.steps:
        if step.change is Change.UNCHANGED:
            continue
        if step.kind == "DataContract":
            require_contract(unit, step.code.rpartition(" ")[0])
    for kind in KINDS:
        if kind is not Dataset and (changed := planned.changed(kind)):
            _authorise_registry(unit, kind, changed)
    current = {dataset.code: dataset for dataset in unit.registry.list_all(Dataset)}
    for dataset in planned.changed(Dataset):
        before = current.get(dataset.code)
        require_dataset(unit, before, dataset)
        if not may_everywhere(unit.actor, Act.REGISTER_DATASET):
            _refuse_unreviewed(before, dataset)


def _authorise_registry(unit: WriteUnit, kind: type, changed: Sequence[Any]) -> None:
    """Who registers an item has a say over the departments that it is about, and was before."""
    require(unit.actor, Act.REGISTER_PEOPLE, "")
    if not unit.actor.acting_for:
        return
    before = {item.code: item for item in unit.registry.list_all(kind)}
    for item in changed:
        for one in (item, before.get(item.code, item)):
            for department in _departments(one):
                require(unit.actor, Act.REGISTER_PEOPLE, department)


def _departments(item: Any) -> tuple[str, ...]:
    match item:
        case Department():
            return (item.code,)
        case ProvisionRule():
            return (*item.departments, *item.exempt)
        case Person() | Application() | ServiceItem():
            return (item.department,)
        case _:
            return ()


def _refuse_unreviewed(before: Dataset | None, after: Dataset) -> None:
    """What others rely on is published and changed after a review alone (Art. 13, 16, 17)."""
    changed = regulated_changes(before, after)
    if not changed:
        _refuse_doubtful(before, after)
        return
    what = ", ".join(changed) if before else "a new entry"
    raise Conflict(
        f"dataset {after.code}: {what} is published after a review by the data authority alone"
        " (Decree 809 Art. 13 and 16)",
        hint=_SUBMIT + ("" if before else "; or register it with status: draft"),
    )


def _refuse_doubtful(before: Dataset | None, after: Dataset) -> None:
    """A word that may mark a secret gets into a published entry by a review alone (Art. 3)."""
    if before is None or after.status is DatasetStatus.DRAFT:
        return
    old, new = to_document(before), to_document(after)
    if doubtful := [name for name in doubtful_fields(new) if new[name] != old.get(name)]:
        raise Conflict(
            f"dataset {after.code}: {', '.join(doubtful)} has a word that may mark a secret, which"
            " the data authority reviews (Decree 809 Art. 3)",
            hint=_SUBMIT,
        )


def _refuse_known(planned: Plan) -> None:
    for step in planned.steps:
        if step.kind == "Dataset" and step.change is not Change.ADDED:
            raise Conflict(
                f"dataset {step.code} is registered already",
                hint=f"see it: bureau dataset show {step.code}; change it with bureau apply FILE",
            )
