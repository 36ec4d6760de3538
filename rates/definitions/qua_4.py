"""QUA-4 校核按时办结率: of the corrections that were due, how many were closed in time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, func

from core.ids import CORRECTION as REFERENCE
from rates.cut import Cut
from rates.model import Family, RateDefinition, Words
from rates.queries.about import number_in
from rates.queries.members import Rate, of_dataset
from rates.queries.source import CLOCK, CORRECTION, DATASET, GRANT
from rates.queries.timed import WITHDRAWN, the_dataset, timed, timed_evidence
from sharing.profiles.model import LimitName

_DEFINITION = RateDefinition(
    id="QUA-4",
    version=1,
    family=Family.QUALITY,
    title_zh="校核按时办结率",
    title_en="Corrections closed in time",
    numerator="corrections of the base that were reported back on in ten working days from receipt",
    numerator_zh="分母中自签收起十个工作日内反馈办结的校核",
    denominator="corrections that were closed in the window, and those that were open and overdue "
    "when it ended; each counts for the department that provides the data",
    denominator_zh="统计期内已办结的，以及期末逾期未办结的校核；计入提供单位",
    exclusions="corrections that were withdrawn; what is open and still has time is not listed",
    exclusions_zh="已撤回的校核；尚在期限内的不列出",
    reasons=(WITHDRAWN,),
    basis="Decree 809 Art. 26",
    basis_zh="条例第二十六条",
    windowed=True,
    counts=Words("校核", "corrections"),
)


def _members(cut: Cut) -> Select[Any]:
    withdrawn = CORRECTION.c.withdrawn_at
    taken_back = and_(withdrawn.is_not(None), withdrawn < cut.until)
    application = func.coalesce(GRANT.c.application, "").label("application")
    return (
        timed(
            cut,
            LimitName.CORRECTION,
            "correction",
            DATASET.c.title_zh,
            DATASET.c.theme,
            excluded=[(WITHDRAWN, taken_back)],
            also=[*of_dataset(), application],
        )
        .outerjoin(
            CORRECTION, CORRECTION.c.number == number_in(CLOCK.c.subject, "correction", REFERENCE)
        )
        .outerjoin(DATASET, the_dataset(CORRECTION.c.dataset, cut))
        .outerjoin(GRANT, GRANT.c.number == CORRECTION.c.grant_number)
    )


RATE = Rate(definition=_DEFINITION, members=_members, evidence=timed_evidence)
