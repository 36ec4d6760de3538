"""The acts of `bureau grant` when data was had: end the purpose, dispose of it, pass it on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from commands import _sharing
from commands._context import opened
from commands._options import GrantRef, Reason
from commands._page import Column, Page, Table, listing
from commands._plain import plain
from commands._render import emit
from commands._talk import done, say
from sharing.disposal.model import Method
from sharing.model import FinishCause
from sharing.records.model import RecordKind

if TYPE_CHECKING:
    from bureau import Bureau

TransferNumber: TypeAlias = Annotated[
    int, typer.Argument(metavar="NUMBER", help="Number of the transfer, as onward-list shows it.")
]

STANDING = [
    Column("grant", "grant 授权", lambda row: row.grant),
    Column("state", "state 状态", lambda row: row.state),
    Column("required", "required 处置要求", lambda row: row.requirement and row.requirement.how),
    Column("text", "in words 要求说明", lambda row: row.requirement and row.requirement.text),
]
PROOFS = [
    Column("number", "no. 序号", lambda proof: proof.number, right=True),
    Column("how", "how 处置方式", lambda proof: proof.how),
    Column("text", "proof 处置证明", lambda proof: proof.text),
    Column("given_at", "given 提交时间", lambda proof: proof.given_at),
    Column("given_by", "by 提交人", lambda proof: proof.given_by),
    Column("verdict", "verdict 核验结论", lambda proof: proof.verdict),
    Column("decided_at", "decided 核验时间", lambda proof: proof.decided_at),
    Column("decided_by", "by 核验人", lambda proof: proof.decided_by),
    Column("reason", "reason 理由", lambda proof: proof.reason),
]
TRANSFERS = [
    Column("number", "no. 序号", lambda one: one.number, right=True),
    Column("recipient", "to 第三方", lambda one: one.recipient),
    Column("purpose", "what for 用途", lambda one: one.purpose),
    Column("asked_at", "asked 申请时间", lambda one: one.asked_at),
    Column("answer", "answer 答复", lambda one: one.answer),
    Column("answered_at", "answered 答复时间", lambda one: one.answered_at),
    Column("answered_by", "by 答复人", lambda one: one.answered_by),
    Column("reason", "reason 理由", lambda one: one.reason),
    Column("passed_on_at", "passed on 提供时间", lambda one: one.passed_on_at),
]


def finish(
    ctx: typer.Context,
    grant: GrantRef,
    because: Annotated[FinishCause, typer.Option(help="Why the purpose is over 使用目的终止原因.")],
    reason: Reason = "",
) -> None:
    """Say that the purpose is over 使用目的终止; the grant ends, and the data is disposed of."""
    with opened(ctx) as bureau:
        finished, receipt = bureau.disposals.finish(grant, cause=because, reason=reason)
        clocks = bureau.clocks(f"grant:{finished.ref}")
        records = bureau.records.list_by_grant(finished.ref)
        # The proof of disposal, which is still to come, is the record of destruction.
        missing = [kind for kind in records.missing if kind is not RecordKind.DESTRUCTION]
        data = {"grant": _sharing.grant_json(finished, bureau.now())}
    then = f"bureau grant disposal {finished.ref}"
    done(ctx, f"finished {finished.ref}{_sharing.due(clocks)}", receipt, data, then=then)
    if missing:
        say(
            ctx,
            f"records of use are missing (Art. 29): {', '.join(missing)};"
            f" add them: bureau usage record {finished.ref} --kind KIND --text TEXT",
        )


def require_disposal(
    ctx: typer.Context,
    grant: GrantRef,
    how: Annotated[Method, typer.Option(help="How the data must be disposed of 处置方式.")],
    text: Annotated[str, typer.Option(metavar="TEXT", help="The rest, in words 处置要求.")] = "",
) -> None:
    """Say how the data is to be disposed of 处置要求, as the provider."""
    _disposal(
        ctx,
        f"required that the data is {how.value}:",
        lambda bureau: bureau.disposals.require(grant, how=how, text=text),
    )


def dispose(
    ctx: typer.Context,
    grant: GrantRef,
    how: Annotated[Method, typer.Option(help="What was done with the data 处置方式.")],
    proof: Annotated[str, typer.Option(metavar="TEXT", help="What shows it 处置证明.")] = "",
) -> None:
    """Prove that the data of an ended grant was disposed of 数据处置; it is recorded too."""
    _disposal(
        ctx,
        "proved the disposal of the data of",
        lambda bureau: bureau.disposals.dispose(grant, how=how, proof=proof),
        then="bureau grant confirm-disposal {ref} (by the provider)",
    )


def confirm_disposal(ctx: typer.Context, grant: GrantRef) -> None:
    """Accept the proof that the data was disposed of 确认处置, as the provider."""
    _disposal(ctx, "confirmed the disposal of", lambda bureau: bureau.disposals.confirm(grant))


def reject_disposal(ctx: typer.Context, grant: GrantRef, reason: Reason = "") -> None:
    """Reject the proof that the data was disposed of, as the provider; it is owed again."""
    _disposal(
        ctx,
        "rejected the proof of",
        lambda bureau: bureau.disposals.reject(grant, reason=reason),
        then="bureau grant dispose {ref} --how METHOD --proof TEXT (by the using department)",
    )


def disposal(ctx: typer.Context, grant: GrantRef) -> None:
    """Show whether the data of a grant is to be disposed of, by when, and each proof."""
    with opened(ctx) as bureau:
        found = bureau.disposals.get(grant)
        today = bureau.today()
    clocks = [found.clock] if found.clock else []
    tables = [
        Table(columns=STANDING, rows=[found], upright=True),
        Table(columns=_sharing.clock_columns(today), rows=clocks, title="Clock 时限"),
        Table(columns=PROOFS, rows=found.proofs, title="Proofs 处置证明"),
    ]
    emit(ctx, Page(data=_json(found, today), tables=tables))


def onward(
    ctx: typer.Context,
    grant: GrantRef,
    to: Annotated[str, typer.Option(metavar="TEXT", help="Who would get the data 第三方.")] = "",
    purpose: Annotated[str, typer.Option(metavar="TEXT", help="What for 用途.")] = "",
) -> None:
    """Ask the provider's consent to pass data on to a third party 向第三方提供."""
    with opened(ctx) as bureau:
        transfer, receipt = bureau.onward.ask(grant, to=to, purpose=purpose)
    ref = receipt.subject
    done(
        ctx,
        f"asked for consent to transfer {transfer.number} of {ref}",
        receipt,
        {"transfer": transfer},
        then=f"bureau grant onward-consent {ref} {transfer.number} (by the provider)",
    )


