"""`bureau notice list|read|address|send`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands._context import opened
from commands._errors import NEGATIVE
from commands._group import ActCommand, ReadCommand, new_group
from commands._options import Limit, people
from commands._page import Column, Page, Table
from commands._plain import plain
from commands._render import emit
from commands._talk import hint, print_json, say
from core.errors import InvalidInput
from sharing.notices.model import Notice
from sharing.notices.telling import titles, todo

if TYPE_CHECKING:
    from bureau.notifying import Attempt

app = new_group("What I was told of, and its sending by mail and webhook 通知.")


def _todo(notice: Notice) -> str:
    return todo(notice.kind, notice.subject, notice.behalf)


NOTICES = [
    Column("ref", "notice 通知", lambda notice: notice.ref),
    Column("created_at", "when 时间", lambda notice: notice.created_at),
    Column("subject", "about 事项", lambda notice: notice.subject),
    Column("title_zh", "内容", lambda notice: titles(notice.kind)[0]),
    Column("title_en", "what", lambda notice: titles(notice.kind)[1]),
    Column("due_on", "due 到期", lambda notice: notice.due_on),
    Column("todo", "do 操作", _todo),
    Column("read_at", "read 已读", lambda notice: notice.read_at),
    Column("behalf", "for 代理", lambda notice: notice.behalf),
]


def _refs(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the number of an unread notice."""
    try:
        with opened(ctx) as bureau:
            found = [notice.ref for notice in bureau.notices.list(unread=True)]
    except Exception:  # noqa: BLE001 (any message would land in the line being typed)
        return []
    return [ref for ref in found if ref.startswith(incomplete)]


@app.command("list", cls=ReadCommand)
def list_notices(
    ctx: typer.Context,
    unread: Annotated[bool, typer.Option("--unread", help="Only what is not read yet.")] = False,
    limit: Limit = 50,
) -> None:
    """List what whoever acts was told of, newest first."""
    with opened(ctx) as bureau:
        notices = bureau.notices.list(unread=unread, limit=limit)
    emit(
        ctx,
        Page(
            data=[_json(notice) for notice in notices],
            tables=[Table(columns=NOTICES, rows=notices)],
            empty="there is no such notice",
        ),
    )


@app.command(cls=ActCommand)
def read(
    ctx: typer.Context,
    notices: Annotated[
        list[str],
        typer.Argument(
            metavar="NOTICE...", help="Their numbers, as NTC-0001.", autocompletion=_refs
        ),
    ],
) -> None:
    """Note that whoever acts has read these notices."""
    with opened(ctx) as bureau:
        bureau.notices.read(notices)
        left = bureau.notices.count_unread()
    say(ctx, f"read {', '.join(notices)}; {left} unread")
    print_json(ctx, {"read": notices, "unread": left})


@app.command(cls=ActCommand)
def address(
    ctx: typer.Context,
    # Not "person": a parameter of that name would be taken for --as.
    whose: Annotated[
        str, typer.Argument(metavar="PERSON", help="Whose it is.", autocompletion=people)
    ],
    mail: Annotated[str, typer.Argument(metavar="[MAIL]", help="Where mail goes.")] = "",
    erase: Annotated[
        bool, typer.Option("--erase", help="Forget it, and what was still to be sent to it.")
    ] = False,
) -> None:
    """Set or erase the address that notices for a person are mailed to, as an operator or for oneself."""
    if bool(mail) == erase:
        raise InvalidInput(
            "an address is either given or erased",
            hint=f"bureau notice address {whose} MAIL, or bureau notice address {whose} --erase",
        )
    with opened(ctx) as bureau:
        if erase:
            bureau.notices.erase_address(whose)
        else:
            bureau.notices.set_address(whose, mail)
    say(ctx, f"{'erased' if erase else 'set'} the address of {whose}")
    print_json(ctx, {"person": whose, "erased": erase})


@app.command(cls=ActCommand)
def send(
    ctx: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Send what is due and end, as without --watch.")
    ] = False,
    watch: Annotated[
        int | None,
        typer.Option(metavar="SECONDS", min=1, help="Look again after so long, until stopped."),
    ] = None,
) -> None:
    """Send what is due by mail and webhook; exit 1 if something could not be sent."""
    if once and watch:
        raise InvalidInput("--once and --watch contradict each other", hint="leave one out")
    with opened(ctx) as bureau:
        while True:
            attempts = bureau.notices.send()
            if attempts or not watch:
                _tell(ctx, attempts)
            if not watch:
                break
            time.sleep(watch)
    if any(attempt.error for attempt in attempts):
        hint(ctx, "bureau doctor")
        raise typer.Exit(NEGATIVE)


def _json(notice: Notice) -> dict[str, Any]:
    """A notice with its words."""
    title_zh, title_en = titles(notice.kind)
    words = {"title_zh": title_zh, "title_en": title_en, "todo": _todo(notice)}
    return {**plain(notice), **words}


def _tell(ctx: Any, attempts: Sequence[Attempt]) -> None:
    failed = [attempt for attempt in attempts if attempt.error]
    for one in failed:
        say(ctx, f"{one.notice} not sent by {one.channel}: {one.error}")
    say(ctx, f"{len(attempts) - len(failed)} sent, {len(failed)} not sent")
    print_json(ctx, {"attempts": attempts})
