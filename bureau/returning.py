"""Return data to the level below (数据回流, Decree 809 Art. 24): the list, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bureau.acts import Acts
from bureau.receipt import Receipt, receipt
from bureau.return_checking import check
from bureau.return_grants import event, refuse_cut, renew_grant, return_under_grant
from bureau.return_tasks import last_day
from bureau.timekeeping import Timekeeper, facts
from bureau.unit_of_work import ReadUnit, WriteUnit
from catalog.model import Application, Dataset, Department
from core.clock import local_day
from core.errors import Conflict, Denied, InvalidInput
from sharing.model import GrantState
from sharing.profiles.model import LimitName
from sharing.returnflow import procedure
from sharing.returnflow.model import Match, ReturnCheck, ReturnFlow, ReturnState
from sharing.returnflow.procedure import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReturn:
    """One entry of a return list. There is no field for a condition, and none for a period."""

    dataset: str
    department: str
    column: str
    match: Match = Match.EQUAL
    start: date | None = None
    """The first day; None is the present one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnStanding:
    """A return as it stands now, with its last check."""

    flow: ReturnFlow
    state: ReturnState
    ends_on: date | None
    """The last day on which it can be read, unless it is renewed."""
    last: ReturnCheck | None


class ReturnFlows(Acts):
    """`bureau.returns`: every entry leads to a grant that the policy gives, whole and for years."""

    def new(
        self, wanted: Sequence[NewReturn], *, condition: str = ""
    ) -> tuple[tuple[ReturnFlow, ...], Receipt]:
        """Put returns on the list, all or none, as the provider or the data authority."""
        datasets = ", ".join(one.dataset for one in wanted)
        procedure.refuse_condition(condition, f"{datasets} is put on the list as a whole")
        with self.workspace.writing(self.actor) as write:
            today = local_day(write.now, self.workspace.settings.zone)
            flows = tuple(_listed(write, one, today) for one in wanted)
        return flows, receipt(", ".join(flow.ref for flow in flows), write)

    def ask(
        self,
        dataset: str,
        *,
        application: str,
        column: str = "",
        match: Match = Match.EQUAL,
        start: date | None = None,
    ) -> tuple[ReturnFlow, Receipt]:
        """Ask for the data of one's own area; the provider has to confirm the cut in time."""
        with self.workspace.writing(self.actor) as write:
            procedure.check_can_ask(write.actor)
            _require_application(write, application, write.actor.department)
            keeper = Timekeeper.of(self.workspace, write)
            wanted = NewReturn(
                dataset=dataset,
                department=write.actor.department,
                column=column,
                match=match,
                start=start,
            )
            flow = procedure.accept(
                _entry(write, wanted, keeper.today),
                write.actor,
                application=application,
                now=write.now,
            )
            if column:
                refuse_cut(write, flow)
            write.returns.add(flow)
            provider = write.registry.get(Dataset, dataset).provider
            clock = keeper.start(f"return:{flow.ref}", LimitName.RETURN_FLOW, provider)
            write.record(event("return.asked", flow, provider, facts(clock, keeper.today)))
        return flow, receipt(flow.ref, write)

    def confirm(
        self, ref: str, *, column: str = "", match: Match | None = None, condition: str = ""
    ) -> tuple[ReturnFlow, Receipt]:
        """Settle by which column the area is cut out; the return is in force with that."""
        with self.workspace.writing(self.actor) as write:
            before, provider = _allowed(write, ref, Act.CONFIRM)
            procedure.refuse_condition(condition, f"return {before.ref} is {before.state(None)}")
            flow = procedure.confirm(_recut(before, column, match), write.actor, now=write.now)
            refuse_cut(write, flow)
            keeper = Timekeeper.of(self.workspace, write)
            clock = keeper.end(f"return:{flow.ref}", LimitName.RETURN_FLOW)
            flow = return_under_grant(keeper, flow, self.workspace.settings.zone)
            write.returns.update(flow)
            write.record(event("return.confirmed", flow, provider, facts(clock, keeper.today)))
        return flow, receipt(flow.ref, write)

    def accept(self, ref: str, *, application: str) -> tuple[ReturnFlow, Receipt]:
        """Name the application that will use what is returned; the return is in force with that."""
        with self.workspace.writing(self.actor) as write:
            before, provider = _allowed(write, ref, Act.ACCEPT)
            _require_application(write, application, before.department)
            refuse_cut(write, before)
            flow = procedure.accept(before, write.actor, application=application, now=write.now)
            keeper = Timekeeper.of(self.workspace, write)
            flow = return_under_grant(keeper, flow, self.workspace.settings.zone)
            write.returns.update(flow)
            write.record(event("return.accepted", flow, provider))
        return flow, receipt(flow.ref, write)

    def renew(
        self, ref: str, *, application: str = "", column: str = "", match: Match | None = None
    ) -> tuple[ReturnFlow, Receipt]:
        """Begin the period anew, on all columns of the present contract; a live grant ends."""
        with self.workspace.writing(self.actor) as write:
            before, provider = _allowed(write, ref, Act.RENEW)
            grant = write.grants.get(before.grant)
            recut = bool(column or match)
            procedure.check_can_renew(
                before, write.actor, grant, provider=provider, recut=recut, now=write.now
            )
            if application:
                _require_application(write, application, before.department)
            flow = replace(
                _recut(before, column, match), application=application or before.application
            )
            refuse_cut(write, flow)
            keeper = Timekeeper.of(self.workspace, write)
            flow = renew_grant(keeper, flow, grant, self.workspace.settings.zone)
            write.returns.update(flow)
            write.record(event("return.renewed", flow, provider))
        return flow, receipt(flow.ref, write)

    def withdraw(self, ref: str) -> tuple[ReturnFlow, Receipt]:
        """Take a return off the list that was not granted yet, as whoever would receive it."""
        with self.workspace.writing(self.actor) as write:
            before, provider = _allowed(write, ref, Act.WITHDRAW)
            flow = replace(before, withdrawn_at=write.now)
            write.returns.update(flow)
            keeper = Timekeeper.of(self.workspace, write)
            clock = keeper.end(f"return:{flow.ref}", LimitName.RETURN_FLOW)
            write.record(event("return.withdrawn", flow, provider, facts(clock, keeper.today)))
        return flow, receipt(flow.ref, write)

    def check(self, ref: str, *, expected: int | None = None) -> tuple[ReturnCheck, Receipt]:
        """Compare what can be read with what is held, and with the rows that are `expected`."""
        return check(self.workspace, ref, actor=self.actor, expected=expected)

    def list_all(
        self, *, dataset: str = "", department: str = "", division: str = ""
    ) -> list[ReturnStanding]:
        with self.workspace.reading() as unit:
            flows = unit.returns.list_all(dataset=dataset, department=department, division=division)
            return [_standing(unit, flow)[0] for flow in flows]

    def get(self, ref: str) -> tuple[ReturnStanding, tuple[ReturnCheck, ...]]:
        """One return with every check of it, oldest first."""
        with self.workspace.reading() as unit:
            return _standing(unit, unit.returns.get(ref))


