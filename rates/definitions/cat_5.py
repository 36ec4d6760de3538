"""CAT-5 不予共享依据合规率: of what is not shared, how much rests on a law that allows it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, or_

from catalog.citation import is_blank
from catalog.documents.basis import basis_fault
from catalog.model import ShareType
from rates.cut import Cut
from rates.model import Family, RateDefinition, Words
from rates.queries.members import Rate, dataset_columns, from_entries
from rates.queries.shareable import UNKNOWN_TYPE
from rates.queries.source import DATASET

_DEFINITION = RateDefinition(
    id="CAT-5",
    version=1,
    family=Family.CATALOGUE,
    title_zh="不予共享依据合规率",
    title_en="Lawful ground of what is not shared",
    numerator="entries of the base whose legal basis names a law, an administrative regulation or a "
    "State Council decision with its article, and the reason",
    numerator_zh="分母中法律依据写明法律、行政法规或国务院决定及其条款并说明理由的数据目录",
    denominator="published entries that are not shared",
    denominator_zh="已发布且不予共享的数据目录",
    exclusions="entries whose sharing type is not stated; those that are shared are not listed",
    exclusions_zh="共享属性未明确的数据目录；可共享的不列出",
    reasons=(UNKNOWN_TYPE,),
    basis="Decree 809 Art. 14 and 15; that the law says so is not looked up",
    basis_zh="条例第十四、十五条；所引条文的内容不予核对",
)

_fault = lru_cache(maxsize=10_000)(basis_fault)


def _members(cut: Cut) -> Select[Any]:
    not_shared = DATASET.c.share_type == ShareType.NOT_SHARED.value
    unknown = DATASET.c.share_type.is_(None)
    columns = [
        *dataset_columns(not_shared, [(UNKNOWN_TYPE, unknown)]),
        DATASET.c.legal_basis.label("legal_basis"),
    ]
    return from_entries(cut, columns).where(or_(not_shared, unknown))


def _lawful(row: Row[Any], cut: Cut) -> bool:
    return not is_blank(row.legal_basis) and not _fault(row.legal_basis)


def _evidence(row: Row[Any], cut: Cut) -> Words:
    if row.excluded:
        return Words("共享属性未明确", "its sharing type is not stated")
    if is_blank(row.legal_basis):
        return Words("未写法律依据", "no legal basis is stated")
    if _lawful(row, cut):
        return Words(row.legal_basis, row.legal_basis)
    return Words(f"依据不合规：{row.legal_basis}", f"'{row.legal_basis}' {_fault(row.legal_basis)}")


RATE = Rate(
    definition=_DEFINITION,
    members=_members,
    evidence=_evidence,
    judge=_lawful,
    decided_by=("legal_basis",),
)
