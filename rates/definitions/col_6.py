"""COL-6 鲜活率: of the datasets with a promised update cycle, how many are fresh."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_

from catalog.model import UpdateCycle
from rates.cut import Cut
from rates.evidence import age_text, delivery_evidence
from rates.model import Exclusion, Family, RateDefinition, Words
from rates.queries.members import Rate, dataset_columns, from_datasets
from rates.queries.source import DATASET, DELIVERY

_NO_CYCLE = Exclusion(
    code="no_cycle", title_zh="未承诺更新周期", title_en="no update cycle promised"
)

_DEFINITION = RateDefinition(
    id="COL-6",
    version=1,
    family=Family.COLLECTION,
    title_zh="鲜活率",
    title_en="Freshness rate",
    numerator="datasets of the base whose newest published delivery is no older, at the end of the "
    "day, than their update cycle and its grace allow",
    numerator_zh="分母中最近一次入库距当日结束未超过更新周期及宽限期的数据目录",
    denominator="published datasets with an update cycle under which lateness can be judged; those "
    "never delivered are in the base",
    denominator_zh="已承诺可判断逾期的更新周期的已发布数据目录；从未入库的也在分母内",
    exclusions="datasets updated on demand or irregularly, or with no update cycle stated",
    exclusions_zh="按需或不定期更新的，以及未填更新周期的数据目录",
    reasons=(_NO_CYCLE,),
    basis="proposed; the name is in official use, without a published formula",
    basis_zh="建议口径；名称为官方用语，未见公布的公式",
)

_ALLOWED: dict[str, timedelta] = {
    cycle.value: cycle.allowed_age for cycle in UpdateCycle if cycle.allowed_age is not None
}


def _fresh(cut: Cut) -> ColumnElement[bool]:
    return or_(
        *(
            and_(DATASET.c.update_cycle == cycle, DELIVERY.c.delivered_at >= cut.last - allowed)
            for cycle, allowed in _ALLOWED.items()
        )
    )


def _members(cut: Cut) -> Select[Any]:
    no_cycle = func.coalesce(DATASET.c.update_cycle, "").not_in(_ALLOWED)
    columns = [
        *dataset_columns(_fresh(cut), [(_NO_CYCLE, no_cycle)]),
        DELIVERY.c.number.label("delivery"),
        DELIVERY.c.delivered_at.label("delivered_at"),
        DATASET.c.update_cycle.label("cycle"),
    ]
    return from_datasets(cut, columns)


def _evidence(row: Row[Any], cut: Cut) -> Words:
    delivered = delivery_evidence(row.id, row.delivery, row.delivered_at, cut)
    if row.delivery is None or row.cycle not in _ALLOWED:
        return delivered
    age, allowed = age_text(cut.last - row.delivered_at), age_text(_ALLOWED[row.cycle])
    return Words(
        f"{delivered.zh}，已 {age.zh}，{UpdateCycle(row.cycle).title_zh}更新允许 {allowed.zh}",
        f"{delivered.en}, {age.en} old, {row.cycle} allows {allowed.en}",
    )


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
