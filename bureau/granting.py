"""Pause and end grants. A grant's terms never change: a wider use is a new request."""

from __future__ import annotations

from bureau.receipt import Receipt, receipt
from bureau.unit_of_work import ReadUnit
from bureau.workspace import Workspace
from catalog.model import Dataset
from core.errors import InvalidInput
from sharing import workflow
from sharing.ledger.entry import Event
from sharing.model import Grant


def revoke(
    workspace: Workspace, ref: str, *, actor: str | None, reason: str
) -> tuple[Grant, Receipt]:
    """End a grant for good; from this moment on no read is allowed under it."""
    _need_reason(reason)
    with workspace.writing(actor) as write:
        acting = write.actor
        grant = write.grants.get(ref)
        workflow.check_can_end(grant, acting, provider=_provider(write, grant), now=write.now)
        write.grants.revoke(grant.ref, at=write.now, by=acting.person, reason=reason.strip())
        write.record(_event("grant.revoked", grant, reason))
    return _reload(workspace, ref), receipt(grant.ref, write)


def suspend(
    workspace: Workspace, ref: str, *, actor: str | None, reason: str
) -> tuple[Grant, Receipt]:
    """Stop reads until the grant is resumed (Decree 809 Art. 27)."""
    _need_reason(reason)
    with workspace.writing(actor) as write:
        acting = write.actor
        grant = write.grants.get(ref)
        workflow.check_can_suspend(grant, acting, provider=_provider(write, grant), now=write.now)
        write.grants.suspend(grant.ref, since=write.now, reason=reason.strip())
        write.record(_event("grant.suspended", grant, reason))
    return _reload(workspace, ref), receipt(grant.ref, write)


def resume(
    workspace: Workspace, ref: str, *, actor: str | None, reason: str
) -> tuple[Grant, Receipt]:
    _need_reason(reason)
    with workspace.writing(actor) as write:
        acting = write.actor
        grant = write.grants.get(ref)
        workflow.check_can_resume(grant, acting, provider=_provider(write, grant), now=write.now)
        write.grants.resume(grant.ref, until=write.now)
        write.record(_event("grant.resumed", grant, reason))
    return _reload(workspace, ref), receipt(grant.ref, write)


def _provider(unit: ReadUnit, grant: Grant) -> str:
    return unit.registry.get(Dataset, grant.terms.dataset).provider


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput("this needs a reason", hint="add --reason TEXT; the ledger keeps it")


def _reload(workspace: Workspace, ref: str) -> Grant:
    with workspace.reading() as unit:
        return unit.grants.get(ref)


def _event(kind: str, grant: Grant, reason: str) -> Event:
    facts = {
        "dataset": grant.terms.dataset,
        "department": grant.department,
        "reason": reason.strip(),
        "terms_hash": grant.terms_hash,
    }
    return Event(kind, f"grant:{grant.ref}", facts)
