"""Agree to requests: by one person, by two where the data asks for it, or by the policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypedDict, Unpack

from bureau.grantable import require_grantable
from bureau.receipt import Receipt, receipt
from bureau.releasing import check_groups
from bureau.replying import asked, replied, request_event, signed_for
from bureau.timekeeping import Timekeeper, facts
from bureau.unit_of_work import ReadUnit
from bureau.workspace import Workspace
from catalog.model import Dataset, ShareType
from catalog.predicate import columns_of as columns_in
from contracts.columns import columns_of
from contracts.model import DataContract
from core.canonical import Json
from core.errors import Conflict
from sharing.ledger.entry import Event
from sharing.model import AccessRequest, Grant, GrantState, RequestState, Terms
from sharing.moves import Act
from sharing.profiles.model import LimitName, Profile
from sharing.requests import disputed, procedure
from sharing.requests.caution import asks_for_two, together
from sharing.safeguards import NONE, Safeguards
from sharing.view import check_scope


class Agreed(TypedDict, total=False):
    """What is agreed to, where it is not just the terms as they stand."""

    terms_hash: str
    """Only if the terms asked for still have this hash."""
    columns: Sequence[str] | None
    """Only these of the columns asked for."""
    safeguards: Safeguards
    """On top of those that the terms have."""


def approve(
    workspace: Workspace, ref: str, *, actor: str | None, **agreed: Unpack[Agreed]
) -> tuple[Grant | None, Receipt]:
    """Agree to a request.

    There is no grant yet where the data asks for two approvals and this was the first.
    """
    terms_hash, columns = agreed.get("terms_hash", ""), agreed.get("columns")
    safeguards = agreed.get("safeguards", NONE)
    check_groups(workspace, ref, columns, safeguards, actor=actor)
    with workspace.writing(actor) as write:
        before, dataset = asked(write, ref)
        if terms_hash and before.terms.hash != terms_hash:
            raise Conflict(
                f"request {before.ref} is {before.state}, and its terms are not those with hash"
                f" {terms_hash}: what is agreed to are the terms as they stand (Art. 20)",
                hint=f"they changed meanwhile; read them again: bureau request show {before.ref}",
            )
        keeper = Timekeeper.of(workspace, write)
        decide = _second if before.state is RequestState.SECONDING else _approve
        issued = decide(keeper, before, dataset, columns, safeguards)
    return issued, receipt(issued.ref if issued else before.ref, write)


def agree_by_policy(
    keeper: Timekeeper,
    submitted: AccessRequest,
    dataset: Dataset,
    *,
    review_due: datetime | None = None,
) -> AccessRequest:
    """Agree at once to what nobody decides on, by the named policy and not by a person.

    `review_due` is by when the grant is reviewed, if not when the profile says.
    """
    write = keeper.unit
    request, grant = procedure.approve_by_policy(
        submitted, provider=dataset.provider, grant=write.grants.next_ref(), now=write.now
    )
    write.requests.update(request, expected=submitted.state)
    issue(
        keeper,
        request,
        replace(grant, review_due=review_due),
        {
            "decided_by": procedure.POLICY,
            "policy": keeper.profile.name,
            "profile": keeper.profile.version,
        },
    )
    return request


def issue_by_dispute(keeper: Timekeeper, before: AccessRequest, ruled_by: str) -> None:
    """Grant what was refused: two persons of `ruled_by` overturned the refusal (Art. 28)."""
    write = keeper.unit
    dataset = write.registry.get(Dataset, before.terms.dataset)
    try:
        require_grantable(write, before, dataset, before.terms.columns)
    except Conflict as error:
        raise Conflict(
            f"{before.ref} cannot be granted any more: {error}",
            hint=f"decide otherwise: bureau dispute decide {before.dispute} --outcome upheld"
            " --reason TEXT; what can be granted is asked for anew",
        ) from error
    request, grant = disputed.overturn(
        before,
        ruled_by=ruled_by,
        by=write.actor.signature,
        provider=dataset.provider,
        grant=write.grants.next_ref(),
        now=write.now,
    )
    write.requests.update(request, expected=before.state)
    told: dict[str, Json] = {
        "aggregation": cautions(write, keeper.profile, request),
        "article": "28",
        "dispute": request.dispute,
        "ruled_by": ruled_by,
    }
    issue(keeper, request, grant, told)


def cautions(unit: ReadUnit, profile: Profile, request: AccessRequest) -> list[str]:
    """What whoever decides should know: data that together reveals more (Art. 25)."""
    sets = profile.words("sensitive_together")
    if not sets:
        return []
    live = unit.grants.list_all(department=request.department)
    held = {g.terms.dataset for g in live if g.state_at(unit.now) is GrantState.ACTIVE}
    return together(request.terms.dataset, held, sets)


def at_once(
    unit: ReadUnit, profile: Profile, dataset: Dataset, department: str, terms: Terms
) -> bool:
    """Whether the policy agrees to a department's terms as soon as they are submitted.

    It never stands for the two persons that the data asks for, nor opens again what was suspended
    until it is rectified (Art. 27).
    """
    if dataset.share_type is not ShareType.UNCONDITIONAL:
        return False
    held = unit.grants.list_all(dataset=dataset.code, department=department)
    if any(grant.suspension_at(unit.now) is not None for grant in held):
        return False
    newest = unit.contracts.newest(dataset.contract)
    declared = newest.table.anonymity if newest else None
    told = {*terms.columns, *(columns_in(terms.rows) if terms.rows is not None else ())}
    if declared is not None and told & set(declared.quasi_identifiers):
        return False  # somebody looks at what groups it would give
    two = why_two(newest, profile, dataset, terms.columns)
    return profile.flag("unconditional_agreed_at_once") and not two


def why_two(
    contract: DataContract | None,
    profile: Profile,
    dataset: Dataset,
    columns: Sequence[str] | None = None,
) -> tuple[str, ...]:
    """Why two persons have to agree to these columns of a dataset, or to all; () if one is enough.

    `contract` is the newest of the dataset.
    """
    known = contract.table.properties if contract else ()
    return asks_for_two(
        dataset.grade,
        [column.name for column in known] if columns is None else columns,
        [column.name for column in known if column.personal],
        profile.words("second_approver_for"),
    )


def _approve(
    keeper: Timekeeper,
    before: AccessRequest,
    dataset: Dataset,
    columns: Sequence[str] | None,
    safeguards: Safeguards,
) -> Grant | None:
    write = keeper.unit
    received = signed_for(keeper, before, dataset, Act.APPROVE)
    terms = procedure.narrowed(received.terms, columns, safeguards)
    agreed = terms.columns
    contract = require_grantable(write, received, dataset, agreed)
    if contract is not None:
        check_scope(terms, columns_of(contract.table))
    two = why_two(contract, keeper.profile, dataset, agreed)
    if not two:
        request, grant = procedure.approve(
            received,
            write.actor,
            provider=dataset.provider,
            grant=write.grants.next_ref(),
            now=write.now,
            columns=agreed,
            safeguards=safeguards,
        )
        return _agree(keeper, before, request, grant)
    first = procedure.approve_first(
        received,
        write.actor,
        provider=dataset.provider,
        now=write.now,
        columns=agreed,
        safeguards=safeguards,
    )
    write.requests.update(first, expected=before.state)
    write.record(request_event("request.approved_first", first, {"because": list(two)}))
    return None


def _second(
    keeper: Timekeeper,
    before: AccessRequest,
    dataset: Dataset,
    columns: Sequence[str] | None,
    safeguards: Safeguards,
) -> Grant:
    write = keeper.unit
    first = before.first_approval
    if columns is not None and first is not None and set(columns) != set(first.columns):
        raise Conflict(
            f"{first.by} agreed to {', '.join(first.columns)}, and a second approval to just that",
            hint="leave --columns out, or refuse: the requester may ask again",
        )
    if safeguards and first is not None and safeguards != first.safeguards:
        said = str(first.safeguards) or "none"
        raise Conflict(
            f"{first.by} agreed under these safeguards, and a second approval is to just that: {said}",
            hint="leave the options of safeguards out, or refuse: the requester may ask again",
        )
    request, grant = procedure.second(
        before,
        write.actor,
        provider=dataset.provider,
        grant=write.grants.next_ref(),
        now=write.now,
    )
    require_grantable(write, request, dataset, grant.terms.columns)
    return _agree(keeper, before, request, grant)


def _agree(
    keeper: Timekeeper, before: AccessRequest, request: AccessRequest, grant: Grant
) -> Grant:
    write = keeper.unit
    aggregation: dict[str, Json] = {"aggregation": cautions(write, keeper.profile, request)}
    clock = replied(keeper, request)
    write.requests.update(request, expected=before.state)
    return issue(keeper, request, grant, aggregation | facts(clock, keeper.today))


def issue(
    keeper: Timekeeper, request: AccessRequest, agreed: Grant, told: Mapping[str, Json]
) -> Grant:
    """Record the grant and by when it is reviewed, which one of an emergency is in its own way.

    Where nothing is published yet, the time to share the data starts. Nobody agreed to what an
    emergency opened, and its entry says so.
    """
    write = keeper.unit
    kind = "emergency.granted" if agreed.emergency else "request.agreed"
    published = write.deliveries.find_published(agreed.terms.dataset)
    grant = replace(
        agreed,
        delivered_at=write.now if published else None,
        review_due=None if agreed.emergency else agreed.review_due or keeper.next_review(),
    )
    write.grants.add(grant)
    clock = None
    if published is None:
        clock = keeper.start(f"grant:{grant.ref}", LimitName.DELIVER, grant.provider)
    write.record(request_event(kind, request, {"grant": grant.ref, **told}))
    issued: dict[str, Json] = {
        **grant.parties,
        "delivered": published is not None,
        "request": request.ref,
        "review_due": grant.review_due.isoformat() if grant.review_due else None,
        "terms": grant.terms.to_json(),
        "terms_hash": grant.terms_hash,
    }
    write.record(Event("grant.issued", f"grant:{grant.ref}", issued | facts(clock, keeper.today)))
    return grant
