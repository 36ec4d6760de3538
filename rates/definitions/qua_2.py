"""QUA-2 数据质量合格率: of the datasets that were checked, how many reach the pass mark."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select

from core.clock import local_day
from quality.score import default_policy
from rates.cut import Cut
from rates.model import Exclusion, Family, RateDefinition, Words
from rates.queries.checks import UNCHECKED, with_newest_run
from rates.queries.members import Rate, dataset_columns
from rates.queries.source import CHECK_RUN

_NOT_MEASURED = Exclusion(
    code="not_measured", title_zh="检查未得出分数", title_en="the check measured nothing"
)

_DEFINITION = RateDefinition(
    id="QUA-2",
    version=1,
    family=Family.QUALITY,
    title_zh="数据质量合格率",
    title_en="Datasets that reach the pass mark",
    numerator="datasets of the base whose newest check run scored at least the pass mark of the "
    "score policy, the lowest score of its last level but one",
    numerator_zh="分母中最近一次检查得分不低于评分规则合格线（倒数第二级的最低分）的数据目录",
    denominator="published datasets whose newest check run has a score",
    denominator_zh="最近一次检查有得分的已发布数据目录",
    exclusions="datasets that were never checked, and those whose newest run measured nothing; "
    "nothing is exempt from being checked",
    exclusions_zh="从未检查的，以及最近一次检查未得出分数的数据目录；不设白名单",
    reasons=(UNCHECKED, _NOT_MEASURED),
    basis="proposed; to be read with QUA-3, which says how much was checked at all",
    basis_zh="建议口径；应与检查覆盖率 QUA-3 一并阅读",
)


def _members(cut: Cut) -> Select[Any]:
    score = CHECK_RUN.c.score
    excluded = [(UNCHECKED, CHECK_RUN.c.id.is_(None)), (_NOT_MEASURED, score.is_(None))]
    columns = [
        *dataset_columns(score >= default_policy().pass_mark, excluded),
        CHECK_RUN.c.ran_at.label("ran_at"),
        score.label("score"),
    ]
    return with_newest_run(cut, columns)


def _evidence(row: Row[Any], cut: Cut) -> Words:
    if row.ran_at is None:
        return Words("未检查", "never checked")
    day, mark = local_day(row.ran_at, cut.zone), default_policy().pass_mark
    if row.score is None:
        return Words(f"{day} 检查，未得出分数", f"checked {day}, nothing was measured")
    return Words(
        f"{day} 检查，{row.score} 分，合格线 {mark}",
        f"checked {day}, score {row.score}, pass mark {mark}",
    )


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
