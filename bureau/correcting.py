"""Corrections (校核): ask for one, sign for it, verify, correct, report back (Decree 809 Art. 26)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bureau.acts import Acts
from bureau.receipt import Receipt, receipt
from bureau.tasks import Outlook, Task, ref_of
from bureau.timekeeping import Timekeeper, facts
from bureau.unit_of_work import ReadUnit
from catalog.model import Dataset, Delivery
from catalog.predicate import Predicate, columns_of, predicate_json
from contracts.model import DataContract
from core.actor import Actor, Role
from core.canonical import Json, content_hash
from core.errors import Conflict, InvalidInput
from sharing.clocks.model import Clock
from sharing.corrections import procedure
from sharing.corrections.model import Channel, Correction, CorrectionState, Finding
from sharing.ledger.entry import Event
from sharing.model import Grant
from sharing.profiles.model import LimitName
from sharing.words import require_words, words_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCorrection:
    """What a department complains about; left out, the grant and the delivery are the newest."""

    dataset: str
    problem: str
    grant: str = ""
    delivery: int | None = None
    columns: tuple[str, ...] = ()
    rows: Predicate | None = None
    channel: Channel = Channel.DEPARTMENT


class Corrections(Acts):
    def create(self, new: NewCorrection) -> tuple[Correction, Receipt]:
        """Ask the provider to verify data; the time to sign for it starts."""
        problem = require_words(
            new.problem, "it is not said what is wrong (问题说明)", "add --problem TEXT"
        )
        with self.workspace.writing(self.actor) as write:
            acting = write.actor
            dataset = write.registry.get(Dataset, new.dataset)
            grant = _grant(write, acting, dataset, new.grant)
            delivery = _delivery(write, dataset, new.delivery)
            _check_place(new, grant, _contract(write, delivery))
            correction = Correction(
                ref=write.corrections.next_ref(),
                state=CorrectionState.OPEN,
                department=acting.department,
                dataset=dataset.code,
                delivery=delivery.number,
                grant=grant.ref if grant else "",
                channel=new.channel,
                columns=new.columns,
                rows=new.rows,
                problem=problem,
                created_by=acting.signature,
                created_at=write.now,
            )
            write.corrections.add(correction)
            keeper = Timekeeper.of(self.workspace, write)
            clock = keeper.start(_subject(correction), LimitName.RECEIPT, dataset.provider)
            _record(keeper, "correction.opened", correction, clock, _complaint(correction))
        return correction, receipt(correction.ref, write)

    def receive(self, ref: str) -> tuple[Correction, Receipt]:
        """Sign for it (签收), which starts the time to verify, correct and report back."""
        with self.workspace.writing(self.actor) as write:
            before = write.corrections.get(ref)
            correction = procedure.receive(
                before, write.actor, provider=_provider(write, before), now=write.now
            )
            write.corrections.update(correction, expected=before.state)
            _signed(Timekeeper.of(self.workspace, write), correction)
        return correction, receipt(correction.ref, write)

    def verify(self, ref: str, *, finding: Finding, reason: str) -> tuple[Correction, Receipt]:
        """Say whether the data is wrong, and why (核实); this signs for it where nobody has."""
        with self.workspace.writing(self.actor) as write:
            before = write.corrections.get(ref)
            correction = procedure.verify(
                before,
                write.actor,
                provider=_provider(write, before),
                finding=finding,
                reason=reason,
                now=write.now,
            )
            write.corrections.update(correction, expected=before.state)
            keeper = Timekeeper.of(self.workspace, write)
            if before.received_at is None:
                _signed(keeper, correction)
            clock = write.clocks.find(_subject(correction), LimitName.CORRECTION)
            told: dict[str, Json] = {
                "finding": finding.value,
                "reason_hash": words_hash(correction.reason),
            }
            _record(keeper, "correction.verified", correction, clock, told)
        return correction, receipt(correction.ref, write)

    def correct(
        self, ref: str, *, delivery: int | None = None, none_needed: str | None = None
    ) -> tuple[Correction, Receipt]:
        """Name the delivery that mends it (校正), the newest if none is named.

        `none_needed` says why no newer delivery is needed.
        """
        with self.workspace.writing(self.actor) as write:
            before = write.corrections.get(ref)
            correction = procedure.correct(
                before,
                write.actor,
                provider=_provider(write, before),
                delivery=_mending(write, before.dataset, delivery, none_needed),
                none_needed=none_needed,
                now=write.now,
            )
            write.corrections.update(correction, expected=before.state)
            keeper = Timekeeper.of(self.workspace, write)
            clock = write.clocks.find(_subject(correction), LimitName.CORRECTION)
            _record(keeper, "correction.corrected", correction, clock, _mended(correction))
        return correction, receipt(correction.ref, write)

    def close(self, ref: str, *, feedback: str) -> tuple[Correction, Receipt]:
        """Report back to who asked (反馈), which ends the time for it, late or not."""
        with self.workspace.writing(self.actor) as write:
            before = write.corrections.get(ref)
            correction = procedure.close(
                before,
                write.actor,
                provider=_provider(write, before),
                feedback=feedback,
                now=write.now,
            )
            write.corrections.update(correction, expected=before.state)
            keeper = Timekeeper.of(self.workspace, write)
            clock = keeper.end(_subject(correction), LimitName.CORRECTION)
            told: dict[str, Json] = {
                "feedback_hash": words_hash(correction.feedback),
                "finding": correction.finding.value if correction.finding else "",
            }
            _record(keeper, "correction.closed", correction, clock, told | _mended(correction))
        return correction, receipt(correction.ref, write)

    def withdraw(self, ref: str) -> tuple[Correction, Receipt]:
        """Take it back, as long as nothing was found."""
        with self.workspace.writing(self.actor) as write:
            before = write.corrections.get(ref)
            correction = procedure.withdraw(
                before, write.actor, provider=_provider(write, before), now=write.now
            )
            write.corrections.update(correction, expected=before.state)
            keeper = Timekeeper.of(self.workspace, write)
            signing = keeper.end(_subject(correction), LimitName.RECEIPT)
            clock = keeper.end(_subject(correction), LimitName.CORRECTION) or signing
            _record(keeper, "correction.withdrawn", correction, clock)
        return correction, receipt(correction.ref, write)

    def get(self, ref: str) -> Correction:
        with self.workspace.reading() as unit:
            return unit.corrections.get(ref)

    def list_all(
        self, *, dataset: str = "", state: CorrectionState | None = None
    ) -> list[Correction]:
        """Corrections by number; raises NotFound for a dataset that there is not."""
        with self.workspace.reading() as unit:
            if dataset:
                unit.registry.get(Dataset, dataset)
            return unit.corrections.list_all(dataset=dataset, state=state)


_TODO: Mapping[CorrectionState, str] = {
    CorrectionState.OPEN: "receive {ref}",
    CorrectionState.RECEIVED: "verify {ref} --finding FINDING --reason TEXT",
    CorrectionState.CONFIRMED: "correct {ref}",
    CorrectionState.UNFOUNDED: "close {ref} --feedback TEXT",
    CorrectionState.CORRECTED: "close {ref} --feedback TEXT",
}


def task(look: Outlook, clock: Clock) -> Task:
    """What the provider does next about a correction, for its inbox."""
    correction = look.unit.corrections.get(ref_of(clock))
    todo = _TODO[correction.state].format(ref=correction.ref)
    made = look.task(clock, f"bureau correction {todo}")
    if clock.limit is LimitName.RECEIPT:  # the limit is named after requests
        return replace(made, title_zh="签收校核申请", title_en="Sign for a correction request")
    return made


def _subject(correction: Correction) -> str:
    """How clocks and ledger entries name a correction."""
    return f"correction:{correction.ref}"


def _provider(unit: ReadUnit, correction: Correction) -> str:
    """Who provides the dataset now, and answers for it."""
    return unit.registry.get(Dataset, correction.dataset).provider


def _grant(unit: ReadUnit, acting: Actor, dataset: Dataset, named: str) -> Grant | None:
    """The grant that is named, or the newest of the actor's department; refuses who has none."""
    everybodys = acting.has(Role.AUTHORITY)
    department = "" if everybodys else acting.department
    grants = unit.grants.list_all(dataset=dataset.code, department=department)
    procedure.check_may_ask(
        acting, dataset=dataset.code, provider=dataset.provider, granted=bool(grants)
    )
    if not named:
        own = [grant for grant in grants if grant.department == acting.department]
        return own[-1] if own else None
    wanted = unit.grants.get(named)
    if wanted not in grants:
        raise InvalidInput(
            f"grant {wanted.ref} gives {acting.department} nothing of {dataset.code}",
            hint=f"bureau grant list --dataset {dataset.code} shows which do",
        )
    return wanted


