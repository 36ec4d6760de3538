"""USE-8 成效反馈率: of the grants in use for a while, how many have a record of their effect."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, Select, func, or_, select

from core.clock import local_day
from rates.cut import Cut
from rates.model import Family, RateDefinition, Words
from rates.queries.about import grant_columns
from rates.queries.members import Rate
from rates.queries.source import GRANT, RECORD
from sharing.records.model import RecordKind

_AFTER = timedelta(days=90)
"""So long after its first use a grant should have shown an effect."""

_DEFINITION = RateDefinition(
    id="USE-8",
    version=1,
    family=Family.UTILIZATION,
    title_zh="成效反馈率",
    title_en="Effects reported",
    numerator="grants of the base with a record of their effect",
    numerator_zh="分母中已有应用成效记录的授权",
    denominator=f"grants first used more than {_AFTER.days} days ago, unless they ended before the "
    "window began; the department that uses the data answers",
    denominator_zh=f"首次使用超过 {_AFTER.days} 天的授权，统计期前已终止的除外；由使用部门负责",
    exclusions="none",
    exclusions_zh="无",
    basis=f"proposed; records are those of Decree 809 Art. 29, the {_AFTER.days} days are ours",
    basis_zh=f"建议口径；记录依据条例第二十九条，{_AFTER.days} 天为建议",
    windowed=True,
)


def _members(cut: Cut) -> Select[Any]:
    grant, record = GRANT.c, RECORD.alias()
    first = (
        select(func.min(record.c.recorded_at))
        .where(
            record.c.grant_number == grant.number,
            record.c.kind == RecordKind.EFFECT.value,
            record.c.recorded_at < cut.until,
        )
        .correlate_except(record)
        .scalar_subquery()
    )
    columns = [
        *grant_columns(cut, grant.department, first.is_not(None)),
        grant.first_used_at,
        first.label("reported_at"),
    ]
    return (
        select(*columns)
        .select_from(GRANT)
        .where(
            grant.first_used_at < cut.until - _AFTER,
            grant.not_after > cut.since,
            or_(grant.revoked_at.is_(None), grant.revoked_at > cut.since),
            or_(grant.finished_at.is_(None), grant.finished_at > cut.since),
        )
    )


def _evidence(row: Row[Any], cut: Cut) -> Words:
    used = local_day(row.first_used_at, cut.zone)
    if row.reported_at is None:
        return Words(f"首次使用 {used}，无成效记录", f"first used {used}, no effect recorded")
    told = local_day(row.reported_at, cut.zone)
    return Words(f"首次使用 {used}，{told} 记录成效", f"first used {used}, effect recorded {told}")


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
