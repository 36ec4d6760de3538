"""Changes after which the catalogue must be brought up to date, and by when (Decree 809 Art. 17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bureau.acts import Acts
from bureau.permissions import Act, require
from bureau.receipt import Receipt, receipt
from bureau.tasks import Outlook, Task
from bureau.timekeeping import Timekeeper, facts
from bureau.unit_of_work import ReadUnit
from catalog.model import Dataset, Duty
from core.actor import Role
from core.canonical import Json
from core.clock import local_day
from core.errors import Conflict, InvalidInput
from sharing.clocks import model as clocks
from sharing.clocks.model import Clock, check_extension
from sharing.ledger.entry import Event
from sharing.profiles.model import LimitName
from sharing.submissions import procedure
from sharing.submissions.model import Cause, ChangeEvent, Submission
from sharing.words import require_words, words_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChange:
    """What changed on which day, and the duty or the entry that it concerns."""

    duty: str = ""
    dataset: str = ""
    cause: Cause
    changed_on: date
    reason: str


class CatalogueEvents(Acts):
    """Changes of law, decisions and duties, and the time they give to update the catalogue."""

    def record(self, new: NewChange) -> tuple[ChangeEvent, Receipt]:
        """Record a change; the time to submit what follows is counted from the day of the change."""
        reason = require_words(new.reason, "it is not said what changed", "add --reason TEXT")
        with self.workspace.writing(self.actor) as write:
            department, item = _concerned(write, new)
            require(write.actor, Act.RECORD_CHANGE, department)
            keeper = Timekeeper.of(self.workspace, write)
            if new.changed_on > keeper.today:
                raise InvalidInput(
                    f"{new.changed_on} is not yet, and a change counts from the day it happened",
                    hint="record it on that day: --on DATE",
                )
            event = ChangeEvent(
                ref=write.catalogue_events.next_ref(),
                cause=new.cause,
                duty=new.duty,
                item=item,
                dataset=new.dataset,
                changed_on=new.changed_on,
                reason=reason,
                recorded_by=write.actor.signature,
                recorded_at=write.now,
            )
            write.catalogue_events.add(event)
            clock = keeper.put(
                clocks.start(
                    subject(event),
                    LimitName.CATALOGUE_UPDATE,
                    debtor=department,
                    profile=keeper.profile,
                    calendar=keeper.calendar,
                    day=event.changed_on,
                )
            )
            told: dict[str, Json] = {
                "cause": event.cause.value,
                "changed_on": event.changed_on.isoformat(),
                "duty": event.duty,
                "reason": words_hash(reason),
            }
            _tell(keeper, "catalogue.change_recorded", event, clock, told)
        return event, receipt(event.ref, write)

    def ask_extension(self, ref: str, *, days: int, reason: str) -> tuple[ChangeEvent, Receipt]:
        """Ask the authority for more time, within what the policy allows."""
        with self.workspace.writing(self.actor) as write:
            keeper = Timekeeper.of(self.workspace, write)
            before = write.catalogue_events.get(ref)
            clock = _clock(write, before)
            event = procedure.ask_extension(
                before, write.actor, debtor=clock.debtor, days=days, reason=reason, now=write.now
            )
            check_extension(clock, keeper.profile.limit(clock.limit), days=days, day=keeper.today)
            write.catalogue_events.update(event)
            _tell(keeper, "catalogue.extension_asked", event, clock, {"days": days})
        return event, receipt(event.ref, write)

    def consent(self, ref: str) -> tuple[ChangeEvent, Receipt]:
        """Consent to more time, as the authority; what was asked in time may be answered later."""
        with self.workspace.writing(self.actor) as write:
            keeper = Timekeeper.of(self.workspace, write)
            before = write.catalogue_events.get(ref)
            debtor = _clock(write, before).debtor
            event = procedure.consent(before, write.actor, debtor=debtor, now=write.now)
            if event.extension is None:
                raise Conflict(f"no more time was asked for {event.ref}")
            asked_on = local_day(event.extension.asked_at, keeper.zone)
            days = event.extension.days
            clock = keeper.extend(_clock(write, event), days, asked_on=asked_on)
            write.catalogue_events.update(event)
            _tell(keeper, "catalogue.extended", event, clock, {"days": days})
        return event, receipt(event.ref, write)

    def decline(self, ref: str, *, reason: str) -> tuple[ChangeEvent, Receipt]:
        """Decline more time, as the authority; the submission stays due when it is."""
        with self.workspace.writing(self.actor) as write:
            keeper = Timekeeper.of(self.workspace, write)
            before = write.catalogue_events.get(ref)
            clock = _clock(write, before)
            event = procedure.decline(
                before, write.actor, debtor=clock.debtor, reason=reason, now=write.now
            )
            write.catalogue_events.update(event)
            why = event.extension.why_declined if event.extension else ""
            told: dict[str, Json] = {"reason": words_hash(why)}
            _tell(keeper, "catalogue.extension_declined", event, clock, told)
        return event, receipt(event.ref, write)

    def list(self, *, waiting: bool = False) -> list[tuple[ChangeEvent, Clock]]:
        """The changes by number with their clocks, or only those that wait for a submission."""
        with self.workspace.reading() as unit:
            found = unit.catalogue_events.list_all(waiting=waiting)
            return [(event, _clock(unit, event)) for event in found]


def subject(event: ChangeEvent) -> str:
    """How clocks and ledger entries name a change."""
    return f"catalogue_event:{event.ref}"


def answer(keeper: Timekeeper, submission: Submission, datasets: Sequence[Dataset]) -> None:
    """End the time to update the catalogue: this submission does."""
    write = keeper.unit
    event = write.catalogue_events.get(submission.event)
    procedure.require_answer(event, {one.code: one.fulfils for one in datasets})
    if (debtor := _clock(write, event).debtor) != submission.provider:
        raise Conflict(f"{event.ref} is a matter of {debtor}, not of {submission.provider}")
    write.catalogue_events.update(replace(event, answered_by=submission.ref))
    clock = keeper.end(subject(event), LimitName.CATALOGUE_UPDATE)
    told: dict[str, Json] = {"submission": submission.ref}
    _tell(keeper, "catalogue.change_answered", event, clock, told)


def reopen(keeper: Timekeeper, submission: Submission) -> None:
    """What was handed back answers no change: the time that was left goes on."""
    write = keeper.unit
    event = replace(write.catalogue_events.get(submission.event), answered_by="")
    write.catalogue_events.update(event)
    clock = keeper.put(clocks.reopen(_clock(write, event), keeper.calendar, keeper.today))
    told: dict[str, Json] = {"submission": submission.ref}
    _tell(keeper, "catalogue.change_reopened", event, clock, told)


def consents(look: Outlook) -> list[Task]:
    """Extensions that the authority is asked for."""
    return [
        replace(
            look.task(_clock(look.unit, event), f"bureau catalog consent {event.ref}"),
            department="",
            role=Role.AUTHORITY,
            title_zh="延期征求同意：更新政务数据目录",
            title_en="Consent to an extension: update the catalogue",
        )
        for event in look.unit.catalogue_events.list_all(waiting=True)
        if event.extension is not None and event.extension.open
    ]


def _concerned(unit: ReadUnit, new: NewChange) -> tuple[str, str]:
    """The department that a change concerns, and the item of its duty."""
    if bool(new.duty) == bool(new.dataset):
        raise InvalidInput(
            "a change concerns one duty or one entry",
            hint="add either --duty CODE or --dataset CODE",
        )
    if new.duty:
        duty = unit.registry.get(Duty, new.duty)
        return duty.department, duty.item
    return unit.registry.get(Dataset, new.dataset).provider, ""


def _clock(unit: ReadUnit, event: ChangeEvent) -> Clock:
    clock = unit.clocks.find(subject(event), LimitName.CATALOGUE_UPDATE)
    if clock is None:
        raise Conflict(f"no time runs for {event.ref}")
    return clock


def _tell(
    keeper: Timekeeper,
    kind: str,
    event: ChangeEvent,
    clock: Clock | None,
    told: Mapping[str, Json],
) -> None:
    """Record what happened to a change; the department that must act is its provider."""
    about: dict[str, Json] = {"dataset": event.dataset, "provider": clock.debtor if clock else ""}
    keeper.unit.record(Event(kind, subject(event), {**about, **told, **facts(clock, keeper.today)}))
