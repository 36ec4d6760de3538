"""Renewal of a grant: the same terms for a next period, which ends with a month or a quarter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from core.clock import local_day
from core.errors import Conflict, InvalidInput
from sharing.model import AccessRequest, Grant, GrantState, RequestState
from sharing.workflow import MAX_PERIOD

MONTHS = {"month": 1, "quarter": 3}
"""How many months lie between two ends, by the word of the setting `renewal_ends_on`."""

_ENDED_WITHOUT = (
    RequestState.REFUSED,
    RequestState.UPHELD,
    RequestState.WITHDRAWN,
    RequestState.LAPSED,
)


def check_can_renew(grant: Grant, renewals: Sequence[AccessRequest], now: datetime) -> None:
    """Raise Conflict for what cannot go on: what was revoked, bridged an emergency, or is renewed.

    `renewals` are the requests that renew this grant.
    """
    if grant.emergency:
        raise Conflict(
            f"grant {grant.ref} was given in an emergency: it is not renewed",
            hint=f"ask for the data: bureau request new {grant.terms.dataset}",
        )
    if grant.state_at(now) is GrantState.REVOKED:
        raise Conflict(
            f"grant {grant.ref} is revoked: it cannot be renewed",
            hint=f"ask anew: bureau request new {grant.terms.dataset}",
        )
    for request in renewals:
        if request.state not in _ENDED_WITHOUT:
            raise Conflict(
                f"grant {grant.ref} is renewed by {request.ref} already, which is {request.state}",
                hint=f"look at it: bureau request show {request.ref}",
            )


def next_period(
    grant: Grant, *, now: datetime, zone: ZoneInfo, ends_on: str
) -> tuple[datetime, datetime]:
    """From the old end, or from today where that is past, for about as long as before.

    It ends with the last day of the month or quarter that is nearest to the same length, which may
    be longer than before, and is never longer than a period may be.
    """
    terms = grant.terms
    begins = terms.not_after
    if begins <= now:
        begins = _midnight(local_day(now, zone), zone)
    try:
        same = begins + (terms.not_after - terms.not_before)
        ends = [_midnight(day, zone) for day in _around(local_day(same, zone), MONTHS[ends_on])]
    except (OverflowError, ValueError) as error:
        raise InvalidInput(
            f"the period after {begins:%Y-%m-%d} is too far away",
            hint=f"ask for an earlier period: bureau request new {terms.dataset}",
        ) from error
    if ends[0] <= begins:
        del ends[0]
    elif ends[1] - begins > MAX_PERIOD:
        del ends[1]
    return begins.astimezone(zone), min(ends, key=lambda end: abs(end - same))


def _around(day: date, months: int) -> tuple[date, date]:
    """The first day of the period of so many months that `day` is in, and of the next period."""
    start = day.year * 12 + (day.month - 1) // months * months
    first, following = (divmod(start + later, 12) for later in (0, months))
    return date(first[0], first[1] + 1, 1), date(following[0], following[1] + 1, 1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)
