"""SHA-7A 拒绝率: of the decisions on requests, how many refused. High is not bad by itself."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select

from core.clock import local_day
from rates.cut import Cut
from rates.model import Family, RateDefinition, Words
from rates.queries.members import Rate
from rates.queries.requests import (
    AGREED,
    REFUSED,
    RETURN_FLOW,
    RULED,
    entries,
    entry_columns,
    returned,
    ruled,
)
from rates.queries.source import ENTRY

_DEFINITION = RateDefinition(
    id="SHA-7A",
    version=1,
    family=Family.SHARING,
    title_zh="拒绝率",
    title_en="Refusal rate",
    numerator="decisions of the base that refused",
    numerator_zh="分母中不同意的答复",
    denominator="decisions on requests that the provider took in the window, or the policy in its "
    "place; a request that was decided twice, because a dispute reopened it, counts twice; the "
    "providing department answers",
    denominator_zh="统计期内提供部门（或政策代其）作出的同意与不同意答复；因争议重新答复的计两次；由提供部门负责",
    exclusions="returns of data to a lower level, which nobody decides on, and what was granted by "
    "the decision of a dispute",
    exclusions_zh="数据回流，以及经争议裁决同意的",
    reasons=(RETURN_FLOW, RULED),
    basis="proposed; refusals are those of Decree 809 Art. 21",
    more_is_better=False,
    basis_zh="建议口径；不同意共享依据条例第二十一条",
    windowed=True,
)


def _members(cut: Cut) -> Select[Any]:
    columns = entry_columns(cut, ENTRY.c.kind == REFUSED, [returned(), ruled()])
    return entries(cut, columns, AGREED, REFUSED)


def _evidence(row: Row[Any], cut: Cut) -> Words:
    day = local_day(row.recorded_at, cut.zone)
    what = Words("不同意", "refused") if row.kind == REFUSED else Words("同意", "agreed")
    return Words(
        f"{day} {what.zh}（账本第 {row.entry} 条）",
        f"{what.en} on {day} (ledger entry {row.entry})",
    )


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
