"""Every fact of a clock stands in the ledger entry of the act that changed it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from core.canonical import Json
from sharing.clocks.model import Clock
from sharing.ledger.entry import Event

FACT = "clocks"


def with_clocks(events: Sequence[Event], clocks: Sequence[Clock]) -> list[Event]:
    """The events, each with the clocks of its subject that changed; the last has those of none.

    Raises ValueError where clocks changed and nothing is recorded of it.
    """
    if clocks and not events:
        raise ValueError("clocks changed, and no event says why")
    told: list[list[Json]] = [[] for _ in events]
    for clock in clocks:
        about = clock.subject.partition("#")[0]
        places = [n for n, event in enumerate(events) if event.subject == about]
        told[places[-1] if places else -1].append(clock.to_json())
    return [
        replace(event, facts={**event.facts, FACT: changed}) if changed else event
        for event, changed in zip(events, told, strict=True)
    ]


def clocks_in(facts: Mapping[str, Json]) -> dict[tuple[str, str], Mapping[str, Json]]:
    """The clocks that an entry's facts hold, by subject and limit."""
    found = facts.get(FACT)
    listed = found if isinstance(found, list) else []
    return {
        (str(one.get("subject")), str(one.get("limit"))): one
        for one in listed
        if isinstance(one, Mapping)
    }


def digest(clock: Mapping[str, Json]) -> bytes:
    """Stands for the facts of a clock where each that ever held is compared."""
    return sha256(json.dumps(clock, sort_keys=True).encode()).digest()
