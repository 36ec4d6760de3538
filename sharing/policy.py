"""Whether a read is allowed: one pure function over facts, asked at the moment of reading."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from catalog.predicate import Predicate
from core.actor import Actor, Role
from sharing.model import FinishCause, Grant, GrantState, Terms
from sharing.view import knows_enough, unsearchable

VERSION = "read/3"


class Rule(StrEnum):
    """Which rule refuses a read, as the ledger names it. A state that refuses has its own name."""

    CLOSED = "closed"
    ROLE = "role"
    NO_GRANT = "no_grant"
    DEPARTMENT = "department"
    DATASET = "dataset"
    SCHEDULED = "scheduled"
    SUSPENDED = "suspended"
    ENDED = "ended"
    REVOKED = "revoked"
    APPLICATION = "application"
    PURPOSE = "purpose"
    COLUMNS = "columns"
    NEED = "need"
    TERMS = "terms"
    CREDENTIAL = "credential"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a reader states: for which application, what for, and which columns and grant if any."""

    dataset: str
    application: str
    purpose: str
    columns: tuple[str, ...] = ()
    """All that are granted if none is named."""
    where: Predicate | None = None
    grant: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one `grant`, or a credential for it, does not allow a read; or why none does."""

    rule: Rule
    reason: str
    grant: str = ""

    def __str__(self) -> str:
        return f"{self.grant} {self.reason}".lstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`refusals` say, grant by grant, which rule refused; there are none when it is allowed."""

    grant: Grant | None
    refusals: tuple[Refusal, ...] = ()
    policy_version: str = VERSION

    @property
    def allow(self) -> bool:
        return self.grant is not None

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(map(str, self.refusals))


def decide_read(
    actor: Actor,
    grants: Sequence[Grant],
    asked: Asked,
    *,
    now: datetime,
    closed: str = "",
) -> Decision:
    """Allow under the first grant that covers this department, application, purpose and moment.

    `grants` are those of the actor's department on the dataset; a grant binds to department,
    application, columns and purpose (Decree 809 Art. 25). Nothing is allowed that no grant allows,
    nor what is `closed`, which says why the dataset is not shared at present.
    """
    if closed:
        return Decision(grant=None, refusals=(Refusal(Rule.CLOSED, closed),))
    if not actor.has(Role.REQUESTER):
        reason = f"the caller is not a requester of {actor.department}"
        return Decision(grant=None, refusals=(Refusal(Rule.ROLE, reason),))
    named = asked.grant.strip().upper()
    candidates = [g for g in grants if not named or g.ref == named]
    refusals: list[Refusal] = []
    for grant in candidates:
        refused = [*_not_its(grant, actor, asked), *_not_now(grant, now), *_not_so(grant, asked)]
        if not refused:
            return Decision(grant=grant)
        refusals += [Refusal(rule, reason, grant.ref) for rule, reason in refused]
    if not candidates:
        what = f"grant {named}" if named else "grant"
        reason = f"{actor.department} has no {what} on {asked.dataset}"
        refusals.append(Refusal(Rule.NO_GRANT, reason))
    return Decision(grant=None, refusals=tuple(refusals))


def not_now(grant: Grant, now: datetime) -> tuple[Refusal, ...]:
    """Why a grant gives nothing to whom it is for at this moment; () while it gives."""
    return tuple(Refusal(rule, reason, grant.ref) for rule, reason in _not_now(grant, now))


def not_as_agreed(grant: Grant) -> tuple[Refusal, ...]:
    """Why it never gives anything; () unless its terms were changed behind its back."""
    return tuple(Refusal(rule, reason, grant.ref) for rule, reason in _not_as_agreed(grant))


def _not_as_agreed(grant: Grant) -> Iterator[tuple[Rule, str]]:
    if grant.terms.hash != grant.terms_hash:
        yield Rule.TERMS, "has terms that do not match the hash they were agreed under"


def _not_its(grant: Grant, actor: Actor, asked: Asked) -> Iterator[tuple[Rule, str]]:
    if grant.department != actor.department:
        yield Rule.DEPARTMENT, f"belongs to {grant.department}"
    if grant.terms.dataset != asked.dataset:
        yield Rule.DATASET, f"is for the dataset {grant.terms.dataset}"
    yield from _not_as_agreed(grant)


def _not_now(grant: Grant, now: datetime) -> Iterator[tuple[Rule, str]]:
    terms, zone = grant.terms, grant.terms.not_before.tzinfo  # the city's zone
    match grant.state_at(now):
        case GrantState.REVOKED:
            day = grant.ended_at.astimezone(zone)
            yield Rule.REVOKED, f"was revoked on {day:%Y-%m-%d}: {grant.revoke_reason}"
        case GrantState.ENDED if grant.finish_cause is not None:
            day = grant.ended_at.astimezone(zone)
            yield Rule.ENDED, f"was finished on {day:%Y-%m-%d}: {_OVER[grant.finish_cause]}"
        case GrantState.ENDED:
            last = terms.not_after - timedelta(microseconds=1)
            yield Rule.ENDED, f"ended with {last:%Y-%m-%d}"
        case GrantState.SUSPENDED:
            yield Rule.SUSPENDED, _suspended(grant, now)
        case GrantState.SCHEDULED:
            yield Rule.SCHEDULED, f"begins on {terms.not_before:%Y-%m-%d}"


def _not_so(grant: Grant, asked: Asked) -> Iterator[tuple[Rule, str]]:
    terms = grant.terms
    if terms.application != asked.application:
        reason = f"is for the application {terms.application}, not {asked.application}"
        yield Rule.APPLICATION, reason
    if _folded(terms.scenario) != _folded(asked.purpose):
        yield Rule.PURPOSE, f"is for the purpose '{terms.scenario}', not '{asked.purpose}'"
    if beyond := [name for name in asked.columns if name not in terms.columns]:
        yield Rule.COLUMNS, f"does not give {', '.join(beyond)}"
    yield from not_chosen_so(terms, asked.where)


def not_chosen_so(terms: Terms, where: Predicate | None) -> Iterator[tuple[Rule, str]]:
    """What speaks against a reader's choice of rows; a column that is hidden is not there at all."""
    if where is not None and (beyond := unsearchable(terms, where)):
        yield Rule.COLUMNS, f"gives no rows by {', '.join(beyond)}"
    if not knows_enough(terms, where):
        sets = " or ".join(" and ".join(names) for names in terms.safeguards.needs)
        yield Rule.NEED, f"gives only rows of which the reader states {sets}"


_OVER = {
    FinishCause.MET: "its purpose is met",
    FinishCause.IMPOSSIBLE: "its purpose cannot be met",
    FinishCause.NOT_NEEDED: "it is not needed any more",
}


def _suspended(grant: Grant, now: datetime) -> str:
    zone = grant.terms.not_before.tzinfo
    suspension = grant.suspension_at(now)
    if suspension is not None:
        since = suspension.since.astimezone(zone)
        return f"is suspended since {since:%Y-%m-%d}: {suspension.reason}"
    if grant.review_due is None:
        return "is suspended"
    last = (grant.review_due - timedelta(microseconds=1)).astimezone(zone)
    return f"is suspended: its review was due on {last:%Y-%m-%d}, and {grant.provider} made none"


def _folded(text: str) -> str:
    """Spelling without width, case or spacing, which nobody means when stating a purpose."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
