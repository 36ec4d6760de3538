"""What begins and ends when a grant ends, whoever ends it."""

from __future__ import annotations

from bureau.timekeeping import Timekeeper
from bureau.unit_of_work import ReadUnit
from catalog.model import Dataset
from sharing.calendar.model import NotAnnounced
from sharing.clocks.model import Clock, ClockState
from sharing.disposal.model import DisposalState
from sharing.disposal.owing import state_of, subject
from sharing.model import Grant
from sharing.profiles.model import LimitName


def end_duties(keeper: Timekeeper, grant: Grant) -> Clock | None:
    """Nothing is to be shared or rectified any more; the time to dispose of the data starts.

    No clock starts where nothing is owed, nor where the calendar ends too early: the end of a right
    does not wait for a calendar, and the duty follows from the end of the grant all the same.
    """
    end_rectification(keeper, grant)
    keeper.end(subject(grant), LimitName.DELIVER)
    write = keeper.unit
    others = write.grants.list_all(dataset=grant.terms.dataset, department=grant.department)
    if state_of(grant, others, proved=False, now=write.now) is not DisposalState.OWED:
        return None
    try:
        return keeper.start(subject(grant), LimitName.DISPOSAL, grant.department)
    except NotAnnounced:
        return None


def provider_now(unit: ReadUnit, grant: Grant) -> str:
    """Who answers for the data: its provider now, unless that has become the department that uses it."""
    provider = unit.registry.get(Dataset, grant.terms.dataset).provider
    return grant.provider if provider == grant.department else provider


def rectification(grant: Grant, suspension: int) -> str:
    """How the time to rectify of a grant's suspension is named, from 1."""
    return f"{subject(grant)}#{suspension}"


def overdue_rectification(keeper: Timekeeper, grant: Grant) -> bool:
    """Whether the cause of the newest suspension was not rectified in time."""
    clock = keeper.unit.clocks.find(
        rectification(grant, len(grant.suspensions)), LimitName.RECTIFICATION
    )
    return clock is not None and clock.state_on(keeper.today) is ClockState.OVERDUE


def end_rectification(keeper: Timekeeper, grant: Grant) -> Clock | None:
    return keeper.end(rectification(grant, len(grant.suspensions)), LimitName.RECTIFICATION)
