"""Clocks as they were at a cut, and which of them a rate judges.

The base rule of every rate over clocks: one that ended within the window, and one that was open at
the cut although its day was over. One that stands still, or has time left, is not judged yet. What
ended on its day or before, or fell away while it stood still, was in time (`Clock.state_on`).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, not_, or_, select

from rates.cut import Cut
from rates.queries.source import CLOCK, CLOCK_FACT
from sharing.profiles.model import LimitName


def from_clocks(cut: Cut, *limits: LimitName) -> Select[Any]:
    """Each clock of these limits that is judged, as CLOCK_FACT, without any column yet."""
    return clocks_at(cut, *limits).where(or_(ended_in(cut), _overdue(cut)))


def clocks_at(cut: Cut, *limits: LimitName) -> Select[Any]:
    """Each clock of these limits as it was at the cut, judged or not, without any column yet.

    A clock that ended before the window began, and was not opened again since, is not looked at:
    acts end clocks on their own day, so it cannot have been open at the cut.
    """
    fact = CLOCK_FACT.alias()
    newest = (
        select(func.max(fact.c.recorded_at))
        .where(
            fact.c.subject == CLOCK.c.subject,
            fact.c.limit_name == CLOCK.c.limit_name,
            fact.c.recorded_at < cut.until,
        )
        .correlate(CLOCK)
        .scalar_subquery()
    )
    as_it_was = and_(
        CLOCK_FACT.c.subject == CLOCK.c.subject,
        CLOCK_FACT.c.limit_name == CLOCK.c.limit_name,
        CLOCK_FACT.c.recorded_at == newest,
    )
    return (
        select()
        .select_from(CLOCK.join(CLOCK_FACT, as_it_was))
        .where(
            CLOCK.c.limit_name.in_([limit.value for limit in limits]),
            or_(CLOCK.c.ended_on.is_(None), CLOCK.c.ended_on >= cut.first_day),
        )
    )


def in_time() -> ColumnElement[bool]:
    """What was due was done on its day or before; on a clock that is judged."""
    fact = CLOCK_FACT.c
    return and_(fact.ended_on.is_not(None), or_(fact.ended_on <= fact.due_on, _standing()))


def clock_columns() -> list[ColumnElement[Any]]:
    """What evidence says of a clock."""
    fact = CLOCK_FACT.c
    return [fact.started_on, fact.due_on, fact.ended_on, fact.extended_by]


def ended_in(cut: Cut) -> ColumnElement[bool]:
    ended_on = CLOCK_FACT.c.ended_on
    return and_(ended_on >= cut.first_day, ended_on <= cut.last_day)


def _overdue(cut: Cut) -> ColumnElement[bool]:
    fact = CLOCK_FACT.c
    return and_(fact.ended_on.is_(None), fact.due_on <= cut.last_day_over, not_(_standing()))


def _standing() -> ColumnElement[bool]:
    """The last pause has no end; nothing else in the pauses is null."""
    return cast(CLOCK_FACT.c.pauses, Text).contains("null")
