"""SHA-3 发布共享率: what older appraisals call the sharing rate; it says nothing of sharing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, select

from catalog.model import DatasetStatus
from rates.cut import Cut
from rates.model import Exclusion, Family, RateDefinition, Words
from rates.queries.facts import known
from rates.queries.members import Rate, dataset_columns
from rates.queries.source import DATASET

_WITHDRAWN = Exclusion(code="withdrawn", title_zh="已撤销", title_en="withdrawn")
_TITLES = {
    DatasetStatus.DRAFT: Words("未发布", "draft"),
    DatasetStatus.PUBLISHED: Words("已发布", "published"),
    DatasetStatus.WITHDRAWN: Words("已撤销", "withdrawn"),
}

_DEFINITION = RateDefinition(
    id="SHA-3",
    version=1,
    family=Family.SHARING,
    title_zh="发布共享率",
    title_en="Published share (legacy)",
    numerator="datasets of the base that are published",
    numerator_zh="分母中已发布的数据目录",
    denominator="datasets in the catalogue, drafts too",
    denominator_zh="全部数据目录，含未发布的",
    exclusions="datasets that were withdrawn",
    exclusions_zh="已撤销的数据目录",
    reasons=(_WITHDRAWN,),
    basis="used in a city appraisal; printed under this name alone, for it is not the sharing rate"
    " (SHA-2)",
    basis_zh="见于某市考核模块；仅以本名称列示，不等于共享率（SHA-2）",
)


def _members(cut: Cut) -> Select[Any]:
    withdrawn = DATASET.c.status == DatasetStatus.WITHDRAWN.value
    published = DATASET.c.status == DatasetStatus.PUBLISHED.value
    columns = [*dataset_columns(published, [(_WITHDRAWN, withdrawn)]), DATASET.c.status]
    return select(*columns).select_from(DATASET).where(known(DATASET, cut))


def _evidence(row: Row[Any], cut: Cut) -> Words:
    return _TITLES[DatasetStatus(row.status)]


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
