"""What makes figures look better than the sharing is: listed with its evidence, never corrected.

Each may have a good reason. A person judges it, outside the program, and the rates stay as they are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from core.clock import local_day
from core.period import Period
from sharing.ledger.entry import EntryBody
from sharing.ledger.grants import GrantFacts, follow
from sharing.ledger.reading import text
from sharing.ledger.titles import Said
from sharing.ledger.uses import SEALED, uses_in

RUN = 12
"""Uses in a row at equal intervals: people, and the cases they work on, do not come so evenly."""

TOLERANCE = 0.01
"""Of the interval: a scheduler drifts by less, and whoever reads by hand by far more."""

EVEN_DAYS = 14
"""Days in a row with the same number of uses: two weekends are among them, on which offices rest."""

UNUSED_DAYS = 90
"""Days in which data lay ready and nobody used it: a quarter, by which the figures are reported."""

RECIPROCAL_DAYS = 30
"""Between two grants that departments gave each other: within a month they may have been arranged."""

_DAY = timedelta(days=1)
_SECOND = 1.0


class Sign(StrEnum):
    REGULAR_USE = "regular_use"
    UNUSED_BETWEEN_RELATED = "unused_between_related"
    UNCHANGED_DELIVERY = "unchanged_delivery"


TITLES: dict[Sign, tuple[str, str]] = {
    Sign.REGULAR_USE: (
        "无新版本时的机械式调用",
        "uses as regular as a machine's, of no new version",
    ),
    Sign.UNUSED_BETWEEN_RELATED: (
        "关联部门间未使用的授权",
        "unused grants between related departments",
    ),
    Sign.UNCHANGED_DELIVERY: ("内容未变的交付", "deliveries without any change"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GamingFinding:
    """`department` is whose figures look better by it; `entries` is the evidence in the ledger."""

    sign: Sign
    department: str
    subject: str
    first: date
    last: date
    count: int
    because: str
    because_zh: str
    entries: tuple[int, ...]


Related: TypeAlias = Callable[[str, str], "Said | None"]
"""Says why two departments are related, where they are."""


@dataclass(frozen=True, slots=True)
class _Use:
    at: datetime
    entry: int


@dataclass(frozen=True, slots=True)
class _Version:
    at: datetime
    entry: int
    number: object
    sha256: str


_T = TypeVar("_T")


@dataclass
class Watch:
    """Takes the entries in, in their order; `findings` says what stands out in the period."""

    zone: ZoneInfo
    period: Period
    _grants: dict[str, GrantFacts] = field(default_factory=dict)
    _reads: defaultdict[str, list[_Use]] = field(default_factory=lambda: defaultdict(list))
    _sealed: defaultdict[str, dict[date, tuple[int, tuple[int, ...]]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    """Uses of a grant by day, with the entries that count them."""
    _versions: defaultdict[str, list[_Version]] = field(default_factory=lambda: defaultdict(list))
    _providers: dict[str, str] = field(default_factory=dict)

    def take(self, entry: EntryBody) -> None:
        follow(self._grants, entry)
        about, _, ref = entry.subject.partition(":")
        if entry.kind == SEALED:
            for grant, day, counted in uses_in(entry.facts):
                if day in self.period:
                    uses, entries = self._sealed[grant].get(day, (0, ()))
                    self._sealed[grant][day] = uses + counted.uses, (*entries, entry.index)
        elif entry.kind == "read.completed" and entry.facts.get("rows"):
            if local_day(entry.recorded_at, self.zone) in self.period:
                self._reads[ref].append(_Use(entry.recorded_at, entry.index))
        elif entry.kind == "delivery.published":
            number, sha256 = entry.facts.get("number"), text(entry, "sha256")
            self._versions[ref].append(_Version(entry.recorded_at, entry.index, number, sha256))
        elif about == "dataset" and "provider" in entry.facts:
            self._providers[ref] = text(entry, "provider")

    def findings(self, related: Related, now: datetime) -> list[GamingFinding]:
        found = [*self._regular(), *self._unused(related, now), *self._unchanged()]
        return sorted(found, key=lambda one: (one.sign, one.department, one.subject, one.first))

    def _regular(self) -> Iterator[GamingFinding]:
        for ref, grant in self._grants.items():
            if grant.department == grant.provider:  # the own use never counts
                continue
            versions = [one.at for one in self._versions[grant.dataset]]
            for uses in _apart(self._reads.get(ref, ()), versions, lambda use: use.at):
                for run in even_runs([use.at for use in uses]):
                    yield self._regular_reads(ref, grant, [uses[place] for place in run])
            days = sorted(self._sealed.get(ref, {}))
            changes = [local_day(moment, self.zone) for moment in versions]
            for stretch in _apart(days, changes, lambda day: day):
                yield from self._even_days(ref, grant, stretch)

    def _regular_reads(self, ref: str, grant: GrantFacts, run: Sequence[_Use]) -> GamingFinding:
        seconds = (run[-1].at - run[0].at).total_seconds() / (len(run) - 1)
        return GamingFinding(
            sign=Sign.REGULAR_USE,
            department=grant.department,
            subject=f"grant:{ref}",
            first=local_day(run[0].at, self.zone),
            last=local_day(run[-1].at, self.zone),
            count=len(run),
            because=f"{len(run)} uses, one every {seconds:.0f} seconds, of the same version",
            because_zh=f"{len(run)} 次使用，间隔均为 {seconds:.0f} 秒，期间没有新版本",
            entries=tuple(use.entry for use in run),
        )

    def _even_days(
        self, ref: str, grant: GrantFacts, days: Sequence[date]
    ) -> Iterator[GamingFinding]:
        counts = self._sealed[ref]
        for run in _runs(days, lambda a, b: b - a == _DAY and counts[a][0] == counts[b][0]):
            if len(run) >= EVEN_DAYS:
                each = counts[run[0]][0]
                yield GamingFinding(
                    sign=Sign.REGULAR_USE,
                    department=grant.department,
                    subject=f"grant:{ref}",
                    first=run[0],
                    last=run[-1],
                    count=each * len(run),
                    because=f"{each} uses on each of {len(run)} days, of the same version",
                    because_zh=f"连续 {len(run)} 天每天 {each} 次使用，期间没有新版本",
                    entries=tuple(sorted({index for day in run for index in counts[day][1]})),
                )

    def _unused(self, related: Related, now: datetime) -> Iterator[GamingFinding]:
        idle = {
            ref: since
            for ref, grant in self._grants.items()
            if not grant.used and (since := self._idle_since(grant, now)) is not None
        }
        given: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for ref in idle:
            given[self._grants[ref].provider, self._grants[ref].department].append(ref)
        for ref, since in idle.items():
            grant = self._grants[ref]
            back = given.get((grant.department, grant.provider), ())
            why = related(grant.provider, grant.department) or self._mutual(grant, back)
            if why is not None:
                yield GamingFinding(
                    sign=Sign.UNUSED_BETWEEN_RELATED,
                    department=grant.provider,
                    subject=f"grant:{ref}",
                    first=local_day(since, self.zone),
                    last=min(local_day(now, self.zone), self.period.last),
                    count=1,
                    because=f"granted to {grant.department} and never used: {why[1]}",
                    because_zh=f"授权给 {grant.department} 后从未使用：{why[0]}",
                    entries=(grant.entry,),
                )

    def _idle_since(self, grant: GrantFacts, now: datetime) -> datetime | None:
        """Since when a grant of others' data could be used, if that was long enough."""
        versions = self._versions[grant.dataset]
        if grant.department == grant.provider or not versions:
            return None
        since = max(grant.issued_at, versions[0].at)
        until = min(one for one in (now, self._end(), grant.end) if one is not None)
        begun = self.period.bounds(self.zone)[0]
        return since if until >= begun and until - since >= UNUSED_DAYS * _DAY else None

    def _end(self) -> datetime:
        return self.period.bounds(self.zone)[1]

    def _mutual(self, grant: GrantFacts, back: Iterable[str]) -> Said | None:
        """Whether the other department gave the same favour back, as unused."""
        for other in back:
            if abs(self._grants[other].issued_at - grant.issued_at) <= RECIPROCAL_DAYS * _DAY:
                return (
                    f"{other} 为对等授权，同样从未使用",
                    f"{other} was granted in return, and never used either",
                )
        return None

    def _unchanged(self) -> Iterator[GamingFinding]:
        """Each makes the dataset look fresh, for its age is counted from the newest delivery."""
        for code, versions in self._versions.items():
            for run in _runs(versions, lambda a, b: bool(a.sha256) and a.sha256 == b.sha256):
                again = [one for one in run[1:] if local_day(one.at, self.zone) in self.period]
                if again:
                    yield GamingFinding(
                        sign=Sign.UNCHANGED_DELIVERY,
                        department=self._providers.get(code, ""),
                        subject=f"dataset:{code}",
                        first=local_day(again[0].at, self.zone),
                        last=local_day(again[-1].at, self.zone),
                        count=len(again),
                        because=f"the same file as delivery #{run[0].number}",
                        because_zh=f"与第 {run[0].number} 次交付的文件相同",
                        entries=tuple(one.entry for one in (run[0], *again)),
                    )


