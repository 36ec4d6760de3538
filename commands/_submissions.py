"""The commands of `bureau catalog` for submissions, changes and the source of an item."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from commands import _sharing
from commands._context import opened
from commands._options import DAY, EventRef, Reason, SubmissionRef, day, people
from commands._page import Column, Page, Table, listing
from commands._plain import plain
from commands._render import emit
from commands._talk import done, hint, say, say_doubts
from core.errors import InvalidInput
from sharing.submissions.model import Cause, SubmissionState

SUBMISSIONS = [
    Column("ref", "submission 报送", lambda one: one.ref),
    Column("state", "state 状态", lambda one: one.state),
    Column("provider", "provider 提供部门", lambda one: one.provider),
    Column("datasets", "entries 目录", lambda one: one.datasets),
    Column("submitted_at", "submitted 报送时间", lambda one: one.submitted_at),
    Column("decided_at", "reviewed 审核时间", lambda one: one.decided_at),
]
SHOWN = [
    *SUBMISSIONS,
    Column("secrecy", "secrecy assessment 保密风险评估", lambda one: one.papers.secrecy),
    Column("personal", "privacy assessment 个人信息保护影响评估", lambda one: one.papers.personal),
    Column("head", "signed by 负责人审签", lambda one: one.papers.head),
    Column("signed_on", "signed 审签日期", lambda one: one.papers.signed_on),
    Column("event", "answers 对应变更", lambda one: one.event),
    Column("submitted_by", "submitted by 报送人", lambda one: one.submitted_by),
    Column("decided_by", "reviewed by 审核人", lambda one: one.decided_by),
    Column("reason", "because 审核理由", lambda one: one.reason),
]
FIELDS = [
    Column("dataset", "entry 目录", lambda field: field[0]),
    Column("name", "field 字段", lambda field: field[1]),
    Column("value", "proposed 报送内容", lambda field: field[2]),
]
RIVALS = [
    Column("item", "item 数据", lambda one: one.item),
    Column("dataset", "entry 目录", lambda one: one.dataset),
    Column("rivals", "shared by 已共享部门", lambda one: one.rivals),
    Column("named", "named source 数源部门", lambda one: one.named),
]
DOUBTS = [
    Column("dataset", "entry 目录", lambda doubt: doubt[0]),
    Column("field", "field 字段", lambda doubt: doubt[1]),
]
EVENTS = [
    Column("ref", "change 变更", lambda pair: pair[0].ref),
    Column("cause", "because of 事由", lambda pair: pair[0].cause),
    Column("about", "about 对象", lambda pair: pair[0].dataset or pair[0].duty),
    Column("changed_on", "changed on 变更日", lambda pair: pair[0].changed_on),
    Column("department", "department 部门", lambda pair: pair[1].debtor),
    Column("due_on", "due 到期", lambda pair: pair[1].due_on),
    Column("answered_by", "answered by 报送", lambda pair: pair[0].answered_by),
]
Open = Annotated[bool, typer.Option("--open", help="Only those that still wait.")]


def submit(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Entries as YAML.")],
    secrecy: Annotated[
        str,
        typer.Option(
            metavar="REF",
            help="Assessment of secrecy risks 保密风险评估: its number, or what it found.",
        ),
    ] = "",
    personal: Annotated[
        str,
        typer.Option(metavar="REF", help="Assessment for privacy 个人信息保护影响评估, likewise."),
    ] = "",
    head: Annotated[
        str,
        typer.Option(
            metavar="PERSON",
            help="Who signed for the department 负责人审签: a person of it.",
            autocompletion=people,
        ),
    ] = "",
    signed_on: Annotated[
        datetime | None,
        typer.Option(metavar="DATE", formats=DAY, help="When they signed; today if left out."),
    ] = None,
    change: Annotated[
        str, typer.Option(metavar="EVENT", help="The change that this answers, as EVT-0001.")
    ] = "",
) -> None:
    """Submit entries for review 报送目录; nothing is published before the data authority does."""
    from bureau.submitting import NewSubmission

    new = NewSubmission(
        secrecy=secrecy, personal=personal, head=head, signed_on=day(signed_on), event=change
    )
    with opened(ctx) as bureau:
        submission, receipt = bureau.submissions.submit(files, new)
        clocks = bureau.clocks(f"submission:{submission.ref}")
    say_doubts(ctx, submission.doubts)
    done(
        ctx,
        f"submitted {submission.ref} with {', '.join(submission.datasets)} to {clocks[0].debtor},"
        f" due on {clocks[0].due_on}",
        receipt,
        {"submission": submission, "clocks": clocks},
        then=f"bureau catalog show {submission.ref} (by the data authority, which then publishes it"
        " or hands it back)",
    )


def review(
    ctx: typer.Context,
    submission: SubmissionRef,
    publish: Annotated[bool, typer.Option("--publish", help="Publish it 发布.")] = False,
    hand_back: Annotated[
        bool, typer.Option("--hand-back", help="Give it back 退回, with --reason.")
    ] = False,
    no_secret: Annotated[
        str,
        typer.Option(
            "--no-secret",
            metavar="TEXT",
            help="Why words that may mark a secret do not 不涉密理由.",
        ),
    ] = "",
    reason: Reason = "",
) -> None:
    """Review a submission 审核, as the data authority: publish it, or hand it back."""
    if publish == hand_back:
        raise InvalidInput(
            "a review publishes or hands back", hint="add either --publish or --hand-back"
        )
    if no_secret and hand_back:
        raise InvalidInput("what is handed back has --reason", hint="leave --no-secret out")
    with opened(ctx) as bureau:
        if publish:
            reviewed, receipt = bureau.submissions.publish(submission, override=no_secret)
        else:
            reviewed, receipt = bureau.submissions.hand_back(submission, reason=reason)
        rivals = bureau.submissions.get(reviewed.ref)[1]
    for rival in rivals:
        shared = f"shared by {', '.join(rival.rivals)} too" if rival.rivals else "claimed"
        named = f"the authority named {rival.named}" if rival.named else "no source is named"
        say(ctx, f"{rival.item} is {shared}, and {named} (一数一源, Art. 19)")
    did, then = ("published", f"bureau dataset show {reviewed.datasets[0]}")
    if hand_back:
        did, then = (f"handed back to {reviewed.provider}", f"bureau catalog show {reviewed.ref}")
    done(ctx, f"{reviewed.ref}: {did}", receipt, {"submission": reviewed}, then=then)


def submissions(ctx: typer.Context, waiting: Open = False) -> None:
    """List the submissions."""
    with opened(ctx) as bureau:
        found = bureau.submissions.list(waiting=waiting)
    emit(ctx, listing(found, SUBMISSIONS, empty="there is no such submission"))


def show(ctx: typer.Context, submission: SubmissionRef) -> None:
    """Show a submission with all that it proposes, and who else shares the same."""
    with opened(ctx) as bureau:
        found, rivals = bureau.submissions.get(submission)
        clocks = bureau.clocks(f"submission:{found.ref}")
        today = bureau.today()
    fields = [
        (p.code, name, plain(value)) for p in found.proposals for name, value in p.document.items()
    ]
    tables = [
        Table(columns=SHOWN, rows=[found], upright=True),
        Table(columns=FIELDS, rows=fields, title="Proposed 报送内容"),
        Table(columns=RIVALS, rows=rivals, title="Shared by others too 一数一源"),
        Table(columns=DOUBTS, rows=found.doubts, title="May mark a secret 疑似涉密"),
        Table(columns=_sharing.clock_columns(today), rows=clocks, title="Clocks 时限"),
    ]
    running = [_sharing.clock_json(clock, today) for clock in clocks]
    marked = [{"dataset": code, "field": name} for code, name in found.doubts]
    data = {"submission": found, "rivals": rivals, "doubts": marked, "clocks": running}
    emit(ctx, Page(data=data, tables=tables))
    if found.state is SubmissionState.SUBMITTED:
        review = f"bureau catalog review {found.ref}"
        hint(ctx, f"{review} --publish, or --hand-back --reason TEXT (by the data authority)")


def event(
    ctx: typer.Context,
    because: Annotated[Cause, typer.Option(help="What changed 变更事由.")],
    on: Annotated[
        datetime,
        typer.Option(metavar="DATE", formats=DAY, help="The day of the change, which counts."),
    ],
    duty: Annotated[str, typer.Option(metavar="CODE", help="The duty that it concerns.")] = "",
    dataset: Annotated[str, typer.Option(metavar="CODE", help="Or the entry.")] = "",
    reason: Reason = "",
) -> None:
    """Record that a law, a decision or a duty changed 变更; the catalogue must follow in time."""
    from bureau.updating import NewChange

    new = NewChange(duty=duty, dataset=dataset, cause=because, changed_on=on.date(), reason=reason)
    with opened(ctx) as bureau:
        recorded, receipt = bureau.catalogue_events.record(new)
        clocks = bureau.clocks(f"catalogue_event:{recorded.ref}")
    done(
        ctx,
        f"recorded {recorded.ref} for {clocks[0].debtor}, due on {clocks[0].due_on}",
        receipt,
        {"event": recorded, "clocks": clocks},
        then=f"bureau catalog submit FILE --change {recorded.ref}",
    )


def events(ctx: typer.Context, waiting: Open = False) -> None:
    """List the changes that the catalogue must follow, each with the day it is due."""
    with opened(ctx) as bureau:
        found = bureau.catalogue_events.list(waiting=waiting)
    data = [{"event": one, "clock": clock} for one, clock in found]
    table = Table(columns=EVENTS, rows=found)
    emit(ctx, Page(data=data, tables=[table], empty="there is no such change"))


def extend(
    ctx: typer.Context,
    event: EventRef,
    days: Annotated[int, typer.Option(metavar="N", help="How many working days more 延期.")],
    reason: Reason = "",
) -> None:
    """Ask the data authority for more time to update the catalogue 申请延期."""
    with opened(ctx) as bureau:
        asked, receipt = bureau.catalogue_events.ask_extension(event, days=days, reason=reason)
    done(
        ctx,
        f"asked for {days} working days more for {asked.ref}",
        receipt,
        {"event": asked},
        then=f"bureau catalog consent {asked.ref} (by the data authority)",
    )


def consent(ctx: typer.Context, event: EventRef) -> None:
    """Consent to more time to update the catalogue 同意延期, as the data authority."""
    with opened(ctx) as bureau:
        extended, receipt = bureau.catalogue_events.consent(event)
        clocks = bureau.clocks(f"catalogue_event:{extended.ref}")
    data = {"event": extended, "clocks": clocks}
    done(ctx, f"extended {extended.ref}, due on {clocks[0].due_on}", receipt, data)


def decline(ctx: typer.Context, event: EventRef, reason: Reason = "") -> None:
    """Decline more time to update the catalogue 不同意延期, as the data authority."""
    with opened(ctx) as bureau:
        declined, receipt = bureau.catalogue_events.decline(event, reason=reason)
        clocks = bureau.clocks(f"catalogue_event:{declined.ref}")
    data = {"event": declined, "clocks": clocks}
    sentence = f"declined more time for {declined.ref}, due on {clocks[0].due_on}"
    done(ctx, sentence, receipt, data)


def source(
    ctx: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ITEM", help="The item of a provision rule.")],
    department: Annotated[
        str, typer.Argument(metavar="DEPARTMENT", help="The one that maintains and shares it.")
    ],
    reason: Reason = "",
) -> None:
    """Name the one source department of an item 数源部门, as the data authority."""
    with opened(ctx) as bureau:
        named, receipt = bureau.sources.name(item, department, reason=reason)
    then = "bureau catalog gaps"
    done(ctx, f"the source of {item} is {department}", receipt, {"source": named}, then=then)
