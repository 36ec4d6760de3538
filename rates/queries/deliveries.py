"""Which delivery of a dataset was its newest at a cut, and which its first.

One index says so, and a delivery is then found by its number: the deliveries of one dataset lie
together in both, which those of an id do not.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, select

from catalog.model import DeliveryStatus
from rates.cut import Cut
from rates.queries.source import DATASET, DELIVERY

VISIBLE = tuple(status for status in DeliveryStatus if status.published)
"""Of a delivery that readers could see."""


def newest_delivery(cut: Cut, statuses: Iterable[DeliveryStatus] = VISIBLE) -> ColumnElement[bool]:
    """DELIVERY is the newest of the dataset with one of these statuses."""
    delivery = DELIVERY.alias()
    order = delivery.c.delivered_at.desc(), delivery.c.number.desc()
    return _picked(DELIVERY, delivery, cut, statuses, order)


def first_delivery(table: FromClause, cut: Cut) -> ColumnElement[bool]:
    """`table` is the first of the dataset's deliveries that readers could see."""
    delivery = DELIVERY.alias()
    order = delivery.c.delivered_at, delivery.c.number
    return _picked(table, delivery, cut, VISIBLE, order)


def _picked(
    table: FromClause,
    delivery: FromClause,
    cut: Cut,
    statuses: Iterable[DeliveryStatus],
    order: tuple[ColumnElement[Any], ...],
) -> ColumnElement[bool]:
    number = (
        select(delivery.c.number)
        .where(
            delivery.c.dataset == DATASET.c.code,
            delivery.c.delivered_at < cut.until,
            delivery.c.status.in_([status.value for status in statuses]),
        )
        .order_by(*order)
        .limit(1)
        .correlate_except(delivery)
        .scalar_subquery()
    )
    return and_(table.c.dataset == DATASET.c.code, table.c.number == number)
