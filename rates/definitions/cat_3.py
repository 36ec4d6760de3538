"""CAT-3 目录更新及时率: of the changes that the catalogue had to follow, how many it did in time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func

from core.ids import CATALOGUE_EVENT as EVENT
from rates.cut import Cut
from rates.model import Family, RateDefinition, Words
from rates.queries.about import number_in
from rates.queries.members import Rate
from rates.queries.source import CATALOGUE_EVENT, CLOCK, DATASET
from rates.queries.timed import the_dataset, timed, timed_evidence
from sharing.profiles.model import LimitName

_DEFINITION = RateDefinition(
    id="CAT-3",
    version=1,
    family=Family.CATALOGUE,
    title_zh="目录更新及时率",
    title_en="Catalogue updates in time",
    numerator="changes of the base that were answered by a submission in ten working days, or in "
    "the longer time that the authority consented to",
    numerator_zh="分母中在十个工作日内，或在主管部门同意延长的期限内报送更新的变更",
    denominator="changes of a law, a decision or a duty that were answered in the window, and those "
    "that were open and overdue when it ended",
    denominator_zh="统计期内已报送更新的，以及期末逾期未报送的法律、决定或职责变更",
    exclusions="none; what is open and still has time is not due and not listed",
    exclusions_zh="无；尚在期限内的不列出",
    basis="Decree 809 Art. 17",
    basis_zh="条例第十七条",
    windowed=True,
    counts=Words("变更", "changes"),
)


def _members(cut: Cut) -> Select[Any]:
    title = func.coalesce(DATASET.c.title_zh, func.nullif(CATALOGUE_EVENT.c.item, ""))
    limit = LimitName.CATALOGUE_UPDATE
    return (
        timed(cut, limit, "catalogue_event", title, DATASET.c.theme)
        .outerjoin(
            CATALOGUE_EVENT,
            CATALOGUE_EVENT.c.number == number_in(CLOCK.c.subject, "catalogue_event", EVENT),
        )
        .outerjoin(DATASET, the_dataset(CATALOGUE_EVENT.c.dataset, cut))
    )


RATE = Rate(definition=_DEFINITION, members=_members, evidence=timed_evidence)
