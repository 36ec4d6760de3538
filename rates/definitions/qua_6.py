"""QUA-6 及时整改率: of the rectifications that were due, how many were made in time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, cast, func, select

from core.ids import GRANT as REFERENCE
from core.ids import reference
from rates.cut import Cut
from rates.model import Exclusion, Family, RateDefinition, Words
from rates.queries.members import Rate, of_dataset
from rates.queries.source import CLOCK, CLOCK_FACT, DATASET, GRANT, SUSPENSION
from rates.queries.timed import the_dataset, timed, timed_evidence
from sharing.profiles.model import LimitName

_FELL_AWAY = Exclusion(
    code="fell_away", title_zh="授权终止，无须整改", title_en="the grant ended before"
)

_DEFINITION = RateDefinition(
    id="QUA-6",
    version=1,
    family=Family.QUALITY,
    title_zh="及时整改率",
    title_en="Rectifications in time",
    numerator="rectifications of the base that were reported on their day or before",
    numerator_zh="分母中在期限内报告整改的事项",
    denominator="rectifications after a suspension of a grant that were made in the window, and "
    "those that were open and overdue when it ended; each counts for the department that uses the "
    "data",
    denominator_zh="统计期内已整改的，以及期末逾期未整改的暂停授权事项；计入使用单位",
    exclusions="rectifications that fell away because the grant ended before they were made; what is "
    "open and still has time is not listed",
    exclusions_zh="整改前授权已终止的；尚在期限内的不列出",
    reasons=(_FELL_AWAY,),
    basis="Decree 809 Art. 27; the limit is the city's, of all that was due and not of all that was done",
    basis_zh="条例第二十七条；期限由本市规定，分母为应整改而非已整改",
    windowed=True,
    counts=Words("整改", "rectifications"),
)

_DIGITS = "0123456789"
_BEFORE = len(f"grant:{reference(REFERENCE, 0)}") - len("0000") + 1


def _members(cut: Cut) -> Select[Any]:
    # The clock of "grant:GRT-0007#2" is about the second suspension of the seventh grant.
    told = func.rtrim(CLOCK.c.subject, _DIGITS)
    grant = cast(func.substr(func.rtrim(told, "#"), _BEFORE), Integer)
    place = cast(func.substr(CLOCK.c.subject, func.length(told) + 1), Integer)
    fell_away = and_(CLOCK_FACT.c.ended_on.is_not(None), ~_rectified(place, cut))
    return (
        timed(
            cut,
            LimitName.RECTIFICATION,
            "grant",
            DATASET.c.title_zh,
            DATASET.c.theme,
            excluded=[(_FELL_AWAY, fell_away)],
            also=[*of_dataset(), func.coalesce(GRANT.c.application, "").label("application")],
        )
        .outerjoin(GRANT, GRANT.c.number == grant)
        .outerjoin(DATASET, the_dataset(GRANT.c.dataset, cut))
    )


def _rectified(place: ColumnElement[int], cut: Cut) -> ColumnElement[bool]:
    """The suspension at this place among those of the grant was rectified."""
    one, before = SUSPENSION.alias(), SUSPENSION.alias()
    places = (
        select(func.count())
        .where(before.c.grant_number == one.c.grant_number, before.c.since <= one.c.since)
        .correlate(one)
        .scalar_subquery()
    )
    return (
        select(one.c.since)
        .where(
            one.c.grant_number == GRANT.c.number,
            one.c.rectified_at < cut.until,
            places == place,
        )
        .correlate_except(one)
        .exists()
    )


RATE = Rate(definition=_DEFINITION, members=_members, evidence=timed_evidence)
