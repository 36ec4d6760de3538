"""An act that is somebody else's: one form of saying so, from which nothing can be left out.

Like a Conflict it names how the thing stands, the rule with its article of Decree 809 or its setting
of the policy, and who may instead. Nothing in it is more than anybody sees who may look at the thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.actor import Actor, Role
from core.errors import Denied
from sharing.model import Grant


def denied(
    actor: Actor,
    act: str,
    thing: str,
    state: str,
    *,
    rule: str,
    reasons: Sequence[str],
    who: str,
    instead: str = "",
) -> Denied:
    """`act` on `thing` is not the actor's, by `rule`; it is that of `who`."""
    return Denied(
        f"{actor.person} may not {act} {thing}, which is {state}: {rule}",
        reasons=reasons,
        hint=f"it takes {who}" + (f"; {instead}" if instead else ""),
    )


def denied_grant(
    grant: Grant,
    actor: Actor,
    act: str,
    *,
    rule: str,
    reasons: Sequence[str],
    who: str,
    now: datetime,
) -> Denied:
    thing, state = f"grant {grant.ref}", grant.state_at(now)
    return denied(actor, act, thing, state, rule=rule, reasons=reasons, who=who)


def require_user(grant: Grant, actor: Actor, act: str, *, rule: str, now: datetime) -> None:
    """Raise Denied unless the actor is a requester of the department that the grant is for."""
    if actor.department == grant.department and actor.has(Role.REQUESTER):
        return
    who = f"a requester of {grant.department}"
    only = (f"only {who} may",)
    raise denied_grant(grant, actor, act, rule=rule, reasons=only, who=who, now=now)


def require_provider(
    grant: Grant, actor: Actor, act: str, *, provider: str, rule: str, own: str, now: datetime
) -> None:
    """Raise Denied unless the actor approves for the provider; `own` is why not for both sides.

    `provider` has the dataset now; the department that granted may be another one. It may have
    become the one that uses it.
    """
    reason = ""
    if actor.department not in {provider, grant.provider} or not actor.has(Role.APPROVER):
        reason = f"only an approver of {provider} may"
    elif grant.department in (actor.department, actor.home):
        reason = own
    if reason:
        answers = grant.provider if provider == grant.department else provider
        who = f"an approver of {answers}"
        raise denied_grant(grant, actor, act, rule=rule, reasons=(reason,), who=who, now=now)
