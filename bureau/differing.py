"""Offer what changed between versions, as the grant gives them: a feed for any delivered dataset.

Each version is delivered whole. The feed is the difference of two views, so that a row which leaves
what is granted went, and no cell of either side tells more than its view does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bureau.admitting import Admitted
from bureau.metering import Meter
from bureau.offering import Snapshot, issue, made
from bureau.workspace import Workspace
from catalog.differences import CHANGE, write_changes
from catalog.model import Delivery
from catalog.views import Views
from core.canonical import content_hash
from core.errors import Conflict, InvalidInput
from sharing.metering.model import File, Query

MOST = 100
"""Versions in one feed: each may have to be written first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From one version to another, both included, each told by its number or by a moment.

    A moment at the start means the first version since then, one at the end the newest until then;
    without an end it goes up to the newest.
    """

    start: int | datetime
    end: int | datetime | None = None

    def begins(self, delivery: Delivery) -> bool:
        if isinstance(self.start, datetime):
            return delivery.delivered_at >= self.start
        return (delivery.lake_version or 0) >= self.start

    def goes_on(self, delivery: Delivery) -> bool:
        match self.end:
            case None:
                return True
            case datetime():
                return delivery.delivered_at <= self.end
            case _:
                return (delivery.lake_version or 0) <= self.end


def between(deliveries: Sequence[Delivery], span: Span) -> tuple[Delivery | None, list[Delivery]]:
    """The versions of a span, and the one before the first of them, if there is one.

    `deliveries` are those that were published, oldest first. Raises InvalidInput for a span that has
    no version.
    """
    found = [one for one in deliveries if span.begins(one) and span.goes_on(one)]
    if not found:
        raise InvalidInput("there is no version between the start and the end")
    place = deliveries.index(found[0])
    return deliveries[place - 1] if place else None, found


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The files of a feed, oldest version first, and the versions that each tells of."""

    query: Query
    versions: tuple[tuple[Snapshot, File], ...]


def offer_changes(
    workspace: Workspace,
    views: Views,
    meter: Meter,
    admitted: Admitted,
    before: Snapshot | None,
    found: Sequence[Snapshot],
) -> Changes:
    """Write what changed with each of `found` where it is not there yet, and record that it is offered.

    `before` is the version before the first of them. Raises Conflict where there is no feed: under a
    grant that gives rows only to who knows them, and where a column's type changed.
    """
    if admitted.grant.terms.safeguards.needs:
        raise Conflict("this grant gives single rows: there is no feed of what changed")
    if len(found) > MOST:
        raise Conflict(f"a feed is of at most {MOST} versions", hint="ask for fewer at a time")
    files = []
    for former, after in zip([before, *found], found, strict=False):
        _check(former, after)
        files += [(after, file) for file in _written(workspace, views, former, after)]
    last = found[-1]
    query = issue(workspace, meter, admitted, last, tuple(file for _, file in files))
    return Changes(query=query, versions=tuple(files))


def _check(before: Snapshot | None, after: Snapshot) -> None:
    if any(column.name == CHANGE for column in after.columns):
        raise Conflict(f"a column is called {CHANGE}: there is no feed of what changed")
    if before is not None and before.columns != after.columns:
        raise Conflict(
            f"the columns are of other types since version {after.version}",
            hint="load that version whole",
        )


def _written(
    workspace: Workspace, views: Views, before: Snapshot | None, after: Snapshot
) -> tuple[File, ...]:
    """The files of what changed with one version."""

    def make(folder: Path) -> None:
        old = None if before is None else [part.path for part in made(workspace, views, before)]
        new = [part.path for part in made(workspace, views, after)]
        write_changes(old, new, [column.name for column in after.columns], folder)

    name = content_hash(["changes", before.name if before else "", after.name])
    return tuple(File(part.name, part.bytes, part.rows) for part in views.get(name, make))
