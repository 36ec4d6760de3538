"""SHA-11 需求清单对应率: of the needs that were stated, how many a catalogue entry covers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, and_, case, or_, select

from core.clock import local_day
from core.ids import NEED as NEEDS
from rates.cut import Cut
from rates.model import Exclusion, Family, RateDefinition, Words
from rates.queries.about import about_columns, numbered
from rates.queries.members import Rate
from rates.queries.source import NEED
from sharing.needs.model import NeedState

_WITHDRAWN = Exclusion(code="withdrawn", title_zh="已撤回", title_en="withdrawn")

_DEFINITION = RateDefinition(
    id="SHA-11",
    version=1,
    family=Family.SHARING,
    title_zh="需求清单对应率",
    title_en="Needs covered",
    numerator="needs of the base that were closed with the catalogue entry that covers them",
    numerator_zh="分母中已有数据目录对应的需求",
    denominator="needs that were open at some moment of the window, declined ones too; the department "
    "that was named to see to a need answers for it, and until one is named, the one that needs it",
    denominator_zh="统计期内处于未办结状态的需求，含不予满足的；由指定的部门负责，未指定的列在提出部门",
    exclusions="needs that were withdrawn",
    exclusions_zh="已撤回的需求",
    reasons=(_WITHDRAWN,),
    basis="Shanghai Data Regulations Art. 38; the formula is proposed",
    basis_zh="《上海市数据条例》第三十八条；口径为建议",
    windowed=True,
)


def _members(cut: Cut) -> Select[Any]:
    need = NEED.c
    closed = and_(need.closed_at.is_not(None), need.closed_at < cut.until)
    met = and_(closed, need.state == NeedState.MET.value)
    withdrawn = and_(closed, need.state == NeedState.WITHDRAWN.value)
    assigned = and_(need.assigned_at.is_not(None), need.assigned_at < cut.until)
    department = case((assigned, need.assigned_to), else_=need.department)
    called = numbered(NEEDS, need.number)
    about = about_columns(
        cut, called, case((met, need.dataset), else_=""), department, met, [(_WITHDRAWN, withdrawn)]
    )
    columns = [
        *(need.title.label("title") if one.name == "title" else one for one in about),
        need.application,
        need.department.label("asker"),
        need.created_at,
        case((closed, need.closed_at)).label("closed_at"),
        case((closed, need.state), else_=NeedState.OPEN.value).label("state"),
    ]
    return (
        select(*columns)
        .select_from(NEED)
        .where(
            need.created_at < cut.until,
            or_(need.closed_at.is_(None), need.closed_at >= cut.since),
        )
    )


def _evidence(row: Row[Any], cut: Cut) -> Words:
    stated = local_day(row.created_at, cut.zone)
    said = Words(f"{row.asker} 于 {stated} 提出", f"stated by {row.asker} on {stated}")
    if row.closed_at is None:
        return Words(f"{said.zh}，未办结", f"{said.en}, open")
    closed = local_day(row.closed_at, cut.zone)
    how = {
        NeedState.MET: Words(f"由 {row.dataset} 对应", f"met by {row.dataset}"),
        NeedState.DECLINED: Words("不予满足", "declined"),
        NeedState.WITHDRAWN: Words("撤回", "withdrawn"),
    }[NeedState(row.state)]
    return Words(f"{said.zh}，{closed} {how.zh}", f"{said.en}, {how.en} on {closed}")


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
