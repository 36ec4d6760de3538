"""A clock: a duty of one department that is due on a working day.

What is stored are facts: when it started, the day it is due, when it stood still, when it ended.
Whether it is overdue is derived from them and from the day it is asked, and nobody can edit it.
Days are the city's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from core.canonical import Json
from core.errors import Conflict, InvalidInput
from sharing.calendar.model import WorkingCalendar
from sharing.profiles.model import Limit, LimitName, Profile

_DAY = timedelta(days=1)


class ClockState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    OVERDUE = "overdue"
    ENDED = "ended"
    ENDED_LATE = "ended_late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """From `since` the clock stood still with `left` working days to go; None: until it ended."""

    since: date
    until: date | None
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """`limit` names the limit of the profile, `days` its working days when the clock started."""

    subject: str
    limit: LimitName
    debtor: str
    """The department whose duty it is."""
    days: int
    article: str
    profile: str
    """Hash of the policy profile that gave the limit."""
    started_on: date
    due_on: date
    pauses: tuple[Pause, ...] = ()
    extended_by: int = 0
    extended_after: int = 0
    """How many pauses were over when it was extended."""
    ended_on: date | None = None

    def to_json(self) -> dict[str, Json]:
        """Every fact of it, as the ledger holds them."""
        return {
            "article": self.article,
            "days": self.days,
            "debtor": self.debtor,
            "due_on": self.due_on.isoformat(),
            "ended_on": self.ended_on.isoformat() if self.ended_on else None,
            "extended_after": self.extended_after,
            "extended_by": self.extended_by,
            "limit": self.limit.value,
            "pauses": [
                [one.since.isoformat(), one.until.isoformat() if one.until else None, one.left]
                for one in self.pauses
            ],
            "profile": self.profile,
            "started_on": self.started_on.isoformat(),
            "subject": self.subject,
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Clock:
        """A clock out of the facts that `to_json` gave; raises KeyError or ValueError otherwise."""
        plain = ("subject", "debtor", "days", "article", "profile", "extended_by", "extended_after")
        return cls(
            **{name: told[name] for name in plain},
            started_on=date.fromisoformat(told["started_on"]),
            due_on=date.fromisoformat(told["due_on"]),
            limit=LimitName(told["limit"]),
            pauses=pauses_of(told["pauses"]),
            ended_on=_day(told["ended_on"]),
        )

    @property
    def paused(self) -> bool:
        return self.standing is not None

    @property
    def standing(self) -> Pause | None:
        """The pause that holds; while it does, `due_on` is no day that anything is due."""
        if self.ended_on is not None or not self.pauses or self.pauses[-1].until is not None:
            return None
        return self.pauses[-1]

    def state_on(self, day: date) -> ClockState:
        if self.ended_on is not None:
            # What ended while it stood still was never late, however long it stood.
            stood = bool(self.pauses) and self.pauses[-1].until is None
            in_time = stood or self.ended_on <= self.due_on
            return ClockState.ENDED if in_time else ClockState.ENDED_LATE
        if self.paused:
            return ClockState.PAUSED
        return ClockState.OVERDUE if day > self.due_on else ClockState.RUNNING

    def late_on(self, day: date) -> bool:
        """Whether the duty was, or on `day` still is, done too late."""
        return self.state_on(day) in (ClockState.OVERDUE, ClockState.ENDED_LATE)


def next_due(clocks: Sequence[Clock]) -> Clock | None:
    """The open clock that is due first; one that stands still only where no other is open."""
    waiting = [clock for clock in clocks if clock.ended_on is None]
    return min(waiting, key=lambda clock: (clock.paused, clock.due_on), default=None)


def pauses_of(told: Sequence[Any]) -> tuple[Pause, ...]:
    """Pauses out of the [since, until, left] of each."""
    return tuple(
        Pause(since=date.fromisoformat(since), until=_day(until), left=left)
        for since, until, left in told
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def start(
    subject: str,
    name: LimitName,
    *,
    debtor: str,
    profile: Profile,
    calendar: WorkingCalendar,
    day: date,
) -> Clock:
    """Start the clock of a limit on `day`; raises NotAnnounced where the calendar ends too early."""
    limit = profile.limit(name)
    counted = profile.flag("count_receipt_day")
    return Clock(
        subject=subject,
        limit=name,
        debtor=debtor,
        days=limit.days,
        article=limit.ground.article,
        profile=profile.version,
        started_on=day,
        due_on=calendar.due(day, limit.days, counting_start=counted),
    )


def pause(clock: Clock, calendar: WorkingCalendar, day: date) -> Clock:
    """Let the clock stand still from `day` on. One that is overdue goes on: late stays late."""
    _require_open(clock)
    if clock.paused or day > clock.due_on:
        return clock
    left = calendar.working_days_between(day, clock.due_on)
    return replace(clock, pauses=(*clock.pauses, Pause(since=day, until=None, left=left)))


def resume(clock: Clock, calendar: WorkingCalendar, day: date) -> Clock:
    """Go on with the working days that were left; a pause of no day changes nothing."""
    standing = clock.standing
    if standing is None:
        return clock
    earlier = clock.pauses[:-1]
    due_on = _after(calendar, day, standing.left)
    return replace(clock, pauses=(*earlier, replace(standing, until=day)), due_on=due_on)


def extend(clock: Clock, limit: Limit, calendar: WorkingCalendar, *, days: int, day: date) -> Clock:
    """Give `days` working days more, once, before the day it is due has passed.

    Raises InvalidInput for no days, Conflict for more than the limit allows or where none is left.
    """
    _require_open(clock)
    check_extension(clock, limit, days=days, day=day)
    return replace(
        clock,
        due_on=calendar.due(clock.due_on, days),
        extended_by=days,
        extended_after=len(clock.pauses),
    )


def check_extension(clock: Clock, limit: Limit, *, days: int, day: date) -> None:
    """Refuse an extension that the limit does not allow; see `extend`."""
    if limit.extension is None:
        raise Conflict(
            f"'{limit.title_en}' cannot be extended", hint=f"{limit.ground} has no extension"
        )
    allowed = limit.extension.amount
    if days < 1:
        raise InvalidInput(
            f"an extension of {days} working days is none", hint=f"ask for 1 to {allowed}"
        )
    if days > allowed:
        raise Conflict(
            f"the time of {clock.subject} is {clock.state_on(day)}: an extension of {days} working"
            f" days is not possible, for {limit.ground} allows 1 to {allowed}",
            hint=f"ask for at most {allowed}",
        )
    if clock.extended_by:
        raise Conflict(
            f"{clock.subject} was extended already, by {clock.extended_by} working days, and it is"
            f" done once ({limit.ground})",
            hint="decide by the day that it is due now",
        )
    if clock.paused:
        raise Conflict(
            f"the clock of {clock.subject} stands still: there is nothing to extend",
            hint="wait until it goes on",
        )
    if day > clock.due_on:
        raise Conflict(
            f"{clock.subject} was due on {clock.due_on}: what is overdue cannot be extended"
            f" ({limit.ground})",
            hint="decide now; the delay stays on record",
        )


def end(clock: Clock, day: date) -> Clock:
    """The duty was done, or fell away, on `day`."""
    _require_open(clock)
    return replace(clock, ended_on=day)


def reopen(clock: Clock, calendar: WorkingCalendar, day: date) -> Clock:
    """What seemed done was not: go on as if the clock had stood still since it ended."""
    if clock.ended_on is None:
        return clock
    return resume(pause(replace(clock, ended_on=None), calendar, clock.ended_on), calendar, day)


def recomputed(clock: Clock, calendar: WorkingCalendar, *, counting_start: bool) -> date:
    """The day it is due, from its other facts alone: what is stored must say the same."""
    due_on = calendar.due(clock.started_on, clock.days, counting_start=counting_start)
    for number, one in enumerate((*clock.pauses, None)):
        if clock.extended_by and number == clock.extended_after:
            due_on = calendar.due(due_on, clock.extended_by)
        if one is not None and one.until is not None:
            left = calendar.working_days_between(one.since, due_on)
            due_on = _after(calendar, one.until, left)
    return due_on


def _after(calendar: WorkingCalendar, day: date, left: int) -> date:
    """`left` working days after `day`; with none left, the first working day from `day` on."""
    if left:
        return calendar.due(day, left)
    while not calendar.is_working(day):
        day += _DAY
    return day


def _require_open(clock: Clock) -> None:
    if clock.ended_on is not None:
        raise Conflict(f"the clock of {clock.subject} ended on {clock.ended_on}")