def _entry(write: WriteUnit, wanted: NewReturn, today: date) -> ReturnFlow:
    """A new entry for a department of a lower level; raises Conflict where one exists."""
    dataset = write.registry.get(Dataset, wanted.dataset)
    receiving = write.registry.get(Department, wanted.department)
    start = wanted.start or today
    procedure.check_start(start, today)
    if known := write.returns.find(dataset.code, receiving.code):
        raise Conflict(
            f"{dataset.code} is on the return list of {receiving.code} already: {known.ref}",
            hint=f"bureau return show {known.ref}",
        )
    return ReturnFlow(
        ref=write.returns.next_ref(),
        dataset=dataset.code,
        division=receiving.division,
        department=receiving.code,
        column=wanted.column,
        match=wanted.match,
        start=start,
        entered_at=write.now,
        entered_by=write.actor.signature,
    )


def _listed(write: WriteUnit, wanted: NewReturn, today: date) -> ReturnFlow:
    provider = write.registry.get(Dataset, wanted.dataset).provider
    procedure.check_can_enter(write.actor, provider=provider, department=wanted.department)
    entry = _entry(write, wanted, today)
    flow = procedure.confirm(entry, write.actor, now=write.now)
    refuse_cut(write, flow)
    write.returns.add(flow)
    write.record(event("return.listed", flow, provider))
    return flow


def _allowed(write: WriteUnit, ref: str, act: Act) -> tuple[ReturnFlow, str]:
    """The return, and who provides its dataset; raises where the actor may not do `act`."""
    flow = write.returns.get(ref)
    provider = write.registry.get(Dataset, flow.dataset).provider
    procedure.check_act(flow, act, write.actor, provider=provider, grant=_state(write, flow))
    return flow, provider


def _state(unit: ReadUnit, flow: ReturnFlow) -> GrantState | None:
    return unit.grants.get(flow.grant).state_at(unit.now) if flow.grant else None


def _recut(flow: ReturnFlow, column: str, match: Match | None) -> ReturnFlow:
    return replace(flow, column=column or flow.column, match=match or flow.match)


def _require_application(unit: ReadUnit, code: str, department: str) -> None:
    if not code.strip():
        raise InvalidInput(
            "it is not said which application will use the data", hint="add --application CODE"
        )
    application = unit.registry.get(Application, code)
    if application.department != department:
        raise Denied(
            f"application {code} belongs to {application.department}",
            reasons=(f"the data is returned to {department}",),
            hint=f"name an application of {department}: bureau application list",
        )


def _standing(unit: ReadUnit, flow: ReturnFlow) -> tuple[ReturnStanding, tuple[ReturnCheck, ...]]:
    grant = unit.grants.get(flow.grant) if flow.grant else None
    checks = tuple(unit.returns.checks(flow.ref))
    standing = ReturnStanding(
        flow=flow,
        state=flow.state(grant.state_at(unit.now) if grant else None),
        ends_on=last_day(grant) if grant else None,
        last=checks[-1] if checks else None,
    )
    return standing, checks
