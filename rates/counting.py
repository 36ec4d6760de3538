"""From rows to numbers: what each row adds, and how groups of rows add up. No SQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from core.errors import InvalidInput
from rates.cut import Cut
from rates.model import Member, RateCount, Spread

if TYPE_CHECKING:
    from rates.queries.members import Rate

_NINE_IN_TEN = 9, 10
_ALIKE = 4
"""The place of the first column of counted rows that says what makes them alike."""


class Tally(NamedTuple):
    """What some rows of one group and one reason for exclusion add."""

    group: str
    excluded: str
    rows: int
    n: int
    base: int
    values: tuple[int, ...] = ()


def member_of(rate: Rate, row: Any, cut: Cut) -> Member:
    """A row of the rate's members query with what is said of it."""
    n, base = _added(row, judged=_judged(rate, row, cut))
    told = rate.evidence(row, cut)
    return Member(
        id=row.id,
        title=row.title,
        department=row.department,
        division=row.division,
        theme=row.theme,
        in_numerator=0 < base == n,
        n=n,
        base=base,
        excluded=row.excluded,
        unknown=row.excluded in {one.code for one in rate.definition.reasons if one.unknown},
        value=_value(rate, row, cut),
        evidence=told.en,
        evidence_zh=told.zh,
    )


def tallying(rate: Rate, cut: Cut) -> Callable[[Any], Tally]:
    """What rows that are alike add, of which the database gives the number and the sums.

    What makes them alike, the reason for exclusion and all that decides, comes after these.

    What is not for the database to say is asked once for all that are alike, whatever their group.
    """
    told: dict[tuple[Any, ...], tuple[bool, int | None]] = {}

    def tally(row: Any) -> Tally:
        alike = row[_ALIKE:]
        if alike not in told:
            told[alike] = _judged(rate, row, cut), _value(rate, row, cut)
        judged, value = told[alike]
        n, base = _added(row, judged=judged)
        values = () if value is None else (value,) * row.rows
        return Tally(row.group_ or "", row.excluded, row.rows, n, base, values)

    return tally


def _added(row: Any, *, judged: bool) -> tuple[int, int]:
    """What a row adds to the numerator and to the base: nothing where it is excluded."""
    if row.excluded:
        return 0, 0
    return (int(row.n) if judged else 0), int(row.base)


def _judged(rate: Rate, row: Any, cut: Cut) -> bool:
    """Whether what SQL says of the numerator stands."""
    return rate.judge is None or bool(row.excluded) or rate.judge(row, cut)


def _value(rate: Rate, row: Any, cut: Cut) -> int | None:
    return None if rate.value is None or row.excluded else rate.value(row, cut)


def add_up(tallies: Iterable[Tally], *, grouped: bool) -> list[RateCount]:
    """One count a group, in order of their name; exactly one where they are not grouped."""
    groups: dict[str, list[Tally]] = {} if grouped else {"": []}
    for tally in tallies:
        groups.setdefault(tally.group, []).append(tally)
    return [_count(group, groups[group]) for group in sorted(groups)]


def spread_out(tallies: Iterable[Tally], groups: Callable[[str], set[str]]) -> Iterator[Tally]:
    """The same, each in every group that its own stands for."""
    for tally in tallies:
        for group in groups(tally.group):
            yield tally._replace(group=group)


def count_members(members: Iterable[Member]) -> RateCount:
    """What the database counts, from the rows that it listed."""
    tallies = (
        Tally(
            group="",
            excluded=one.excluded,
            rows=1,
            n=one.n,
            base=one.base,
            values=() if one.value is None else (one.value,),
        )
        for one in members
    )
    [count] = add_up(tallies, grouped=False)
    return count


def _count(group: str, tallies: list[Tally]) -> RateCount:
    excluded: dict[str, int] = {}
    for tally in sorted(tallies, key=lambda tally: tally.excluded):
        if tally.excluded:
            excluded[tally.excluded] = excluded.get(tally.excluded, 0) + tally.rows
    return RateCount(
        group=group,
        n=sum(tally.n for tally in tallies),
        base=sum(tally.base for tally in tallies),
        excluded=excluded,
        spread=_spread([value for tally in tallies for value in tally.values]),
    )


def _spread(values: list[int]) -> Spread | None:
    if not values:
        return None
    ordered = sorted(values)
    nine, ten = _NINE_IN_TEN
    place = -(-len(ordered) * nine // ten) - 1  # the nearest rank
    return Spread(median=f"{median(ordered):g}", p90=ordered[place], maximum=ordered[-1])


def facet_values(text: str, facet: str) -> set[str]:
    """The values of a facet in the text of a dataset's facets, as the database has it."""
    return set(facets_in(text).get(facet, ()))


def facets_in(text: str) -> dict[str, list[str]]:
    """All of them, each with its values."""
    found: dict[str, list[str]] = json.loads(text or "{}")
    return found


def split_facet(asked: str) -> tuple[str, str]:
    """The facet and its value of "name:value"; raises InvalidInput."""
    facet, colon, value = asked.partition(":")
    if not (facet and colon and value):
        raise InvalidInput(f"'{asked}' is no facet with a value", hint="write them as name:value")
    return facet, value
