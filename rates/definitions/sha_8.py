"""SHA-8 答复工作日: how many working days replies take, with those that still wait."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, func, or_

from rates.cut import Cut
from rates.evidence import clock_evidence
from rates.model import Exclusion, Family, RateDefinition, Words
from rates.queries.clocks import clocks_at, ended_in
from rates.queries.members import Rate
from rates.queries.requests import FELL_AWAY, REPLIES, fell_away, of_requests, reply_columns
from rates.queries.source import CLOCK_FACT
from sharing.calendar.model import NotAnnounced, WorkingCalendar
from sharing.clocks.model import pauses_of

_UNKNOWN_DAYS = Exclusion(
    code="calendar_unknown",
    title_zh="工作日历未公布",
    title_en="the working-day calendar says nothing of these days",
)

_DEFINITION = RateDefinition(
    id="SHA-8",
    version=1,
    family=Family.SHARING,
    title_zh="答复工作日",
    title_en="Working days to reply",
    numerator="replies of the base that were given",
    numerator_zh="分母中已作出的答复",
    denominator="replies that were given in the window, and those open at its end, in time or not; "
    "the department that owes the reply answers for it",
    denominator_zh="统计期内作出的答复，以及期末尚未作出的答复（不论是否到期）；由应答复的部门负责",
    exclusions="requests withdrawn or lapsed before the reply was due; replies on days of which no "
    "working days are announced",
    exclusions_zh="答复到期前已撤回或失效的申请；工作日历未公布的",
    reasons=(_UNKNOWN_DAYS, FELL_AWAY),
    basis="Decree 809 Art. 21, 23",
    basis_zh="条例第二十一条、第二十三条",
    windowed=True,
    spread=Words(
        "自收到申请至答复的工作日，未答复的计至统计日；补正材料期间不计",
        "working days from receipt to reply, up to the day where there is none; without the days on "
        "which it waited for papers",
    ),
)


def _members(cut: Cut) -> Select[Any]:
    fact = CLOCK_FACT.c
    years = [told.year for told in cut.calendar().announcements]
    last = func.coalesce(fact.ended_on, cut.last_day)
    unknown = or_(fact.started_on < date(min(years), 1, 1), last > date(max(years), 12, 31))
    excluded = [(_UNKNOWN_DAYS, unknown), fell_away(cut)]
    columns = reply_columns(cut, fact.ended_on.is_not(None), excluded)
    clocks = clocks_at(cut, *REPLIES).where(or_(ended_in(cut), fact.ended_on.is_(None)))
    return of_requests(clocks).add_columns(*columns)


def _days(row: Row[Any], cut: Cut) -> int | None:
    last, calendar = row.ended_on or cut.last_day, cut.calendar()
    try:
        stood = sum(
            _between(calendar, pause.since, pause.until or last)
            for pause in pauses_of(json.loads(row.pauses))
        )
        return _between(calendar, row.started_on, last) - stood
    except NotAnnounced:
        return None


@lru_cache(20_000)
def _between(calendar: WorkingCalendar, first: date, last: date) -> int:
    return calendar.working_days_between(first, last)


def _evidence(row: Row[Any], cut: Cut) -> Words:
    told = clock_evidence(row.due_on, row.ended_on, row.extended_by)
    days = None if row.excluded else _days(row, cut)
    if days is None:
        return told
    return Words(f"{days} 个工作日；{told.zh}", f"{days} working days; {told.en}")


RATE = Rate(
    definition=_DEFINITION,
    members=_members,
    evidence=_evidence,
    value=_days,
    decided_by=("started_on", "ended_on", "pauses"),
)
