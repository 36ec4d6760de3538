"""SHA-2 实际共享率: of what may be shared, how much another department has been granted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select

from rates.cut import Cut
from rates.evidence import grant_evidence
from rates.model import Family, RateDefinition, Words
from rates.queries.facts import first_grant
from rates.queries.members import Rate, dataset_columns, from_datasets
from rates.queries.shareable import NOT_SHARED, UNKNOWN_TYPE, not_shareable
from rates.queries.source import GRANT

_DEFINITION = RateDefinition(
    id="SHA-2",
    version=1,
    family=Family.SHARING,
    title_zh="实际共享率",
    title_en="Effective sharing rate",
    numerator="datasets of the base with at least one grant to another department that was live at "
    "some moment of the window; a suspended grant is not live",
    numerator_zh="分母中在统计期内至少有一项对其他部门有效授权的数据目录；暂停期间不算有效",
    denominator="published datasets whose sharing type is unconditional or conditional",
    denominator_zh="已发布且属于无条件或有条件共享的数据目录",
    exclusions="datasets that are not shared, and datasets whose sharing type is not stated",
    exclusions_zh="不予共享的，以及共享属性未明确的数据目录",
    reasons=(NOT_SHARED, UNKNOWN_TYPE),
    basis="proposed; the sharing types are those of Decree 809 Art. 14",
    basis_zh="建议口径；共享属性依据条例第十四条",
    windowed=True,
    headline=True,
)


def _members(cut: Cut) -> Select[Any]:
    columns = [
        *dataset_columns(GRANT.c.number.is_not(None), not_shareable()),
        GRANT.c.number.label("grant"),
        GRANT.c.department.label("receiver"),
    ]
    granted = GRANT.c.number == first_grant(cut)
    return from_datasets(cut, columns).outerjoin(GRANT, granted)


def _evidence(row: Row[Any], cut: Cut) -> Words:
    if row.grant is None:
        return Words(
            "统计期内没有对其他部门的有效授权",
            "no live grant to another department in the window",
        )
    return grant_evidence(row.grant, row.receiver)


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