def even_runs(moments: Sequence[datetime]) -> Iterator[range]:
    """Places of `RUN` moments or more in a row that are as far apart as the first two of them."""
    gaps = [(after - before).total_seconds() for before, after in pairwise(moments)]
    start = 0
    while start < len(gaps):
        allowed = max(gaps[start] * TOLERANCE, _SECOND)
        end = start
        while end < len(gaps) and abs(gaps[end] - gaps[start]) <= allowed:
            end += 1
        if end - start + 1 >= RUN:
            yield range(start, end + 1)
            start = end
        else:
            start += 1


def _runs(items: Sequence[_T], goes_on: Callable[[_T, _T], bool]) -> Iterator[list[_T]]:
    """The items in stretches within which each goes on from the one before."""
    run: list[_T] = []
    for item in items:
        if run and not goes_on(run[-1], item):
            yield run
            run = []
        run.append(item)
    if run:
        yield run


_Moment = TypeVar("_Moment", date, datetime)


def _apart(
    items: Sequence[_T], changes: Iterable[_Moment], when: Callable[[_T], _Moment]
) -> Iterator[list[_T]]:
    """The items in stretches in which nothing changed."""
    ordered = sorted(changes)
    stretches: dict[int, list[_T]] = {}
    for item in items:
        before = bisect_right(ordered, when(item))
        stretches.setdefault(before, []).append(item)
    yield from stretches.values()
