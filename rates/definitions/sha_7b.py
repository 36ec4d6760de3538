"""SHA-7B 说明理由率: of the refusals, how many have a ground and a reason (Decree 809 Art. 21)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, or_, select

from catalog.model import ShareType
from core.clock import local_day
from rates.cut import Cut
from rates.model import Family, RateDefinition, Words
from rates.queries.bodies import fact
from rates.queries.members import Rate
from rates.queries.requests import REFUSED, entries, entry_columns
from rates.queries.source import DATASET, ENTRY, REQUEST
from sharing.model import RefusalGround

_DEFINITION = RateDefinition(
    id="SHA-7B",
    version=1,
    family=Family.SHARING,
    title_zh="说明理由率",
    title_en="Refusals with reasons",
    numerator="refusals of the base with a ground, as their own entry in the ledger says; the "
    "program takes none without a reason in words beside it",
    numerator_zh="分母中写明依据的，以该次答复的账本记录为准；系统要求同时书面说明理由，否则不予受理",
    denominator="refusals of requests in the window; the evidence names those of data that was "
    "shared unconditionally; the providing department answers",
    denominator_zh="统计期内不同意共享的答复；属无条件共享数据的在说明中列明；由提供部门负责",
    exclusions="none",
    exclusions_zh="无",
    basis="Decree 809 Art. 21: a refusal states its reasons",
    basis_zh="条例第二十一条：不同意共享的应当说明理由",
    windowed=True,
)


def _members(cut: Cut) -> Select[Any]:
    then = DATASET.alias()
    share_type = select(then.c.share_type).where(
        then.c.code == REQUEST.c.dataset,
        then.c.recorded_at <= ENTRY.c.recorded_at,
        or_(then.c.superseded_at.is_(None), then.c.superseded_at > ENTRY.c.recorded_at),
    )
    ground = fact(ENTRY.c.body, "ground")
    columns = [
        *entry_columns(cut, ground != ""),
        ground.label("ground"),
        share_type.correlate_except(then).scalar_subquery().label("shared_then"),
    ]
    return entries(cut, columns, REFUSED)


def _evidence(row: Row[Any], cut: Cut) -> Words:
    day = local_day(row.recorded_at, cut.zone)
    more = Words("", "")
    if row.shared_then == ShareType.UNCONDITIONAL.value:
        more = Words("，属无条件共享", ", of data shared unconditionally")
    ground = Words("未写明依据", "no ground")
    if row.ground:
        ground = Words(RefusalGround(row.ground).title_zh, row.ground)
    return Words(
        f"{day} 不同意：{ground.zh}{more.zh}（账本第 {row.entry} 条）",
        f"refused on {day}: {ground.en}{more.en} (ledger entry {row.entry})",
    )


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
