"""The data plane: what a server needs to let machines read under grants, and to measure it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

from bureau import looking_up, offering
from bureau.admitting import Admitted, Bearer, bearer
from bureau.differing import Changes, Span, between, offer_changes
from bureau.issuing import TOKENS
from bureau.keyring import key_for
from bureau.metering import Measures, Meter
from bureau.misuse import Misuse
from bureau.offering import Hints, Snapshot
from bureau.remembering import Memory
from bureau.unit_of_work import ReadUnit
from bureau.workspace import Workspace
from catalog.predicate import Predicate
from catalog.views import Views
from core.canonical import Json
from core.errors import Denied
from sharing.credentials.token import is_token, token_hash
from sharing.metering.model import Leaving, Query, Sent
from sharing.policy import Rule


class DataPlane:
    """One workspace, served by one program. Every method may be called from any thread."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        home = workspace.settings.home
        self._pepper = key_for(home, TOKENS)
        self.signing_key = key_for(home, "addresses")
        self._views = Views(home / "views")
        self._memory = Memory(workspace)
        self._meter = Meter(workspace, self._views.columns)
        self._misuse = Misuse(workspace)

    def now(self) -> datetime:
        return self._workspace.clock.now()

    def admit(self, token: str) -> Admitted:
        """Who comes with this token; raises Denied for one that was never issued."""
        if is_token(token):
            kept = token_hash(token, self._pepper)
            found = self._memory.get(("token", kept), lambda unit: _bearer_of(unit, kept))
            return found.at(self.now())
        raise _unknown()

    def look_again(self, credential: str) -> Admitted:
        """What a credential that was admitted before gives now."""
        found = self._memory.get(
            ("credential", credential),
            lambda unit: bearer(unit, unit.credentials.get(credential)),
        )
        return found.at(self.now())

    def snapshot(
        self,
        admitted: Admitted,
        *,
        version: int | None = None,
        timestamp: datetime | None = None,
        where: Predicate | None = None,
    ) -> Snapshot:
        """The newest version, or that of a number, or the newest at a moment; raises NotFound.

        `where` is the reader's own choice of its rows.
        """
        dataset = admitted.dataset.code

        def find(unit: ReadUnit) -> Snapshot:
            deliveries = offering.published(unit, dataset)
            if version is not None:
                found = offering.at_version(deliveries, version, dataset)
            elif timestamp is not None:
                found = offering.until(deliveries, timestamp, dataset)
            else:
                found = offering.newest(deliveries, dataset)
            return offering.snapshot(self._workspace, unit, admitted, found, where)

        if version is None and timestamp is None and where is None:
            return self._memory.get(("snapshot", admitted.grant.ref), find)
        with self._workspace.reading() as unit:
            return find(unit)

    def version(self, admitted: Admitted, *, since: datetime | None = None) -> int:
        """The number of the newest version, or of the first since a moment; raises NotFound."""
        dataset = admitted.dataset.code
        with self._workspace.reading() as unit:
            deliveries = offering.published(unit, dataset)
        if since is None:
            found = offering.newest(deliveries, dataset)
        else:
            found = offering.since(deliveries, since, dataset)
        return found.lake_version or 0

    def offer(self, admitted: Admitted, snapshot: Snapshot, hints: Hints) -> Query:
        return offering.offer(self._workspace, self._views, self._meter, admitted, snapshot, hints)

    @property
    def is_near(self) -> bool:
        """Whether the database is a file here, so that a look at it waits for no other machine."""
        return self._workspace.database.file is not None

    def has_keys(self, snapshot: Snapshot) -> bool:
        """Whether records of the snapshot are found at once: the first search writes a key file."""
        names = (looking_up.keys_name(snapshot, columns) for columns in snapshot.keys)
        return all(map(self._views.has_keys, names))

    def look_up(self, admitted: Admitted, snapshot: Snapshot, key: Mapping[str, Json]) -> bytes:
        return looking_up.look_up(
            self._workspace, self._views, self._meter, admitted, snapshot, key
        )

    def verify(
        self,
        admitted: Admitted,
        snapshot: Snapshot,
        key: Mapping[str, Json],
        claims: Mapping[str, Json],
    ) -> bytes:
        return looking_up.verify(
            self._workspace, self._views, self._meter, admitted, snapshot, key, claims
        )

    def changes(self, admitted: Admitted, span: Span) -> Changes:
        """What changed with each version of a span.

        Raises InvalidInput where there is none in it, Conflict where there is no feed.
        """
        dataset = admitted.dataset.code
        with self._workspace.reading() as unit:
            former, deliveries = between(offering.published(unit, dataset), span)
            before, *found = (
                offering.snapshot(self._workspace, unit, admitted, one)
                for one in (former or deliveries[0], *deliveries)
            )
        return offer_changes(
            self._workspace, self._views, self._meter, admitted, before if former else None, found
        )

    def offered(self, query: str) -> Query | None:
        """An offer whose time is not over."""
        return self._meter.find(query)

    def file(self, name: str) -> Path | None:
        """The file of a view that was offered; None where it is gone."""
        return self._views.find(name)

    def leaving(self, query: Query, file: str, start: int, stop: int) -> None:
        """Note bytes before they go out."""
        self._meter.leaving(Leaving(query.id, file, start, stop, self.now()))

    def sent(self, query: Query, file: str, start: int, stop: int, *, partial: bool) -> None:
        """Meter bytes that go out; `partial` says that they answer who asked for a part of a file."""
        self._meter.sent(Sent(query.id, file, start, stop, self.now()), partial=partial)

    def denied(self, admitted: Admitted, rules: Collection[Rule]) -> None:
        """Record that a call by a credential got nothing, and by which rules."""
        self._misuse.denied(admitted, rules)

    def rejected(self) -> None:
        """Record that an address was asked for that was never given."""
        self._misuse.rejected()

    def measures(self) -> Measures:
        return self._meter.measures()

    def seal(self) -> int:
        """Count what was used since the last time; gives back how many uses there were."""
        return self._meter.seal()

    def check(self) -> None:
        """Raise StorageUnavailable where it could not serve now."""
        with self._workspace.reading() as unit:
            unit.ledger.head()
        self._meter.check()

    def close(self) -> None:
        self._meter.close()
        self._views.close()
        self._workspace.database.close()


def _bearer_of(unit: ReadUnit, kept: str) -> Bearer:
    credential = unit.credentials.find(kept)
    if credential is None:
        raise _unknown()  # and so it is not remembered: guesses are without number
    return bearer(unit, credential)


def _unknown() -> Denied:
    return Denied("the token is none", reasons=["it was never issued"], hint="use the profile")
