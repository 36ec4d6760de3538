"""Needs of data that the catalogue lacks, and the three lists (Shanghai Data Reg. Art. 38, 39)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bureau.acts import Acts
from bureau.browsing import duties_in_force
from bureau.catalogue_entries import published_entries
from bureau.identity import identify
from bureau.permissions import Act, require
from bureau.receipt import Receipt, receipt
from bureau.timekeeping import Timekeeper, facts
from bureau.unit_of_work import ReadUnit, WriteUnit
from catalog.model import Application, Dataset, Department, Division
from catalog.naming import check_title
from core.actor import Actor
from core.canonical import Json, content_hash
from core.errors import Conflict, Denied
from sharing.clocks.model import Clock
from sharing.ledger.entry import Event
from sharing.needs import lists, procedure
from sharing.needs.matching import Found, Proposal, covered, find, propose
from sharing.needs.model import Need, NeedState
from sharing.profiles.model import LimitName
from sharing.words import require_words, words, words_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNeed:
    """What a department needs and did not find; `not_covered` is why what was found does not do."""

    title: str
    items: tuple[str, ...]
    application: str
    legal_basis: str
    scenario: str
    not_covered: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """What the catalogue has like it, and whose duties sound like it."""

    found: tuple[Found, ...]
    proposals: tuple[Proposal, ...]


class Needs(Acts):
    """Needs from their statement to the entry that meets them, and the lists they stand in."""

    def match(self, title: str, items: Sequence[str]) -> Matches:
        """What `state` would find for the actor's department; nothing is changed."""
        listed = procedure.check_items(items)
        with self.workspace.reading() as unit:
            acting = identify(unit, self.actor)
            return self._matches(unit, title, listed, acting.department)

    def state(self, new: NewNeed) -> tuple[Need, Matches, Receipt]:
        """State a need; the data authority has the time of the profile to see to it.

        Raises Conflict where the catalogue has every item in the very words, unless `not_covered`
        says why that does not do.
        """
        title, items = check_title(new.title), procedure.check_items(new.items)
        basis = require_words(new.legal_basis, "the need has no legal basis", "add --basis TEXT")
        scenario = require_words(new.scenario, "the need has no scenario", "add --scenario TEXT")
        insisted = words(new.not_covered) and require_words(new.not_covered, "", "")
        # Reading every contract takes a while, in which nobody else should have to wait.
        with self.workspace.reading() as unit:
            acting = identify(unit, self.actor)
            _check_asker(unit, acting, new.application)
            matches = self._matches(unit, title, items, acting.department)
        if covered(items, matches.found) and not insisted:
            raise _covered(matches.found, acting.department)
        with self.workspace.writing(self.actor) as write:
            _check_asker(write, write.actor, new.application)
            need = Need(
                ref=write.needs.next_ref(),
                state=NeedState.OPEN,
                department=write.actor.department,
                application=new.application,
                title=title,
                items=items,
                legal_basis=basis,
                scenario=scenario,
                not_covered=insisted,
                created_by=write.actor.signature,
                created_at=write.now,
            )
            write.needs.add(need)
            keeper = Timekeeper.of(self.workspace, write)
            clock = keeper.start(_subject(need), LimitName.UNCATALOGUED_NEED, _authority(write))
            written: dict[str, Json] = {
                "items": list(items),
                "legal_basis": basis,
                "not_covered": insisted,
                "scenario": scenario,
                "title": title,
            }
            told: dict[str, Json] = {
                "application": need.application,
                "content": content_hash(written),
                "covered": covered(items, matches.found),
            }
            write.record(_event("need.stated", need, told | facts(clock, keeper.today)))
        return need, matches, receipt(need.ref, write)

    def assign(self, ref: str, department: str, *, reason: str) -> tuple[Need, Receipt]:
        """Name the department that sees to it; the day that it is due stays."""
        with self.workspace.writing(self.actor) as write:
            before = write.needs.get(ref)
            write.registry.get(Department, department)
            need = procedure.assign(
                before, write.actor, department=department, reason=reason, now=write.now
            )
            write.needs.update(need, expected=before.state)
            keeper = Timekeeper.of(self.workspace, write)
            running = write.clocks.find(_subject(need), LimitName.UNCATALOGUED_NEED)
            clock = keeper.hand_over(running, department) if running else None
            told: dict[str, Json] = {"reason": words_hash(need.assign_reason)}
            write.record(_event("need.assigned", need, told | facts(clock, keeper.today)))
        return need, receipt(need.ref, write)

    def meet(self, ref: str, dataset: str) -> tuple[Need, Receipt]:
        """Close a need with the published entry that the asker can request now."""
        with self.workspace.writing(self.actor) as write:
            before = write.needs.get(ref)
            entry = write.registry.get(Dataset, dataset)
            need = procedure.meet(before, write.actor, dataset=entry, now=write.now)
            told: dict[str, Json] = {"dataset": entry.code, "provider": entry.provider}
            self._close(write, "need.met", before, need, told)
        return need, receipt(need.ref, write)

    def decline(self, ref: str, *, reason: str) -> tuple[Need, Receipt]:
        """Close a need that will not be met, and say why."""
        with self.workspace.writing(self.actor) as write:
            before = write.needs.get(ref)
            need = procedure.decline(before, write.actor, reason=reason, now=write.now)
            told: dict[str, Json] = {"reason": words_hash(need.reason)}
            self._close(write, "need.declined", before, need, told)
        return need, receipt(need.ref, write)

    def withdraw(self, ref: str) -> tuple[Need, Receipt]:
        with self.workspace.writing(self.actor) as write:
            before = write.needs.get(ref)
            need = procedure.withdraw(before, write.actor, now=write.now)
            self._close(write, "need.withdrawn", before, need, {})
        return need, receipt(need.ref, write)

    def list_all(self) -> list[Need]:
        with self.workspace.reading() as unit:
            return unit.needs.list_all()

    def get(self, ref: str) -> tuple[Need, Matches]:
        """A need, with what the catalogue has like it and whose duty it sounds like today."""
        with self.workspace.reading() as unit:
            need = unit.needs.get(ref)
            return need, self._matches(unit, need.title, need.items, need.department)

    def needs_list(self) -> list[lists.NeedLine]:
        """需求清单: needs, and requests that were submitted and not turned down."""
        with self.workspace.reading() as unit:
            due: dict[str, Clock] = {}
            for clock in unit.clocks.list_open():
                due.setdefault(clock.subject, clock)
            datasets = {one.code: one for one in unit.registry.list_all(Dataset)}
            requests = unit.requests.list_all()
            return lists.needs_list(unit.needs.list_all(), requests, datasets, due)

    def resources_list(self) -> list[lists.ResourceLine]:
        """资源清单: the published entries, and how fresh each is."""
        with self.workspace.reading() as unit:
            datasets = unit.registry.list_all(Dataset)
            return lists.resources_list(datasets, unit.deliveries.newest_published(), unit.now)

    def responsibilities_list(self) -> list[lists.DutyLine]:
        """责任清单: the duties in force, and what was published for each."""
        with self.workspace.reading() as unit:
            duties = duties_in_force(unit, self.workspace.today())
            return lists.responsibilities_list(duties, unit.registry.list_all(Dataset))

    def negative_list(self) -> list[lists.NegativeLine]:
        """负面清单: the published entries that are not shared, with their legal basis."""
        with self.workspace.reading() as unit:
            return lists.negative_list(unit.registry.list_all(Dataset))

    def _matches(
        self, unit: ReadUnit, title: str, items: Sequence[str], department: str
    ) -> Matches:
        duties = duties_in_force(unit, self.workspace.today())
        return Matches(
            found=tuple(find(items, published_entries(unit))),
            proposals=tuple(propose((title, *items), duties, asker=department)),
        )

    def _close(
        self, write: WriteUnit, kind: str, before: Need, need: Need, told: Mapping[str, Json]
    ) -> None:
        write.needs.update(need, expected=before.state)
        keeper = Timekeeper.of(self.workspace, write)
        clock = keeper.end(_subject(need), LimitName.UNCATALOGUED_NEED)
        write.record(_event(kind, need, dict(told) | facts(clock, keeper.today)))


