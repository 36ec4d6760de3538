"""Ask for data: draft, submit, supplement, withdraw (Decree 809 Art. 20, 21)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bureau.approving import agree_by_policy, at_once
from bureau.grantable import refuse_unshareable
from bureau.permissions import Act, require
from bureau.policies import profile
from bureau.receipt import Receipt, receipt
from bureau.replying import (
    end_all,
    request_event,
    resume_reply,
    subject,
)
from bureau.timekeeping import Timekeeper, facts
from bureau.unit_of_work import ReadUnit, WriteUnit
from bureau.workspace import Workspace
from catalog.citation import cites_law, is_placeholder
from catalog.model import Application, Dataset, ShareMode
from catalog.naming import visible
from catalog.predicate import Predicate
from contracts.columns import columns_of
from contracts.model import DataContract
from core.actor import Actor
from core.clock import local_day
from core.errors import Conflict, Denied, InvalidInput
from sharing import workflow
from sharing.model import AccessRequest, RequestState, Terms
from sharing.profiles.model import LimitName
from sharing.requests import procedure
from sharing.safeguards import NONE, Safeguards
from sharing.view import check_scope
from sharing.words import words


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """What a department asks for: the five things of Art. 20 and the application."""

    dataset: str
    application: str
    legal_basis: str
    scenario: str
    columns: tuple[str, ...]
    rows: Predicate | None = None
    mode: ShareMode | None = None
    """None takes the dataset's own sharing mode."""
    safeguards: Safeguards = NONE
    """Those under which the data is enough; whoever agrees may add others."""
    not_before: datetime
    not_after: datetime


def create(
    workspace: Workspace, new: NewRequest, *, actor: str | None, submitted: bool = False
) -> tuple[AccessRequest, Receipt]:
    """Draft a request; `submitted` puts it before the own sharing office at once."""
    check_grounds(new.legal_basis, new.scenario)
    with workspace.writing(actor) as write:
        request = create_in(write, new)
        if submitted:
            request = submit_in(write, request)
    return request, receipt(request.ref, write)


def check_grounds(legal_basis: str, scenario: str) -> None:
    """Refuse a legal basis that cites nothing, and a scenario that says nothing (Art. 20).

    What is missing altogether is no fault of these.
    """
    if words(legal_basis) and not cites_law(legal_basis):
        raise InvalidInput(
            f"the legal basis (使用依据) '{visible(legal_basis, 40)}' cites no law with its article, nor"
            " a document by its number (Art. 20)",
            hint="write it as 《中华人民共和国就业促进法》第三十五条, or 国办发〔2022〕15号",
        )
    if words(scenario) and is_placeholder(scenario):
        raise InvalidInput(
            f"the scenario (使用场景) '{visible(scenario, 40)}' does not say what the data is for (Art. 20)",
            hint="say what is done with it, as 审核公共租赁住房申请家庭的收入资格",
        )


def create_in(write: WriteUnit, new: NewRequest, *, dossier: str = "") -> AccessRequest:
    acting = write.actor
    dataset = _requestable(write, acting, new.dataset)
    terms = _terms(write, dataset, new)
    workflow.check_terms(terms)
    _check_period(write, terms)
    _check_purpose(_purposes(write), terms)
    application = write.registry.get(Application, new.application)
    if application.department != acting.department:
        raise Denied(
            f"application {application.code} belongs to {application.department}",
            reasons=(f"{acting.person} acts for {acting.department}",),
            hint="name an application of your own department: bureau application list",
        )
    request = AccessRequest(
        ref=write.requests.next_ref(),
        state=RequestState.DRAFT,
        department=acting.department,
        terms=terms,
        created_by=acting.signature,
        created_at=write.now,
        dossier=dossier,
    )
    write.requests.add(request)
    write.record(request_event("request.created", request))
    return request


def check_requestable(workspace: Workspace, dataset: str, *, actor: str | None) -> None:
    """Raise what would stop every request of the actor for this dataset, whatever its terms."""
    with workspace.reading() as unit:
        _requestable(unit, workspace.who(unit, actor), dataset)


def submit(workspace: Workspace, ref: str, *, actor: str | None) -> tuple[AccessRequest, Receipt]:
    with workspace.writing(actor) as write:
        request = submit_in(write, write.requests.get(ref))
    return request, receipt(request.ref, write)


def submit_in(write: WriteUnit, draft: AccessRequest) -> AccessRequest:
    request = workflow.submit(draft, write.actor, write.now)
    _still_possible(write, draft)
    write.requests.update(request, expected=draft.state)
    write.record(request_event("request.proposed", request))
    return request


def endorse(workspace: Workspace, ref: str, *, actor: str | None) -> tuple[AccessRequest, Receipt]:
    """Approve a request as the head of the own sharing office, which submits it (Art. 20)."""
    with workspace.writing(actor) as write:
        request = endorse_in(workspace, write, write.requests.get(ref))
    return request, receipt(request.ref, write)


def endorse_in(workspace: Workspace, write: WriteUnit, proposed: AccessRequest) -> AccessRequest:
    provider = write.registry.provider_of(proposed.terms.dataset)
    request = workflow.endorse(proposed, write.actor, write.now, provider=provider)
    dataset = _still_possible(write, proposed)
    write.requests.update(request, expected=proposed.state)
    keeper = Timekeeper.of(workspace, write)
    if at_once(write, keeper.profile, dataset, request.department, request.terms):
        write.record(request_event("request.submitted", request))
        return agree_by_policy(keeper, request, dataset)
    clock = keeper.start(subject(request), LimitName.RECEIPT, dataset.provider)
    write.record(request_event("request.submitted", request, facts(clock, keeper.today)))
    return request


