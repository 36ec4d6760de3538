"""CAT-2 要素完整率: of the fields that entries must have, how many are filled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)

from catalog.citation import PLACEHOLDERS
from catalog.model import DatasetStatus, ShareType
from rates.cut import Cut
from rates.model import Family, RateDefinition, Words
from rates.queries.facts import known
from rates.queries.members import Parts, Rate, dataset_columns
from rates.queries.source import DATASET

_DEFINITION = RateDefinition(
    id="CAT-2",
    version=1,
    family=Family.CATALOGUE,
    title_zh="要素完整率",
    title_en="Completeness of entries",
    numerator="mandatory fields that are filled; a text that only says that nothing is said yet, "
    "such as 待定 or TBD, fills none, and data items may come from the contract",
    numerator_zh="已填写的必填要素；“待定”“暂无”等占位文字不算已填，数据项可由数据合同给出",
    denominator="mandatory fields of the entries, drafts among them: name, summary, data items, "
    "provider, format, update cycle, sharing type, resource class and grade; of all but what is "
    "not shared the mode of sharing; of conditional entries the conditions of use; of those not "
    "shared the legal basis",
    denominator_zh="未撤销的数据目录（含草稿）的必填要素：名称、摘要、数据项、提供单位、格式、更新频率、"
    "共享属性、分类、分级；除不予共享外的共享方式；有条件共享的使用条件；不予共享的法律依据",
    exclusions="none",
    exclusions_zh="无",
    basis="the fields of Decree 809 Art. 13 to 15 and of the guide of 2017; the formula is proposed",
    basis_zh="要素依据条例第十三至十五条和2017年编制指南；公式为建议口径",
    counts=Words("要素", "fields"),
)

_NOTHING = ("", "-", "—", "/", *PLACEHOLDERS)


def _said(name: str) -> ColumnElement[bool]:
    return func.lower(func.trim(DATASET.c[name])).not_in(_NOTHING)


def _chosen(name: str) -> ColumnElement[bool]:
    return DATASET.c[name].is_not(None)


_ITEMS = or_(cast(DATASET.c["items"], Text) != "[]", DATASET.c.contract != "")
_ALWAYS = {
    "title_zh": _said("title_zh"),
    "summary": _said("summary"),
    "items": _ITEMS,
    "provider": _said("provider"),
    "format": _said("format"),
    "update_cycle": _chosen("update_cycle"),
    "share_type": _chosen("share_type"),
    "resource_class": _chosen("resource_class"),
    "grade": _chosen("grade"),
}
_type = func.coalesce(DATASET.c.share_type, "")
_SOMETIMES = {
    "share_mode": (_type != ShareType.NOT_SHARED.value, _chosen("share_mode")),
    "use_conditions": (_type == ShareType.CONDITIONAL.value, _said("use_conditions")),
    "legal_basis": (_type == ShareType.NOT_SHARED.value, _said("legal_basis")),
}
"""When the field is asked for, and whether it is filled."""


def _one_if(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return case((and_(*conditions), 1), else_=0)


def _members(cut: Cut) -> Select[Any]:
    filled = [
        *(_one_if(found) for found in _ALWAYS.values()),
        *(_one_if(asked, found) for asked, found in _SOMETIMES.values()),
    ]
    asked = [_one_if(asked) for asked, _ in _SOMETIMES.values()]
    parts = Parts(_sum(filled), literal(len(_ALWAYS)) + _sum(asked))
    lacking = [
        case((missing, f" {name}"), else_="")
        for name, missing in [
            *((name, ~found) for name, found in _ALWAYS.items()),
            *((name, and_(asked, ~found)) for name, (asked, found) in _SOMETIMES.items()),
        ]
    ]
    return (
        select(*dataset_columns(parts), _sum(lacking).label("lacking"))
        .select_from(DATASET)
        .where(known(DATASET, cut), DATASET.c.status != DatasetStatus.WITHDRAWN.value)
    )


def _sum(parts: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """Numbers added, texts put together."""
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _evidence(row: Row[Any], cut: Cut) -> Words:
    lacking = row.lacking.split()
    if not lacking:
        return Words("要素齐全", "nothing is missing")
    return Words(f"缺：{'、'.join(lacking)}", f"lacks {', '.join(lacking)}")


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
