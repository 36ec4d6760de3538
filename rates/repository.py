"""Rates as the database counts and lists them: one query per rate serves both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    Text,
    case,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.orm import Session

from catalog.expand import rule_set_hash
from catalog.model import ProvisionRule
from catalog.repository import RegistryRepository
from core.errors import InvalidInput
from rates.counting import (
    Tally,
    add_up,
    facet_values,
    member_of,
    split_facet,
    spread_out,
    tallying,
)
from rates.cut import Cut, cut_for
from rates.definitions import find_rate
from rates.model import (
    FUNNEL_STAGES,
    FunnelCount,
    GroupBy,
    Grouping,
    Member,
    RateCount,
    RateDefinition,
    RateQuery,
)
from rates.queries.facts import known
from rates.queries.funnel import duty_progress, outside_duties
from rates.queries.members import COLUMNS, Rate, placed
from rates.queries.named import require_named
from rates.queries.source import DATASET, DIVISION
from sharing.calendar.model import WorkingCalendar
from sharing.calendar.repository import CalendarRepository
from sharing.calendar.seed import seed


class RatesRepository:
    """Answers about the facts known at `now`; days are those of `zone`.

    Every method raises InvalidInput for a day that has not begun. What is asked for by a name that
    there never was has no rows: `require_named` tells.
    """

    def __init__(self, session: Session, zone: ZoneInfo, now: datetime) -> None:
        self._session = session
        self._zone = zone
        self._now = now

    def require_named(self, query: RateQuery, by: Grouping | None = None) -> None:
        """Raises NotFound where what is asked for was unknown up to the end of the day."""
        require_named(self._session, query, by, self._cut(query))

    def members(self, definition: RateDefinition, query: RateQuery) -> list[Member]:
        """Every row of the rate, excluded ones too, by department and id."""
        cut = self._cut(query)
        rate = find_rate(definition.name)
        rows = self._session.execute(select(self._narrowed(rate, query, cut)))
        # Sorted here, because databases order text each in their own way.
        return sorted((member_of(rate, row, cut) for row in rows), key=_place)

    def members_by(
        self, definition: RateDefinition, query: RateQuery, by: Grouping
    ) -> list[tuple[str, Member]]:
        """The rows of each group that `count` counts, by group; one that is in several is in each."""
        cut = self._cut(query)
        rate = find_rate(definition.name)
        rows = self._narrowed(rate, query, cut)
        statement = select(rows, _column_of(definition.id, rows, by.by).label("group_"))
        groups = self._groups(by, cut)
        found = [
            (group, member_of(rate, row, cut))
            for row in self._session.execute(statement)
            for group in groups(row.group_ or "")
        ]
        return sorted(found, key=lambda one: (one[0], _place(one[1])))

    def count(
        self, definition: RateDefinition, query: RateQuery, by: Grouping | None = None
    ) -> list[RateCount]:
        """The rows that `members` lists, counted; groups in order of their name.

        Without `by` there is exactly one count. A group without members is not listed; the group
        '' holds the members of which it is not known. Raises InvalidInput where the rate's members
        cannot be told apart by that.
        """
        cut = self._cut(query)
        rate = find_rate(definition.name)
        rows = self._narrowed(rate, query, cut)
        column = None if by is None else _column_of(definition.id, rows, by.by)
        tallies = self._tallies(rate, rows, column, cut)
        if by is None:
            return add_up(tallies, grouped=False)
        return add_up(spread_out(tallies, self._groups(by, cut)), grouped=True)

    def _groups(self, by: Grouping, cut: Cut) -> Callable[[str], set[str]]:
        """The groups in which a row is, from what its column holds."""
        match by.by:
            case GroupBy.DIVISION:
                above = self._above(cut)
                return lambda code: above.get(code, {code})
            case GroupBy.FACET:
                return lambda text: facet_values(text, by.facet) or {""}
            case _:
                return lambda value: {value}

    def _tallies(
        self, rate: Rate, rows: Subquery, column: ColumnElement[Any] | None, cut: Cut
    ) -> Iterator[Tally]:
        """What the rows add, by the text of `column`: counted by the database where it can."""
        alike = [rows.c.excluded, *(rows.c[name] for name in rate.decided_by)]
        counted = select(
            (literal("") if column is None else column).label("group_"),
            func.count().label("rows"),
            func.sum(rows.c.n).label("n"),
            func.sum(rows.c.base).label("base"),
            *alike,  # last: see `tallying`
        ).group_by(*alike, *([] if column is None else [column]))
        return map(tallying(rate, cut), self._session.execute(counted))

    def _above(self, cut: Cut) -> dict[str, set[str]]:
        """Each division with itself and all above it, as the tree was; a loop in it ends by itself."""
        tree = select(DIVISION.c.code, DIVISION.c.parent).where(known(DIVISION, cut))
        parents = {row.code: row.parent for row in self._session.execute(tree)}
        above: dict[str, set[str]] = {}
        for code in parents:
            chain: set[str] = set()
            step: str | None = code
            while step is not None and step not in chain:
                chain.add(step)
                step = parents.get(step)
            above[code] = chain
        return above

    def told_apart(self, definition: RateDefinition, query: RateQuery) -> set[GroupBy]:
        """By what the rate's members are told apart."""
        cut = self._cut(query)
        rows = placed(find_rate(definition.name).members(cut), cut)
        return {by for by, column in COLUMNS.items() if column in rows.c}

    def funnel(self, query: RateQuery) -> FunnelCount:
        cut = self._cut(query)
        progress = self._narrowed_rows("the funnel", duty_progress(cut), query, cut)
        stages = [
            func.count(case((progress.c.reached >= place, 1)))
            for place in range(1, len(FUNNEL_STAGES) + 1)
        ]
        outside = self._narrowed_rows("the funnel", outside_duties(cut), query, cut)
        reached = self._session.execute(select(*stages).select_from(progress)).one()
        beyond = self._session.scalars(select(func.count()).select_from(outside)).one()
        return FunnelCount(reached=tuple(reached), outside=beyond)

    def funnel_rows(self, query: RateQuery) -> list[tuple[str, str, str]]:
        """Each duty of the funnel's base, its department, and the last stage that it reached."""
        cut = self._cut(query)
        progress = self._narrowed_rows("the funnel", duty_progress(cut), query, cut)
        rows = self._session.execute(select(progress))
        return sorted((row.id, row.department, FUNNEL_STAGES[row.reached - 1][0]) for row in rows)

    def rule_set_hash(self, query: RateQuery) -> str:
        """Names the provision rules that were known at the end of the day."""
        cut = self._cut(query)
        rules = RegistryRepository(self._session).list_all(ProvisionRule, at=cut.until)
        return rule_set_hash(rules)

    def _narrowed(self, rate: Rate, query: RateQuery, cut: Cut) -> Subquery:
        return self._narrowed_rows(rate.definition.id, rate.members(cut), query, cut)

    def _narrowed_rows(
        self, name: str, members: Select[Any], query: RateQuery, cut: Cut
    ) -> Subquery:
        """The rows that pass the filters of `query`; raises InvalidInput where they have no such."""
        rows = placed(members, cut)
        narrowed = select(rows)
        for by in COLUMNS:
            asked = getattr(query, by.value)
            if not asked:
                continue
            column = _column_of(name, rows, by)
            match by:
                case GroupBy.DIVISION:
                    narrowed = narrowed.where(column.in_(_within(asked, cut)))
                case GroupBy.FACET:
                    narrowed = narrowed.where(column.in_(self._with_facet(asked, cut)))
                case _:
                    narrowed = narrowed.where(column == asked)
        return narrowed.subquery()

    def _with_facet(self, asked: str, cut: Cut) -> list[str]:
        """The texts of all the datasets' facets among which the asked one is."""
        facet, value = split_facet(asked)
        text = cast(DATASET.c.facets, Text)
        texts = self._session.scalars(select(text).where(known(DATASET, cut)).distinct())
        return [text for text in texts if value in facet_values(text, facet)]

    def _cut(self, query: RateQuery) -> Cut:
        cut = cut_for(query, zone=self._zone, now=self._now)
        return replace(cut, calendar=cache(partial(self._calendar, cut)))

    def _calendar(self, cut: Cut) -> WorkingCalendar:
        told = CalendarRepository(self._session).list_all(before=cut.until)
        return WorkingCalendar([*seed(), *told])


def _within(division: str, cut: Cut) -> Select[tuple[str]]:
    """The division and all below it, as the tree was at the cut; a loop in it ends by itself."""
    top = select(literal(division).label("code")).cte("within", recursive=True)
    below = DIVISION.alias()
    tree = top.union(
        select(below.c.code).join(top, below.c.parent == top.c.code).where(known(below, cut))
    )
    return select(tree.c.code)


def _place(member: Member) -> tuple[str, str]:
    return member.department, member.id


def _column_of(name: str, rows: Subquery, by: GroupBy) -> ColumnElement[Any]:
    """The column of members by which they are told apart; raises InvalidInput where there is none."""
    column: ColumnElement[Any] | None = rows.c.get(COLUMNS[by])
    if column is None:
        told = ", ".join(one.value for one in COLUMNS if COLUMNS[one] in rows.c)
        raise InvalidInput(
            f"the rows of {name} are not told apart by {by.value}",
            hint=f"they are by {told}",
        )
    return column