def _check_asker(unit: ReadUnit, acting: Actor, code: str) -> None:
    """Who may state a need: a requester, for an application of their own department."""
    require(acting, Act.REQUEST, acting.department)
    application = unit.registry.get(Application, code)
    if application.department != acting.department:
        raise Denied(
            f"application {application.code} belongs to {application.department}",
            reasons=(f"{acting.person} acts for {acting.department}",),
            hint="name an application of your own department: bureau application list",
        )


def _covered(found: Sequence[Found], asker: str) -> Conflict:
    """The catalogue has what is asked for: say where."""
    first = {one.item: one for one in reversed(found) if one.same}
    places = ", ".join(
        f"{item}: {one.dataset} of {one.provider}{'' if one.shared else ' (not shared)'}"
        for item, one in sorted(first.items())
    )
    others = (one.dataset for one in first.values() if one.shared and one.provider != asker)
    requestable = next(others, "")
    ask = f"ask for it: bureau request new {requestable}; or " if requestable else ""
    return Conflict(
        f"the catalogue has all of it: {places}",
        hint=f"{ask}say why it does not do: --not-covered REASON",
    )


def _authority(write: WriteUnit) -> str:
    registry = write.registry
    asker = registry.get(Department, write.actor.department)
    divisions = {one.code: one for one in registry.list_all(Division)}
    return procedure.authority_for(asker, registry.list_all(Department), divisions)


def _subject(need: Need) -> str:
    return f"need:{need.ref}"


def _event(kind: str, need: Need, more: Mapping[str, Json]) -> Event:
    told: dict[str, Json] = {"department": need.department}
    if need.assigned_to:
        told["provider"] = need.assigned_to
    return Event(kind, _subject(need), told | dict(more))
