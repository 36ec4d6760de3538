"""End the purpose of a grant, and dispose of its data (Decree 809 Art. 27)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bureau.acts import Acts
from bureau.ending import end_duties, provider_now
from bureau.receipt import Receipt, receipt
from bureau.recording import keep_record
from bureau.tasks import Outlook, Task, undated
from bureau.timekeeping import Timekeeper, facts
from bureau.unit_of_work import ReadUnit
from core.canonical import Json
from sharing.calendar.model import NotAnnounced
from sharing.clocks import model as clocks
from sharing.clocks.model import Clock
from sharing.disposal import procedure
from sharing.disposal.model import DisposalState, Method, Proof, Requirement, Verdict
from sharing.disposal.owing import clock_of, state_of, subject
from sharing.ledger.entry import Event
from sharing.model import FinishCause, Grant
from sharing.profiles.model import LimitName
from sharing.records.model import RecordKind
from sharing.words import words_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposal:
    """Where the disposal of a grant's data stands.

    `clock` is None where nothing is owed, and where the calendar ends before it would be due.
    """

    grant: str
    state: DisposalState
    requirement: Requirement | None
    proofs: tuple[Proof, ...]
    clock: Clock | None


class Disposals(Acts):
    def finish(self, ref: str, *, cause: FinishCause, reason: str) -> tuple[Grant, Receipt]:
        """Say that the purpose is met, impossible or no longer needed: the grant ends."""
        with self.workspace.writing(self.actor) as write:
            before = write.grants.get(ref)
            grant = procedure.finish(before, write.actor, cause=cause, reason=reason, now=write.now)
            write.grants.finish(grant)
            keeper = Timekeeper.of(self.workspace, write)
            clock = end_duties(keeper, grant)
            told: dict[str, Json] = {
                "because": cause.value,
                "reason": words_hash(grant.finish_reason),
            }
            write.record(_event("grant.finished", grant, told | facts(clock, keeper.today)))
        return grant, receipt(grant.ref, write)

    def require(self, ref: str, *, how: Method, text: str = "") -> tuple[Disposal, Receipt]:
        """Say, as the provider, how the data is to be disposed of."""
        with self.workspace.writing(self.actor) as write:
            grant = write.grants.get(ref)
            requirement = procedure.require(
                grant,
                write.actor,
                provider=provider_now(write, grant),
                state=_state(write, grant),
                how=how,
                text=text,
                now=write.now,
            )
            write.disposals.require(grant.ref, requirement)
            told: dict[str, Json] = {"how": how.value, "text": words_hash(requirement.text)}
            write.record(_event("grant.disposal_required", grant, told))
        return self.get(grant.ref), receipt(grant.ref, write)

    def dispose(self, ref: str, *, how: Method, proof: str) -> tuple[Disposal, Receipt]:
        """Prove, as the using department, that the data was disposed of; it is recorded too."""
        with self.workspace.writing(self.actor) as write:
            grant = write.grants.get(ref)
            given = procedure.prove(
                grant,
                write.actor,
                others=_others(write, grant),
                earlier=write.disposals.proofs(grant.ref),
                requirement=write.disposals.requirement(grant.ref),
                how=how,
                text=proof,
                now=write.now,
            )
            write.disposals.save(grant.ref, given)
            keeper = Timekeeper.of(self.workspace, write)
            zone = self.workspace.settings.zone
            clock = clocks.pause(_clock(keeper, grant, zone), keeper.calendar, keeper.today)
            keeper.put(clock)
            told: dict[str, Json] = {
                "how": how.value,
                "number": given.number,
                "proof": words_hash(given.text),
            }
            event = _event("grant.disposal_proved", grant, told | facts(clock, keeper.today))
            write.record(event)
            keep_record(write, grant, RecordKind.DESTRUCTION, f"{how.value}: {given.text}")
        return self.get(grant.ref), receipt(grant.ref, write)

    def confirm(self, ref: str) -> tuple[Disposal, Receipt]:
        """Accept, as the provider, the proof that waits; the duty is done."""
        return self._judge(ref, Verdict.CONFIRMED, "")

    def reject(self, ref: str, *, reason: str) -> tuple[Disposal, Receipt]:
        """Refuse, as the provider, the proof that waits; disposal is owed again."""
        return self._judge(ref, Verdict.REJECTED, reason)

    def get(self, ref: str) -> Disposal:
        """Where the disposal of a grant's data stands now."""
        with self.workspace.reading() as unit:
            grant = unit.grants.get(ref)
            state = _state(unit, grant)
            look = Outlook.of(self.workspace, unit)
            stored = unit.clocks.find(subject(grant), LimitName.DISPOSAL)
            clock = stored
            if state in (DisposalState.OWED, DisposalState.COVERED):
                clock = _reckoned(look, grant, _others(unit, grant), stored)
            return Disposal(
                grant=grant.ref,
                state=state,
                requirement=unit.disposals.requirement(grant.ref),
                proofs=tuple(unit.disposals.proofs(grant.ref)),
                clock=clock,
            )

    def _judge(self, ref: str, verdict: Verdict, reason: str) -> tuple[Disposal, Receipt]:
        with self.workspace.writing(self.actor) as write:
            grant = write.grants.get(ref)
            proof = procedure.judge(
                grant,
                write.actor,
                provider=provider_now(write, grant),
                proofs=write.disposals.proofs(grant.ref),
                verdict=verdict,
                reason=reason,
                now=write.now,
            )
            write.disposals.save(grant.ref, proof)
            keeper = Timekeeper.of(self.workspace, write)
            told: dict[str, Json] = {"number": proof.number}
            if verdict is Verdict.CONFIRMED:
                write.grants.mark_disposed(grant.ref, write.now)
                clock = keeper.end(subject(grant), LimitName.DISPOSAL)
                kind = "grant.disposed"
            else:
                clock = keeper.resume(subject(grant), LimitName.DISPOSAL)
                kind, told["reason"] = "grant.disposal_rejected", words_hash(proof.reason)
            write.record(_event(kind, grant, told | facts(clock, keeper.today)))
        return self.get(grant.ref), receipt(grant.ref, write)


