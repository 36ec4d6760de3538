"""SHA-1 可共享率: how much of the catalogue may be shared. A promise, not an act."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select

from catalog.model import ShareType
from rates.cut import Cut
from rates.model import Family, RateDefinition, Words
from rates.queries.members import Rate, dataset_columns, from_datasets
from rates.queries.shareable import UNKNOWN_TYPE
from rates.queries.source import DATASET

_TITLES = {
    ShareType.UNCONDITIONAL: Words("无条件共享", "unconditional"),
    ShareType.CONDITIONAL: Words("有条件共享", "conditional"),
    ShareType.NOT_SHARED: Words("不予共享", "not shared"),
    None: Words("共享属性未明确", "sharing type not stated"),
}

_DEFINITION = RateDefinition(
    id="SHA-1",
    version=1,
    family=Family.SHARING,
    title_zh="可共享率",
    title_en="Shareable share",
    numerator="datasets of the base whose sharing type is unconditional or conditional",
    numerator_zh="分母中属于无条件或有条件共享的数据目录",
    denominator="published datasets",
    denominator_zh="已发布的数据目录",
    exclusions="datasets whose sharing type is not stated",
    exclusions_zh="共享属性未明确的数据目录",
    reasons=(UNKNOWN_TYPE,),
    basis="proposed; the sharing types are those of Decree 809 Art. 14",
    basis_zh="建议口径；共享属性依据条例第十四条",
)


def _members(cut: Cut) -> Select[Any]:
    shareable = [one.value for one in ShareType if one.shareable]
    excluded = [(UNKNOWN_TYPE, DATASET.c.share_type.is_(None))]
    columns = dataset_columns(DATASET.c.share_type.in_(shareable), excluded)
    return from_datasets(cut, columns)


def _evidence(row: Row[Any], cut: Cut) -> Words:
    return _TITLES[ShareType(row.share_type) if row.share_type else None]


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
