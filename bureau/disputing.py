"""Disputes (争议): raise one, settle it, take it further, decide it in two persons (Art. 28)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bureau import disputed
from bureau.acts import Acts
from bureau.receipt import Receipt, receipt
from bureau.tasks import Outlook, Task, ref_of, undated
from bureau.timekeeping import Timekeeper, facts
from bureau.unit_of_work import ReadUnit
from catalog.model import Dataset, Department, Division
from core.canonical import Json
from core.clock import local_day
from sharing.clocks.model import Clock
from sharing.disputes import procedure
from sharing.disputes.model import Dispute, DisputeState, Outcome, Tier
from sharing.disputes.tiers import Seat, seats
from sharing.ledger.entry import Event
from sharing.profiles.model import LimitName
from sharing.words import words_hash


class Disputes(Acts):
    def raise_over(
        self, subject: str, *, grounds: str, against: str = ""
    ) -> tuple[Dispute, Receipt]:
        """Dispute a refusal, a finding that data is right, or who the source of an item is.

        `subject` is request:REQ-0001, correction:COR-0001 or item:NAME. `against` is the other
        department, where several offer the item.
        """
        with self.workspace.writing(self.actor) as write:
            matter = disputed.matter(write, subject, write.actor, against)
            dispute = procedure.raise_over(
                matter,
                write.actor,
                ref=write.disputes.next_ref(),
                grounds=grounds,
                seats=_seats(write, matter.department, matter.provider),
                now=write.now,
            )
            write.disputes.add(dispute)
            keeper = Timekeeper.of(self.workspace, write)
            disputed.begin(keeper, dispute)
            clock = _start(keeper, dispute)
            told: dict[str, Json] = {"grounds_hash": words_hash(dispute.grounds)}
            _record(keeper, "dispute.raised", dispute, clock, told)
        return dispute, receipt(dispute.ref, write)

    def propose(self, ref: str, *, outcome: Outcome, text: str) -> tuple[Dispute, Receipt]:
        """Propose how to settle it, to which the other party may agree."""
        with self.workspace.writing(self.actor) as write:
            before = _current(write, ref)
            dispute = procedure.propose(
                before, write.actor, outcome=outcome, text=text, now=write.now
            )
            write.disputes.update(dispute, expected=before.state)
            keeper = Timekeeper.of(self.workspace, write)
            clock = write.clocks.find(dispute.clock, LimitName.DISPUTE)
            _record(keeper, "dispute.proposed", dispute, clock, _settlement(dispute))
        return dispute, receipt(dispute.ref, write)

    def agree(self, ref: str) -> tuple[Dispute, Receipt]:
        """Agree to what the other party proposed, which settles it."""
        with self.workspace.writing(self.actor) as write:
            before = _current(write, ref)
            dispute = procedure.agree(before, write.actor, now=write.now)
            keeper = Timekeeper.of(self.workspace, write)
            _end(keeper, "dispute.settled", before, dispute, _settlement(dispute))
        return dispute, receipt(dispute.ref, write)

    def escalate(self, ref: str, *, reason: str) -> tuple[Dispute, Receipt]:
        """Take it to the next tier, which ends the time of the one before, late or not."""
        with self.workspace.writing(self.actor) as write:
            before = _current(write, ref)
            keeper = Timekeeper.of(self.workspace, write)
            running = write.clocks.find(before.clock, LimitName.DISPUTE)
            dispute = procedure.escalate(
                before,
                write.actor,
                seats=_seats(write, before.department, before.provider),
                reason=reason,
                due_on=running.due_on if running else keeper.today,
                today=keeper.today,
                now=write.now,
            )
            write.disputes.update(dispute, expected=before.state)
            ended = keeper.end(before.clock, LimitName.DISPUTE)
            _start(keeper, dispute)
            told: dict[str, Json] = {
                "from": before.step.tier.value,
                "from_department": before.step.department,
                "reason_hash": words_hash(dispute.step.reason),
            }
            _record(keeper, "dispute.escalated", dispute, ended, told)
        return dispute, receipt(dispute.ref, write)

    def decide(self, ref: str, *, outcome: Outcome, reason: str) -> tuple[Dispute, Receipt]:
        """Decide as the first of two persons of the authority or government it is before."""
        with self.workspace.writing(self.actor) as write:
            before = _current(write, ref)
            dispute = procedure.decide(
                before, write.actor, outcome=outcome, reason=reason, now=write.now
            )
            write.disputes.update(dispute, expected=before.state)
            keeper = Timekeeper.of(self.workspace, write)
            clock = write.clocks.find(dispute.clock, LimitName.DISPUTE)
            _record(keeper, "dispute.decided", dispute, clock, _decision(dispute))
        return dispute, receipt(dispute.ref, write)

    def confirm(self, ref: str) -> tuple[Dispute, Receipt]:
        """Confirm the decision as the second person; a refusal that is overturned gives a grant."""
        with self.workspace.writing(self.actor) as write:
            before = _current(write, ref)
            keeper = Timekeeper.of(self.workspace, write)
            dispute = procedure.confirm(
                before,
                write.actor,
                seats=_seats(write, before.department, before.provider),
                objections_until=_objections_until(keeper, before),
                today=keeper.today,
                now=write.now,
            )
            _end(keeper, "dispute.confirmed", before, dispute, _decision(dispute))
        return dispute, receipt(dispute.ref, write)

    def withdraw(self, ref: str) -> tuple[Dispute, Receipt]:
        """Take it back; what was disputed stands as it was."""
        with self.workspace.writing(self.actor) as write:
            before = _current(write, ref)
            dispute = procedure.withdraw(before, write.actor, now=write.now)
            keeper = Timekeeper.of(self.workspace, write)
            _end(keeper, "dispute.withdrawn", before, dispute, {})
        return dispute, receipt(dispute.ref, write)

    def get(self, ref: str) -> Dispute:
        with self.workspace.reading() as unit:
            return unit.disputes.get(ref)

    def clocks(self, ref: str) -> list[Clock]:
        """The clock of each tier that a dispute came to, in that order."""
        with self.workspace.reading() as unit:
            dispute = unit.disputes.get(ref)
            subjects = [f"{_subject(dispute)}#{n}" for n in range(1, len(dispute.steps) + 1)]
            return [clock for one in subjects for clock in unit.clocks.list_by_subject(one)]

    def list_all(self, *, state: DisputeState | None = None) -> list[Dispute]:
        """Disputes by number."""
        with self.workspace.reading() as unit:
            return unit.disputes.list_all(state=state)


_TODO: Mapping[DisputeState, str] = {
    DisputeState.NEGOTIATING: "settle {ref} --outcome OUTCOME --text TEXT",
    DisputeState.AT_AUTHORITY: "decide {ref} --outcome OUTCOME --reason TEXT",
    DisputeState.AUTHORITY_DECIDED: "confirm {ref}",
    DisputeState.AT_GOVERNMENT: "decide {ref} --outcome OUTCOME --reason TEXT",
    DisputeState.GOVERNMENT_DECIDED: "confirm {ref}",
}


def task(look: Outlook, clock: Clock) -> Task:
    """What the tier that a dispute is at does next about it, for its inbox."""
    dispute = look.unit.disputes.get(ref_of(clock))
    todo = _TODO[dispute.state].format(ref=dispute.ref)
    return look.task(clock, f"bureau dispute {todo}")


def answers(look: Outlook) -> list[Task]:
    """Proposals of providers, to which whoever raised the dispute may agree; there is no day."""
    return [
        undated(
            _subject(dispute),
            "settlement",
            "确认争议协商方案",
            "Agree to how a dispute is to be settled, or take it further",
            f"bureau dispute settle {dispute.ref}",
            department=dispute.department,
        )
        for dispute in look.unit.disputes.list_all(state=DisputeState.NEGOTIATING)
        if dispute.settlement and dispute.settlement.department != dispute.department
    ]


def _subject(dispute: Dispute) -> str:
    """How ledger entries name a dispute."""
    return f"dispute:{dispute.ref}"


def _current(unit: ReadUnit, ref: str) -> Dispute:
    """The dispute; who provides its dataset now is the other party of it."""
    dispute = unit.disputes.get(ref)
    if not dispute.dataset:
        return dispute
    return replace(dispute, provider=unit.registry.get(Dataset, dispute.dataset).provider)


def _seats(unit: ReadUnit, department: str, provider: str) -> tuple[Seat, ...]:
    parents = {one.code: one.parent for one in unit.registry.list_all(Division)}
    departments = {one.code: one for one in unit.registry.list_all(Department)}
    return seats(parents, departments.values(), departments[department], departments[provider])


def _objections_until(keeper: Timekeeper, dispute: Dispute) -> date:
    """The last day on which a party may take an authority's decision to the government."""
    decision = dispute.step.decision
    if decision is None:
        return keeper.today
    days = keeper.profile.number("dispute_objection_days")
    return keeper.calendar.due(local_day(decision.at, keeper.zone), days)


