"""Pair what a department logged of its use with what was measured: one to one, whatever the order.

The same id makes a pair. Of what is left, a record and a use are alike where all sizes agree that
both state, and their moments lie within a window; as many alike ones are paired as can be, and of
those the nearest. A record that names only a day is within the window on that day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from core.clock import local_day
from sharing.usage.model import MeasuredUse

T = TypeVar("T")

SIZES = ("rows", "bytes", "sha256")
_COMPARED = (
    ("rows", "bytes", "sha256"),
    ("bytes", "sha256"),
    ("rows", "sha256"),
    ("sha256",),
    ("rows", "bytes"),
    ("bytes",),
    ("rows",),
)
"""What may be compared, the surest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedUse:
    """One record of a department's own log; what it does not state is None or empty."""

    line: int
    day: date
    at: datetime | None
    id: str = ""
    rows: int | None = None
    bytes: int | None = None
    sha256: str = ""

    @property
    def stated(self) -> tuple[str, ...]:
        return tuple(name for name in SIZES if getattr(self, name) not in (None, ""))


@dataclass(frozen=True, slots=True)
class Pair:
    logged: LoggedUse
    measured: MeasuredUse

    @property
    def differs(self) -> tuple[str, ...]:
        """The sizes that both state and that are not the same; only the same id pairs such two."""
        return tuple(
            name
            for name in self.logged.stated
            if getattr(self.measured, name) not in ("", getattr(self.logged, name))
        )

    @property
    def skew(self) -> timedelta | None:
        """How much later the log has it, where the log has a moment."""
        return None if self.logged.at is None else self.logged.at - self.measured.at


@dataclass(frozen=True, slots=True)
class Matched:
    """Each record and each use is in one of the three, once."""

    pairs: tuple[Pair, ...]
    logged: tuple[LoggedUse, ...]
    measured: tuple[MeasuredUse, ...]


def match(
    logged: Iterable[LoggedUse],
    measured: Iterable[MeasuredUse],
    *,
    window: timedelta,
    zone: ZoneInfo,
) -> Matched:
    left = _Left(sorted(logged, key=_place), sorted(measured, key=_use_place), window, zone)
    left.pair_ids()
    for compared in _COMPARED:
        left.pair_alike(compared, compared, lambda _: True)
        if "sha256" not in compared:  # a use of which no hash is kept is known by its sizes
            left.pair_alike((*compared, "sha256"), compared, lambda use: not use.sha256)
    return left.matched()


class _Left:
    """What is not paired yet, in order."""

    def __init__(
        self,
        logged: list[LoggedUse],
        measured: list[MeasuredUse],
        window: timedelta,
        zone: ZoneInfo,
    ) -> None:
        self._logged, self._measured = logged, measured
        self._window, self._zone = window, zone
        self._pairs: list[Pair] = []

    def pair_ids(self) -> None:
        """Of several records with one id the one that fits best stands for the use."""
        claims: dict[str, list[LoggedUse]] = defaultdict(list)
        for record in self._logged:
            if record.id:
                claims[record.id].append(record)
        self._take(
            [
                min((Pair(record, use) for record in records), key=_misfit)
                for use in self._measured
                if use.id and (records := claims.pop(use.id, None))
            ]
        )

    def pair_alike(
        self,
        stated: tuple[str, ...],
        compared: tuple[str, ...],
        usable: Callable[[MeasuredUse], bool],
    ) -> None:
        """Pair the records that state just this with uses of the same sizes."""
        records = [one for one in self._logged if one.stated == stated]
        if not records:
            return
        uses = _grouped(filter(usable, self._measured), compared)
        timed = [one for one in records if one.at is not None]
        found = []
        for size, some in _grouped(timed, compared).items():
            found += _nearest(some, uses.get(size, []), self._window)
        taken = {id(pair.measured) for pair in found}
        dayed = _grouped((one for one in records if one.at is None), ("day", *compared))
        for (day, *sizes), some in dayed.items():
            free = (use for use in uses.get(tuple(sizes), ()) if id(use) not in taken)
            on_day = [use for use in free if local_day(use.at, self._zone) == day]
            found += map(Pair, some, on_day)
        self._take(found)

    def matched(self) -> Matched:
        pairs = sorted(self._pairs, key=lambda pair: _use_place(pair.measured))
        return Matched(tuple(pairs), tuple(self._logged), tuple(self._measured))

    def _take(self, pairs: Sequence[Pair]) -> None:
        self._pairs += pairs
        logged = {id(pair.logged) for pair in pairs}
        measured = {id(pair.measured) for pair in pairs}
        self._logged = [one for one in self._logged if id(one) not in logged]
        self._measured = [one for one in self._measured if id(one) not in measured]


def _nearest(
    logged: Sequence[LoggedUse], measured: Sequence[MeasuredUse], window: timedelta
) -> list[Pair]:
    """Pair two lists in order of time: first as many as can be, then each with its nearest."""
    ours = [record.at for record in logged if record.at is not None]
    theirs = [use.at for use in measured]
    partners: dict[int, int] = {}
    here = there = 0
    while here < len(ours) and there < len(theirs):
        apart = ours[here] - theirs[there]
        if apart > window:
            there += 1
        elif apart < -window:
            here += 1
        else:
            partners[here] = there
            here, there = here + 1, there + 1
    partners = _moved(partners, ours, theirs)
    back = _moved({there: here for here, there in partners.items()}, theirs, ours)
    return [Pair(logged[here], measured[there]) for there, here in back.items()]


def _moved(
    partners: dict[int, int], ours: Sequence[datetime], theirs: Sequence[datetime]
) -> dict[int, int]:
    """Each with the nearest free one after its partner, the last first. Pairs were made early."""
    taken = set(partners.values())
    for here in sorted(partners, reverse=True):
        there = partners[here]
        taken.discard(there)
        while there + 1 < len(theirs) and there + 1 not in taken:
            if abs(ours[here] - theirs[there + 1]) >= abs(ours[here] - theirs[there]):
                break
            there += 1
        taken.add(there)
        partners[here] = there
    return partners


def _grouped(items: Iterable[T], names: Sequence[str]) -> dict[tuple[object, ...], list[T]]:
    found: dict[tuple[object, ...], list[T]] = defaultdict(list)
    for item in items:
        found[tuple(getattr(item, name) for name in names)].append(item)
    return found


def _misfit(pair: Pair) -> tuple[int, bool, timedelta]:
    return len(pair.differs), pair.skew is None, abs(pair.skew or timedelta())


def _place(record: LoggedUse) -> tuple[object, ...]:
    moment = record.at.timestamp() if record.at else 0.0
    sizes = (-1 if size is None else size for size in (record.rows, record.bytes))
    return record.day, moment, *sizes, record.sha256, record.id, record.line


def _use_place(use: MeasuredUse) -> tuple[object, ...]:
    return use.at, use.id, use.rows, use.bytes, use.sha256, use.credential
