"""What an event rests on: an article of a law, or a setting of a policy profile.

A limit that a city shortened (Decree 809 Art. 23) is passed twice: first the city's own day, then the
day that the law names. Who is late by the city's day alone breaks a setting and no article.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sharing.calendar.model import NotAnnounced, WorkingCalendar
from sharing.clocks.model import Clock, recomputed
from sharing.liability.model import Basis, Ground
from sharing.profiles.model import Ground as Standing
from sharing.profiles.model import LimitName, Profile

DECREE = "政务数据共享条例 (Decree 809)"
_COUNTING = "count_receipt_day"


def of_article(article: str) -> Basis:
    return Basis(Ground.LAW, f"{DECREE} Art. {article}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """`law` is the national profile, `policy` the one in force; `calendar` counts the law's days."""

    law: Profile
    policy: Profile
    calendar: WorkingCalendar

    def of_clock(self, clock: Clock, today: date) -> tuple[Basis, date]:
        """What a clock that is late on `today` breaks, and the day it was due by that."""
        profile = self._of_version(clock.profile)
        ground = profile.limit(clock.limit).ground if profile else None
        if ground is not None and (ground.law or not clock.article):
            return _stands_on(clock.limit, ground), clock.due_on
        if clock.article and (by_law := self._by_law(clock)).late_on(today):
            return of_article(clock.article), by_law.due_on
        name = ground.profile if ground else "an earlier profile"
        why = f"shorter than Art. {clock.article} (Art. 23)" if clock.article else "a setting"
        source = f"{name}, {clock.limit} of {clock.days} working days: {why}"
        return Basis(Ground.POLICY, source), clock.due_on

    def of_limit(self, name: LimitName) -> Basis:
        """What a limit of the profile in force stands on."""
        return _stands_on(name, self.policy.limit(name).ground)

    def of_setting(self, name: str) -> Basis:
        return _stands_on(name, self.policy.settings[name].ground)

    def _of_version(self, version: str) -> Profile | None:
        return next((one for one in (self.policy, self.law) if one.version == version), None)

    def _by_law(self, clock: Clock) -> Clock:
        """The clock as the law alone would have it; as it is where the calendar ends before."""
        days = max(clock.days, self.law.limit(clock.limit).days)
        if days == clock.days and not self.policy.flag(_COUNTING):
            return clock
        try:
            due_on = recomputed(
                replace(clock, days=days), self.calendar, counting_start=self.law.flag(_COUNTING)
            )
        except NotAnnounced:
            return clock if days == clock.days else replace(clock, due_on=date.max)
        return replace(clock, days=days, due_on=max(due_on, clock.due_on))


def _stands_on(name: str, ground: Standing) -> Basis:
    if ground.law:
        return Basis(Ground.LAW, ground.law)
    if ground.article:
        return of_article(ground.article)
    return Basis(Ground.POLICY, f"{ground.profile}, {name}: {ground.why}")
