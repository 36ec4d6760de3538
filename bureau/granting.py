"""Pause and end grants. A grant's terms never change: a wider use is a new request."""

from __future__ import annotations

from collections.abc import Mapping

from bureau.ending import (
    end_duties,
    end_rectification,
    overdue_rectification,
    rectification,
)
from bureau.filings import is_filed
from bureau.receipt import Receipt, receipt
from bureau.timekeeping import Timekeeper, facts
from bureau.unit_of_work import ReadUnit
from bureau.workspace import Workspace
from catalog.model import Dataset
from core.actor import Role
from core.canonical import Json
from sharing import workflow
from sharing.ledger.entry import Event
from sharing.model import Grant, Suspension
from sharing.profiles.model import LimitName
from sharing.reviews.remaining import Remaining, remaining
from sharing.words import require_words, words_hash


def accept(workspace: Workspace, ref: str, *, actor: str | None) -> tuple[Grant, Receipt]:
    """Confirm that what was granted arrived: delivered, accepted and used are three things."""
    with workspace.writing(actor) as write:
        grant = write.grants.get(ref)
        workflow.check_can_accept(grant, write.actor, now=write.now)
        write.grants.accept(grant.ref, at=write.now, by=write.actor.signature)
        write.record(_event("grant.accepted", grant, ""))
    return _reload(workspace, ref), receipt(grant.ref, write)


def revoke(
    workspace: Workspace, ref: str, *, actor: str | None, reason: str
) -> tuple[Grant, Receipt]:
    """End a grant for good; from this moment on no read is allowed under it."""
    said = _reason(reason)
    with workspace.writing(actor) as write:
        grant = write.grants.get(ref)
        keeper = Timekeeper.of(workspace, write)
        workflow.check_can_revoke(
            grant,
            write.actor,
            provider=_provider(write, grant),
            now=write.now,
            overdue=overdue_rectification(keeper, grant),
            filed=is_filed(write, grant),
        )
        revoked = end(keeper, grant, said)
    return revoked, receipt(grant.ref, write)


def end(keeper: Timekeeper, grant: Grant, reason: str) -> Grant:
    """Revoke a grant within a change. Its entry names the grants that still give as much."""
    write = keeper.unit
    write.grants.revoke(grant.ref, at=write.now, by=write.actor.signature, reason=reason)
    revoked = write.grants.get(grant.ref)
    clock = end_duties(keeper, revoked)
    left: dict[str, Json] = {"still_given_by": [one.grant for one in still_given(write, grant)]}
    write.record(_event("grant.revoked", grant, reason, left | facts(clock, keeper.today)))
    return revoked


def still_given(unit: ReadUnit, grant: Grant) -> list[Remaining]:
    """The department's other grants that give some of the same columns: no right is gone before."""
    others = unit.grants.list_all(dataset=grant.terms.dataset, department=grant.department)
    return remaining(grant, others, unit.now)


def suspend(
    workspace: Workspace, ref: str, *, actor: str | None, reason: str
) -> tuple[Grant, Receipt]:
    """Stop reads until the grant is resumed (Decree 809 Art. 27)."""
    said = _reason(reason)
    with workspace.writing(actor) as write:
        acting = write.actor
        grant = write.grants.get(ref)
        workflow.check_can_suspend(grant, acting, provider=_provider(write, grant), now=write.now)
        write.grants.suspend(
            grant.ref,
            Suspension(
                since=write.now,
                until=None,
                reason=said,
                suspended_by=acting.signature,
                by_authority=acting.has(Role.AUTHORITY),
            ),
        )
        keeper = Timekeeper.of(workspace, write)
        number = len(grant.suspensions) + 1
        clock = keeper.start(
            rectification(grant, number), LimitName.RECTIFICATION, grant.department
        )
        write.record(_event("grant.suspended", grant, said, facts(clock, keeper.today)))
    return _reload(workspace, ref), receipt(grant.ref, write)


def rectify(
    workspace: Workspace, ref: str, *, actor: str | None, report: str
) -> tuple[Grant, Receipt]:
    """Report, as who uses the data, that what a grant was suspended for is rectified (整改)."""
    said = require_words(report, "it is not said what was rectified", "add --report TEXT")
    with workspace.writing(actor) as write:
        acting = write.actor
        grant = write.grants.get(ref)
        workflow.check_can_rectify(grant, acting, now=write.now)
        write.grants.rectify(grant.ref, at=write.now, by=acting.signature, report=said)
        keeper = Timekeeper.of(workspace, write)
        clock = end_rectification(keeper, grant)
        write.record(_event("grant.rectified", grant, said, facts(clock, keeper.today)))
    return _reload(workspace, ref), receipt(grant.ref, write)


def resume(
    workspace: Workspace, ref: str, *, actor: str | None, reason: str
) -> tuple[Grant, Receipt]:
    """Find, as the other side, that it is rectified, and allow reads again."""
    said = _reason(reason)
    with workspace.writing(actor) as write:
        acting = write.actor
        grant = write.grants.get(ref)
        workflow.check_can_resume(grant, acting, provider=_provider(write, grant), now=write.now)
        write.grants.resume(grant.ref, until=write.now, by=acting.signature, reason=said)
        end_rectification(Timekeeper.of(workspace, write), grant)
        write.record(_event("grant.resumed", grant, said))
    return _reload(workspace, ref), receipt(grant.ref, write)


def _provider(unit: ReadUnit, grant: Grant) -> str:
    return unit.registry.get(Dataset, grant.terms.dataset).provider


def _reason(reason: str) -> str:
    return require_words(reason, "this needs a reason", "add --reason TEXT")


def _reload(workspace: Workspace, ref: str) -> Grant:
    with workspace.reading() as unit:
        return unit.grants.get(ref)


def _event(kind: str, grant: Grant, reason: str, more: Mapping[str, Json] | None = None) -> Event:
    told: dict[str, Json] = {**grant.parties, "terms_hash": grant.terms_hash}
    if reason:
        told["reason_hash"] = words_hash(reason)
    return Event(kind, f"grant:{grant.ref}", told | dict(more or {}))
