"""COL-1 归集率: of what departments must provide, how much has arrived."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select

from rates.cut import Cut
from rates.evidence import delivery_evidence
from rates.model import Family, RateDefinition, Words
from rates.queries.duties import EXEMPT, with_best_answer
from rates.queries.members import Rate, duty_columns, of_dataset
from rates.queries.source import DELIVERY, DUTY

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
    reasons=(EXEMPT,),
    basis="proposed; the term is in official use, its base follows from the duties of Decree 809",
    basis_zh="建议口径；名称为官方用语，分母来自责任清单",
    headline=True,
    over_duties=True,
)


def _members(cut: Cut) -> Select[Any]:
    columns = [
        *duty_columns(DELIVERY.c.number.is_not(None), [(EXEMPT, DUTY.c.exempt)]),
        *of_dataset(),
    ]
    return with_best_answer(cut, columns)


def _evidence(row: Row[Any], cut: Cut) -> Words:
    if row.dataset is None:
        return Words("没有已发布的数据目录对应该责任", "no published dataset answers it")
    return delivery_evidence(row.dataset, row.delivery, row.delivered_at, cut)


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
