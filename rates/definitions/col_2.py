"""COL-2 归集率（数据项）: of the data items that departments must provide, how many have arrived."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, case, func

from rates.cut import Cut
from rates.evidence import delivery_evidence
from rates.model import Exclusion, Family, RateDefinition, Words
from rates.queries.duties import EXEMPT, with_best_answer
from rates.queries.members import Parts, Rate, duty_columns, of_dataset
from rates.queries.source import DATASET, DELIVERY, DUTY

_UNKNOWN = Exclusion(
    code="items_unknown", title_zh="数据项未知", title_en="data items not known", unknown=True
)

_DEFINITION = RateDefinition(
    id="COL-2",
    version=1,
    family=Family.COLLECTION,
    title_zh="归集率（数据项）",
    title_en="Collection rate of data items",
    numerator="data items of the base whose dataset has at least one published delivery",
    numerator_zh="分母中所在数据目录至少有一次数据入库的数据项",
    denominator="data items that are listed by the datasets that answer the duties in force on the "
    "day; of several that answer one duty the one delivered last counts",
    denominator_zh="履行当日有效责任的数据目录所列的数据项；同一责任有多个目录的，以最近入库的为准",
    exclusions="duties of departments that their provision rule exempts, and duties of which the "
    "data items are not known: those that no published dataset answers, or one that lists none. "
    "How many these are stands beside n and N as unknown",
    exclusions_zh="规则豁免的部门责任；数据项未知的责任，即没有对应的已发布数据目录或目录未列数据项，"
    "其数量作为未知与分子分母并列显示",
    reasons=(EXEMPT, _UNKNOWN),
    basis="proposed; published figures count both datasets and data items",
    basis_zh="建议口径；公开数据中目录与数据项两种口径并存",
    counts=Words("数据项", "data items"),
    over_duties=True,
)


def _members(cut: Cut) -> Select[Any]:
    items = func.coalesce(func.json_array_length(DATASET.c["items"]), 0)
    parts = Parts(case((DELIVERY.c.id.is_not(None), items), else_=0), items)
    excluded = [(EXEMPT, DUTY.c.exempt), (_UNKNOWN, items == 0)]
    columns = [*duty_columns(parts, excluded), *of_dataset(), items.label("items")]
    return with_best_answer(cut, columns)


def _evidence(row: Row[Any], cut: Cut) -> Words:
    if row.dataset is None:
        return Words("没有已发布的数据目录对应该责任", "no published dataset answers it")
    told = delivery_evidence(row.dataset, row.delivery, row.delivered_at, cut)
    return Words(f"{row.items} 个数据项，{told.zh}", f"{row.items} data items, {told.en}")


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
