"""The one shape of a members query, so that listing and counting read the same rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    Select,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    true,
)

from rates.cut import Cut
from rates.model import Exclusion, RateDefinition
from rates.queries.facts import known, newest_delivery, published
from rates.queries.source import DATASET, DELIVERY, DEPARTMENT, DUTY

Rule: TypeAlias = tuple[Exclusion, ColumnElement[bool]]
"""Why a row is left out of the base, and when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A definition, its one query, and how a row of that query is explained.

    `members` gives one row per member: the columns of `dataset_columns` or `duty_columns`, and
    any others that `evidence` needs.
    """

    definition: RateDefinition
    members: Callable[[Cut], Select[Any]]
    evidence: Callable[[Row[Any], Cut], str]


def dataset_columns(
    numerator: ColumnElement[bool], excluded: Sequence[Rule] = ()
) -> list[ColumnElement[Any]]:
    return _member_columns(DATASET, DATASET.c.provider, numerator, excluded)


def duty_columns(
    numerator: ColumnElement[bool], excluded: Sequence[Rule] = ()
) -> list[ColumnElement[Any]]:
    return _member_columns(DUTY, DUTY.c.department, numerator, excluded)


def from_datasets(cut: Cut, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """Each dataset published at the cut, with its department and its newest delivery, if any."""
    return (
        select(*columns)
        .select_from(DATASET)
        .outerjoin(
            DEPARTMENT,
            and_(DEPARTMENT.c.code == DATASET.c.provider, known(DEPARTMENT, cut)),
        )
        .outerjoin(DELIVERY, DELIVERY.c.id == newest_delivery(cut))
        .where(published(cut))
    )


def from_duties(cut: Cut, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """Each duty in force, once for each published dataset that answers it, else once.

    A dataset answers a duty of its own department by naming the duty's item; it comes with its
    newest delivery, if any.
    """
    return (
        select(*columns)
        .select_from(DUTY)
        .outerjoin(
            DEPARTMENT,
            and_(DEPARTMENT.c.code == DUTY.c.department, known(DEPARTMENT, cut)),
        )
        .outerjoin(DATASET, and_(answers(), published(cut)))
        .outerjoin(DELIVERY, DELIVERY.c.id == newest_delivery(cut))
        .where(in_force(cut))
    )


def answers() -> ColumnElement[bool]:
    return and_(DATASET.c.provider == DUTY.c.department, DATASET.c.fulfils == DUTY.c.item)


def in_force(cut: Cut) -> ColumnElement[bool]:
    return and_(
        known(DUTY, cut),
        DUTY.c.start <= cut.last_day,
        or_(DUTY.c.end.is_(None), DUTY.c.end >= cut.last_day),
    )


def _member_columns(
    item: FromClause,
    department: ColumnElement[str],
    numerator: ColumnElement[bool],
    excluded: Sequence[Rule],
) -> list[ColumnElement[Any]]:
    """The first rule that holds excludes the row; an excluded row is never in the numerator."""
    outside = [(condition, false()) for _, condition in excluded]
    reasons = [(condition, reason.code) for reason, condition in excluded]
    return [
        item.c.code.label("id"),
        item.c.title_zh.label("title"),
        department.label("department"),
        func.coalesce(DEPARTMENT.c.division, "").label("division"),
        item.c.theme.label("theme"),
        case(*outside, (numerator, true()), else_=false()).label("in_numerator"),
        (case(*reasons, else_="") if reasons else literal("")).label("excluded"),
    ]
