"""The one shape of a members query, so that listing and counting read the same rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    SQLColumnExpression,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    true,
)

from catalog.tables import DatasetRow, DeliveryRow, DepartmentRow, DutyRow
from rates.cut import Cut
from rates.model import Exclusion, RateDefinition
from rates.queries.facts import known, newest_delivery, published

Rule: TypeAlias = tuple[Exclusion, SQLColumnExpression[bool]]
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
    return _member_columns(DatasetRow, DatasetRow.provider, numerator, excluded)


def duty_columns(
    numerator: ColumnElement[bool], excluded: Sequence[Rule] = ()
) -> list[ColumnElement[Any]]:
    return _member_columns(DutyRow, DutyRow.department, numerator, excluded)


def from_datasets(cut: Cut, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """Each dataset published at the cut, with its department and its newest delivery, if any."""
    return (
        select(*columns)
        .select_from(DatasetRow)
        .outerjoin(
            DepartmentRow,
            and_(DepartmentRow.code == DatasetRow.provider, known(DepartmentRow, cut)),
        )
        .outerjoin(DeliveryRow, DeliveryRow.id == newest_delivery(DatasetRow, cut))
        .where(published(DatasetRow, cut))
    )


def from_duties(cut: Cut, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """Each duty in force, once for each published dataset that answers it, else once.

    A dataset answers a duty of its own department by naming the duty's item; it comes with its
    newest delivery, if any.
    """
    return (
        select(*columns)
        .select_from(DutyRow)
        .outerjoin(
            DepartmentRow,
            and_(DepartmentRow.code == DutyRow.department, known(DepartmentRow, cut)),
        )
        .outerjoin(DatasetRow, and_(answers(DatasetRow, DutyRow), published(DatasetRow, cut)))
        .outerjoin(DeliveryRow, DeliveryRow.id == newest_delivery(DatasetRow, cut))
        .where(in_force(DutyRow, cut))
    )


def answers(dataset: type[DatasetRow], duty: type[DutyRow]) -> ColumnElement[bool]:
    return and_(dataset.provider == duty.department, dataset.fulfils == duty.item)


def in_force(duty: type[DutyRow], cut: Cut) -> ColumnElement[bool]:
    return and_(
        known(duty, cut),
        duty.start <= cut.last_day,
        or_(duty.end.is_(None), duty.end >= cut.last_day),
    )


def _member_columns(
    item: Any, department: Any, numerator: ColumnElement[bool], excluded: Sequence[Rule]
) -> list[ColumnElement[Any]]:
    """The first rule that holds excludes the row; an excluded row is never in the numerator."""
    outside = [(condition, false()) for _, condition in excluded]
    reasons = [(condition, reason.code) for reason, condition in excluded]
    return [
        item.code.label("id"),
        item.title_zh.label("title"),
        department.label("department"),
        func.coalesce(DepartmentRow.division, "").label("division"),
        item.theme.label("theme"),
        case(*outside, (numerator, true()), else_=false()).label("in_numerator"),
        (case(*reasons, else_="") if reasons else literal("")).label("excluded"),
    ]
