"""QUA-3 检查覆盖率: of the datasets that hold data, how many were checked in the window."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, and_, exists

from core.clock import local_day
from rates.cut import Cut
from rates.model import Exclusion, Family, RateDefinition, Words
from rates.queries.checks import with_newest_run
from rates.queries.members import Rate, dataset_columns
from rates.queries.source import CHECK_RUN, DATASET, DELIVERY

_NOTHING = Exclusion(
    code="nothing_to_check", title_zh="尚无数据可查", title_en="nothing was delivered to be checked"
)

_DEFINITION = RateDefinition(
    id="QUA-3",
    version=1,
    family=Family.QUALITY,
    title_zh="检查覆盖率",
    title_en="Datasets that were checked",
    numerator="datasets of the base with at least one check run in the window in which at least one "
    "check of the contract was carried out",
    numerator_zh="分母中统计期内至少有一次检查、且至少执行了一项合同规则的数据目录",
    denominator="published datasets of which anything was ever delivered, with a contract or without",
    denominator_zh="曾有交付的已发布数据目录，不论是否有数据合同",
    exclusions="datasets of which nothing was ever delivered",
    exclusions_zh="从未交付的数据目录",
    reasons=(_NOTHING,),
    basis="proposed, so that QUA-2 cannot be raised by checking less",
    basis_zh="建议口径，避免以少查抬高合格率",
    windowed=True,
)


def _members(cut: Cut) -> Select[Any]:
    delivered = exists().where(
        DELIVERY.c.dataset == DATASET.c.code, DELIVERY.c.delivered_at < cut.until
    )
    nothing = ~delivered.correlate_except(DELIVERY)
    columns = [
        *dataset_columns(CHECK_RUN.c.id.is_not(None), [(_NOTHING, nothing)]),
        CHECK_RUN.c.ran_at.label("ran_at"),
        CHECK_RUN.c.coverage_executed.label("executed"),
        CHECK_RUN.c.coverage_declared.label("declared"),
    ]
    return with_newest_run(
        cut, columns, lambda run: and_(run.c.ran_at >= cut.since, run.c.coverage_executed > 0)
    )


def _evidence(row: Row[Any], cut: Cut) -> Words:
    if row.ran_at is None:
        return Words("统计期内未检查", "not checked in the window")
    day = local_day(row.ran_at, cut.zone)
    return Words(
        f"{day} 检查，执行 {row.executed} / {row.declared} 项规则",
        f"checked {day}, {row.executed} of {row.declared} checks carried out",
    )


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
