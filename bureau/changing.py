"""Change a service that departments rely on: consult them, file it, then do it (Art. 27)."""

from __future__ import annotations

from bureau.acts import Acts
from bureau.filings import change_event, subject
from bureau.receipt import Receipt, receipt
from bureau.tasks import Outlook, Task, undated
from bureau.unit_of_work import ReadUnit
from catalog.model import Dataset
from core.actor import Role
from core.canonical import Json
from sharing.changes import procedure
from sharing.changes.breaking import live
from sharing.changes.model import ServiceChange
from sharing.words import words_hash


class ServiceChanges(Acts):
    def begin(self, dataset: str, *, reason: str) -> tuple[ServiceChange, Receipt]:
        """Begin to consult every department that has a live grant on the dataset."""
        with self.workspace.writing(self.actor) as write:
            found = write.registry.get(Dataset, dataset)
            change = procedure.begin(
                found,
                write.actor,
                ref=write.changes.next_ref(),
                departments=_relying(write, dataset),
                earlier=write.changes.list_all(dataset=dataset),
                reason=reason,
                now=write.now,
            )
            told: dict[str, Json] = {
                "departments": sorted(change.departments),
                "reason": words_hash(change.reason),
            }
            write.changes.save(change)
            write.record(change_event("change.begun", change, told))
        return change, receipt(change.ref, write)

    def answer(self, ref: str, *, text: str) -> tuple[ServiceChange, Receipt]:
        """Say, as a department that relies on the service, what the change means for it."""
        with self.workspace.writing(self.actor) as write:
            before = write.changes.get(ref)
            change = procedure.answer(before, write.actor, text=text, now=write.now)
            [said] = [c.text for c in change.consulted if c.department == write.actor.department]
            told: dict[str, Json] = {
                "department": write.actor.department,
                "text": words_hash(said),
            }
            write.changes.save(change)
            write.record(change_event("change.answered", change, told))
        return change, receipt(change.ref, write)

    def file(self, ref: str, *, number: str, reason: str = "") -> tuple[ServiceChange, Receipt]:
        """File a change (备案) as the data authority; from here on it may be made, once."""
        with self.workspace.writing(self.actor) as write:
            before = write.changes.get(ref)
            change = procedure.file(
                before,
                write.actor,
                number=number,
                reason=reason,
                relying=_relying(write, before.dataset),
                now=write.now,
            )
            told: dict[str, Json] = {"filing": change.filing, "silent": list(change.silent)}
            if change.unheard:
                told["unheard"] = words_hash(change.unheard)
            write.changes.save(change)
            write.record(change_event("change.filed", change, told))
        return change, receipt(change.ref, write)

    def drop(self, ref: str) -> tuple[ServiceChange, Receipt]:
        """Leave the service as it is."""
        with self.workspace.writing(self.actor) as write:
            change = procedure.drop(write.changes.get(ref), write.actor, now=write.now)
            write.changes.save(change)
            write.record(change_event("change.dropped", change, {}))
        return change, receipt(change.ref, write)

    def list_all(self, *, dataset: str = "") -> list[ServiceChange]:
        """Changes by number, of one dataset if given; raises NotFound for one that there is not."""
        with self.workspace.reading() as unit:
            if dataset:
                unit.registry.get(Dataset, dataset)
            return unit.changes.list_all(dataset=dataset)

    def get(self, ref: str) -> ServiceChange:
        with self.workspace.reading() as unit:
            return unit.changes.get(ref)


def consultations(look: Outlook) -> list[Task]:
    """Changes on which a department is to be heard, and those that the authority may file."""
    tasks = []
    for change in look.unit.changes.list_open():
        silent = set(change.silent) & _relying(look.unit, change.dataset)
        tasks += [
            undated(
                subject(change),
                "change_consultation",
                "答复共享服务变更征询",
                "Answer a consultation on a change of a service",
                f"bureau change answer {change.ref} --text TEXT",
                department=department,
            )
            for department in sorted(silent)
        ]
        if not silent:
            tasks.append(
                undated(
                    subject(change),
                    "change_filing",
                    "共享服务变更备案",
                    "File a change of a service",
                    f"bureau change file {change.ref} --number TEXT",
                    role=Role.AUTHORITY,
                )
            )
    return tasks


def _relying(unit: ReadUnit, dataset: str) -> set[str]:
    """The departments that have a live grant on the dataset."""
    return {grant.department for grant in live(unit.grants.list_all(dataset=dataset), unit.now)}
