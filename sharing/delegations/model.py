"""A delegation: for a time somebody acts in the place of another, in the roles that it names."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from catalog.model import Person
from core.actor import Actor, Role
from core.errors import Conflict, Denied, InvalidInput
from sharing.authority import Ruling, decides, own_case
from sharing.denial import denied
from sharing.words import require_words

DELEGABLE = frozenset({Role.APPROVER, Role.AUTHORITY})
"""The roles that decide; whoever has another one needs no deputy."""


WHO_ELSE = "bureau person list shows who there is"


class DelegationState(StrEnum):
    """Derived from facts at a moment, never stored."""

    SCHEDULED = "scheduled"
    ACTIVE = "active"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """`delegate` acts for `delegator` in `department` from `since` up to, not including, `until`."""

    ref: str
    delegator: str
    delegate: str
    department: str
    roles: tuple[Role, ...]
    since: datetime
    until: datetime
    reason: str
    made_at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""

    def state_at(self, moment: datetime) -> DelegationState:
        if self.withdrawn_at is not None and self.withdrawn_at <= moment:
            return DelegationState.WITHDRAWN
        if moment >= self.until:
            return DelegationState.ENDED
        return DelegationState.ACTIVE if moment >= self.since else DelegationState.SCHEDULED


def delegate(
    actor: Actor,
    *,
    ref: str,
    to: Person,
    since: datetime,
    until: datetime,
    reason: str,
    longest: timedelta,
    now: datetime,
) -> Delegation:
    """Let `to` act for the actor; raises Denied for who may not, or acts by delegation already."""
    roles = tuple(sorted(actor.roles & DELEGABLE))
    if actor.acting_for:
        raise Denied(
            f"{actor.person} may not delegate (policy: delegation_days)",
            reasons=(f"it acts for {actor.acting_for}: a delegation is not passed on",),
            hint=f"{actor.acting_for} delegates: bureau delegation make PERSON --until DATE",
        )
    if not roles:
        raise Denied(
            f"{actor.person} has nothing to delegate (policy: delegation_days)",
            reasons=(f"only {' or '.join(sorted(DELEGABLE))} decides in person",),
            hint=f"whoever has another role needs no deputy: {WHO_ELSE}",
        )
    _refuse_auditor(to.code, to.roles, actor.person)
    if to.code == actor.person:
        raise InvalidInput("nobody delegates to themself", hint="name another person")
    since = max(since, now)
    if until <= since:
        raise InvalidInput(
            "the delegation ends before it begins, or is over", hint="name a later --until DATE"
        )
    if until - since > longest:
        raise Conflict(
            f"the delegation is longer than {longest.days} days (policy: delegation_days)",
            hint="name an earlier --until DATE, and delegate anew when it is over",
        )
    return Delegation(
        ref=ref,
        delegator=actor.person,
        delegate=to.code,
        department=actor.department,
        roles=roles,
        since=since,
        until=until,
        reason=require_words(reason, "a delegation needs a reason", "add --reason TEXT"),
        made_at=now,
    )


def withdraw(delegation: Delegation, actor: Actor, now: datetime) -> Delegation:
    """End a delegation at once: its delegator may, and the data authority."""
    own = actor.person == delegation.delegator
    if not own and not decides(actor, Ruling.DELEGATION, delegation.department):
        who = f"{delegation.delegator} or the data authority"
        raise denied(
            actor,
            "withdraw",
            f"delegation {delegation.ref}",
            delegation.state_at(now),
            rule="whoever delegated takes it back (policy: delegation_days)",
            reasons=own_case(actor, Ruling.DELEGATION, delegation.department)
            or (f"only {who} may",),
            who=who,
        )
    state = delegation.state_at(now)
    if state in (DelegationState.WITHDRAWN, DelegationState.ENDED):
        raise Conflict(
            f"delegation {delegation.ref} is {state}: it ends once (policy: delegation_days)",
            hint="who stands in for whom: bureau delegation list",
        )
    return replace(delegation, withdrawn_at=now, withdrawn_by=actor.signature)


def standing_in(
    person: Actor,
    delegator: Actor,
    delegations: Collection[Delegation],
    now: datetime,
) -> Actor:
    """`person` in the place of `delegator`, with the delegated roles that the delegator still has.

    Raises Denied where no delegation of theirs is active.
    """
    between = [
        one
        for one in delegations
        if one.delegator == delegator.person and one.delegate == person.person
    ]
    active = [one for one in between if one.state_at(now) is DelegationState.ACTIVE]
    if not active:
        told = [f"{one.ref} is {one.state_at(now)}" for one in between]
        raise Denied(
            f"{person.person} does not act for {delegator.person}: a deputy decides for a time, and"
            " then no more (policy: delegation_days)",
            reasons=told or (f"{delegator.person} delegated nothing to {person.person}",),
            hint=f"{delegator.person} decides, or delegates anew: bureau delegation make"
            f" {person.person} --until DATE; or leave --for out, and act as yourself",
        )
    _refuse_auditor(person.person, person.roles, delegator.person)
    delegated = {role for one in active for role in one.roles}
    return replace(
        delegator,
        person=person.person,
        roles=frozenset(delegated & delegator.roles),
        commitment=person.commitment,
        acting_for=delegator.person,
        delegator=delegator.commitment,
        home=person.department,
    )


def _refuse_auditor(deputy: str, roles: Collection[Role], delegator: str) -> None:
    """Whoever checks acts for nobody, also where the role came after the delegation."""
    if Role.AUDITOR in roles:
        raise Denied(
            f"{deputy} may not decide in the place of {delegator}: managing, operating and auditing"
            " are separate roles (GB/T 39477-2020)",
            reasons=(f"{deputy} is an auditor, who checks what others did and decides nothing",),
            hint=f"{delegator} delegates to somebody who is no auditor: {WHO_ELSE}",
        )
