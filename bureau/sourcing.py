"""The one source department (数源部门) of an item, named by the authority (Decree 809 Art. 19)."""

from __future__ import annotations

from bureau.acts import Acts
from bureau.permissions import Act, require
from bureau.receipt import Receipt, receipt
from bureau.tasks import Outlook, Task, undated
from catalog.claims import departments_of
from catalog.model import Dataset, Department, ProvisionRule
from core.actor import Role
from core.canonical import Json
from core.errors import Conflict, NotFound
from sharing.ledger.entry import Event
from sharing.submissions.model import NamedSource
from sharing.words import require_words, words_hash


class Sources(Acts):
    """Who is the source of what."""

    def name(self, item: str, department: str, *, reason: str) -> tuple[NamedSource, Receipt]:
        """Name the one source of an item, whether it is contested or not yet."""
        with self.workspace.writing(self.actor) as write:
            claimants = departments_of(write.registry.list_claims(item))
            named = write.sources.named().get(item, "")
            for concerned in dict.fromkeys(("", department, named, *claimants)):
                require(write.actor, Act.NAME_SOURCE, concerned)
            known = {rule.item for rule in write.registry.list_all(ProvisionRule)}
            known |= {dataset.fulfils for dataset in write.registry.list_all(Dataset)}
            if item not in known - {""}:
                raise NotFound("item", item, hint="bureau rule list shows what must be provided")
            write.registry.get(Department, department)
            if named == department:
                raise Conflict(f"{department} is the named source of '{item}' already")
            said = require_words(reason, "naming a source needs a reason", "add --reason TEXT")
            source = NamedSource(
                item=item,
                department=department,
                reason=said,
                named_by=write.actor.signature,
                named_at=write.now,
            )
            write.sources.add(source)
            told: dict[str, Json] = {
                "claimants": claimants,
                "item": item,
                "provider": department,
                "reason": words_hash(said),
            }
            write.record(Event("source.named", f"item:{item}", told))
        return source, receipt(item, write)


def contests(look: Outlook) -> list[Task]:
    """Items that several departments share and of which no source is named."""
    named = look.unit.sources.named()
    return [
        undated(
            f"item:{item}",
            "source",
            "多个部门共享同一数据，待确定数源部门",
            "Name the source of an item that several departments share",
            f"bureau catalog source {item} DEPARTMENT --reason TEXT",
            role=Role.AUTHORITY,
        )
        for item in look.unit.registry.list_contested()
        if item not in named
    ]
