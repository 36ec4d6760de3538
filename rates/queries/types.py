"""Published entries by their sharing type, for the rates that say what part is of one type."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select

from catalog.model import ShareType
from rates.cut import Cut
from rates.model import Words
from rates.queries.members import dataset_columns, from_entries
from rates.queries.shareable import UNKNOWN_TYPE
from rates.queries.source import DATASET

_WORDS = {
    ShareType.UNCONDITIONAL: Words("无条件共享", "unconditional"),
    ShareType.CONDITIONAL: Words("有条件共享", "conditional"),
    ShareType.NOT_SHARED: Words("不予共享", "not shared"),
}


def members_of_type(wanted: ShareType, cut: Cut) -> Select[Any]:
    of_type = DATASET.c.share_type == wanted.value
    unknown = DATASET.c.share_type.is_(None)
    return from_entries(cut, dataset_columns(of_type, [(UNKNOWN_TYPE, unknown)]))


def type_evidence(row: Row[Any], cut: Cut) -> Words:
    if not row.share_type:
        return Words("共享属性未明确", "its sharing type is not stated")
    return _WORDS[ShareType(row.share_type)]
