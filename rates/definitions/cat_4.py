"""CAT-4 审核发布及时率: of the submissions that were to be reviewed, how many were in time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, literal

from rates.cut import Cut
from rates.model import Family, RateDefinition, Words
from rates.queries.members import Rate
from rates.queries.timed import timed, timed_evidence
from sharing.profiles.model import LimitName

_DEFINITION = RateDefinition(
    id="CAT-4",
    version=1,
    family=Family.CATALOGUE,
    title_zh="审核发布及时率",
    title_en="Reviews of the catalogue in time",
    numerator="submissions of the base that were published or handed back in two working days",
    numerator_zh="分母中在两个工作日内审核发布或退回的报送",
    denominator="submissions that were reviewed in the window, and those that were open and overdue "
    "when it ended; each counts for the authority that reviews it",
    denominator_zh="统计期内已审核的，以及期末逾期未审核的报送；计入负责审核的主管部门",
    exclusions="none; what is open and still has time is not due and not listed",
    exclusions_zh="无；尚在期限内的不列出",
    basis="Decree 809 Art. 17",
    basis_zh="条例第十七条",
    windowed=True,
    counts=Words("报送", "submissions"),
)


def _members(cut: Cut) -> Select[Any]:
    return timed(cut, LimitName.CATALOGUE_REVIEW, "submission", literal(""), literal(""))


RATE = Rate(definition=_DEFINITION, members=_members, evidence=timed_evidence)
