"""Read shared data: authorised in the ledger before a byte leaves, metered before it has its name."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bureau.admitting import closed
from bureau.named_files import named
from bureau.receipt import Receipt, receipt
from bureau.releasing import release_plan
from bureau.settings import refuse_own
from bureau.workspace import Workspace
from catalog.model import Dataset, Delivery
from catalog.plan import Column, ReadPlan
from catalog.predicate import Predicate
from catalog.predicate import columns_of as columns_in
from contracts.columns import columns_of
from core.actor import Actor
from core.canonical import Json
from core.clock import local_day
from core.errors import Conflict, Denied, InvalidInput, NotFound
from core.ids import new_id
from sharing.ledger.entry import Event
from sharing.metering.model import Counted
from sharing.model import Grant, Use, UseStatus
from sharing.policy import Asked, Decision, Rule, decide_read
from sharing.words import words_hash

if TYPE_CHECKING:
    from catalog.extract import Extracted


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOrder:
    """Who reads is the actor; this says what, for which application and to what end."""

    dataset: str
    application: str
    purpose: str
    target: Path
    format: str
    grant: str = ""
    columns: tuple[str, ...] = ()
    """Only these; all that are granted if none is named."""
    where: Predicate | None = None
    """Only rows that satisfy this, by their cells as they are given."""
    spreadsheet_safe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    use: Use
    delivery: Delivery
    columns: tuple[str, ...]
    target: Path
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class _Authorised:
    grant: Grant
    use: Use
    delivery: Delivery
    files: tuple[str, ...]
    plan: ReadPlan
    columns: tuple[Column, ...]


def read(workspace: Workspace, order: ReadOrder, *, actor: str | None) -> ReadResult:
    """Write exactly the granted columns and rows to `order.target`.

    Raises Denied (and leaves a ledger entry) without a live grant for this department,
    application and purpose. The file appears whole or not at all, and only when its use is counted:
    a program that dies in between has counted a use of which nothing is to be seen.
    """
    from catalog.extract import extracting

    _refuse_place(order.target)
    with workspace.reading() as unit:
        acting = workspace.who(unit, actor)
        unit.registry.get(Dataset, order.dataset)
    authorised = _authorise(workspace, order, acting)
    workspace = replace(workspace, once=None)  # a key stands for the act, not for its second half
    try:
        with extracting(
            authorised.files,
            authorised.plan,
            authorised.columns,
            order.target,
            fmt=order.format,
            spreadsheet_safe=order.spreadsheet_safe,
        ) as written:
            use, entry = _complete(workspace, acting, authorised, written)
    except BaseException as error:  # somebody who stops it has not used anything either
        _fail(workspace, acting, authorised, type(error).__name__)
        raise
    return ReadResult(
        use=use,
        delivery=authorised.delivery,
        columns=authorised.plan.chosen,
        target=order.target,
        receipt=entry,
    )


def _refuse_place(target: Path) -> None:
    """Refuse a target that no new file can take, before anything is authorised."""
    with named(target):
        if target.exists() and not target.is_file():
            raise InvalidInput(f"{target} is not a file", hint="name a new file for the data")
        place = target.resolve()
    if not place.parent.is_dir():
        raise NotFound("folder", str(target.parent), hint="make it first, or name another one")
    refuse_own(target)


def _authorise(workspace: Workspace, order: ReadOrder, acting: Actor) -> _Authorised:
    denied: Denied | None = None
    with workspace.writing(acting.person) as write:
        grants = write.grants.list_all(dataset=order.dataset, department=acting.department)
        decision = decide_read(
            acting,
            grants,
            Asked(
                dataset=order.dataset,
                application=order.application,
                purpose=order.purpose,
                columns=order.columns,
                where=order.where,
                grant=order.grant,
            ),
            now=write.now,
            closed=closed(write.registry.get(Dataset, order.dataset)),
        )
        if decision.grant is None:
            provider = write.registry.get(Dataset, order.dataset).provider
            write.record(_denial(order, acting, decision, provider))
            own = provider == acting.department
            denied = _denied(order, acting, decision, grants, own=own)
        else:
            grant = decision.grant
            delivery = write.deliveries.find_published(order.dataset)
            if delivery is None or delivery.lake_version is None:
                raise Conflict(
                    f"nothing of {order.dataset} is published: no delivery was accepted yet",
                    hint=f"ask {grant.provider} to deliver it",
                )
            contract = write.contracts.read(delivery.contract, delivery.contract_version)
            columns = columns_of(contract.table)
            use = Use(
                id=new_id(write.now),
                grant=grant.ref,
                dataset=order.dataset,
                lake_version=delivery.lake_version,
                terms_hash=grant.terms_hash,
                purpose=order.purpose,
                authorised_at=write.now,
                status=UseStatus.AUTHORISED,
            )
            plan = release_plan(
                workspace, write, grant, contract, only=order.columns, where=order.where
            )
            files = workspace.lake.files(delivery.lake_table, delivery.lake_version)
            write.uses.add(use)
            write.record(_use_event("read.authorised", use, grant, **_chosen_by(order)))
            authorised = _Authorised(grant, use, delivery, files, plan, columns)
    if denied is not None:
        # Raised after the commit: the refusal itself is a fact that stays.
        raise denied
    return authorised


def _complete(
    workspace: Workspace, acting: Actor, authorised: _Authorised, written: Extracted
) -> tuple[Use, Receipt]:
    with workspace.writing(acting.person) as write:
        use = replace(
            authorised.use,
            status=UseStatus.COMPLETED,
            completed_at=write.now,
            rows=written.rows,
            bytes=written.bytes,
            sha256=written.sha256,
        )
        if use.rows:  # a read that brought nothing used nothing
            day = local_day(write.now, workspace.settings.zone)
            write.uses.count({(use.grant, day): Counted(1, use.rows, use.bytes)})
            write.grants.mark_first_use([use.grant], write.now)
        write.uses.finish(use)
        size: dict[str, str | int] = asdict(written)
        write.record(_use_event("read.completed", use, authorised.grant, **size))
    return use, receipt(use.id, write)


def _fail(workspace: Workspace, acting: Actor, authorised: _Authorised, failure: str) -> None:
    """Note that nothing was used; of a use that is counted, its file is only not in its place."""
    with workspace.writing(acting.person) as write:
        use = replace(authorised.use, status=UseStatus.FAILED, completed_at=write.now)
        if write.uses.finish(use):
            write.record(_use_event("read.failed", use, authorised.grant, failure=failure))


def _denied(
    order: ReadOrder, acting: Actor, decision: Decision, grants: list[Grant], *, own: bool
) -> Denied:
    hint = f"ask for it: bureau request new {order.dataset}"
    suspended = [one.grant for one in decision.refusals if one.rule is Rule.SUSPENDED]
    if suspended and {one.rule for one in decision.refusals} == {Rule.SUSPENDED}:
        hint = f"see what is to be done about it: bureau grant show {suspended[0]}"
    elif own:
        hint = f"it is the own data of {acting.department}: use the file that was delivered"
    elif grants:
        hint = f"see what {acting.department} may read: bureau grant list --dataset {order.dataset}"
    return Denied(f"{order.dataset} may not be read", reasons=decision.reasons, hint=hint)


def _denial(order: ReadOrder, acting: Actor, decision: Decision, provider: str) -> Event:
    """What was refused by which rules (Art. 25): use beyond a grant is an event of liability."""
    facts: dict[str, Json] = {
        "application": order.application,
        "dataset": order.dataset,
        "department": acting.department,
        "grant": order.grant,
        "policy": decision.policy_version,
        "provider": provider,
        "purpose_hash": words_hash(order.purpose),
        "refused": [[refusal.grant, refusal.rule.value] for refusal in decision.refusals],
        "rules": sorted({refusal.rule.value for refusal in decision.refusals}),
    }
    return Event("read.denied", f"dataset:{order.dataset}", facts)


def _chosen_by(order: ReadOrder) -> dict[str, str]:
    """By which columns the reader chose rows; by which values is nobody's business but theirs."""
    if order.where is None:
        return {}
    return {"chosen_by": ",".join(sorted(set(columns_in(order.where))))}


def _use_event(kind: str, use: Use, grant: Grant, **facts: str | int) -> Event:
    return Event(
        kind,
        f"grant:{grant.ref}",
        {
            "application": grant.terms.application,
            "dataset": use.dataset,
            "lake_version": use.lake_version,
            "terms_hash": use.terms_hash,
            "use": use.id,
            **facts,
        },
    )