def _delivery(unit: ReadUnit, dataset: Dataset, number: int | None) -> Delivery:
    """The published delivery that is complained about."""
    if number is None:
        newest = unit.deliveries.find_published(dataset.code)
        if newest is None:
            raise Conflict(
                f"nothing of {dataset.code} is published: there is nothing to correct",
                hint=f"what was delivered: bureau dataset show {dataset.code}",
            )
        return newest
    named = unit.deliveries.get(dataset.code, number)
    if not named.status.published:
        raise Conflict(
            f"delivery #{number} of {dataset.code} was refused: nobody ever read it",
            hint=f"which were published: bureau dataset show {dataset.code}",
        )
    return named


def _mending(
    unit: ReadUnit, dataset: str, number: int | None, none_needed: str | None
) -> Delivery | None:
    if number is not None:
        return unit.deliveries.get(dataset, number)
    return None if none_needed is not None else unit.deliveries.find_published(dataset)


def _contract(unit: ReadUnit, delivery: Delivery) -> DataContract:
    return unit.contracts.read(delivery.contract, delivery.contract_version)


def _check_place(new: NewCorrection, grant: Grant | None, contract: DataContract) -> None:
    """Refuse columns that whoever asks does not see, and rows that are told by personal data.

    What a cell should hold is not checked: it may be wrong in just that.
    """
    named = contract.table.properties
    seen = grant.terms.columns if grant else tuple(column.name for column in named)
    by = set(columns_of(new.rows)) if new.rows is not None else set()
    if unknown := sorted({*new.columns, *by} - set(seen)):
        raise InvalidInput(
            f"{grant.ref if grant else new.dataset} has no column {', '.join(unknown)}",
            hint=f"its columns are: {', '.join(seen)}",
        )
    if private := sorted(by & {column.name for column in named if column.personal}):
        raise InvalidInput(
            f"rows are not told by {', '.join(private)}: the contract classifies it",
            hint="name the rows by other columns, such as their key",
        )


