"""Requests as their clocks and the ledger's entries say they went.

The row of a request says how it stands now; a refusal that was disputed may stand no more. The
entries stay, so a past day is asked of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Text,
    and_,
    cast,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
)

from core.ids import REQUEST as REQUESTS
from rates.cut import Cut
from rates.model import Exclusion
from rates.queries.about import (
    about_columns,
    newest_entry,
    number_in,
    numbered,
    of_dataset_at,
    recorded,
    within,
)
from rates.queries.bodies import fact
from rates.queries.clocks import clock_columns, in_time
from rates.queries.members import Parts, Rule
from rates.queries.source import CLOCK_FACT, ENTRY, REQUEST
from sharing.model import RequestState
from sharing.profiles.model import LimitName
from sharing.requests.procedure import POLICY
from sharing.returnflow.model import PURPOSE

REPLIES = (LimitName.REPLY_UNCONDITIONAL, LimitName.REPLY_CONDITIONAL)
AGREED, REFUSED = "request.agreed", "request.refused"
WITHDRAWN, LAPSED = "request.withdrawn", "request.lapsed"
UPHELD, UNDISPUTED = "request.upheld", "request.undisputed"
DISPUTED, REOPENED = "request.disputed", "request.reopened"
OPEN = "request.open"
_CLOSED = (AGREED, REFUSED, WITHDRAWN, LAPSED, UPHELD, UNDISPUTED)
_WAITING = tuple(
    state.value
    for state in (
        RequestState.SUBMITTED,
        RequestState.RETURNED,
        RequestState.SECONDING,
        RequestState.DISPUTED,
    )
)

FELL_AWAY = Exclusion(
    code="fell_away",
    title_zh="答复期限内撤回或失效",
    title_en="withdrawn or lapsed before the reply was due",
)
RULED = Exclusion(
    code="ruled",
    title_zh="争议裁决，非提供部门答复",
    title_en="granted by the decision of a dispute, not by who provides the data",
)
RETURN_FLOW = Exclusion(
    code="return_flow",
    title_zh="数据回流，非申请",
    title_en="a return of data to a lower level, which nobody decides on",
)


def reply_columns(
    cut: Cut, numerator: ColumnElement[bool] | Parts, excluded: Sequence[Rule] = ()
) -> list[ColumnElement[Any]]:
    """The columns of a member that is the time to reply to a request; its debtor answers."""
    called = numbered(REQUESTS, REQUEST.c.number)
    debtor = CLOCK_FACT.c.debtor
    return [
        *about_columns(cut, called, REQUEST.c.dataset, debtor, numerator, excluded),
        _application(),
        *clock_columns(),
        cast(CLOCK_FACT.c.pauses, Text).label("pauses"),
    ]


def of_requests(clocks: Select[Any]) -> Select[Any]:
    """The clocks, each with the request that it is about."""
    number = number_in(CLOCK_FACT.c.subject, "request", REQUESTS)
    return clocks.join(REQUEST, REQUEST.c.number == number)


def fell_away(cut: Cut) -> Rule:
    """Nobody had to reply any more, and the reply was not late by then."""
    states = (RequestState.WITHDRAWN.value, RequestState.LAPSED.value)
    gone = recorded(CLOCK_FACT.c.subject, (WITHDRAWN, LAPSED), cut)
    return FELL_AWAY, and_(REQUEST.c.state.in_(states), in_time(), gone)


def entry_columns(
    cut: Cut, numerator: ColumnElement[bool] | Parts, excluded: Sequence[Rule] = ()
) -> list[ColumnElement[Any]]:
    """The columns of a member that is an entry about a request; who provides the data answers."""
    called = numbered(REQUESTS, REQUEST.c.number)
    return [
        *_request_columns(
            cut,
            called.concat("#").concat(cast(ENTRY.c.index, String)),
            numerator,
            excluded,
        ),
        ENTRY.c.kind.label("kind"),
        ENTRY.c.index.label("entry"),
        ENTRY.c.recorded_at.label("recorded_at"),
    ]


def open_requests(cut: Cut, excluded: Rule) -> Select[Any]:
    """Each request that waited for its end at the cut, with the columns of `entry_columns`.

    Those that ended later are found by the entries of their ends, so that the many that ended
    before are not looked at.
    """
    request, later = REQUEST.c, ENTRY.alias()
    ended_later = select(number_in(later.c.subject, "request", REQUESTS)).where(
        later.c.kind.in_(_CLOSED), later.c.recorded_at >= cut.until
    )
    called = numbered(REQUESTS, request.number)
    subject = literal("request:").concat(called)
    newest = newest_entry("kind", subject, (*_CLOSED, DISPUTED, REOPENED), cut)
    return select(
        *_request_columns(cut, called, false(), [excluded]),
        literal(OPEN).label("kind"),
        literal(0).label("entry"),
        request.submitted_at.label("recorded_at"),
    ).where(
        request.submitted_at < cut.until,
        or_(request.state.in_(_WAITING), request.number.in_(ended_later)),
        func.coalesce(newest, REOPENED).in_((DISPUTED, REOPENED)),
    )


def _request_columns(
    cut: Cut,
    called: ColumnElement[str],
    numerator: ColumnElement[bool] | Parts,
    excluded: Sequence[Rule],
) -> list[ColumnElement[Any]]:
    provider = func.coalesce(of_dataset_at(cut, REQUEST.c.dataset, "provider"), "")
    return [
        *about_columns(cut, called, REQUEST.c.dataset, provider, numerator, excluded),
        _application(),
        REQUEST.c.number.label("number"),
    ]


def ground_of_refusal() -> ColumnElement[str]:
    """The ground of the newest refusal up to ENTRY; the row of the request knows that of today."""
    refusal = ENTRY.alias()
    return func.coalesce(
        select(fact(refusal.c.body, "ground"))
        .where(
            refusal.c.subject == ENTRY.c.subject,
            refusal.c.kind.concat("") == REFUSED,  # SQLite is to seek by the subject
            refusal.c.index <= ENTRY.c.index,
        )
        .order_by(refusal.c.index.desc())
        .limit(1)
        .correlate(ENTRY)
        .scalar_subquery(),
        "",
    )


def entries(cut: Cut, columns: Sequence[ColumnElement[Any]], *kinds: str) -> Select[Any]:
    """Each entry of these kinds in the window, with its request."""
    number = number_in(ENTRY.c.subject, "request", REQUESTS)
    return (
        select(*columns)
        .select_from(ENTRY)
        .join(REQUEST, REQUEST.c.number == number)
        .where(ENTRY.c.kind.in_(kinds), within(ENTRY.c.recorded_at, cut))
    )


def closings(cut: Cut, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """The entry in the window with which each request closed that was closed at the cut.

    A refusal closes it until it is disputed; all that follows on a dispute closes it for good, or
    opens it again.
    """
    later = ENTRY.alias()
    disputed = exists().where(
        later.c.subject == ENTRY.c.subject,
        later.c.kind.concat("") == DISPUTED,  # SQLite is to seek by the subject
        later.c.index > ENTRY.c.index,
        later.c.recorded_at < cut.until,
    )
    refusals = ENTRY.c.kind.in_((REFUSED, UNDISPUTED))
    return entries(cut, columns, *_CLOSED).where(
        not_(and_(refusals, disputed.correlate_except(later)))
    )


def returned() -> Rule:
    """The request stands for an entry of a return list: the policy grants it at once."""
    scenario = REQUEST.c.terms["scenario"].as_string()
    return RETURN_FLOW, and_(REQUEST.c.decided_by == POLICY, scenario == PURPOSE)


def ruled() -> Rule:
    """Two persons of a higher tier granted what had been refused."""
    return RULED, and_(ENTRY.c.kind == AGREED, REQUEST.c.state == RequestState.OVERTURNED.value)


def _application() -> ColumnElement[Any]:
    application: ColumnElement[str] = REQUEST.c.terms["application"].as_string()
    return application.label("application")
