"""Which published datasets may be shared, by the types of Decree 809 Art. 14."""

from __future__ import annotations

from catalog.model import ShareType
from rates.model import Exclusion
from rates.queries.members import Rule
from rates.queries.source import DATASET

NOT_SHARED = Exclusion(code="not_shared", title_zh="不予共享", title_en="not shared")
UNKNOWN_TYPE = Exclusion(
    code="share_type_unknown",
    title_zh="共享属性未明确",
    title_en="sharing type not stated",
    unknown=True,
)


def not_shareable() -> list[Rule]:
    return [
        (NOT_SHARED, DATASET.c.share_type == ShareType.NOT_SHARED.value),
        (UNKNOWN_TYPE, DATASET.c.share_type.is_(None)),
    ]
