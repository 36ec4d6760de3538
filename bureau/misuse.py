"""What machines asked for and did not get, on record; seldom enough that nobody fills the ledger by it."""

from __future__ import annotations

import threading
from collections.abc import Collection, Hashable
from datetime import datetime, timedelta

from bureau import unattended
from bureau.admitting import Admitted
from bureau.workspace import Workspace
from sharing.ledger.entry import Event
from sharing.policy import VERSION, Rule

APART = timedelta(minutes=1)
"""Of the same by the same credential: what comes sooner is only counted by the server's measures."""


class Misuse:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._last: dict[Hashable, datetime] = {}

    def denied(self, admitted: Admitted, rules: Collection[Rule]) -> None:
        """Record that a credential got nothing by these rules, as for a person who reads (Art. 25)."""
        named = sorted(rule.value for rule in rules)
        if not self._due((admitted.credential.ref, *named)):
            return
        grant = admitted.grant
        event = Event(
            "read.denied",
            f"dataset:{admitted.dataset.code}",
            {
                "application": grant.terms.application,
                "credential": admitted.credential.ref,
                "dataset": admitted.dataset.code,
                "department": grant.department,
                "grant": grant.ref,
                "policy": VERSION,
                "provider": grant.provider,
                "refused": [[grant.ref, rule] for rule in named],
                "rules": [*named],
            },
        )
        self._record(event)

    def rejected(self) -> None:
        """Record that the address of a file was made up or changed; by whom, nobody knows."""
        if self._due("address"):
            self._record(Event("url.rejected", "server:files", {"rule": "signature"}))

    def _record(self, event: Event) -> None:
        with unattended.writing(self._workspace) as write:
            write.record(event)

    def _due(self, what: Hashable) -> bool:
        now = self._workspace.clock.now()
        with self._lock:
            last = self._last.get(what)
            due = last is None or abs(now - last) >= APART
            if due:
                self._last[what] = now
            return due
