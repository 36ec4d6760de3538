"""COL-5 更新及时率: of the datasets with refreshes due, how many were refreshed each time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, literal

from rates.cut import Cut
from rates.evidence import refresh_evidence
from rates.model import Family, RateDefinition, Words
from rates.queries.members import Parts, Rate
from rates.queries.refreshes import LEFT_OUT, refreshes

_DEFINITION = RateDefinition(
    id="COL-5",
    version=1,
    family=Family.COLLECTION,
    title_zh="更新及时率",
    title_en="Datasets refreshed on time",
    numerator="datasets of the base of which every refresh that was due came in its hour, day, week, "
    "month, quarter, half year or year",
    numerator_zh="分母中统计期内每次应有的更新均在其所属自然周期内入库的数据目录",
    denominator="published datasets with at least one refresh that was due in the window, counted "
    "as COL-4 does",
    denominator_zh="统计期内至少有一次应更新（口径同 COL-4）的已发布数据目录",
    exclusions="datasets whose cycle is not stated, that are updated on demand or irregularly, of "
    "which nothing was published yet, or of which no refresh was due in the window: none of these "
    "is on time",
    exclusions_zh="更新周期未明确的、按需或不定期更新的、尚无数据入库的，以及统计期内无应更新次数的数据目录，均不视为及时",
    reasons=LEFT_OUT,
    basis="proposed",
    basis_zh="建议口径",
    windowed=True,
)


def _members(cut: Cut) -> Select[Any]:
    return refreshes(cut, _all_came)


def _all_came(came: ColumnElement[int], due: ColumnElement[int]) -> Parts:
    return Parts(case((came == due, 1), else_=0), literal(1))


def _evidence(row: Row[Any], cut: Cut) -> Words:
    return refresh_evidence(row.cycle, row.due, row.came)


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
