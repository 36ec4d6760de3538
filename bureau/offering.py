"""Offer shared data to machines: which versions there are, what is in them, and the files."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from bureau.admitting import Admitted
from bureau.metering import Meter
from bureau.releasing import plan_json, release_plan
from bureau.unit_of_work import ReadUnit
from bureau.workspace import Workspace
from catalog.extract import extract_parts
from catalog.model import Delivery, DeliveryStatus
from catalog.plan import Column, MaskKind, ReadPlan
from catalog.predicate import Predicate
from catalog.pruning import may_hold
from catalog.views import Part, View, Views
from contracts.columns import columns_of
from core.canonical import content_hash
from core.errors import Conflict, InvalidInput, NotFound
from core.ids import new_id
from sharing.metering.model import File, Query
from sharing.model import Terms

VALID_FOR = timedelta(hours=1)
"""How long the addresses of a query's files hold: readers take them all first and then read slowly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a grant gives of one version.

    `columns` are the granted ones as they are given, in the dataset's order.
    """

    dataset: str
    version: int
    delivered_at: datetime
    columns: tuple[Column, ...]
    plan: ReadPlan
    source: tuple[Column, ...]
    table: str
    keys: tuple[tuple[str, ...], ...]
    """Sets of columns by which a record may be looked up: what has to be stated, or the contract's key."""
    name: str
    """A digest of all that decides the bytes: of the version and of the policy (what is granted)."""


def published(unit: ReadUnit, dataset: str) -> list[Delivery]:
    """The versions that readers may see, oldest first; their numbers need not follow each other."""
    found = unit.deliveries.list_by_dataset(dataset)
    return [
        one
        for one in found
        if one.lake_version is not None and one.status is not DeliveryStatus.REFUSED
    ]


def newest(deliveries: Sequence[Delivery], dataset: str) -> Delivery:
    if not deliveries:
        raise NotFound("version", dataset, hint="nothing of it was delivered yet")
    return deliveries[-1]


def at_version(deliveries: Sequence[Delivery], version: int, dataset: str) -> Delivery:
    found = (one for one in deliveries if one.lake_version == version)
    one = next(found, None)
    if one is None:
        raise NotFound("version", f"{dataset} {version}", hint="ask for the newest")
    return one


def until(deliveries: Sequence[Delivery], moment: datetime, dataset: str) -> Delivery:
    """The newest that was there at a moment; raises NotFound for one before the first."""
    return newest([one for one in deliveries if one.delivered_at <= moment], dataset)


def since(deliveries: Sequence[Delivery], moment: datetime, dataset: str) -> Delivery:
    """The first at or after a moment; raises NotFound for one after the last."""
    later = [one for one in deliveries if one.delivered_at >= moment]
    return newest(later[:1], dataset)


def snapshot(
    workspace: Workspace,
    unit: ReadUnit,
    admitted: Admitted,
    delivery: Delivery,
    where: Predicate | None = None,
) -> Snapshot:
    """What is granted of a version, under the terms of today whatever the version's age.

    Raises Conflict where the version lacks a column that is granted or chooses the rows.
    """
    if delivery.lake_version is None:
        raise Conflict(
            f"nothing of delivery {delivery.number} was published", hint="ask for another"
        )
    contract = unit.contracts.read(delivery.contract, delivery.contract_version)
    source = columns_of(contract.table)
    plan = release_plan(workspace, unit, admitted.grant, contract, where=where)
    policy = plan_json(plan) | {
        "columns": [[column.name, column.type.value] for column in source],
        "table": delivery.lake_table,
        "version": delivery.lake_version,
        "written": 2,
    }
    return Snapshot(
        dataset=delivery.dataset,
        version=delivery.lake_version,
        delivered_at=delivery.delivered_at,
        columns=plan.given(source),
        plan=plan,
        source=source,
        table=delivery.lake_table,
        keys=_keys(admitted.grant.terms, contract.table.primary_key),
        name=content_hash(policy),
    )


def _keys(terms: Terms, primary: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Sets of columns that are given, and may be searched by: together they name a record."""
    guards = terms.safeguards
    if guards.needs:
        return guards.needs
    partly = {mask.column for mask in guards.masks if mask.kind is not MaskKind.PSEUDONYM}
    hidden = partly | {name for one in guards.secrecy for name in one.columns}
    searched = set(terms.columns) - hidden
    return (primary,) if primary and searched.issuperset(primary) else ()


def made(workspace: Workspace, views: Views, found: Snapshot) -> View:
    """The view of a snapshot, written where there is none yet."""
    files = workspace.lake.files(found.table, found.version)
    return views.get(
        found.name,
        lambda folder: extract_parts(files, found.plan, found.source, folder),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What a reader looks for, that it will choose from the files itself: only for speed."""

    where: Predicate | None = None
    limit: int | None = None


def offer(
    workspace: Workspace,
    views: Views,
    meter: Meter,
    admitted: Admitted,
    found: Snapshot,
    hints: Hints,
) -> Query:
    """Write the view of a snapshot where there is none yet, and record which parts are offered."""
    parts = _wanted(made(workspace, views, found), found, hints)
    files = tuple(File(part.name, part.bytes, part.rows) for part in parts)
    return issue(workspace, meter, admitted, found, files)


def _wanted(view: View, found: Snapshot, hints: Hints) -> list[Part]:
    """The parts that may hold what is looked for; all where that is not to be understood."""
    where, known = hints.where, {column.name: column for column in found.columns}
    if where is not None:
        with suppress(InvalidInput, KeyError):
            return [part for part in view if any(may_hold(where, known, g) for g in part.groups())]
    elif hints.limit is not None:
        before = accumulate((part.rows for part in view), initial=0)
        return [part for part, rows in zip(view, before, strict=False) if rows < hints.limit]
    return list(view)


def issue(
    workspace: Workspace,
    meter: Meter,
    admitted: Admitted,
    found: Snapshot,
    files: tuple[File, ...],
) -> Query:
    """Record, before anything is answered, that these files are offered of a version."""
    now = workspace.clock.now()
    query = Query(
        id=new_id(now),
        grant=admitted.grant.ref,
        credential=admitted.credential.ref,
        terms_hash=admitted.grant.terms_hash,
        dataset=found.dataset,
        lake_version=found.version,
        files=files,
        issued_at=now,
        expires_at=now + VALID_FOR,
    )
    meter.issue(query)
    return query
