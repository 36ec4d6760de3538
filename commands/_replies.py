"""The acts of `bureau request` after it was submitted: sign, hand back, extend, decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from catalog.model import Dataset, ShareType
from commands import _asking, _sharing
from commands._context import opened
from commands._options import Reason, RequestRef
from commands._safeguards import Masks, Needs, NoSearch, Secrets, names, safeguards
from commands._talk import done, say
from sharing.model import AccessRequest, RefusalGround

if TYPE_CHECKING:
    from bureau.receipt import Receipt
    from sharing.clocks.model import Clock


def receive(ctx: typer.Context, request: RequestRef) -> None:
    """Sign for a request 签收; the time to reply is counted from here."""
    with opened(ctx) as bureau:
        received, receipt = bureau.receive_request(request)
        clocks = bureau.clocks(f"request:{received.ref}")
        cautions = bureau.cautions(received.ref)
        two = bureau.two_approvals(received.ref)
    request_json = _sharing.request_json(received, two)
    data = {"request": request_json, "clocks": clocks, "cautions": cautions}
    done(
        ctx,
        f"signed for {received.ref}{_sharing.due(clocks)}",
        receipt,
        data,
        then=f"bureau request approve {received.ref}",
    )
    _asking.foretell(ctx, {received.ref: two})
    warn(ctx, cautions)


def hand_back(
    ctx: typer.Context,
    request: RequestRef,
    missing: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="One thing that is missing; repeat it for each."),
    ] = None,
) -> None:
    """Hand papers back, once, with all that is missing 一次性告知; the time to reply stands still."""
    with opened(ctx) as bureau:
        returned, receipt = bureau.return_request(request, missing or ())
        clocks = bureau.clocks(f"request:{returned.ref}")
    done(
        ctx,
        f"handed {returned.ref} back to {returned.department}{_sharing.due(clocks)}",
        receipt,
        {"request": returned, "clocks": clocks},
        then=f"bureau request supplement {returned.ref} --answer TEXT"
        f" (by a requester of {returned.department})",
    )


def supplement(
    ctx: typer.Context,
    request: RequestRef,
    answer: Annotated[str, typer.Option(metavar="TEXT", help="What was added 补正说明.")] = "",
    basis: Annotated[str, typer.Option(metavar="TEXT", help="Another legal basis 使用依据.")] = "",
    scenario: Annotated[str, typer.Option(metavar="TEXT", help="Another scenario 使用场景.")] = "",
) -> None:
    """Bring what was missing 补正; the time to reply goes on."""
    with opened(ctx) as bureau:
        supplemented, receipt = bureau.supplement_request(
            request, answer=answer, legal_basis=basis, scenario=scenario
        )
        clocks = bureau.clocks(f"request:{supplemented.ref}")
    _to_reply(ctx, "supplemented", supplemented, clocks, receipt)


def extend(
    ctx: typer.Context,
    request: RequestRef,
    days: Annotated[int, typer.Option(metavar="N", help="How many working days more 延期.")],
    reason: Reason = "",
) -> None:
    """Ask the data authority for more time to reply 申请延期."""
    with opened(ctx) as bureau:
        asked, receipt = bureau.ask_extension(request, days=days, reason=reason)
        clocks = bureau.clocks(f"request:{asked.ref}")
    signed = asked.extension is not None and asked.received_at == asked.extension.asked_at
    done(
        ctx,
        f"{f'signed for {asked.ref} and ' if signed else ''}asked for {days} working days more for"
        f" {asked.ref}{_sharing.due(clocks)} until the data authority consents",
        receipt,
        {"request": asked},
        then=f"bureau request consent {asked.ref} (by the data authority)",
    )


def consent(ctx: typer.Context, request: RequestRef) -> None:
    """Consent to more time to reply 同意延期, as the data authority."""
    with opened(ctx) as bureau:
        extended, receipt = bureau.consent_extension(request)
        clocks = bureau.clocks(f"request:{extended.ref}")
    _to_reply(ctx, "extended", extended, clocks, receipt)


def decline(ctx: typer.Context, request: RequestRef, reason: Reason = "") -> None:
    """Decline more time to reply 不同意延期, as the data authority; it stays due when it is."""
    with opened(ctx) as bureau:
        declined, receipt = bureau.decline_extension(request, reason=reason)
        clocks = bureau.clocks(f"request:{declined.ref}")
    _to_reply(ctx, "declined more time for", declined, clocks, receipt)


def _to_reply(
    ctx: typer.Context,
    did: str,
    request: AccessRequest,
    clocks: Sequence[Clock],
    receipt: Receipt,
) -> None:
    """Say what was done to a request to which the provider replies next."""
    done(
        ctx,
        f"{did} {request.ref}{_sharing.due(clocks)}",
        receipt,
        {"request": request, "clocks": clocks},
        then=f"bureau request approve {request.ref} (by an approver of the providing department)",
    )


def lapse(ctx: typer.Context, request: RequestRef) -> None:
    """Close a request whose missing papers did not come in time 逾期未补正."""
    with opened(ctx) as bureau:
        lapsed, receipt = bureau.lapse_request(request)
    done(
        ctx,
        f"closed {lapsed.ref}: what was missing did not come",
        receipt,
        {"request": lapsed},
        then=f"bureau request new {lapsed.terms.dataset} (by a requester of {lapsed.department},"
        " with the papers)",
    )


def approve(
    ctx: typer.Context,
    request: RequestRef,
    terms: Annotated[
        str, typer.Option(metavar="HASH", help="Only if the terms still have this hash.")
    ] = "",
    columns: Annotated[
        list[str] | None,
        typer.Option(metavar="A,B,C", help="Only these of the columns asked for; repeatable."),
    ] = None,
    mask: Masks = None,
    need: Needs = None,
    no_search: NoSearch = None,
    secret: Secrets = None,
) -> None:
    """Agree to the terms as they stand, or to less; this makes a grant.

    Less are fewer columns, masked ones, and rows that a reader knows already 最小必要.
    """
    named = None if columns is None else [name for part in columns for name in names(part)]
    guards = safeguards(mask, need, no_search, secret)
    with opened(ctx) as bureau:
        grant, receipt = bureau.approve_request(
            request, terms_hash=terms, columns=named, safeguards=guards
        )
        found = bureau.get_request(request)
        cautions = bureau.cautions(found.ref)
        clocks = bureau.clocks(f"grant:{grant.ref}") if grant else []
        provider = bureau.get_item(Dataset, found.terms.dataset).provider
        first = found.first_approval.by if found.first_approval else ""
        data = {
            "request": found,
            "grant": _sharing.grant_json(grant, bureau.now()) if grant else None,
            "cautions": cautions,
        }
    if grant is None:
        sentence = f"approved {found.ref} as the first of two: nothing is granted yet"
        then = (
            f"bureau request approve {found.ref} (by another approver of {provider} than"
            f" {first}, or by the data authority)"
        )
    else:
        due = _sharing.due(clocks)
        without = f" without {', '.join(found.left_out)}" if found.left_out else ""
        made = f"grant {grant.ref} for {grant.department}"
        sentence = f"agreed to {grant.request}{without}: {made}{due}"
        then = f"bureau dataset deliver {grant.terms.dataset} FILE"
        if not due:
            then = f"{_sharing.reading(grant)}, then bureau grant accept {grant.ref}"
            then += f" (by a requester of {grant.department})"
    done(ctx, sentence, receipt, data, then=then)
    if guards:
        say(ctx, f"under these safeguards: {guards}")
    warn(ctx, cautions)


def warn(ctx: typer.Context, cautions: Sequence[str]) -> None:
    """Say which data together reveals more than each alone (Art. 25)."""
    for one in cautions:
        say(ctx, f"caution: with what the department holds already, this gives {one} together")


def refuse(
    ctx: typer.Context,
    request: RequestRef,
    ground: Annotated[
        RefusalGround | None, typer.Option(help="On which ground 不予共享的理由类别.")
    ] = None,
    reason: Reason = "",
) -> None:
    """Refuse a request on a ground; the reason is told to the requester."""
    with opened(ctx) as bureau:
        refused, receipt = bureau.refuse_request(request, ground=ground, reason=reason)
        share_type = bureau.get_item(Dataset, refused.terms.dataset).share_type
    done(
        ctx,
        f"refused {refused.ref}",
        receipt,
        {"request": refused},
        then=f"bureau dispute raise request:{refused.ref} --grounds TEXT (by a requester of"
        f" {refused.department}, where it disagrees)",
    )
    if share_type is ShareType.UNCONDITIONAL:
        say(
            ctx,
            f"{refused.terms.dataset} is shared unconditionally (无条件共享): Decree 809 Art. 21 knows"
            " no refusal of it, and the ledger flags this one",
        )
