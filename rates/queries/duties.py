"""Duties, each with the one dataset that says most about how it is met."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from rates.cut import Cut
from rates.model import Exclusion
from rates.queries.facts import published
from rates.queries.members import answers, from_duties, in_force
from rates.queries.source import DATASET, DELIVERY, DUTY

EXEMPT = Exclusion(code="exempt", title_zh="责任豁免", title_en="exempt from the provision rule")


def with_best_answer(cut: Cut, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """One row per duty: with the answering dataset that was delivered last, if there is one."""
    best_first = (
        DELIVERY.c.number.is_(None),
        DELIVERY.c.delivered_at.desc(),
        DATASET.c.code,
    )
    told = [
        *columns,
        DATASET.c.code.label("dataset"),
        DELIVERY.c.number.label("delivery"),
        DELIVERY.c.delivered_at.label("delivered_at"),
        func.row_number().over(partition_by=DUTY.c.code, order_by=best_first).label("place"),
    ]
    ranked = from_duties(cut, told).subquery()
    return select(ranked).where(ranked.c.place == 1)


def with_first_answer(cut: Cut, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """One row per duty: with the answering dataset that is first by its code, if there is one."""
    first = (
        select(func.min(DATASET.c.code))
        .where(answers(), published(cut))
        .correlate(DUTY)
        .scalar_subquery()
    )
    return (
        select(*columns, DATASET.c.code.label("dataset"))
        .select_from(DUTY)
        .outerjoin(DATASET, and_(DATASET.c.code == first, published(cut)))
        .where(in_force(cut))
    )
