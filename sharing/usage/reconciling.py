"""Hold a department's own log against what was measured: what is in one of the two alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from core.canonical import Json
from core.clock import local_day
from core.errors import InvalidInput
from sharing.usage.matching import LoggedUse, Matched, Pair, match
from sharing.usage.model import MeasuredUse, Period

MAX_WINDOW = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skew:
    """How many seconds later the log has what both have; below zero, earlier."""

    least: float
    median: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What was held against each other, and how that ended. It agrees where both say the same."""

    grant: str
    sha256: str
    """Of the file with the log."""
    period: Period
    window: timedelta
    matched: Matched
    without_rows: int
    """Records of the log that brought nothing, which is no use."""
    outside: int
    """Records of the log that are not of the period."""

    @property
    def differing(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.matched.pairs if pair.differs)

    @property
    def agrees(self) -> bool:
        return not (self.differing or self.matched.logged or self.matched.measured)

    @property
    def skew(self) -> Skew | None:
        """Of the pairs of which the log has a moment."""
        skews = sorted(p.skew.total_seconds() for p in self.matched.pairs if p.skew is not None)
        if not skews:
            return None
        return Skew(least=skews[0], median=median(skews), most=skews[-1])

    @property
    def counts(self) -> dict[str, Json]:
        """What the ledger keeps of it: each side is its pairs and what is in it alone."""
        pairs, found = len(self.matched.pairs), self.matched
        return {
            "differing": len(self.differing),
            "logged": pairs + len(found.logged),
            "logged_only": len(found.logged),
            "measured": pairs + len(found.measured),
            "measured_only": len(found.measured),
            "outside": self.outside,
            "paired": pairs,
            "without_rows": self.without_rows,
        }


def reconcile(
    logged: Iterable[LoggedUse],
    measured: Iterable[MeasuredUse],
    *,
    grant: str,
    sha256: str,
    period: Period,
    window: timedelta,
    zone: ZoneInfo,
) -> Reconciliation:
    """Compare the two over a period; whatever is near its ends may still make a pair across them."""
    if not timedelta() <= window <= MAX_WINDOW:
        raise InvalidInput(
            f"a window of {window.total_seconds():.0f} seconds is not possible",
            hint=f"name 0 to {MAX_WINDOW.total_seconds():.0f} seconds",
        )

    def near(at: datetime) -> bool:
        moments = (at - window, at, at + window)
        return any(period.covers(local_day(moment, zone)) for moment in moments)

    records = list(logged)
    used = [one for one in records if one.rows != 0]
    found = match(
        [one for one in used if (near(one.at) if one.at else period.covers(one.day))],
        [use for use in measured if near(use.at)],
        window=window,
        zone=zone,
    )

    def within(use: MeasuredUse) -> bool:
        return period.covers(local_day(use.at, zone))

    inside = Matched(
        tuple(p for p in found.pairs if period.covers(p.logged.day) or within(p.measured)),
        tuple(one for one in found.logged if period.covers(one.day)),
        tuple(filter(within, found.measured)),
    )
    return Reconciliation(
        grant=grant,
        sha256=sha256,
        period=period,
        window=window,
        matched=inside,
        without_rows=len(records) - len(used),
        outside=len(used) - len(inside.pairs) - len(inside.logged),
    )
