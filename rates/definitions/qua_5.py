"""QUA-5 校核成立率: of the corrections that were closed, how many were upheld."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, case, cast, func, select

from core.clock import local_day
from core.ids import CORRECTION as REFERENCE
from rates.cut import Cut
from rates.model import Family, RateDefinition, Words
from rates.queries.members import Rate, member_columns, of_dataset
from rates.queries.source import CORRECTION, DATASET, GRANT
from rates.queries.timed import the_dataset
from sharing.corrections.model import Finding

_DEFINITION = RateDefinition(
    id="QUA-5",
    version=1,
    family=Family.QUALITY,
    title_zh="校核成立率",
    title_en="Corrections that were upheld",
    numerator="corrections of the base of which the provider found that the data was wrong",
    numerator_zh="分母中经提供单位核实、确认数据有误的校核",
    denominator="corrections that were closed in the window, with what came of them reported back; "
    "each counts for the department that provides the data",
    denominator_zh="统计期内反馈办结的校核；计入提供单位",
    exclusions="none; what is open or was withdrawn is not closed",
    exclusions_zh="无；未办结或已撤回的不列出",
    basis="proposed; the procedure is that of Decree 809 Art. 26",
    more_is_better=False,
    basis_zh="建议口径；程序依据条例第二十六条",
    windowed=True,
    counts=Words("校核", "corrections"),
)


def _members(cut: Cut) -> Select[Any]:
    found = CORRECTION.c
    provider = func.coalesce(DATASET.c.provider, "")
    title, theme = func.coalesce(DATASET.c.title_zh, ""), func.coalesce(DATASET.c.theme, "")
    upheld = found.finding == Finding.CONFIRMED.value
    columns = [
        *member_columns((_reference(found.number), title, provider, theme), upheld, []),
        *of_dataset(),
        func.coalesce(GRANT.c.application, "").label("application"),
        found.finding.label("finding"),
        found.verified_at.label("verified_at"),
    ]
    return (
        select(*columns)
        .select_from(CORRECTION)
        .outerjoin(DATASET, the_dataset(found.dataset, cut))
        .outerjoin(GRANT, GRANT.c.number == found.grant_number)
        .where(found.closed_at >= cut.since, found.closed_at < cut.until)
    )


def _reference(number: ColumnElement[int]) -> ColumnElement[str]:
    """As `core.ids.reference` writes it."""
    zeros = case((number < 10, "000"), (number < 100, "00"), (number < 1000, "0"), else_="")  # noqa: PLR2004 (digits)
    return f"{REFERENCE}-" + zeros + cast(number, String)


def _evidence(row: Row[Any], cut: Cut) -> Words:
    day = local_day(row.verified_at, cut.zone)
    if row.finding == Finding.CONFIRMED.value:
        return Words(f"{day} 核实成立", f"confirmed {day}")
    return Words(f"{day} 核实不成立", f"found unfounded {day}")


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
