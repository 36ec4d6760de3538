"""Who begins a change of a service, who is heard, who files it: pure guards (Decree 809 Art. 27)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from catalog.model import Dataset
from core.actor import Actor, Role
from core.errors import Conflict, Denied, InvalidInput
from sharing.authority import Ruling, objections
from sharing.changes.model import ChangeState, Consultation, ServiceChange
from sharing.denial import denied
from sharing.words import require_words, words

_PROVIDES = "who provides a service begins its change, and drops it (Art. 27)"
OPEN = (ChangeState.CONSULTING, ChangeState.ANSWERED)


def begin(
    dataset: Dataset,
    actor: Actor,
    *,
    ref: str,
    departments: Collection[str],
    earlier: Sequence[ServiceChange],
    reason: str,
    now: datetime,
) -> ServiceChange:
    """The provider says what it wants to change and why; `departments` rely on the service."""
    if reasons := _against_provider(actor, dataset.provider):
        raise Denied(
            f"{actor.person} may not change what {dataset.provider} provides: {_PROVIDES}",
            reasons=reasons,
            hint=f"it takes {_provider(dataset.provider)}",
        )
    for change in earlier:
        if change.state in OPEN or change.state is ChangeState.FILED:
            raise Conflict(
                f"{change.ref} is a change of {dataset.code} already, and {change.state}",
                hint=f"see it: bureau change show {change.ref}",
            )
    if not departments:
        raise Conflict(
            f"no live grant relies on {dataset.code}: nobody is to be consulted",
            hint="change it as it is",
        )
    return ServiceChange(
        ref=ref,
        dataset=dataset.code,
        provider=dataset.provider,
        reason=require_words(reason, "a change needs a reason", "add --reason TEXT: what and why"),
        begun_at=now,
        begun_by=actor.signature,
        consulted=tuple(Consultation(department=code) for code in sorted(departments)),
    )


def answer(change: ServiceChange, actor: Actor, *, text: str, now: datetime) -> ServiceChange:
    """A department that relies on the service says what the change means for it, once."""
    if actor.department not in change.departments or not actor.has(Role.REQUESTER):
        named = ", ".join(sorted(change.departments))
        raise denied(
            actor,
            "answer",
            f"change {change.ref}",
            change.state,
            rule="whoever relies on a service is consulted before it changes (Art. 27)",
            reasons=(f"{actor.person} is not consulted on it: requesters of {named} are",),
            who=f"a requester of one of {named}",
        )
    _require_open(change, "answered")
    if actor.department not in change.silent:
        raise Conflict(f"{actor.department} answered {change.ref} already")
    said = require_words(text, "the answer says nothing", "add --text TEXT")
    given = Consultation(
        department=actor.department, text=said, answered_at=now, answered_by=actor.signature
    )
    heard = (given if one.department == actor.department else one for one in change.consulted)
    return replace(change, consulted=tuple(heard))


def file(
    change: ServiceChange,
    actor: Actor,
    *,
    number: str,
    reason: str,
    relying: Collection[str],
    now: datetime,
) -> ServiceChange:
    """The authority files a change after everybody was heard who still has a live grant.

    `relying` are those departments now. Before all have answered it takes a reason.
    """
    reasons = objections(actor, Ruling.FILING, change.provider, *change.departments)
    if actor.is_or_acts_for(change.begun_by):
        reasons.append("nobody files their own change")
    if reasons:
        raise denied(
            actor,
            "file",
            f"change {change.ref}",
            change.state,
            rule="a change of a service is filed with the data authority (Art. 27)",
            reasons=reasons,
            who="somebody of the data authority who did not begin it",
        )
    _require_open(change, "filed")
    silent = [code for code in change.silent if code in relying]
    if silent and not words(reason):
        raise Conflict(
            f"{', '.join(silent)} did not answer {change.ref} yet",
            hint="wait for it, or say why not: --reason TEXT",
        )
    if not words(number):
        raise InvalidInput("a filing has a number (备案号)", hint="add --number TEXT")
    return replace(
        change,
        filing=words(number),
        unheard=words(reason) if silent else "",
        filed_at=now,
        filed_by=actor.signature,
    )


def drop(change: ServiceChange, actor: Actor, *, now: datetime) -> ServiceChange:
    """The provider leaves the service as it is."""
    if reasons := _against_provider(actor, change.provider):
        raise denied(
            actor,
            "drop",
            f"change {change.ref}",
            change.state,
            rule=_PROVIDES,
            reasons=reasons,
            who=_provider(change.provider),
        )
    if change.state in (ChangeState.MADE, ChangeState.DROPPED):
        raise Conflict(f"{change.ref} is {change.state} already")
    return replace(change, dropped_at=now)


def covers(change: ServiceChange, departments: Collection[str], now: datetime) -> bool:
    """Whether an act at `now` may break grants of these departments under the filing.

    A filing is for one act, all of which has one moment.
    """
    if change.filed_at is None or change.dropped_at is not None:
        return False
    return change.made_at in (None, now) and set(departments) <= change.departments


def _require_open(change: ServiceChange, verb: str) -> None:
    if change.state not in OPEN:
        raise Conflict(f"{change.ref} is {change.state}: it cannot be {verb}")


def _against_provider(actor: Actor, provider: str) -> list[str]:
    if actor.department == provider and actor.roles & {Role.STEWARD, Role.APPROVER}:
        return []
    return [f"only {_provider(provider)} may"]


def _provider(department: str) -> str:
    return f"a steward or an approver of {department}"
