"""SHA-10 争议办结率: of the disputes that were open, how many are settled, and how old they are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, literal, or_, select

from core.clock import local_day
from core.ids import DISPUTE as DISPUTES
from rates.cut import Cut
from rates.model import Exclusion, Family, RateDefinition, Words
from rates.queries.about import about_columns, newest_entry, numbered
from rates.queries.members import Rate
from rates.queries.source import DISPUTE

_WITHDRAWN = Exclusion(code="withdrawn", title_zh="已撤回", title_en="withdrawn")
_SETTLED, _CONFIRMED, _DROPPED = "dispute.settled", "dispute.confirmed", "dispute.withdrawn"
_MOVES = (_SETTLED, _CONFIRMED, _DROPPED, "dispute.raised", "dispute.escalated")
"""The newest of these says whether a dispute has ended."""
_TIERS = {
    "negotiation": Words("协商", "negotiation"),
    "authority": Words("主管部门", "the authority"),
    "government": Words("人民政府", "the government"),
}

_DEFINITION = RateDefinition(
    id="SHA-10",
    version=1,
    family=Family.SHARING,
    title_zh="争议办结率",
    title_en="Disputes settled",
    numerator="disputes of the base that ended by agreement or by a decision that was confirmed",
    numerator_zh="分母中协商一致或经裁决办结的争议",
    denominator="disputes that were open at some moment of the window; the department they are "
    "raised against answers; the evidence names the tier, 1 to 3",
    denominator_zh="统计期内处于未办结状态的争议；由被提出争议的部门负责；说明中列明处理层级（一至三级）",
    exclusions="disputes that were withdrawn",
    exclusions_zh="已撤回的争议",
    reasons=(_WITHDRAWN,),
    basis="Decree 809 Art. 28; it has no time limit, so ages are shown",
    basis_zh="条例第二十八条；无法定期限，故列示历时",
    windowed=True,
    spread=Words(
        "自提出至办结（未办结的至统计日）的天数",
        "days from when it was raised to its end, or to the day",
    ),
)


def _members(cut: Cut) -> Select[Any]:
    dispute = DISPUTE.c
    zeros = numbered(DISPUTES, dispute.number)
    subject = literal("dispute:").concat(zeros)
    last = newest_entry("kind", subject, _MOVES, cut)
    moved_at = newest_entry("recorded_at", subject, _MOVES, cut)
    ended = last.in_((_SETTLED, _CONFIRMED))
    over = last.in_((_SETTLED, _CONFIRMED, _DROPPED))
    columns = [
        *about_columns(
            cut,
            zeros,
            dispute.dataset,
            dispute.provider,
            and_(last.is_not(None), ended),
            [(_WITHDRAWN, and_(last.is_not(None), last == _DROPPED))],
        ),
        dispute.raised_at,
        dispute.steps,
        last.label("last"),
        moved_at.label("moved_at"),
    ]
    return (
        select(*columns)
        .select_from(DISPUTE)
        .where(
            dispute.raised_at < cut.until,
            or_(last.is_(None), ~over, moved_at >= cut.since),
        )
    )


def _age(row: Row[Any], cut: Cut) -> int:
    over = row.last in (_SETTLED, _CONFIRMED, _DROPPED)
    return int(((row.moved_at if over else cut.last) - row.raised_at).days)


def _evidence(row: Row[Any], cut: Cut) -> Words:
    steps = [step for step in row.steps if datetime.fromisoformat(step["since"]) < cut.until]
    tier = _TIERS[steps[-1]["tier"]]
    raised = local_day(row.raised_at, cut.zone)
    if row.last in (_SETTLED, _CONFIRMED, _DROPPED):
        ended = Words("已办结", "ended") if row.last != _DROPPED else Words("已撤回", "withdrawn")
    else:
        ended = Words("未办结", "open")
    return Words(
        f"{raised} 提出，第 {len(steps)} 级（{tier.zh}），{ended.zh}，{_age(row, cut)} 天",
        f"raised {raised}, tier {len(steps)} ({tier.en}), {ended.en}, {_age(row, cut)} d",
    )


RATE = Rate(
    definition=_DEFINITION,
    members=_members,
    evidence=_evidence,
    value=_age,
    decided_by=("last", "moved_at", "raised_at"),
)