def onward_consent(
    ctx: typer.Context,
    grant: GrantRef,
    number: TransferNumber,
    decline: Annotated[bool, typer.Option("--decline", help="Do not consent; say why.")] = False,
    reason: Reason = "",
) -> None:
    """Consent to a transfer to a third party 同意, or decline it, as the provider."""
    with opened(ctx) as bureau:
        if decline:
            transfer, receipt = bureau.onward.decline(grant, number, reason=reason)
        else:
            transfer, receipt = bureau.onward.consent(grant, number)
    verb = "declined" if decline else "consented to"
    then = "" if decline else f"bureau grant onward-done {receipt.subject} {number}"
    sentence = f"{verb} transfer {number} of {receipt.subject}"
    done(ctx, sentence, receipt, {"transfer": transfer}, then=then)


def onward_done(ctx: typer.Context, grant: GrantRef, number: TransferNumber) -> None:
    """Declare that data was passed on; without consent it is denied, and the ledger keeps that."""
    with opened(ctx) as bureau:
        transfer, receipt = bureau.onward.declare(grant, number)
    sentence = f"declared transfer {number} of {receipt.subject}"
    done(ctx, sentence, receipt, {"transfer": transfer})


def onward_list(ctx: typer.Context, grant: GrantRef) -> None:
    """List the transfers of a grant's data to third parties."""
    with opened(ctx) as bureau:
        transfers = bureau.onward.list_by_grant(grant)
    emit(ctx, listing(transfers, TRANSFERS, empty="nothing is passed on, nor asked to be"))


def _disposal(
    ctx: typer.Context, verb: str, act: Callable[[Bureau], Any], *, then: str = ""
) -> None:
    with opened(ctx) as bureau:
        found, receipt = act(bureau)
        data = {"disposal": _json(found, bureau.today())}
    then = then or "bureau grant disposal {ref}"
    done(ctx, f"{verb} {found.grant}", receipt, data, then=then.format(ref=found.grant))


def _json(found: Any, today: date) -> dict[str, Any]:
    clock = _sharing.clock_json(found.clock, today) if found.clock else None
    return {**plain(found), "clock": clock}
