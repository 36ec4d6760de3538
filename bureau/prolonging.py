"""Move the period of a request on where the reply is late: that costs the requester no time of use."""

from __future__ import annotations

from datetime import date

from bureau.acts import Acts
from bureau.receipt import Receipt, receipt
from bureau.replying import REPLIES, request_event, subject
from bureau.timekeeping import Timekeeper
from bureau.unit_of_work import ReadUnit
from core.canonical import Json
from sharing.model import AccessRequest
from sharing.profiles.model import LimitName
from sharing.requests import procedure


class Periods(Acts):
    """What becomes of a period (使用时限) before there is a grant."""

    def prolong(self, ref: str) -> tuple[AccessRequest, Receipt]:
        """Move the end on by the days that the reply is late; it stays due when it was."""
        with self.workspace.writing(self.actor) as write:
            before = write.requests.get(ref)
            late = _days_late(write, before, Timekeeper.of(self.workspace, write).today)
            request = procedure.prolong(before, write.actor, late=late, now=write.now)
            write.requests.update(request, expected=before.state)
            told: dict[str, Json] = {"days": late, "until": request.terms.not_after.isoformat()}
            write.record(request_event("request.prolonged", request, told))
        return request, receipt(request.ref, write)


def _days_late(unit: ReadUnit, request: AccessRequest, today: date) -> int:
    """By how many days in all the provider is, or was, late to sign and to reply."""
    return sum(
        ((clock.ended_on or today) - clock.due_on).days
        for clock in unit.clocks.list_by_subject(subject(request))
        if clock.limit in (LimitName.RECEIPT, *REPLIES) and clock.late_on(today)
    )
