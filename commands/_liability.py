"""`bureau ledger liability`: what departments may be ordered to correct, and what was looked at."""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING, Annotated

import typer

from commands._context import opened
from commands._options import AsOf, PeriodWord, day
from commands._page import Column, Page, Table
from commands._render import emit
from core.period import parse_period
from sharing.liability.model import DERIVED, NOT_DERIVED, TITLES, Ground, Kind, Totals, totals

if TYPE_CHECKING:
    from bureau.liability import LookedAt


def _still(goes_on: bool | None) -> bool | str:
    return "–" if goes_on is None else goes_on


EVENTS = [
    Column("day", "since 起", lambda event: event.day),
    Column("kind", "kind 性质", lambda event: event.kind),
    Column("code", "code 代码", lambda event: event.code),
    Column("title_zh", "责任情形", lambda event: TITLES[event.code][0]),
    Column("title_en", "event", lambda event: TITLES[event.code][1]),
    Column("article", "article 条款", lambda event: event.code.article),
    Column("ground", "ground 依据", lambda event: event.basis.ground),
    Column("source", "source 出处", lambda event: event.basis.source),
    Column("department", "department 部门", lambda event: event.department),
    Column("subject", "about 事项", lambda event: event.subject),
    Column("because_zh", "事实", lambda event: event.because_zh),
    Column("because", "because", lambda event: event.because),
    Column("open", "open 未改正", lambda event: _still(event.open)),
    Column("count", "times 次数", lambda event: event.count, right=True),
    Column("first_at", "first 首次", lambda event: event.first_at),
    Column("last_at", "last 末次", lambda event: event.last_at),
    Column("entries", "entries 账本条目", lambda event: event.entries),
]


def liability(
    ctx: typer.Context,
    department: Annotated[str, typer.Option(metavar="CODE", help="Only of this department.")] = "",
    ground: Annotated[
        Ground | None,
        typer.Option(help="Only what breaks a law, or only what the city's policy sets 依据."),
    ] = None,
    kind: Annotated[
        Kind | None, typer.Option(help="Only breaches, or only attempts that were refused 性质.")
    ] = None,
    still: Annotated[bool, typer.Option("--open", help="Only what still goes on 未改正.")] = False,
    period: PeriodWord = "",
    as_of: AsOf = None,
) -> None:
    """List what departments may be ordered to correct 责任情形, as it follows from the ledger."""
    with opened(ctx) as bureau:
        report = bureau.liability.report(
            department=department,
            period=parse_period(period) if period else None,
            as_of=day(as_of),
        )
        zone = bureau.settings.zone
    shown = [
        event
        for event in report.events
        if (event.open or not still)
        and ground in (None, event.basis.ground)
        and kind in (None, event.kind)
    ]
    count = totals(shown)
    data = {
        "events": shown,
        "totals": count,
        "looked_at": report.looked_at,
        "not_derived": [
            {"code": code, "title_zh": TITLES[code][0], "title_en": TITLES[code][1]}
            | {"why_zh": why[0], "why_en": why[1]}
            for code, why in NOT_DERIVED.items()
        ],
    }
    notes = [_counted(count), _looked_at(report.looked_at, zone), *_not_derived()]
    emit(ctx, Page(data=data, tables=[Table(columns=EVENTS, rows=shown)], notes=notes))


def _counted(count: Totals) -> str:
    """The totals, which are of different things and not added up."""
    tries = f" (made {count.tries} times)" if count.tries > count.attempts else ""
    return (
        f"breaches of law 违反法规: {count.law}; of the policy 违反本市设定: {count.policy};"
        f" refused attempts 被拒的尝试: {count.attempts}{tries}"
    )


def _looked_at(looked: LookedAt, zone: tzinfo) -> str:
    """What the list rests on, so that an empty one says no more than it can."""
    if looked.first_at is None or looked.last_at is None:
        return "looked at: nothing, for the ledger has no entry"
    first, last = (one.astimezone(zone).date() for one in (looked.first_at, looked.last_at))
    whose = f" of {looked.department}" if looked.department else ""
    return (
        f"looked for{whose}: {', '.join(DERIVED)} in ledger entries 0 to {looked.entries - 1},"
        f" made {first} to {last}; late is what was due before {looked.until}"
        + (f"; listed is what began in {looked.period}" if looked.period else "")
    )


def _not_derived() -> list[str]:
    """What an empty list says nothing of."""
    return [
        f"{code} {TITLES[code][0]}：本系统无法得出，{zh}; not derivable from what the program sees: {en}"
        for code, (zh, en) in NOT_DERIVED.items()
    ]
