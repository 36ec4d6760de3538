"""Whether a read is allowed: one pure function over facts, asked at the moment of reading."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.actor import Actor, Role
from sharing.model import Grant, GrantState

VERSION = "read/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`reasons` name, grant by grant, the rule that refused; empty when allowed."""

    allow: bool
    grant: Grant | None
    reasons: tuple[str, ...]
    policy_version: str = VERSION


def decide_read(
    actor: Actor,
    grants: Sequence[Grant],
    *,
    dataset: str,
    application: str,
    purpose: str,
    now: datetime,
    grant_ref: str = "",
    closed: str = "",
) -> Decision:
    """Allow under the first grant that covers this department, application, purpose and moment.

    `grants` are those of the actor's department on `dataset`; a grant binds to department,
    application and purpose (Decree 809 Art. 25). Nothing is allowed that no grant allows, nor
    what is `closed`, which says why the dataset is not shared at present.
    """
    if closed:
        return Decision(allow=False, grant=None, reasons=(closed,))
    if not actor.has(Role.REQUESTER):
        return Decision(
            allow=False,
            grant=None,
            reasons=(f"the caller is not a requester of {actor.department}",),
        )
    candidates = [g for g in grants if not grant_ref or g.ref == grant_ref.strip().upper()]
    reasons: list[str] = []
    for grant in candidates:
        refused = _refusals(grant, actor, dataset, application, purpose, now)
        if not refused:
            return Decision(allow=True, grant=grant, reasons=())
        reasons += [f"{grant.ref} {reason}" for reason in refused]
    if not candidates:
        named = f"grant {grant_ref}" if grant_ref else "grant"
        reasons.append(f"{actor.department} has no {named} on {dataset}")
    return Decision(allow=False, grant=None, reasons=tuple(reasons))


def _refusals(
    grant: Grant, actor: Actor, dataset: str, application: str, purpose: str, now: datetime
) -> list[str]:
    reasons = []
    terms = grant.terms
    if grant.department != actor.department:
        reasons.append(f"belongs to {grant.department}")
    if terms.dataset != dataset:
        reasons.append(f"is for the dataset {terms.dataset}")
    state = grant.state_at(now)
    if state is GrantState.REVOKED and grant.revoked_at is not None:
        revoked_at = grant.revoked_at.astimezone(terms.not_before.tzinfo)  # the city's zone
        reasons.append(f"was revoked on {revoked_at:%Y-%m-%d}: {grant.revoke_reason}")
    elif state is GrantState.ENDED:
        last = terms.not_after - timedelta(microseconds=1)
        reasons.append(f"ended with {last:%Y-%m-%d}")
    elif state is GrantState.SUSPENDED:
        reasons.append("is suspended")
    elif state is GrantState.SCHEDULED:
        reasons.append(f"begins on {terms.not_before:%Y-%m-%d}")
    if terms.application != application:
        reasons.append(f"is for the application {terms.application}, not {application}")
    if _folded(terms.scenario) != _folded(purpose):
        reasons.append(f"is for the purpose '{terms.scenario}', not '{purpose}'")
    if terms.hash != grant.terms_hash:
        reasons.append("has terms that do not match the hash they were agreed under")
    return reasons


def _folded(text: str) -> str:
    """Spelling without width, case or spacing, which nobody means when stating a purpose."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