def _start(keeper: Timekeeper, dispute: Dispute) -> Clock:
    return keeper.start(dispute.clock, LimitName.DISPUTE, dispute.step.department)


def _end(
    keeper: Timekeeper, kind: str, before: Dispute, dispute: Dispute, told: Mapping[str, Json]
) -> None:
    """Store the end of a dispute, and what it makes of a refusal."""
    keeper.unit.disputes.update(dispute, expected=before.state)
    clock = keeper.end(dispute.clock, LimitName.DISPUTE)
    disputed.conclude(keeper, dispute)
    _record(keeper, kind, dispute, clock, told)


def _settlement(dispute: Dispute) -> dict[str, Json]:
    proposed = dispute.settlement
    if proposed is None:
        return {}
    return {
        "outcome": proposed.outcome.value,
        "proposed_by": proposed.department,
        "text_hash": words_hash(proposed.text),
    }


def _decision(dispute: Dispute) -> dict[str, Json]:
    decision = dispute.step.decision
    if decision is None:
        return {}
    return {"outcome": decision.outcome.value, "reason_hash": words_hash(decision.reason)}


def _record(
    keeper: Timekeeper,
    kind: str,
    dispute: Dispute,
    clock: Clock | None,
    more: Mapping[str, Json],
) -> None:
    """Note what happened, of which `clock` says whether it was late; texts are there by their hash."""
    step = dispute.step
    told: dict[str, Json] = {
        "about": dispute.subject,
        "dataset": dispute.dataset,
        "decider": "" if step.tier is Tier.NEGOTIATION else step.department,
        "department": dispute.department,
        "provider": dispute.provider,
        "standing": dispute.standing,
        "tier": step.tier.value,
    }
    every = told | dict(more) | facts(clock, keeper.today) | {"article": "28"}
    keeper.unit.record(Event(kind, _subject(dispute), every))