def _signed(keeper: Timekeeper, correction: Correction) -> None:
    """End the time to sign, and start that to verify, correct and report back."""
    keeper.end(_subject(correction), LimitName.RECEIPT)
    debtor = _provider(keeper.unit, correction)
    clock = keeper.start(_subject(correction), LimitName.CORRECTION, debtor)
    _record(keeper, "correction.received", correction, clock)


def _complaint(correction: Correction) -> dict[str, Json]:
    rows = correction.rows
    return {
        "channel": correction.channel.value,
        "columns": list(correction.columns),
        "problem_hash": words_hash(correction.problem),
        "rows_hash": content_hash(predicate_json(rows)) if rows is not None else "",
    }


def _mended(correction: Correction) -> dict[str, Json]:
    why = correction.none_needed
    return {
        "corrected_in": correction.corrected_in,
        "none_needed_hash": words_hash(why) if why else "",
    }


def _record(
    keeper: Timekeeper,
    kind: str,
    correction: Correction,
    clock: Clock | None,
    more: Mapping[str, Json] | None = None,
) -> None:
    """Note what happened. What people wrote, and which rows they named, is there by its hash."""
    told: dict[str, Json] = {
        "dataset": correction.dataset,
        "delivery": correction.delivery,
        "department": correction.department,
        "grant": correction.grant,
        "provider": _provider(keeper.unit, correction),
    }
    keeper.unit.record(
        Event(kind, _subject(correction), told | dict(more or {}) | facts(clock, keeper.today))
    )
