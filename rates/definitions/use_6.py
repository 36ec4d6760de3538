"""USE-6 到期处置率: of the grants that ended with data to dispose of, how many are disposed of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, and_, case, cast, exists, or_, select

from core.clock import local_day
from rates.cut import Cut
from rates.model import Exclusion, Family, RateDefinition, Words
from rates.queries.about import grant_columns
from rates.queries.members import Rate
from rates.queries.source import GRANT

_COVERED = Exclusion(
    code="covered",
    title_zh="另有授权提供相同数据",
    title_en="another grant gives the same data",
)

_DEFINITION = RateDefinition(
    id="USE-6",
    version=1,
    family=Family.UTILIZATION,
    title_zh="到期处置率",
    title_en="Disposal after the end",
    numerator="grants of the base of which the provider has accepted a proof of disposal",
    numerator_zh="分母中处置证明已经提供部门核验的授权",
    denominator="grants that had been used and ended by the end of the day, unless they were disposed "
    "of before the window began; the department that used the data answers",
    denominator_zh="统计日已终止且曾被使用的授权，统计期前已处置的除外；由使用部门负责",
    exclusions="grants beside which another gives the same columns and rows to the same department; "
    "one that gives more than these is not looked for",
    exclusions_zh="同一部门另有授权提供相同数据项和范围的；范围更大的授权不作判断",
    reasons=(_COVERED,),
    basis="Decree 809 Art. 27",
    basis_zh="条例第二十七条",
    windowed=True,
)


def _members(cut: Cut) -> Select[Any]:
    grant = GRANT.c
    disposed = and_(grant.disposed_at.is_not(None), grant.disposed_at < cut.until)
    columns = [
        *grant_columns(
            cut, grant.department, disposed, [(_COVERED, and_(~disposed, _covered(cut)))]
        ),
        ended_at(GRANT).label("ended_at"),
        case((disposed, grant.disposed_at)).label("disposed_at"),
    ]
    return (
        select(*columns)
        .select_from(GRANT)
        .where(
            grant.first_used_at < cut.until,
            ended_at(GRANT) < cut.until,
            or_(grant.disposed_at.is_(None), grant.disposed_at >= cut.since),
        )
    )


def ended_at(grant: Any) -> ColumnElement[Any]:
    """The rule of `sharing.model.Grant.ended_at`."""
    ends: ColumnElement[Any] = grant.c.not_after
    for moment in (grant.c.revoked_at, grant.c.finished_at):
        ends = case((moment < ends, moment), else_=ends)
    return ends


def _covered(cut: Cut) -> ColumnElement[bool]:
    other = GRANT.alias()
    same = [
        cast(other.c.terms[name], Text) == cast(GRANT.c.terms[name], Text)
        for name in ("columns", "rows")
    ]
    return (
        exists()
        .where(
            other.c.dataset == GRANT.c.dataset,
            other.c.department == GRANT.c.department,
            other.c.number != GRANT.c.number,
            other.c.granted_at <= cut.last,
            other.c.not_before <= cut.last,
            ended_at(other) > cut.last,
            *same,
        )
        .correlate_except(other)
    )


def _evidence(row: Row[Any], cut: Cut) -> Words:
    ended = local_day(row.ended_at, cut.zone)
    if row.disposed_at is None:
        return Words(f"{ended} 终止，未处置", f"ended {ended}, not disposed of")
    disposed = local_day(row.disposed_at, cut.zone)
    return Words(f"{ended} 终止，{disposed} 处置", f"ended {ended}, disposed of {disposed}")


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
