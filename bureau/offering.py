"""Offer shared data to machines: which versions there are, what is in them, and the files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bureau.admitting import Admitted
from bureau.metering import Meter
from bureau.unit_of_work import ReadUnit
from bureau.workspace import Workspace
from catalog.extract import extract
from catalog.model import Delivery, DeliveryStatus
from catalog.plan import Column, ReadPlan
from catalog.predicate import predicate_json
from catalog.views import Views
from contracts.columns import columns_of
from core.canonical import Json, content_hash
from core.errors import Conflict, NotFound
from core.ids import new_id
from sharing.metering.model import File, Query
from sharing.view import plan_read

VALID_FOR = timedelta(hours=1)
"""How long the addresses of a query's files hold: readers take them all first and then read slowly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a grant gives of one version. `columns` are the granted ones, in the dataset's order."""

    dataset: str
    version: int
    delivered_at: datetime
    columns: tuple[Column, ...]
    plan: ReadPlan
    source: tuple[Column, ...]
    table: str
    key: tuple[str, ...]
    """The columns by which the contract tells records apart."""
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


def snapshot(unit: ReadUnit, admitted: Admitted, delivery: Delivery) -> Snapshot:
    """What is granted of a version, under the terms of today whatever the version's age.

    Raises Conflict where the version lacks a column that is granted or chooses the rows.
    """
    if delivery.lake_version is None:
        raise Conflict(
            f"nothing of delivery {delivery.number} was published", hint="ask for another"
        )
    contract = unit.contracts.read(delivery.contract, delivery.contract_version)
    source = columns_of(contract.table)
    terms = admitted.grant.terms
    plan = plan_read(terms, [column.name for column in source])
    policy: Json = {
        "columns": [[column.name, column.type.value] for column in source],
        "given": list(plan.columns),
        "rows": predicate_json(plan.rows) if plan.rows is not None else None,
        "table": delivery.lake_table,
        "version": delivery.lake_version,
        "written": 1,
    }
    known = {column.name: column for column in source}
    return Snapshot(
        dataset=delivery.dataset,
        version=delivery.lake_version,
        delivered_at=delivery.delivered_at,
        columns=tuple(known[name] for name in plan.columns),
        plan=plan,
        source=source,
        table=delivery.lake_table,
        key=contract.table.primary_key,
        name=content_hash(policy),
    )


def offer(
    workspace: Workspace, views: Views, meter: Meter, admitted: Admitted, found: Snapshot
) -> Query:
    """Write the view of a snapshot where there is none yet, and record that it is offered."""
    files = workspace.lake.files(found.table, found.version)
    view = views.get(
        found.name,
        lambda path: extract(files, found.plan, found.source, path, fmt="parquet"),
    )
    now = workspace.clock.now()
    query = Query(
        id=new_id(now),
        grant=admitted.grant.ref,
        credential=admitted.credential.ref,
        terms_hash=admitted.grant.terms_hash,
        dataset=found.dataset,
        lake_version=found.version,
        files=(File(found.name, view.bytes, view.rows),),
        issued_at=now,
        expires_at=now + VALID_FOR,
    )
    meter.issue(query)
    return query
