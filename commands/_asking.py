"""What the requesting department does with a request, or with a dossier of several, once drafted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import typer

from commands import _sharing
from commands._context import opened
from commands._options import DossierRef, RequestRef
from commands._talk import done, say
from core.ids import DOSSIER
from sharing.model import AccessRequest, RequestState

ENDORSE = "bureau request endorse {ref} (by an approver of your own department)"
RECEIVE = "bureau request receive {ref} (by an approver of the providing department{also})"


def is_dossier(ref: str) -> bool:
    return ref.strip().upper().startswith(f"{DOSSIER}-")


def submit(ctx: typer.Context, request: DossierRef) -> None:
    """Put a draft before your own sharing office, whose approval submits it."""
    with opened(ctx) as bureau:
        if is_dossier(request):
            requests, receipt = bureau.dossiers.submit(request)
        else:
            one, receipt = bureau.submit_request(request)
            requests = [one]
    ref = receipt.subject
    done(ctx, f"proposed {listed(requests)}", receipt, data(requests), then=ENDORSE.format(ref=ref))


def endorse(ctx: typer.Context, request: DossierRef) -> None:
    """Approve a request of your own department 申请审核, which submits it to the provider."""
    with opened(ctx) as bureau:
        if is_dossier(request):
            requests, receipt = bureau.dossiers.endorse(request)
        else:
            one, receipt = bureau.endorse_request(request)
            requests = [one]
    waiting = [one for one in requests if one.state is RequestState.SUBMITTED]
    agreed = [f"{one.ref} as {one.grant}" for one in requests if one.grant]
    sentence = f"submitted {listed(requests)}"
    if agreed:
        sentence += f"; the policy agrees at once to {', '.join(agreed)}"
    done(ctx, sentence, receipt, data(requests), then=_after_endorsement(requests, waiting))


def _after_endorsement(requests: Sequence[AccessRequest], waiting: Sequence[AccessRequest]) -> str:
    if not waiting:
        return f"bureau grant show {requests[0].grant}"
    first, *others = (one.ref for one in waiting)
    also = f"; likewise {', '.join(others)}" if others else ""
    return RECEIVE.format(ref=first, also=also)


def prolong(ctx: typer.Context, request: RequestRef) -> None:
    """Move the end of the period on by as many days as the reply is late 使用时限顺延."""
    with opened(ctx) as bureau:
        moved, receipt = bureau.periods.prolong(request)
    last = moved.terms.not_after - timedelta(microseconds=1)
    sentence = f"moved the period of {moved.ref} on: its last day is {last:%Y-%m-%d}"
    done(ctx, sentence, receipt, data([moved]), then=f"bureau request show {moved.ref}")


def withdraw(ctx: typer.Context, request: DossierRef) -> None:
    """Take a request back."""
    with opened(ctx) as bureau:
        if is_dossier(request):
            requests, receipt = bureau.dossiers.withdraw(request)
        else:
            one, receipt = bureau.withdraw_request(request)
            requests = [one]
    done(ctx, f"withdrew {listed(requests)}", receipt, data(requests))


def listed(requests: Sequence[AccessRequest]) -> str:
    """The references, and that of their dossier where they have one."""
    refs = ", ".join(request.ref for request in requests)
    return f"{requests[0].dossier} ({refs})" if requests[0].dossier else refs


def data(requests: Sequence[AccessRequest]) -> dict[str, object]:
    """What is printed as JSON: the request, or all of a dossier."""
    return {"requests": requests} if requests[0].dossier else {"request": requests[0]}


def data_foretold(
    requests: Sequence[AccessRequest], foretold: Mapping[str, Sequence[str]]
) -> dict[str, object]:
    """The same, each request with why it takes two approvals."""
    told = [_sharing.request_json(one, foretold[one.ref]) for one in requests]
    return {"requests": told} if requests[0].dossier else {"request": told[0]}


def foretell(ctx: typer.Context, foretold: Mapping[str, Sequence[str]]) -> None:
    """Say of which requests two persons have to agree, and why, before anybody waits for it."""
    for ref, why in foretold.items():
        if why:
            say(
                ctx,
                f"{ref} takes two approvals, for {', '.join(why)}: of two approvers of the providing"
                " department, or of one and the data authority",
            )
