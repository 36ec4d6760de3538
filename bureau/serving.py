"""Public services: what of their data comes by sharing, and what their forms ask for twice."""

from __future__ import annotations

from dataclasses import dataclass

from bureau.acts import Acts
from bureau.catalogue_entries import entries_of, published_entries
from bureau.receipt import Receipt, receipt
from bureau.unit_of_work import ReadUnit
from catalog.model import Application, Dataset, Department, ServiceItem
from catalog.naming import fold
from core.errors import Conflict, NotFound
from sharing.ledger.entry import Event
from sharing.needs.coverage import CoveredItem, coverage
from sharing.needs.once_only import Answer, Ground, Repeat, check_answer, repeats
from sharing.words import require_words, words_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePage:
    """A service, how each of its data items stands now, and what was answered about its form."""

    service: ServiceItem
    items: tuple[CoveredItem, ...]
    answers: tuple[Answer, ...]


class Services(Acts):
    """Services against grants, and their forms against the catalogue (Decree 809 Art. 19)."""

    def get(self, code: str) -> ServicePage:
        with self.workspace.reading() as unit:
            service = unit.registry.get(ServiceItem, code)
            named = {item.dataset for item in service.data_items if item.dataset}
            entries = entries_of(unit, [unit.registry.get(Dataset, one) for one in sorted(named)])
            own = {
                one.code
                for one in unit.registry.list_all(Application)
                if one.department == service.department
            }
            answers = unit.answers.list_all(service=service.code)
            found: dict[str, list[str]] = {}
            for one in repeats([service], published_entries(unit), answers):
                if one.ground is Ground.SAME_WORDS:
                    found.setdefault(one.item, []).append(one.dataset)
            items = coverage(
                service,
                {entry.dataset.code: entry for entry in entries},
                unit.grants.list_all(department=service.department),
                own,
                found,
                unit.now,
            )
        return ServicePage(service=service, items=tuple(items), answers=tuple(answers))

    def once_only(self, *, department: str = "") -> list[Repeat]:
        """What forms ask for although it is shared, of the city or of one department's services."""
        with self.workspace.reading() as unit:
            if department:
                unit.registry.get(Department, department)
            services = [
                one
                for one in unit.registry.list_all(ServiceItem)
                if department in ("", one.department)
            ]
            return repeats(services, published_entries(unit), unit.answers.list_all())

    def answer(
        self, service: str, item: str, dataset: str, *, reason: str
    ) -> tuple[Answer, Receipt]:
        """Say why an item of a form is not what the entry has; it is not found again."""
        why = require_words(reason, "it is not said why they differ", "add --reason TEXT")
        with self.workspace.reading() as unit:
            found = _found(unit, service, item, dataset)
        with self.workspace.writing(self.actor) as write:
            check_answer(found, write.actor)
            given = write.answers.list_all(service=service)
            if any((fold(one.item), one.dataset) == (fold(found.item), dataset) for one in given):
                raise Conflict(
                    f"'{found.item}' of {service} and {dataset} were told apart already",
                    hint=f"see it: bureau service show {service}",
                )
            answer = Answer(
                service=service,
                item=found.item,
                dataset=dataset,
                reason=why,
                answered_by=write.actor.signature,
                answered_at=write.now,
            )
            write.answers.add(answer)
            write.record(
                Event(
                    "once_only.answered",
                    f"service:{service}",
                    {
                        "dataset": dataset,
                        "department": found.department,
                        "ground": found.ground.value,
                        "item": found.item,
                        "provider": found.provider,
                        "reason": words_hash(why),
                    },
                )
            )
        return answer, receipt(service, write)


def _found(unit: ReadUnit, service: str, item: str, dataset: str) -> Repeat:
    """What stands between an item of a form and an entry, answered or not."""
    form = unit.registry.get(ServiceItem, service)
    entry = unit.registry.get(Dataset, dataset)
    for one in repeats([form], entries_of(unit, [entry])):
        if fold(one.item) == fold(item):
            return one
    raise NotFound(
        "finding or suggestion",
        f"{item} of {service} and {dataset}",
        hint=f"bureau catalog once-only --department {form.department}",
    )
