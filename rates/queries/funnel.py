"""The funnel over duties: how far each duty in the base has come, from due to used."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, case, exists, func, not_

from catalog.tables import DatasetRow, DeliveryRow, DepartmentRow, DutyRow
from rates.cut import Cut
from rates.queries.facts import first_grant, first_used_grant
from rates.queries.members import answers, from_datasets, from_duties, in_force


def duty_progress(cut: Cut) -> Select[Any]:
    """Each duty of the base with `reached`: how many of `rates.model.FUNNEL_STAGES` it has passed.

    One dataset must pass every stage itself, so that each stage is part of the one before.
    """
    reached = case(
        (DatasetRow.code.is_(None), 1),
        (DeliveryRow.id.is_(None), 2),
        (first_grant(DatasetRow, cut).is_(None), 3),
        (first_used_grant(DatasetRow, cut).is_(None), 4),
        else_=5,
    )
    columns = [
        DutyRow.code.label("id"),
        DutyRow.department.label("department"),
        func.coalesce(DepartmentRow.division, "").label("division"),
        DutyRow.theme.label("theme"),
        func.max(reached).label("reached"),
    ]
    return (
        from_duties(cut, columns)
        .where(not_(DutyRow.exempt))
        .group_by(DutyRow.code, DutyRow.department, DepartmentRow.division, DutyRow.theme)
    )


def outside_duties(cut: Cut) -> Select[Any]:
    """Each published dataset that answers no duty of the base."""
    columns = [
        DatasetRow.code.label("id"),
        DatasetRow.provider.label("department"),
        func.coalesce(DepartmentRow.division, "").label("division"),
        DatasetRow.theme.label("theme"),
    ]
    owed = exists().where(
        answers(DatasetRow, DutyRow), in_force(DutyRow, cut), not_(DutyRow.exempt)
    )
    return from_datasets(cut, columns).where(not_(owed.correlate_except(DutyRow)))
