"""USE-4 复用度: by how many other departments a dataset that is used at all is used."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, func, select

from rates.cut import Cut
from rates.model import Exclusion, Family, RateDefinition, Words
from rates.queries.facts import last_use, published
from rates.queries.members import Rate, dataset_columns, from_entries, worked_out
from rates.queries.source import DATASET, GRANT

_NOT_USED = Exclusion(
    code="not_used",
    title_zh="统计期内未被使用",
    title_en="not used by another department in the window",
)

_DEFINITION = RateDefinition(
    id="USE-4",
    version=1,
    family=Family.UTILIZATION,
    title_zh="复用度",
    title_en="Reuse",
    numerator="datasets of the base that two other departments or more completed a use of",
    numerator_zh="分母中被两个及以上其他部门成功使用的数据目录",
    denominator="published datasets that another department completed a use of in the window",
    denominator_zh="统计期内被其他部门成功使用的已发布数据目录",
    exclusions="datasets that were not used (USE-1 counts those)",
    exclusions_zh="未被使用的数据目录（见 USE-1）",
    reasons=(_NOT_USED,),
    basis="proposed: departments are counted, because calls are easily made",
    basis_zh="建议口径：按部门计数，调用次数易于虚增",
    windowed=True,
    spread=Words("使用该目录的其他部门数", "other departments that used it"),
)


def _members(cut: Cut) -> Select[Any]:
    grant = GRANT.alias()
    consumers = (
        select(func.count(func.distinct(grant.c.department)))
        .where(
            grant.c.dataset == DATASET.c.code,
            grant.c.department != DATASET.c.provider,
            last_use(grant, cut).is_not(None),
        )
        .correlate_except(grant)
        .scalar_subquery()
    )
    counted = select(DATASET.c.id, consumers.label("consumers")).where(published(cut))
    users = worked_out(counted, "users_of_each")
    number = users.c.consumers
    columns = [*dataset_columns(number > 1, [(_NOT_USED, number == 0)]), number]
    return from_entries(cut, columns).join(users, users.c.id == DATASET.c.id)


def _consumers(row: Row[Any], cut: Cut) -> int:
    return int(row.consumers)


def _evidence(row: Row[Any], cut: Cut) -> Words:
    return Words(f"{row.consumers} 个其他部门使用", f"used by {row.consumers} other departments")


RATE = Rate(
    definition=_DEFINITION,
    members=_members,
    evidence=_evidence,
    value=_consumers,
    decided_by=("consumers",),
)
