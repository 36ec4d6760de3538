"""CAT-7 挂接率: of the entries that must lead to data, how many do."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select

from catalog.model import ShareType
from rates.cut import Cut
from rates.evidence import delivery_evidence
from rates.model import Family, RateDefinition, Words
from rates.queries.members import Rate, dataset_columns, from_datasets
from rates.queries.shareable import NOT_SHARED
from rates.queries.source import DATASET, DELIVERY

_DEFINITION = RateDefinition(
    id="CAT-7",
    version=1,
    family=Family.CATALOGUE,
    title_zh="挂接率",
    title_en="Mount rate",
    numerator="datasets of the base with at least one published delivery; an address that was only "
    "declared is not counted, because nothing has verified it",
    numerator_zh="分母中至少有一次数据入库的数据目录；仅填报地址、未经核验的不计入",
    denominator="published datasets that must be mounted: all but those that are not shared",
    denominator_zh="应挂接的已发布数据目录：除不予共享外的全部",
    exclusions="datasets that are not shared",
    exclusions_zh="不予共享的数据目录",
    reasons=(NOT_SHARED,),
    basis="proposed; the name is in official use, without a published formula",
    basis_zh="建议口径；名称为官方用语，未见公布的公式",
)


def _members(cut: Cut) -> Select[Any]:
    not_shared = DATASET.c.share_type == ShareType.NOT_SHARED.value
    columns = [
        *dataset_columns(DELIVERY.c.number.is_not(None), [(NOT_SHARED, not_shared)]),
        DELIVERY.c.number.label("delivery"),
        DELIVERY.c.delivered_at.label("delivered_at"),
        DATASET.c.distributions.label("declared"),
    ]
    return from_datasets(cut, columns)


def _evidence(row: Row[Any], cut: Cut) -> Words:
    if row.delivery is None and row.declared:
        return Words("仅填报地址，未经核验", "declared, not verified")
    return delivery_evidence(row.id, row.delivery, row.delivered_at, cut)


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
