"""COL-3 归集率（数据行）: of the rows that sources declared for their deliveries, how many landed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, case

from catalog.model import DeliveryStatus
from core.clock import local_day
from rates.cut import Cut
from rates.model import Exclusion, Family, RateDefinition, Words
from rates.queries.deliveries import newest_delivery
from rates.queries.members import Parts, Rate, dataset_columns, from_entries
from rates.queries.source import DELIVERY

_NEVER = Exclusion(code="never_delivered", title_zh="从未交付", title_en="never delivered")
_NOT_DECLARED = Exclusion(
    code="not_declared",
    title_zh="数源未申报行数",
    title_en="its source declared no number of rows",
    unknown=True,
)

_DEFINITION = RateDefinition(
    id="COL-3",
    version=1,
    family=Family.COLLECTION,
    title_zh="归集率（数据行）",
    title_en="Collection rate of rows",
    numerator="rows that the newest delivery published, of each at most as many as were declared; a "
    "delivery that was refused published none",
    numerator_zh="最近一次交付入库的行数，每次不超过申报数；被拒收的交付计为零",
    denominator="rows that the source declared for the same delivery",
    denominator_zh="数源就同一次交付申报的行数",
    exclusions="published datasets of which nothing was ever delivered, or for whose newest "
    "delivery no number was declared",
    exclusions_zh="从未交付的，以及最近一次交付未申报行数的已发布数据目录",
    reasons=(_NEVER, _NOT_DECLARED),
    basis="proposed; a reconciliation with the source and no plan",
    basis_zh="建议口径；与数源对账，而非对照计划",
    counts=Words("数据行", "rows of data"),
)


def _members(cut: Cut) -> Select[Any]:
    landed, declared = DELIVERY.c.rows_published, DELIVERY.c.declared_rows
    parts = Parts(case((landed < declared, landed), else_=declared), declared)
    excluded = [(_NEVER, DELIVERY.c.number.is_(None)), (_NOT_DECLARED, declared.is_(None))]
    columns = [
        *dataset_columns(parts, excluded),
        DELIVERY.c.number.label("delivery"),
        DELIVERY.c.delivered_at.label("delivered_at"),
        landed.label("landed"),
        declared.label("declared"),
    ]
    return from_entries(cut, columns).outerjoin(DELIVERY, newest_delivery(cut, DeliveryStatus))


def _evidence(row: Row[Any], cut: Cut) -> Words:
    if row.delivery is None:
        return Words(f"{row.id} 从未交付", f"{row.id} was never delivered")
    day = local_day(row.delivered_at, cut.zone)
    told = Words(
        f"{row.id} 第 {row.delivery} 次交付，{day}，入库 {row.landed} 行",
        f"{row.id} #{row.delivery} of {day}, {row.landed} rows published",
    )
    if row.declared is None:
        return Words(f"{told.zh}，未申报", f"{told.en}, none declared")
    return Words(f"{told.zh}，申报 {row.declared} 行", f"{told.en}, {row.declared} declared")


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
