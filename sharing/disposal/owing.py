"""Whether the data of a grant is to be disposed of, and by when: derived at the moment asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from core.clock import local_day
from sharing.calendar.model import WorkingCalendar
from sharing.clocks import model as clocks
from sharing.clocks.model import Clock
from sharing.disposal.model import DisposalState
from sharing.model import Grant
from sharing.profiles.model import LimitName, Profile


def state_of(
    grant: Grant, others: Sequence[Grant], *, proved: bool, now: datetime
) -> DisposalState:
    """Where the disposal stands at `now`.

    `others` are the grants of the same department on the same dataset; `proved` is whether a proof
    waits for its verdict.
    """
    if now < grant.ended_at:
        return DisposalState.GRANTED
    if grant.first_used_at is None:
        return DisposalState.NOTHING
    if grant.disposed_at is not None and grant.disposed_at <= now:
        return DisposalState.DISPOSED
    if proved:
        return DisposalState.PROVED
    return DisposalState.COVERED if covering(grant, others, now) else DisposalState.OWED


def covering(grant: Grant, others: Sequence[Grant], now: datetime) -> Grant | None:
    """A grant that still gives what `grant` gave: a right goes only when no other gives it.

    A suspended grant is still a right; one that has not begun is not one yet.
    """
    live = (one for one in others if _begins(one) <= now < one.ended_at)
    return next((one for one in live if _covers(one, grant)), None)


def clock_of(
    grant: Grant,
    others: Sequence[Grant],
    stored: Clock | None,
    *,
    profile: Profile,
    calendar: WorkingCalendar,
    zone: ZoneInfo,
    now: datetime,
) -> Clock:
    """The time to dispose of the data, from the day on which the grant ended.

    It stands still while another grant gives the same data. `stored` is the clock that an act
    started; where the period ran out there was none. Raises InvalidInput where the calendar ends
    too early.
    """
    clock = stored or clocks.start(
        subject(grant),
        LimitName.DISPOSAL,
        debtor=grant.department,
        profile=profile,
        calendar=calendar,
        day=local_day(grant.ended_at, zone),
    )
    if clock.paused or clock.ended_on is not None:
        return clock
    known = clock.pauses[-1].until if clock.pauses else None
    counted = known or clock.started_on
    for since, until in _covered_times(grant, others):
        if since > now or local_day(until, zone) <= counted:
            continue
        clock = clocks.pause(clock, calendar, max(local_day(since, zone), counted))
        if until <= now:
            clock = clocks.resume(clock, calendar, local_day(until, zone))
    return clock


def subject(grant: Grant) -> str:
    """How clocks and ledger entries name the grant."""
    return f"grant:{grant.ref}"


def _covers(other: Grant, grant: Grant) -> bool:
    theirs, ours = other.terms, grant.terms
    return (
        other.ref != grant.ref
        and other.department == grant.department
        and theirs.dataset == ours.dataset
        and set(ours.columns) <= set(theirs.columns)
        and theirs.rows in (None, ours.rows)
        and (not theirs.safeguards or theirs.safeguards == ours.safeguards)
    )


def _begins(grant: Grant) -> datetime:
    return max(grant.granted_at, grant.terms.not_before)


def _covered_times(grant: Grant, others: Sequence[Grant]) -> list[tuple[datetime, datetime]]:
    """The times after its end in which another grant gave the same, apart and in their order."""
    found = sorted(
        (max(_begins(one), grant.ended_at), one.ended_at)
        for one in others
        if _covers(one, grant) and max(_begins(one), grant.ended_at) < one.ended_at
    )
    merged: list[tuple[datetime, datetime]] = []
    for since, until in found:
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(until, merged[-1][1]))
        else:
            merged.append((since, until))
    return merged
