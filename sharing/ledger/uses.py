"""Uses in a ledger entry: a batch of the server's journal, by grant and day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date

from core.canonical import Json
from sharing.metering.model import Counted

SEALED = "uses.sealed"
_IN_AN_ENTRY = 500
"""Grants and days, of some 50 bytes each: an entry has a limit, a city has more grants than it holds."""


def use_facts(sha256: str, counts: Mapping[tuple[str, date], Counted]) -> Iterator[dict[str, Json]]:
    """What a segment counts, in as many entries as it takes: one holds `_IN_AN_ENTRY` of them.

    `sha256` is of the segment's bytes, so that it can be held against the entries.
    """
    uses: list[Json] = [
        [grant, day.isoformat(), used.uses, used.rows, used.bytes]
        for (grant, day), used in sorted(counts.items())
    ]
    for start in range(0, len(uses), _IN_AN_ENTRY):
        yield {"sha256": sha256, "uses": uses[start : start + _IN_AN_ENTRY]}


def uses_in(facts: Mapping[str, Json]) -> Iterator[tuple[str, date, Counted]]:
    """The uses of an entry by grant and day; what is not in their form is none."""
    uses = facts.get("uses")
    for one in uses if isinstance(uses, list) else ():
        with suppress(TypeError, ValueError):
            grant, day, *numbers = one
            yield str(grant), date.fromisoformat(str(day)), Counted(*map(int, numbers))
