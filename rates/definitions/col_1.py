"""COL-1 归集率: of what departments must provide, how much has arrived."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, func, select

from rates.cut import Cut
from rates.evidence import delivery_evidence
from rates.model import Exclusion, Family, RateDefinition, Words
from rates.queries.members import Rate, duty_columns, from_duties, of_dataset
from rates.queries.source import DATASET, DELIVERY, DUTY

_EXEMPT = Exclusion(code="exempt", title_zh="责任豁免", title_en="exempt from the provision rule")

_DEFINITION = RateDefinition(
    id="COL-1",
    version=1,
    family=Family.COLLECTION,
    title_zh="归集率",
    title_en="Collection rate",
    numerator="duties answered by a published dataset of the same department that names the duty's "
    "item and has at least one published delivery",
    numerator_zh="已由本部门发布的数据目录（标明该责任事项）履行、且至少有一次数据入库的责任",
    denominator="duties in force on the day",
    denominator_zh="当日有效的归集责任",
    exclusions="duties of departments that their provision rule exempts",
    exclusions_zh="规则豁免的部门责任",
    reasons=(_EXEMPT,),
    basis="proposed; the term is in official use, its base follows from the duties of Decree 809",
    basis_zh="建议口径；名称为官方用语，分母来自责任清单",
    headline=True,
    over_duties=True,
)


def _members(cut: Cut) -> Select[Any]:
    """One row per duty: with the answering dataset that was delivered last, if there is one."""
    best_first = (
        DELIVERY.c.id.is_(None),
        DELIVERY.c.delivered_at.desc(),
        DATASET.c.code,
    )
    columns = [
        *duty_columns(DELIVERY.c.id.is_not(None), [(_EXEMPT, DUTY.c.exempt)]),
        *of_dataset(),
        DATASET.c.code.label("dataset"),
        DELIVERY.c.number.label("delivery"),
        DELIVERY.c.delivered_at.label("delivered_at"),
        func.row_number().over(partition_by=DUTY.c.code, order_by=best_first).label("place"),
    ]
    ranked = from_duties(cut, columns).subquery()
    return select(ranked).where(ranked.c.place == 1)


def _evidence(row: Row[Any], cut: Cut) -> Words:
    if row.dataset is None:
        return Words("没有已发布的数据目录对应该责任", "no published dataset answers it")
    return delivery_evidence(row.dataset, row.delivery, row.delivered_at, cut)


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
