"""What a department may still read when one of its grants ends.

A right is gone only when no other grant gives it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sharing.model import Grant, GrantState, Terms

_GIVING = (GrantState.ACTIVE, GrantState.SCHEDULED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """Columns of the grant in question that another one gives too, now or once it begins."""

    grant: str
    state: GrantState
    application: str
    columns: tuple[str, ...]
    not_after: datetime


def _shared(terms: Terms, others: Terms) -> tuple[str, ...]:
    """The columns that others give as much of: not masked otherwise, nor only to who knows more."""
    guards, mine = others.safeguards, terms.safeguards
    if guards.needs not in ((), mine.needs):
        return ()
    added = {mask.column for mask in guards.masks if mask not in mine.masks}
    added |= {name for one in guards.secrecy if one not in mine.secrecy for name in one.columns}
    return tuple(c for c in terms.columns if c in others.columns and c not in added)


def remaining(grant: Grant, others: Sequence[Grant], now: datetime) -> list[Remaining]:
    """Which `others` give the same department some of the same columns, by number."""
    return [
        Remaining(
            grant=other.ref,
            state=other.state_at(now),
            application=other.terms.application,
            columns=shared,
            not_after=other.terms.not_after,
        )
        for other in others
        if other.ref != grant.ref
        and other.department == grant.department
        and other.terms.dataset == grant.terms.dataset
        and other.state_at(now) in _GIVING
        and (shared := _shared(grant.terms, other.terms))
    ]