def owed(look: Outlook) -> list[Task]:
    """Data of ended grants that is to be disposed of, and proofs that wait for the provider."""
    tasks = []
    for grant, state, clock in undisposed(look):
        if state is DisposalState.PROVED:
            tasks.append(_to_judge(grant, provider_now(look.unit, grant)))
        elif state is DisposalState.OWED:
            tasks.append(_to_dispose(look, grant, clock))
    return tasks


def undisposed(look: Outlook) -> Iterator[tuple[Grant, DisposalState, Clock | None]]:
    """Ended grants of which the disposal is open, as `undisposed_with` says, by what is stored now."""
    unit = look.unit
    stored = {clock.subject: clock for clock in unit.clocks.list_open(limit=LimitName.DISPOSAL)}
    return undisposed_with(look, stored, unit.disposals.list_waiting())


def undisposed_with(
    look: Outlook, stored: Mapping[str, Clock], waiting: Collection[str]
) -> Iterator[tuple[Grant, DisposalState, Clock | None]]:
    """Ended grants of which the disposal is open, each with its time; None past the calendar.

    No act happens when a period runs out, nor when another grant stops the time or lets it go on:
    where no proof waits, the clock is reckoned, whatever is stored of it. `stored` are the clocks
    by their subjects, `waiting` the grants of which a proof waits, both at the moment of the look.
    """
    unit = look.unit
    beside: dict[tuple[str, str], list[Grant]] = {}
    for grant in unit.grants.list_undisposed(unit.now):
        key = (grant.terms.dataset, grant.department)
        others = beside.get(key) or beside.setdefault(key, _others(unit, grant))
        state = state_of(grant, others, proved=grant.ref in waiting, now=unit.now)
        clock = stored.get(subject(grant))
        if state is not DisposalState.PROVED:
            clock = _reckoned(look, grant, others, clock)
        yield grant, state, clock


def _to_dispose(look: Outlook, grant: Grant, clock: Clock | None) -> Task:
    todo = f"bureau grant dispose {grant.ref} --how METHOD --proof TEXT"
    if clock is not None:
        return look.task(clock, todo)
    limit = look.profile.limit(LimitName.DISPOSAL)
    return undated(
        subject(grant),
        limit.name,
        limit.title_zh,
        limit.title_en,
        todo,
        department=grant.department,
    )


def _to_judge(grant: Grant, provider: str) -> Task:
    return undated(
        subject(grant),
        "disposal_proof",
        "核验数据处置证明",
        "Confirm or reject the proof that data was disposed of",
        f"bureau grant confirm-disposal {grant.ref}",
        department=provider,
    )


def _reckoned(
    look: Outlook, grant: Grant, others: list[Grant], stored: Clock | None
) -> Clock | None:
    try:
        return clock_of(
            grant,
            others,
            stored,
            profile=look.profile,
            calendar=look.calendar,
            zone=look.zone,
            now=look.unit.now,
        )
    except NotAnnounced:  # the calendar ends before: the duty is shown without its day
        return None


def _clock(keeper: Timekeeper, grant: Grant, zone: ZoneInfo) -> Clock:
    write = keeper.unit
    return clock_of(
        grant,
        _others(write, grant),
        write.clocks.find(subject(grant), LimitName.DISPOSAL),
        profile=keeper.profile,
        calendar=keeper.calendar,
        zone=zone,
        now=write.now,
    )


def _others(unit: ReadUnit, grant: Grant) -> list[Grant]:
    return unit.grants.list_all(dataset=grant.terms.dataset, department=grant.department)


def _state(unit: ReadUnit, grant: Grant) -> DisposalState:
    proofs = unit.disposals.proofs(grant.ref)
    proved = bool(proofs) and proofs[-1].verdict is None
    return state_of(grant, _others(unit, grant), proved=proved, now=unit.now)


def _event(kind: str, grant: Grant, more: Mapping[str, Json]) -> Event:
    told: dict[str, Json] = {**grant.parties, "terms_hash": grant.terms_hash}
    return Event(kind, subject(grant), told | dict(more))
