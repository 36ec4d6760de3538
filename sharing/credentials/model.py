"""A credential: what a machine of the using department shows to read under one grant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import Conflict, InvalidInput
from sharing.model import Grant, GrantState

MAX_OVERLAP_HOURS = 24 * 14
"""How long an old token may go on beside the new one while jobs are moved over."""


class CredentialState(StrEnum):
    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """It is for one grant, and so for one department, application and purpose (Art. 25).

    Of the token only a hash is kept. What it gives is decided by the grant at each call.
    """

    ref: str
    grant: str
    terms_hash: str
    token_hash: str
    issued_at: datetime
    issued_by: str
    expires_at: datetime
    revoked_at: datetime | None = None
    revoked_by: str = ""
    why_revoked: str = ""

    def state_at(self, moment: datetime) -> CredentialState:
        if self.revoked_at is not None and self.revoked_at <= moment:
            return CredentialState.REVOKED
        return CredentialState.EXPIRED if self.expires_at <= moment else CredentialState.ACTIVE


def issue(
    ref: str,
    grant: Grant,
    token_hash: str,
    *,
    by: str,
    now: datetime,
    days: int | None = None,
) -> Credential:
    """A credential until the grant's last moment, or for `days` where that is sooner."""
    state = grant.state_at(now)
    if state not in (GrantState.ACTIVE, GrantState.SCHEDULED):
        raise Conflict(
            f"grant {grant.ref} is {state}: a credential is for what may be read (Art. 25)",
            hint=f"see what became of it: bureau grant show {grant.ref}",
        )
    if days is not None and days < 1:
        raise InvalidInput(f"{days} days are no time", hint="name 1 day or more, or leave it out")
    until = grant.terms.not_after
    if days is not None:
        until = min(until, now + timedelta(days=days))
    return Credential(
        ref=ref,
        grant=grant.ref,
        terms_hash=grant.terms_hash,
        token_hash=token_hash,
        issued_at=now,
        issued_by=by,
        expires_at=until,
    )


def rotated(
    credentials: Sequence[Credential], *, overlap_hours: int, now: datetime
) -> list[Credential]:
    """Those of `credentials` that end sooner because a new one takes over: never later than before."""
    if not 0 <= overlap_hours <= MAX_OVERLAP_HOURS:
        raise InvalidInput(
            f"an overlap of {overlap_hours} hours is not possible",
            hint=f"name 0 to {MAX_OVERLAP_HOURS} hours",
        )
    until = now + timedelta(hours=overlap_hours)
    return [
        replace(one, expires_at=until)
        for one in credentials
        if one.state_at(now) is CredentialState.ACTIVE and until < one.expires_at
    ]


def revoke(credential: Credential, *, by: str, reason: str, now: datetime) -> Credential:
    """End it at this moment; raises Conflict for one that has ended."""
    state = credential.state_at(now)
    if state is not CredentialState.ACTIVE:
        raise Conflict(
            f"credential {credential.ref} is {state}: there is nothing to end",
            hint=f"the others of its grant: bureau credential list --grant {credential.grant}",
        )
    return replace(credential, revoked_at=now, revoked_by=by, why_revoked=reason)
