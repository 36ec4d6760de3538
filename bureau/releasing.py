"""What a grant gives of a version: one plan for every door that data leaves by."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from bureau.keyring import key_for
from bureau.unit_of_work import ReadUnit
from bureau.workspace import Workspace
from catalog.model import Dataset, Delivery
from catalog.plan import Anonymity, MaskKind, ReadPlan
from catalog.predicate import Predicate, predicate_json
from contracts.columns import columns_of
from contracts.model import DataContract
from core.actor import Role
from core.canonical import Json
from core.errors import Conflict
from sharing.model import Grant, GrantState
from sharing.requests.procedure import narrowed
from sharing.safeguards import Safeguards
from sharing.view import plan_read


def release_plan(
    workspace: Workspace,
    unit: ReadUnit,
    grant: Grant,
    contract: DataContract,
    *,
    only: tuple[str, ...] = (),
    where: Predicate | None = None,
) -> ReadPlan:
    """The plan of a grant for a version that was delivered under `contract`.

    The terms and the declared groups are those of today, whatever the version's age. Raises
    Conflict where the version lacks a column of the terms, InvalidInput for a choice of values that
    its columns never hold.
    """
    pseudonyms = any(mask.kind is MaskKind.PSEUDONYM for mask in grant.terms.safeguards.masks)
    return plan_read(
        grant.terms,
        columns_of(contract.table),
        only=only,
        where=where,
        anonymity=_anonymity(unit, grant),
        key=_pseudonym_key(workspace, grant) if pseudonyms else b"",
    )


def check_groups(
    workspace: Workspace,
    ref: str,
    columns: Sequence[str] | None,
    safeguards: Safeguards,
    *,
    actor: str | None,
) -> None:
    """Refuse to agree to what would give groups that the contract calls too small, in the data of now.

    It scans the data, and so comes before the change that agrees; each version is looked at again
    before it is given. Whoever may not agree learns nothing here: they are refused elsewhere.
    """
    from catalog.extract import small_groups  # both cost start-up time
    from catalog.selecting import told_quasi_identifiers

    with workspace.reading() as unit:
        acting, request = workspace.who(unit, actor), unit.requests.get(ref)
        dataset = unit.registry.get(Dataset, request.terms.dataset)
        if acting.department != dataset.provider or not acting.has(Role.APPROVER):
            return
        contract = unit.contracts.newest(dataset.contract)
        delivery = unit.deliveries.find_published(dataset.code)
        anonymity = contract.table.anonymity if contract else None
        if contract is None or anonymity is None or anonymity.suppress or delivery is None:
            return
        if delivery.lake_version is None or delivery.contract_version != contract.version:
            return
        source = columns_of(contract.table)
        terms = narrowed(request.terms, columns, safeguards)
        plan = plan_read(terms, source, anonymity=anonymity)
        files = workspace.lake.files(delivery.lake_table, delivery.lake_version)
    groups, rows = small_groups(files, plan, source)
    if groups:
        raise Conflict(
            f"request {request.ref} is {request.state}, and cannot be agreed to so: {groups} groups"
            f" with {rows} rows have fewer than {anonymity.k} rows that are alike in"
            f" {', '.join(told_quasi_identifiers(plan))} (k-anonymity)",
            hint="give fewer of these columns, mask them (redact or partial), or refuse; rows that are"
            " chosen by one of them are in its groups too; a contract with smallGroups: suppress"
            " leaves such rows out",
        )


def cut_off(workspace: Workspace, delivery: Delivery) -> tuple[str, ...]:
    """The live grants that give nothing of a version, for the contract refuses its small groups."""
    from catalog.extract import small_groups

    if delivery.lake_version is None:
        return ()
    with workspace.reading() as unit:
        contract = unit.contracts.read(delivery.contract, delivery.contract_version)
        if contract.table.anonymity is None or contract.table.anonymity.suppress:
            return ()
        source = columns_of(contract.table)
        files = workspace.lake.files(delivery.lake_table, delivery.lake_version)
        plans = {
            grant.ref: release_plan(workspace, unit, grant, contract)
            for grant in unit.grants.list_all(dataset=delivery.dataset)
            if grant.state_at(unit.now) is GrantState.ACTIVE
            and {*grant.terms.columns} <= {column.name for column in source}
        }
    return tuple(ref for ref, plan in plans.items() if small_groups(files, plan, source)[0])


def plan_json(plan: ReadPlan) -> dict[str, Json]:
    """All of a plan that decides bytes; of its key only a digest."""
    anonymity = plan.anonymity
    return {
        "anonymity": [list(anonymity.quasi_identifiers), anonymity.k, anonymity.suppress]
        if anonymity
        else None,
        "given": list(plan.chosen),
        "key": hashlib.sha256(plan.key).hexdigest() if plan.key else "",
        "masks": [[m.column, m.kind.value, m.head, m.tail] for m in plan.masks],
        "rows": predicate_json(plan.rows) if plan.rows is not None else None,
        "secrecy": [[one.flag, *one.columns] for one in plan.secrecy],
        "where": predicate_json(plan.where) if plan.where is not None else None,
    }


def _anonymity(unit: ReadUnit, grant: Grant) -> Anonymity | None:
    """What the newest contract declares; data that flows back is whole, whatever it says (Art. 24)."""
    flow = unit.returns.find(grant.terms.dataset, grant.department)
    if flow is not None and flow.grant == grant.ref:
        return None
    dataset = unit.registry.get(Dataset, grant.terms.dataset)
    newest = unit.contracts.newest(dataset.contract)
    return newest.table.anonymity if newest else None


def _pseudonym_key(workspace: Workspace, grant: Grant) -> bytes:
    """A key of this grant alone: what two grants give cannot be joined by their pseudonyms."""
    secret = key_for(workspace.settings.home, "pseudonyms")
    return hmac.new(secret, grant.ref.encode(), hashlib.sha256).digest()
