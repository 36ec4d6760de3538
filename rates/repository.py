"""Rates as the database counts and lists them: one query per rate serves both."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, Subquery, case, func, literal, select
from sqlalchemy.orm import Session

from catalog.expand import rule_set_hash
from catalog.model import ProvisionRule
from catalog.repository import RegistryRepository
from core.errors import NotFound
from rates.cut import Cut, cut_for
from rates.definitions import find_rate
from rates.model import (
    FUNNEL_STAGES,
    FunnelCount,
    GroupBy,
    Member,
    RateCount,
    RateDefinition,
    RateQuery,
)
from rates.queries.facts import known
from rates.queries.funnel import duty_progress, outside_duties
from rates.queries.source import DATASET, DEPARTMENT, DIVISION, DUTY


class RatesRepository:
    """Answers about the facts known at `now`; days are those of `zone`.

    Every method raises InvalidInput for a day that has not begun and NotFound for a department, a
    division or a theme that there was not on the day.
    """

    def __init__(self, session: Session, zone: ZoneInfo, now: datetime) -> None:
        self._session = session
        self._zone = zone
        self._now = now

    def members(self, definition: RateDefinition, query: RateQuery) -> list[Member]:
        """Every row of the rate, excluded ones too, by department and id."""
        cut = self._cut(query)
        rate = find_rate(definition.id)
        rows = self._session.execute(select(_narrowed(rate.members(cut), query, cut)))
        members = [
            Member(
                id=row.id,
                title=row.title,
                department=row.department,
                division=row.division,
                theme=row.theme,
                in_numerator=bool(row.in_numerator),
                excluded=row.excluded,
                evidence=rate.evidence(row, cut),
            )
            for row in rows
        ]
        # Sorted here, because databases order text each in their own way.
        return sorted(members, key=lambda member: (member.department, member.id))

    def count(
        self, definition: RateDefinition, query: RateQuery, group_by: GroupBy | None = None
    ) -> list[RateCount]:
        """The rows that `members` lists, counted by the database; groups in order of their name.

        Without `group_by` there is exactly one count. A group without members is not listed; the
        group '' holds the members whose division or theme is not known.
        """
        cut = self._cut(query)
        rows = _narrowed(find_rate(definition.id).members(cut), query, cut)
        by_group = [rows.c[group_by.value]] if group_by is not None else []
        counted = select(
            rows.c.excluded,
            func.count().label("rows"),
            func.count(case((rows.c.in_numerator, 1))).label("n"),
            *by_group,
        ).group_by(rows.c.excluded, *by_group)
        groups: dict[str, list[tuple[str, int, int]]] = {} if by_group else {"": []}
        for excluded, n_rows, n, *group in self._session.execute(counted):
            groups.setdefault(group[0] if group else "", []).append((excluded, n_rows, n))
        return [_tally(group, groups[group]) for group in sorted(groups)]

    def funnel(self, query: RateQuery) -> FunnelCount:
        cut = self._cut(query)
        progress = _narrowed(duty_progress(cut), query, cut)
        stages = [
            func.count(case((progress.c.reached >= place, 1)))
            for place in range(1, len(FUNNEL_STAGES) + 1)
        ]
        outside = _narrowed(outside_duties(cut), query, cut)
        reached = self._session.execute(select(*stages).select_from(progress)).one()
        beyond = self._session.scalars(select(func.count()).select_from(outside)).one()
        return FunnelCount(reached=tuple(reached), outside=beyond)

    def funnel_rows(self, query: RateQuery) -> list[tuple[str, str, str]]:
        """Each duty of the funnel's base, its department, and the last stage that it reached."""
        cut = self._cut(query)
        progress = _narrowed(duty_progress(cut), query, cut)
        rows = self._session.execute(select(progress))
        return sorted((row.id, row.department, FUNNEL_STAGES[row.reached - 1][0]) for row in rows)

    def rule_set_hash(self, query: RateQuery) -> str:
        """Names the provision rules that were known at the end of the day."""
        cut = self._cut(query)
        rules = RegistryRepository(self._session).list_all(ProvisionRule, at=cut.until)
        return rule_set_hash(rules)

    def _cut(self, query: RateQuery) -> Cut:
        cut = cut_for(query, zone=self._zone, now=self._now)
        for noun, table, code in (
            ("department", DEPARTMENT, query.department),
            ("division", DIVISION, query.division),
        ):
            found = select(table.c.code).where(table.c.code == code, known(table, cut))
            if code and self._session.scalars(found).first() is None:
                raise NotFound(
                    noun,
                    code,
                    hint=f"list what there was: bureau {noun} list --as-of {query.as_of}",
                )
        if query.theme:
            self._require_theme(query.theme)
        return cut

    def _require_theme(self, theme: str) -> None:
        """Themes are words and no entries: one that was ever used may be asked for on any day."""
        themes = {
            found
            for table in (DATASET, DUTY)
            for found in self._session.scalars(select(table.c.theme).distinct())
        }
        if theme not in themes:
            named = ", ".join(sorted(themes - {""}))
            raise NotFound("theme", theme, hint=f"the themes are: {named}" if named else None)


def _narrowed(rows: Select[Any], query: RateQuery, cut: Cut) -> Subquery:
    """The rows that pass the filters of `query`."""
    all_rows = rows.subquery()
    narrowed = select(all_rows)
    if query.department:
        narrowed = narrowed.where(all_rows.c.department == query.department)
    if query.division:
        narrowed = narrowed.where(all_rows.c.division.in_(_within(query.division, cut)))
    if query.theme:
        narrowed = narrowed.where(all_rows.c.theme == query.theme)
    return narrowed.subquery()


def _within(division: str, cut: Cut) -> Select[tuple[str]]:
    """The division and all below it, as the tree was at the cut; a loop in it ends by itself."""
    top = select(literal(division).label("code")).cte("within", recursive=True)
    below = DIVISION.alias()
    tree = top.union(
        select(below.c.code).join(top, below.c.parent == top.c.code).where(known(below, cut))
    )
    return select(tree.c.code)


def _tally(group: str, tallies: list[tuple[str, int, int]]) -> RateCount:
    return RateCount(
        group=group,
        n=sum(n for _, _, n in tallies),
        base=sum(rows for excluded, rows, _ in tallies if not excluded),
        excluded={excluded: rows for excluded, rows, _ in sorted(tallies) if excluded},
    )
