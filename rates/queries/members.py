"""The one shape of a members query, so that listing and counting read the same rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import (
    CTE,
    ColumnElement,
    Row,
    Select,
    Subquery,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)

from rates.cut import Cut
from rates.model import Exclusion, GroupBy, RateDefinition, Words
from rates.queries.deliveries import newest_delivery
from rates.queries.facts import known, published
from rates.queries.source import DATASET, DELIVERY, DEPARTMENT, DUTY

COLUMNS: dict[GroupBy, str] = {by: by.value for by in GroupBy}
COLUMNS[GroupBy.FACET] = "facets"
del COLUMNS[GroupBy.MONTH]
"""The column of a members query that holds what members are told apart by."""

Rule: TypeAlias = tuple[Exclusion, ColumnElement[bool]]
"""Why a row is left out of the base, and when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A definition, its one query, and how a row of that query is explained.

    `members` gives one row per member: the columns of `dataset_columns`, `duty_columns` or
    `member_columns`, and any others that `evidence` needs. Members that have an `application`, a
    `grade`, a `share_type` or `facets` can be told apart by them. What SQL cannot decide, `judge`
    does: whether a row of the numerator stays in it. `value` is what the spread is of.
    Both look at the columns `decided_by` alone, so that rows alike in these are decided together.
    """

    definition: RateDefinition
    members: Callable[[Cut], Select[Any]]
    evidence: Callable[[Row[Any], Cut], Words]
    judge: Callable[[Row[Any], Cut], bool] | None = None
    value: Callable[[Row[Any], Cut], int | None] | None = None
    decided_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parts:
    """A row that counts several: how many are in the numerator, and of how many."""

    n: ColumnElement[int]
    base: ColumnElement[int]


def dataset_columns(
    numerator: ColumnElement[bool] | Parts, excluded: Sequence[Rule] = ()
) -> list[ColumnElement[Any]]:
    """The columns of a member that is a dataset."""
    return [
        *member_columns(
            (DATASET.c.code, DATASET.c.title_zh, DATASET.c.provider, DATASET.c.theme),
            numerator,
            excluded,
        ),
        *of_dataset(),
    ]


def of_dataset() -> list[ColumnElement[Any]]:
    """What members that are datasets, or about one, can be told apart by."""
    return [
        func.coalesce(DATASET.c.grade, "").label("grade"),
        func.coalesce(DATASET.c.share_type, "").label("share_type"),
        func.coalesce(cast(DATASET.c.facets, Text), "").label("facets"),
    ]


def duty_columns(
    numerator: ColumnElement[bool] | Parts, excluded: Sequence[Rule] = ()
) -> list[ColumnElement[Any]]:
    """The columns of a member that is a duty."""
    called = (DUTY.c.code, DUTY.c.title_zh, DUTY.c.department, DUTY.c.theme)
    return member_columns(called, numerator, excluded)


def from_entries(cut: Cut, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """Each dataset published at the cut."""
    return select(*columns).select_from(DATASET).where(published(cut))


def from_datasets(cut: Cut, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """Each dataset published at the cut, with its newest delivery, if any."""
    return from_entries(cut, columns).outerjoin(DELIVERY, newest_delivery(cut))


def from_duties(cut: Cut, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """Each duty in force, once for each published dataset that answers it, else once.

    A dataset answers a duty of its own department by naming the duty's item; it comes with its
    newest delivery, if any.
    """
    return (
        select(*columns)
        .select_from(DUTY)
        .outerjoin(DATASET, and_(answers(), published(cut)))
        .outerjoin(DELIVERY, newest_delivery(cut))
        .where(in_force(cut))
    )


def placed(members: Select[Any], cut: Cut) -> Subquery:
    """The rows of a members query, each with the division of the department that answers.

    It is looked up row by row, and only where it is asked for: a count by department does not.
    """
    rows = members.subquery()
    division = (
        select(DEPARTMENT.c.division)
        .where(DEPARTMENT.c.code == rows.c.department, known(DEPARTMENT, cut))
        .correlate(rows)
        .scalar_subquery()
    )
    return select(rows, func.coalesce(division, "").label("division")).subquery()


def worked_out(rows: Select[Any], name: str) -> CTE:
    """The rows as a table, each column worked out once, however often it is named.

    Both databases would else put what a column stands for in the place of each mention of it.
    """
    return rows.cte(name).prefix_with("MATERIALIZED")


def answers() -> ColumnElement[bool]:
    return and_(DATASET.c.provider == DUTY.c.department, DATASET.c.fulfils == DUTY.c.item)


def in_force(cut: Cut) -> ColumnElement[bool]:
    return and_(
        known(DUTY, cut),
        DUTY.c.start <= cut.last_day,
        or_(DUTY.c.end.is_(None), DUTY.c.end >= cut.last_day),
    )


def member_columns(
    called: tuple[ColumnElement[Any], ...],
    numerator: ColumnElement[bool] | Parts,
    excluded: Sequence[Rule],
) -> list[ColumnElement[Any]]:
    """The columns of any member, from its id, title, department and theme.

    The first rule that holds excludes the row. What an excluded row has as n and base is not said:
    it adds nothing (`rates.counting`), so that the rules are looked at once.
    """
    code, title, department, theme = called
    reasons = [(condition, reason.code) for reason, condition in excluded]
    parts = numerator
    if not isinstance(parts, Parts):
        parts = Parts(case((parts, 1), else_=0), literal(1))
    return [
        code.label("id"),
        title.label("title"),
        department.label("department"),
        theme.label("theme"),
        parts.n.label("n"),
        parts.base.label("base"),
        (case(*reasons, else_="") if reasons else literal("")).label("excluded"),
    ]
