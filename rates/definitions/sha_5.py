"""SHA-5 按时提供率: of the data that was to be provided after consent, how much came in time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, and_, or_

from core.ids import GRANT as GRANTS
from rates.cut import Cut
from rates.evidence import clock_evidence
from rates.model import Exclusion, Family, RateDefinition, Words
from rates.queries.about import grant_columns, number_in
from rates.queries.clocks import clock_columns, from_clocks, in_time
from rates.queries.members import Rate
from rates.queries.source import CLOCK_FACT, GRANT
from sharing.profiles.model import LimitName

_FELL_AWAY = Exclusion(
    code="fell_away",
    title_zh="提供到期前授权已终止",
    title_en="the grant ended before the data was due",
)

_DEFINITION = RateDefinition(
    id="SHA-5",
    version=1,
    family=Family.SHARING,
    title_zh="按时提供率",
    title_en="Deliveries in time",
    numerator="deliveries of the base that came on the day they were due, or before",
    numerator_zh="分母中在到期日当日或之前提供的",
    denominator="grants whose data was first provided in the window, and those whose data is still "
    "missing although the day it was due is over; the providing department answers",
    denominator_zh="统计期内首次提供数据的授权，以及已过到期日仍未提供数据的授权；由提供部门负责",
    exclusions="grants that ended before their data was due; what was there to be read when it was "
    "agreed to needed no delivery and is no member",
    exclusions_zh="提供到期前已终止的授权；同意共享时已有数据可用的无需提供，不在其列",
    reasons=(_FELL_AWAY,),
    basis="Decree 809 Art. 22: within 20 working days of the reply that agrees",
    basis_zh="条例第二十二条：自答复同意之日起 20 个工作日内",
    windowed=True,
)


def _members(cut: Cut) -> Select[Any]:
    missing = or_(GRANT.c.delivered_at.is_(None), GRANT.c.delivered_at >= cut.until)
    ended = and_(CLOCK_FACT.c.ended_on.is_not(None), missing)
    columns = [
        *grant_columns(
            cut,
            CLOCK_FACT.c.debtor,
            and_(in_time(), GRANT.c.delivered_at < cut.until),
            [(_FELL_AWAY, and_(ended, in_time()))],
        ),
        *clock_columns(),
    ]
    number = number_in(CLOCK_FACT.c.subject, "grant", GRANTS)
    clocks = from_clocks(cut, LimitName.DELIVER)
    return clocks.join(GRANT, GRANT.c.number == number).add_columns(*columns)


def _evidence(row: Row[Any], cut: Cut) -> Words:
    return clock_evidence(row.due_on, row.ended_on, row.extended_by)


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
