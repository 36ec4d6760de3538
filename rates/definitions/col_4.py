"""COL-4 任务成功率: of the refreshes that were due, how many came."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select

from rates.cut import Cut
from rates.evidence import refresh_evidence
from rates.model import Family, RateDefinition, Words
from rates.queries.members import Parts, Rate
from rates.queries.refreshes import LEFT_OUT, refreshes

_DEFINITION = RateDefinition(
    id="COL-4",
    version=1,
    family=Family.COLLECTION,
    title_zh="任务成功率",
    title_en="Refreshes that came",
    numerator="refreshes of the base with at least one published delivery in their hour, day, week, "
    "month, quarter, half year or year",
    numerator_zh="分母中在其所属的小时、日、周、月、季、半年或年内至少有一次数据入库的更新",
    denominator="refreshes that the update cycle made due: one for each such stretch of the city's "
    "calendar that ended in the window and began after the first published delivery; real time "
    "counts by the hour, and a run that never happened has failed",
    denominator_zh="按更新周期应有的更新：自首次入库之后开始、在统计期内结束的每一自然周期一次；实时按小时计，"
    "从未启动的任务视为失败",
    exclusions="datasets whose cycle is not stated, that are updated on demand or irregularly, of "
    "which nothing was published yet, or of which no refresh was due in the window",
    exclusions_zh="更新周期未明确的、按需或不定期更新的、尚无数据入库的，以及统计期内无应更新次数的数据目录",
    reasons=LEFT_OUT,
    basis="proposed; of runs that were due and not of runs that were started",
    basis_zh="建议口径；分母为应执行而非已启动的任务",
    windowed=True,
    counts=Words("更新", "refreshes"),
)


def _members(cut: Cut) -> Select[Any]:
    return refreshes(cut, Parts)


def _evidence(row: Row[Any], cut: Cut) -> Words:
    return refresh_evidence(row.cycle, row.due, row.came)


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
