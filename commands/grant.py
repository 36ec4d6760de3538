"""`bureau grant`: look at grants, pause and end them; the acts after use are in `_after_use`."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from commands import _after_use, _sharing, credential, review
from commands._context import opened
from commands._group import ActCommand, Command, ReadCommand, new_group
from commands._options import GrantRef, Output, Reason
from commands._page import Page, Table
from commands._plain import to_json
from commands._render import emit, write
from commands._talk import done

app = new_group("Look at grants, pause and end them 共享授权.")


@app.command("list", cls=ReadCommand)
def list_grants(
    ctx: typer.Context,
    dataset: Annotated[str, typer.Option(metavar="CODE", help="Only on this dataset.")] = "",
    department: Annotated[
        str, typer.Option(metavar="CODE", help="Only those granted to this department.")
    ] = "",
) -> None:
    """List the grants with their state now."""
    with opened(ctx) as bureau:
        grants = bureau.list_grants(dataset=dataset, department=department)
        now = bureau.now()
    data = [_sharing.grant_json(grant, now) for grant in grants]
    table = Table(columns=_sharing.grant_columns(now), rows=grants)
    emit(ctx, Page(data=data, tables=[table], empty="there is no such grant"))


@app.command(cls=ReadCommand)
def show(ctx: typer.Context, grant: GrantRef) -> None:
    """Show one grant with its terms, its clocks and each read under it."""
    with opened(ctx) as bureau:
        found, uses = bureau.get_grant(grant)
        clocks = bureau.clocks(f"grant:{found.ref}")
        now, today = bureau.now(), bureau.today()
        beside, reviews = review.history(bureau, found.ref)
    page = _sharing.grant_page(
        found, uses, clocks, now, today, beside=beside, tables_beside=[reviews]
    )
    emit(ctx, page)


@app.command(cls=ActCommand)
def accept(ctx: typer.Context, grant: GrantRef) -> None:
    """Confirm that what was granted arrived 验收."""
    with opened(ctx) as bureau:
        accepted, receipt = bureau.accept_grant(grant)
        data = {"grant": _sharing.grant_json(accepted, bureau.now())}
    record = f"bureau usage record {accepted.ref} --kind KIND --text TEXT"
    then = record if accepted.first_used_at else _sharing.reading(accepted)
    done(ctx, f"accepted {accepted.ref}", receipt, data, then=then)


@app.command(cls=ActCommand)
def revoke(ctx: typer.Context, grant: GrantRef, reason: Reason = "") -> None:
    """End a grant for good; no read is allowed from this moment on."""
    review.end(ctx, grant, lambda bureau: bureau.revoke_grant(grant, reason=reason))


@app.command(cls=ActCommand)
def suspend(ctx: typer.Context, grant: GrantRef, reason: Reason = "") -> None:
    """Stop reads under a grant until it is resumed."""
    with opened(ctx) as bureau:
        suspended, receipt = bureau.suspend_grant(grant, reason=reason)
        clocks = bureau.clocks(f"grant:{suspended.ref}#{len(suspended.suspensions)}")
        data = {"grant": _sharing.grant_json(suspended, bureau.now())}
    done(
        ctx,
        f"suspended {suspended.ref}{_sharing.due(clocks)}",
        receipt,
        data,
        then=f"bureau grant rectify {suspended.ref} --report TEXT (by {suspended.department})",
    )


@app.command(cls=ActCommand)
def rectify(
    ctx: typer.Context,
    grant: GrantRef,
    report: Annotated[str, typer.Option(metavar="TEXT", help="What was done 整改情况.")] = "",
) -> None:
    """Report, as the department that uses the data, that it is rectified 整改."""
    with opened(ctx) as bureau:
        rectified, receipt = bureau.rectify_grant(grant, report=report)
        data = {"grant": _sharing.grant_json(rectified, bureau.now())}
    by_authority = rectified.suspensions[-1].by_authority
    done(
        ctx,
        f"reported the rectification of {rectified.ref}",
        receipt,
        data,
        then=f"bureau grant resume {rectified.ref} --reason TEXT"
        f" (by {'the data authority' if by_authority else rectified.provider})",
    )


@app.command(cls=ActCommand)
def resume(ctx: typer.Context, grant: GrantRef, reason: Reason = "") -> None:
    """Allow reads under a suspended grant again, after checking what was rectified 恢复."""
    with opened(ctx) as bureau:
        resumed, receipt = bureau.resume_grant(grant, reason=reason)
        data = {"grant": _sharing.grant_json(resumed, bureau.now())}
    then = f"{_sharing.reading(resumed)} (by a requester of {resumed.department})"
    done(ctx, f"resumed {resumed.ref}", receipt, data, then=then)


@app.command(cls=Command)
def export(
    ctx: typer.Context,
    grant: GrantRef,
    form: Annotated[  # noqa: ARG001 (there is one)
        Literal["odrl"], typer.Option("--format", help="As what: an ODRL 2.2 agreement.")
    ] = "odrl",
    output: Output = None,
) -> None:
    """Write the terms of a grant as an agreement that other systems can read 授权协议."""
    from sharing.odrl import agreement

    with opened(ctx) as bureau:
        found, _ = bureau.get_grant(grant)
        required = bureau.disposals.get(found.ref).requirement
        transfers = bureau.onward.list_by_grant(found.ref)
        how = required.how if required else None
        text = to_json(agreement(found, bureau.policy(), disposal=how, transfers=transfers))
    write(output, f"{text}\n".encode())


app.command("credential", cls=ActCommand)(credential.issue)
app.command("renew", cls=ActCommand)(review.renew)
for name, act in (
    ("finish", _after_use.finish),
    ("require-disposal", _after_use.require_disposal),
    ("dispose", _after_use.dispose),
    ("confirm-disposal", _after_use.confirm_disposal),
    ("reject-disposal", _after_use.reject_disposal),
    ("onward", _after_use.onward),
    ("onward-consent", _after_use.onward_consent),
    ("onward-done", _after_use.onward_done),
):
    app.command(name, cls=ActCommand)(act)
app.command("disposal", cls=ReadCommand)(_after_use.disposal)
app.command("onward-list", cls=ReadCommand)(_after_use.onward_list)
