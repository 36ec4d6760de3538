"""The tree of areas: what lies in what, and which rows are of which area."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeAlias

from sharing.returnflow.model import Match

Parents: TypeAlias = Mapping[str, str | None]
"""The parent of each registered division."""
Tally: TypeAlias = Mapping[str | None, tuple[int, int]]
"""Per code in the data: all rows that have it, and those that the receiving department can read."""


def lies_below(parents: Parents, code: str, upper: str) -> bool:
    """Whether `code` lies in `upper` at any depth, and is not `upper` itself."""
    above = parents.get(code)
    while above is not None and above != upper:
        above = parents.get(above)
    return above is not None


def subtree(parents: Parents, code: str) -> frozenset[str]:
    """The division and everything in it."""
    return frozenset({code, *(c for c in parents if lies_below(parents, c, code))})


def foreign(parents: Parents, code: str) -> list[str]:
    """Divisions outside `code` whose codes begin with it: a cut by prefix would give their rows."""
    inside = subtree(parents, code)
    return sorted(c for c in parents if c.startswith(code) and c not in inside)


def held(tally: Tally, parents: Parents, code: str, match: Match) -> int:
    """How many rows are of the area, or of anything in it."""
    inside = subtree(parents, code)
    return sum(rows for found, (rows, _) in tally.items() if _is_of(found, inside, [code], match))


def given(tally: Tally) -> int:
    return sum(rows for _, rows in tally.values())


def nobodys(tally: Tally, parents: Parents, upper: str, match: Match) -> int:
    """How many rows go to nobody: they have no code, or one that neither is nor is below an area.

    Rows of the upper level as a whole carry its own code, or that of another registered division.
    """
    below = tuple(subtree(parents, upper) - {upper})
    return sum(
        rows for found, (rows, _) in tally.items() if not _is_of(found, parents, below, match)
    )


def _is_of(
    found: str | None, codes: Collection[str], prefixes: Collection[str], match: Match
) -> bool:
    if not found:
        return False
    return found in codes or (match is Match.PREFIX and found.startswith(tuple(prefixes)))
