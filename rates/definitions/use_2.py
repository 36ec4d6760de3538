"""USE-2 授权激活率: of the grants that were live, how many were used. The others are dead weight."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, or_, select

from rates.cut import Cut
from rates.model import Exclusion, Family, RateDefinition, Words
from rates.queries.about import grant_columns
from rates.queries.facts import last_use, live_in_window
from rates.queries.members import Rate
from rates.queries.source import GRANT

_NOT_DELIVERED = Exclusion(
    code="not_delivered",
    title_zh="尚未提供数据",
    title_en="nothing was provided that could be used",
)

_DEFINITION = RateDefinition(
    id="USE-2",
    version=1,
    family=Family.UTILIZATION,
    title_zh="授权激活率",
    title_en="Grants in use",
    numerator="grants of the base with at least one completed use in the window",
    numerator_zh="分母中统计期内至少成功使用一次的授权",
    denominator="grants that were live at some moment of the window and had data to be read; the "
    "department that may use it answers",
    denominator_zh="统计期内曾有效且已有数据可用的授权；由使用部门负责",
    exclusions="grants whose data was not provided yet: that is the provider's to do (SHA-5)",
    exclusions_zh="尚未提供数据的授权，属提供部门责任（SHA-5）",
    reasons=(_NOT_DELIVERED,),
    basis="proposed",
    basis_zh="建议口径",
    windowed=True,
)


def _members(cut: Cut) -> Select[Any]:
    missing = or_(GRANT.c.delivered_at.is_(None), GRANT.c.delivered_at >= cut.until)
    last = last_use(GRANT, cut)
    columns = [
        *grant_columns(cut, GRANT.c.department, last.is_not(None), [(_NOT_DELIVERED, missing)]),
        last.label("last_day"),
    ]
    return select(*columns).select_from(GRANT).where(live_in_window(GRANT, cut))


def _evidence(row: Row[Any], cut: Cut) -> Words:
    if row.last_day is None:
        return Words("统计期内没有成功使用", "no completed use in the window")
    return Words(f"最近使用 {row.last_day}", f"last used {row.last_day}")


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
