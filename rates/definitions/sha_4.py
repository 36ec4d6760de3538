"""SHA-4 按时答复率: of the replies that were due, how many came in time (Decree 809 Art. 21)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select

from rates.cut import Cut
from rates.evidence import clock_evidence
from rates.model import Family, RateDefinition, Words
from rates.queries.clocks import from_clocks, in_time
from rates.queries.members import Rate
from rates.queries.requests import FELL_AWAY, REPLIES, fell_away, of_requests, reply_columns

_DEFINITION = RateDefinition(
    id="SHA-4",
    version=1,
    family=Family.SHARING,
    title_zh="按时答复率",
    title_en="Replies in time",
    numerator="replies of the base that came on the day they were due, or before; more time counts "
    "from the day on which the authority consented to it, and without its consent a reply is due "
    "when the law says",
    numerator_zh="分母中在到期日当日或之前作出的答复；延期自主管部门同意之日起计入，未经同意的按法定期限计算",
    denominator="replies to requests that were given in the window, and those still open although "
    "the day they were due is over; the time stands still while papers are supplemented; the "
    "department that owes the reply answers for it, and one that takes over the data owes it too",
    denominator_zh="统计期内作出的答复，以及已过到期日仍未作出的答复；补正材料期间不计时；由应答复的部门负责",
    exclusions="requests withdrawn or lapsed before the reply was due; what the policy agrees to at "
    "once has no time to reply and is no member",
    exclusions_zh="答复到期前已撤回或失效的申请；政策规定即时同意的不计时，不在其列",
    reasons=(FELL_AWAY,),
    basis="Decree 809 Art. 21: 1 working day where sharing is unconditional, 10 where conditional, "
    "10 more with consent",
    basis_zh="条例第二十一条：无条件共享 1 个工作日，有条件共享 10 个工作日，经同意可延长 10 个工作日",
    windowed=True,
)


def _members(cut: Cut) -> Select[Any]:
    columns = reply_columns(cut, in_time(), [fell_away(cut)])
    return of_requests(from_clocks(cut, *REPLIES)).add_columns(*columns)


def _evidence(row: Row[Any], cut: Cut) -> Words:
    return clock_evidence(row.due_on, row.ended_on, row.extended_by)


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
