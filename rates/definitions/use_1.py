"""USE-1 利用率: of what may be shared and is there to be read, how much another department used."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select

from rates.cut import Cut
from rates.evidence import grant_evidence
from rates.model import Exclusion, Family, RateDefinition, Words
from rates.queries.facts import first_used_grant, last_use
from rates.queries.members import Rate, dataset_columns, from_datasets
from rates.queries.shareable import NOT_SHARED, UNKNOWN_TYPE, not_shareable
from rates.queries.source import DELIVERY, GRANT

_NOT_MOUNTED = Exclusion(
    code="not_mounted", title_zh="未挂接资源", title_en="nothing delivered that could be used"
)

_DEFINITION = RateDefinition(
    id="USE-1",
    version=1,
    family=Family.UTILIZATION,
    title_zh="利用率",
    title_en="Utilization rate",
    numerator="datasets of the base with at least one completed use by another department in the "
    "window",
    numerator_zh="分母中在统计期内至少被其他部门成功使用一次的数据目录",
    denominator="published datasets that may be shared and have a published delivery",
    denominator_zh="已发布、可共享且已有数据入库的数据目录",
    exclusions="datasets that are not shared, whose sharing type is not stated, or that may be "
    "shared but have no published delivery",
    exclusions_zh="不予共享的、共享属性未明确的，以及可共享但尚无数据的数据目录",
    reasons=(NOT_SHARED, UNKNOWN_TYPE, _NOT_MOUNTED),
    basis="proposed",
    basis_zh="建议口径",
    windowed=True,
    headline=True,
)


def _members(cut: Cut) -> Select[Any]:
    excluded = [*not_shareable(), (_NOT_MOUNTED, DELIVERY.c.number.is_(None))]
    columns = [
        *dataset_columns(GRANT.c.number.is_not(None), excluded),
        GRANT.c.number.label("grant"),
        GRANT.c.department.label("receiver"),
        last_use(GRANT, cut).label("last_day"),
    ]
    used = GRANT.c.number == first_used_grant(cut)
    return from_datasets(cut, columns).outerjoin(GRANT, used)


def _evidence(row: Row[Any], cut: Cut) -> Words:
    if row.grant is None:
        return Words(
            "统计期内没有其他部门成功使用", "no completed use by another department in the window"
        )
    grant = grant_evidence(row.grant, row.receiver)
    return Words(f"{grant.zh}，最近使用 {row.last_day}", f"{grant.en}, last used {row.last_day}")


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
