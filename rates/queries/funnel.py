"""The funnel over duties: how far each duty in the base has come, from due to used."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, case, exists, func, not_

from rates.cut import Cut
from rates.queries.facts import first_grant, first_used_grant
from rates.queries.members import answers, from_datasets, from_duties, in_force
from rates.queries.source import DATASET, DELIVERY, DUTY


def duty_progress(cut: Cut) -> Select[Any]:
    """Each duty of the base with `reached`: how many of `rates.model.FUNNEL_STAGES` it has passed.

    One dataset must pass every stage itself, so that each stage is part of the one before.
    """
    reached = case(
        (DATASET.c.code.is_(None), 1),
        (DELIVERY.c.number.is_(None), 2),
        (first_grant(cut).is_(None), 3),
        (first_used_grant(cut).is_(None), 4),
        else_=5,
    )
    columns = [
        DUTY.c.code.label("id"),
        DUTY.c.department.label("department"),
        DUTY.c.theme.label("theme"),
        func.max(reached).label("reached"),
    ]
    return (
        from_duties(cut, columns)
        .where(not_(DUTY.c.exempt))
        .group_by(DUTY.c.code, DUTY.c.department, DUTY.c.theme)
    )


def outside_duties(cut: Cut) -> Select[Any]:
    """Each published dataset that answers no duty of the base."""
    columns = [
        DATASET.c.code.label("id"),
        DATASET.c.provider.label("department"),
        DATASET.c.theme.label("theme"),
    ]
    owed = exists().where(answers(), in_force(cut), not_(DUTY.c.exempt))
    return from_datasets(cut, columns).where(not_(owed.correlate_except(DUTY)))
