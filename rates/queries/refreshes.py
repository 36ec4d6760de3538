"""Refreshes: how many were due in the window by the update cycle, and how many came."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ScalarSelect,
    Select,
    case,
    func,
    select,
    type_coerce,
)

from rates.cut import Cut
from rates.model import Exclusion
from rates.queries.deliveries import VISIBLE, first_delivery
from rates.queries.facts import published
from rates.queries.members import Parts, Rule, dataset_columns, from_entries, worked_out
from rates.queries.slots import SLOT_AGES, Slots
from rates.queries.source import DATASET, DELIVERY

CYCLE_UNKNOWN = Exclusion(
    code="cycle_unknown", title_zh="更新周期未明确", title_en="update cycle not stated"
)
NO_CYCLE = Exclusion(
    code="no_fixed_cycle",
    title_zh="按需或不定期更新",
    title_en="updated on demand or irregularly",
)
NEVER_DELIVERED = Exclusion(
    code="never_delivered", title_zh="尚无数据入库", title_en="no published delivery yet"
)
NOTHING_DUE = Exclusion(
    code="nothing_due", title_zh="统计期内无应更新次数", title_en="no refresh was due in the window"
)
LEFT_OUT = (CYCLE_UNKNOWN, NO_CYCLE, NEVER_DELIVERED, NOTHING_DUE)

_FIRST = DELIVERY.alias("first_delivery")


def refreshes(
    cut: Cut, count: Callable[[ColumnElement[int], ColumnElement[int]], Parts]
) -> Select[Any]:
    """Each published dataset with the refreshes that were `due`, and those that `came`.

    The first published delivery begins the count; the slot it falls in asks for no refresh. `count`
    says of what came and what was due what the dataset adds.
    """
    refreshed = worked_out(_refreshed(cut), "refreshes_of_each")
    each = refreshed.c
    excluded: list[Rule] = [
        (CYCLE_UNKNOWN, DATASET.c.update_cycle.is_(None)),
        (NO_CYCLE, DATASET.c.update_cycle.not_in([cycle.value for cycle in SLOT_AGES])),
        (NEVER_DELIVERED, each.begun.is_(None)),
        (NOTHING_DUE, each.due == 0),
    ]
    columns = [
        *dataset_columns(count(each.came, each.due), excluded),
        DATASET.c.update_cycle.label("cycle"),
        each.due,
        each.came,
    ]
    return from_entries(cut, columns).join(refreshed, each.id == DATASET.c.id)


def _refreshed(cut: Cut) -> Select[Any]:
    """Each published dataset with the slot that begins its count, what was due and what came."""
    slots = Slots(cut)
    begins = (
        select(DATASET.c.id, slots.number_of(_FIRST.c.delivered_at).label("begun"))
        .select_from(DATASET)
        .outerjoin(_FIRST, first_delivery(_FIRST, cut))
        .where(published(cut))
    )
    found = worked_out(begins, "refreshes_begin")
    begun = found.c.begun
    before = case((begun < slots.first, slots.first - 1), else_=begun)
    due = case((slots.last > before, slots.last - before), else_=0)
    came = case((slots.last > before, _came(slots, before, cut)), else_=0)
    return (
        select(DATASET.c.id, begun, due.label("due"), came.label("came"))
        .join(found, found.c.id == DATASET.c.id)
        .where(published(cut))
    )


def _came(slots: Slots, before: ColumnElement[int], cut: Cut) -> ScalarSelect[int]:
    """In how many slots after `before` something came."""
    delivery = DELIVERY.alias()
    slot = slots.number_of(delivery.c.delivered_at)
    moment = type_coerce(delivery.c.delivered_at, BigInteger)
    return (
        select(func.count(func.distinct(slot)))
        .where(
            delivery.c.dataset == DATASET.c.code,
            moment >= slots.earliest_of_all,
            # Not the bare column: PostgreSQL, which takes the bound of each cycle for a rare one,
            # would look through the deliveries of all datasets for each.
            moment + 0 >= slots.earliest,
            delivery.c.delivered_at < cut.until,
            delivery.c.status.in_([status.value for status in VISIBLE]),
            slot <= slots.last,
            slot > before,
        )
        .correlate_except(delivery)
        .scalar_subquery()
    )
