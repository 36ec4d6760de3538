"""QUA-1 质量指标得分: of the units that the newest checks evaluated, how many hold."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, func

from quality.labels import DIMENSIONS
from quality.model import Dimension
from rates.cut import Cut
from rates.model import Exclusion, Family, RateDefinition, Words
from rates.queries.checks import UNCHECKED, with_newest_run
from rates.queries.members import Parts, Rate, member_columns, of_dataset
from rates.queries.source import CHECK_RUN, DATASET, DIMENSION_SCORE

_NOT_ASSESSABLE = Exclusion(
    code="not_assessable",
    title_zh="不可评估：数据合同没有该维度的规则",
    title_en="not assessable: no check of the contract measures the dimension",
)

_DEFINITION = RateDefinition(
    id="QUA-1",
    version=1,
    family=Family.QUALITY,
    title_zh="质量指标得分",
    title_en="Quality indicators",
    numerator="units of the base that hold, A",
    numerator_zh="分母中符合要求的单元数 A",
    denominator="units that the newest check run of each published dataset evaluated, B; a row is "
    "one dimension of one dataset",
    denominator_zh="各已发布数据目录最近一次检查所评估的单元数 B；每行为一个目录的一个维度",
    exclusions="datasets that were never checked, and dimensions of which nothing could be measured",
    exclusions_zh="从未检查的数据目录，以及无法评估的维度",
    reasons=(UNCHECKED, _NOT_ASSESSABLE),
    basis="X = A / B as in DB31/T 1523-2024, by the dimensions of our checks",
    basis_zh="X = A / B，参照 DB31/T 1523-2024，按本系统检查维度计算",
    counts=Words("单元", "units"),
)


def _members(cut: Cut) -> Select[Any]:
    score = DIMENSION_SCORE.c
    named = DATASET.c.code + func.coalesce("/" + score.dimension, "")
    called = (named, DATASET.c.title_zh, DATASET.c.provider, DATASET.c.theme)
    excluded = [(UNCHECKED, CHECK_RUN.c.id.is_(None)), (_NOT_ASSESSABLE, score.score.is_(None))]
    columns = [
        *member_columns(called, Parts(score.a, score.b), excluded),
        *of_dataset(),
        score.dimension.label("dimension"),
        score.a.label("a"),
        score.b.label("b"),
    ]
    measured = DIMENSION_SCORE.c.run == CHECK_RUN.c.id
    return with_newest_run(cut, columns).outerjoin(DIMENSION_SCORE, measured)


def _evidence(row: Row[Any], cut: Cut) -> Words:
    if row.dimension is None:
        return Words("未检查", "never checked")
    label = DIMENSIONS[Dimension(row.dimension)]
    if row.excluded:
        return Words(f"{label.zh}：未测", f"{label.en}: not measured")
    return Words(f"{label.zh}：{row.a} / {row.b}", f"{label.en}: {row.a} of {row.b}")


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