def _still_possible(unit: ReadUnit, request: AccessRequest) -> Dataset:
    """The dataset that is asked for; it, or its contract, may have changed since the draft."""
    dataset = unit.registry.get(Dataset, request.terms.dataset)
    refuse_unshareable(dataset)
    purposes, contract = _purposes(unit), current_contract(unit, dataset)
    try:
        _check_purpose(purposes, request.terms)
        _check_scope(request.terms, contract)
    except InvalidInput as error:  # what was right when it was asked for
        raise Conflict(
            f"request {request.ref} is {request.state}, and cannot be granted any more (Art. 20):"
            f" {error}",
            hint=f"withdraw it, and ask anew: bureau request withdraw {request.ref}",
        ) from error
    return dataset


def supplement(
    workspace: Workspace,
    ref: str,
    *,
    actor: str | None,
    answer: str,
    legal_basis: str = "",
    scenario: str = "",
) -> tuple[AccessRequest, Receipt]:
    """Bring what the provider listed as missing; the time to reply goes on (Art. 21)."""
    check_grounds(legal_basis, scenario)
    with workspace.writing(actor) as write:
        before = write.requests.get(ref)
        terms = replace(
            before.terms,
            legal_basis=legal_basis.strip() or before.terms.legal_basis,
            scenario=scenario.strip() or before.terms.scenario,
        )
        _check_purpose(_purposes(write), terms)
        request = procedure.supplement(
            before,
            write.actor,
            provider=write.registry.provider_of(terms.dataset),
            answer=answer,
            terms=terms,
            now=write.now,
        )
        write.requests.update(request, expected=before.state)
        keeper = Timekeeper.of(workspace, write)
        keeper.end(subject(request), LimitName.SUPPLEMENT)
        clock = resume_reply(keeper, request)
        write.record(request_event("request.supplemented", request, facts(clock, keeper.today)))
    return request, receipt(request.ref, write)


def withdraw(workspace: Workspace, ref: str, *, actor: str | None) -> tuple[AccessRequest, Receipt]:
    with workspace.writing(actor) as write:
        request = withdraw_in(workspace, write, write.requests.get(ref))
    return request, receipt(request.ref, write)


def withdraw_in(workspace: Workspace, write: WriteUnit, before: AccessRequest) -> AccessRequest:
    request = workflow.withdraw(before, write.actor)
    write.requests.update(request, expected=before.state)
    ended = end_all(Timekeeper.of(workspace, write), request)
    told = ended | {"submitted": before.submitted_at is not None}
    write.record(request_event("request.withdrawn", request, told))
    return request


def current_contract(unit: ReadUnit, dataset: Dataset) -> DataContract:
    """The contract version that was published last for the dataset; raises Conflict without one."""
    newest = unit.contracts.newest(dataset.contract)
    if newest is None:
        raise Conflict(
            f"dataset {dataset.code} has no published contract",
            hint=f"ask a steward of {dataset.provider} (bureau person list shows who that is) to draft"
            " one with 'bureau contract new --from FILE', to publish it with 'bureau contract publish"
            " FILE', and to name its id in the dataset's document",
        )
    return newest


def _requestable(unit: ReadUnit, acting: Actor, code: str) -> Dataset:
    require(acting, Act.REQUEST, acting.department)
    dataset = unit.registry.get(Dataset, code)
    if dataset.provider == acting.department:
        raise Conflict(
            f"{code} is {acting.department}'s own data: no grant is needed, and none can be given",
            hint="use the file that your department delivered; what the city holds of it:"
            f" bureau dataset show {code}",
        )
    refuse_unshareable(dataset)
    return dataset


def _terms(unit: ReadUnit, dataset: Dataset, new: NewRequest) -> Terms:
    contract = current_contract(unit, dataset)
    mode = new.mode or dataset.share_mode
    if mode is None:
        raise InvalidInput("the request has no sharing mode (共享方式)", hint="add --mode file")
    terms = Terms(
        dataset=dataset.code,
        contract_version=contract.version,
        application=new.application,
        legal_basis=new.legal_basis.strip(),
        scenario=new.scenario.strip(),
        columns=new.columns,
        rows=new.rows,
        mode=mode,
        safeguards=new.safeguards,
        not_before=new.not_before,
        not_after=new.not_after,
    )
    _check_scope(terms, contract)
    return terms


def _check_period(unit: ReadUnit, terms: Terms) -> None:
    if terms.not_after <= unit.now:
        raise InvalidInput(
            "the period (使用时限, Art. 20) is already over",
            hint="let it end on a day that is still to come",
        )
    zone = unit.settings.zone
    if local_day(terms.not_before, zone) < (today := local_day(unit.now, zone)):
        raise InvalidInput(
            f"the period (使用时限, Art. 20) begins on {local_day(terms.not_before, zone)}, before today",
            hint=f"nothing is granted for the past: let it begin on {today} or later",
        )


def _purposes(unit: ReadUnit) -> Sequence[str]:
    return profile(unit.settings).words("purposes")


def _check_purpose(known: Sequence[str], terms: Terms) -> None:
    """Refuse a purpose outside the city's vocabulary, where the policy has one."""
    if known and terms.scenario not in known:
        raise InvalidInput(
            f"'{terms.scenario}' is none of the purposes (使用场景) of this city (Art. 20; policy:"
            " purposes)",
            hint=f"use one of: {', '.join(known)}",
        )


def _check_scope(terms: Terms, contract: DataContract) -> None:
    classified = [p.name for p in contract.table.properties if p.personal]
    check_scope(terms, columns_of(contract.table), classified=classified)
