"""Answer requests: sign for them, hand papers back, ask for time, refuse (Art. 20 to 22)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bureau.grantable import refuse_unshareable, require_grantable
from bureau.receipt import Receipt, receipt
from bureau.timekeeping import Timekeeper, facts
from bureau.unit_of_work import WriteUnit
from bureau.workspace import Workspace
from catalog.model import Dataset, ShareType
from core.canonical import Json
from core.clock import local_day
from core.errors import Conflict
from sharing.clocks.model import Clock, check_extension
from sharing.ledger.entry import Event
from sharing.model import AccessRequest, RefusalGround, RequestState
from sharing.moves import Act, next_state
from sharing.profiles.model import LimitName
from sharing.requests import procedure
from sharing.workflow import require_side

REPLIES = (LimitName.REPLY_CONDITIONAL, LimitName.REPLY_UNCONDITIONAL)
_OF_REQUESTS = (LimitName.RECEIPT, LimitName.SUPPLEMENT, *REPLIES)


def receive(workspace: Workspace, ref: str, *, actor: str | None) -> tuple[AccessRequest, Receipt]:
    """Sign for a request (签收), which starts the time to reply."""
    with workspace.writing(actor) as write:
        before, dataset = asked(write, ref)
        keeper = Timekeeper.of(workspace, write)
        request = procedure.receive(before, write.actor, provider=dataset.provider, now=write.now)
        clock = _start_reply(keeper, request, dataset)
        write.requests.update(request, expected=before.state)
        write.record(request_event("request.received", request, facts(clock, keeper.today)))
    return request, receipt(request.ref, write)


def return_once(
    workspace: Workspace, ref: str, *, actor: str | None, missing: Sequence[str]
) -> tuple[AccessRequest, Receipt]:
    """Hand papers back with the whole list of what is missing; the time to reply stands still."""
    with workspace.writing(actor) as write:
        before, dataset = asked(write, ref)
        refuse_unshareable(dataset)
        keeper = Timekeeper.of(workspace, write)
        received = signed_for(keeper, before, dataset, Act.RETURN)
        request = procedure.return_once(
            received, write.actor, provider=dataset.provider, missing=missing, now=write.now
        )
        write.requests.update(request, expected=before.state)
        if keeper.profile.flag("clock_stops_for_supplement"):
            keeper.pause(subject(request), *REPLIES)
        clock = keeper.start(subject(request), LimitName.SUPPLEMENT, request.department)
        told: dict[str, Json] = {
            "missing": len(request.returned.missing) if request.returned else 0
        }
        write.record(request_event("request.returned", request, told | facts(clock, keeper.today)))
    return request, receipt(request.ref, write)


def ask_extension(
    workspace: Workspace, ref: str, *, actor: str | None, days: int, reason: str
) -> tuple[AccessRequest, Receipt]:
    """Ask the authority for more time to reply, within what the policy allows."""
    with workspace.writing(actor) as write:
        before, dataset = asked(write, ref)
        refuse_unshareable(dataset)
        keeper = Timekeeper.of(workspace, write)
        received = signed_for(keeper, before, dataset, Act.EXTEND)
        request = procedure.ask_extension(
            received,
            write.actor,
            provider=dataset.provider,
            days=days,
            reason=reason,
            now=write.now,
        )
        clock = _reply_clock(keeper, request)
        limit = keeper.profile.limit(clock.limit)
        check_extension(clock, limit, days=days, day=keeper.today)
        write.requests.update(request, expected=before.state)
        write.record(request_event("request.extension_asked", request, {"days": days}))
    return request, receipt(request.ref, write)


def consent(workspace: Workspace, ref: str, *, actor: str | None) -> tuple[AccessRequest, Receipt]:
    """Consent to more time; the requester sees the new day in the request and in the ledger."""
    with workspace.writing(actor) as write:
        before, dataset = asked(write, ref)
        request = procedure.consent(before, write.actor, provider=dataset.provider, now=write.now)
        keeper = Timekeeper.of(workspace, write)
        extension = before.extension or request.extension
        days = extension.days if extension else 0
        asked_at = extension.asked_at if extension else write.now
        asked_on = local_day(asked_at, workspace.settings.zone)
        clock = keeper.extend(_reply_clock(keeper, request), days, asked_on=asked_on)
        write.requests.update(request, expected=before.state)
        told: dict[str, Json] = {"days": days}
        write.record(request_event("request.extended", request, told | facts(clock, keeper.today)))
    return request, receipt(request.ref, write)


def decline(
    workspace: Workspace, ref: str, *, actor: str | None, reason: str
) -> tuple[AccessRequest, Receipt]:
    """Decline more time, as the authority; the reply stays due when it is."""
    with workspace.writing(actor) as write:
        before, dataset = asked(write, ref)
        request = procedure.decline(
            before, write.actor, provider=dataset.provider, reason=reason, now=write.now
        )
        keeper = Timekeeper.of(workspace, write)
        clock = _reply_clock(keeper, request)
        write.requests.update(request, expected=before.state)
        told = facts(clock, keeper.today)
        write.record(request_event("request.extension_declined", request, told))
    return request, receipt(request.ref, write)


def refuse(
    workspace: Workspace,
    ref: str,
    *,
    actor: str | None,
    ground: RefusalGround | None,
    reason: str,
) -> tuple[AccessRequest, Receipt]:
    """Refuse with a ground and a reason; a refusal of what is shared unconditionally is flagged."""
    with workspace.writing(actor) as write:
        before, dataset = asked(write, ref)
        keeper = Timekeeper.of(workspace, write)
        received = signed_for(keeper, before, dataset, Act.REFUSE)
        request = procedure.refuse(
            received,
            write.actor,
            provider=dataset.provider,
            ground=ground,
            reason=reason,
            grantable=_grantable(write, received, dataset),
            now=write.now,
        )
        clock = replied(keeper, request)
        write.requests.update(request, expected=before.state)
        told: dict[str, Json] = {
            "ground": request.ground.value if request.ground else "",
            "unconditional": dataset.share_type is ShareType.UNCONDITIONAL
            or (clock is not None and clock.limit is LimitName.REPLY_UNCONDITIONAL),
        }
        write.record(request_event("request.refused", request, told | facts(clock, keeper.today)))
    return request, receipt(request.ref, write)


def lapse(workspace: Workspace, ref: str, *, actor: str | None) -> tuple[AccessRequest, Receipt]:
    """Close a request whose missing papers did not come by the day they were due."""
    with workspace.writing(actor) as write:
        before, dataset = asked(write, ref)
        keeper = Timekeeper.of(workspace, write)
        request = procedure.lapse(
            before,
            write.actor,
            provider=dataset.provider,
            waiting=write.clocks.find(subject(before), LimitName.SUPPLEMENT),
            today=keeper.today,
            now=write.now,
        )
        write.requests.update(request, expected=before.state)
        waited = keeper.end(subject(request), LimitName.SUPPLEMENT)
        end_all(keeper, request)
        write.record(request_event("request.lapsed", request, facts(waited, keeper.today)))
    return request, receipt(request.ref, write)


def subject(request: AccessRequest) -> str:
    """How clocks and ledger entries name a request."""
    return f"request:{request.ref}"


def resume_reply(keeper: Timekeeper, request: AccessRequest) -> Clock | None:
    """Let the time to reply go on; gives back its clock."""
    return keeper.resume(subject(request), *REPLIES)


def end_all(keeper: Timekeeper, request: AccessRequest) -> dict[str, Json]:
    """Nothing is due any more; gives back the facts of the clock that ended last."""
    ended = [c for name in _OF_REQUESTS if (c := keeper.end(subject(request), name))]
    return facts(ended[-1], keeper.today) if ended else {}


def request_event(
    kind: str, request: AccessRequest, more: Mapping[str, Json] | None = None
) -> Event:
    """What happened to a request. Its free text stays in the registry; `standing` is its hash."""
    told: dict[str, Json] = {
        "application": request.terms.application,
        "dataset": request.terms.dataset,
        "department": request.department,
        "standing": request.standing,
        "terms_hash": request.terms.hash,
    }
    return Event(kind, subject(request), told | dict(more or {}))


def asked(write: WriteUnit, ref: str) -> tuple[AccessRequest, Dataset]:
    request = write.requests.get(ref)
    return request, write.registry.get(Dataset, request.terms.dataset)


def _grantable(write: WriteUnit, request: AccessRequest, dataset: Dataset) -> bool:
    try:
        require_grantable(write, request, dataset, request.terms.columns)
    except Conflict:
        return False
    return True


def _reply_clock(keeper: Timekeeper, request: AccessRequest) -> Clock:
    clock = keeper.unit.clocks.find(subject(request), *REPLIES)
    if clock is None:
        raise Conflict(
            f"request {request.ref} is {request.state}, and no time to reply runs for it (Art. 21)",
            hint=f"sign for it first: bureau request receive {request.ref}",
        )
    return clock


def _start_reply(keeper: Timekeeper, request: AccessRequest, dataset: Dataset) -> Clock:
    """End the time to sign and start the time to reply, which depends on how the data is shared."""
    keeper.end(subject(request), LimitName.RECEIPT)
    unconditional = dataset.share_type is ShareType.UNCONDITIONAL
    name = LimitName.REPLY_UNCONDITIONAL if unconditional else LimitName.REPLY_CONDITIONAL
    return keeper.start(subject(request), name, dataset.provider)


def signed_for(
    keeper: Timekeeper, request: AccessRequest, dataset: Dataset, act: Act
) -> AccessRequest:
    """The request as signed for: whoever may do `act` to it has received it with that."""
    next_state(request, act)
    require_side(request, act, keeper.unit.actor, dataset.provider)
    if request.received_at is not None or request.state is not RequestState.SUBMITTED:
        return request
    actor, now = keeper.unit.actor, keeper.unit.now
    received = procedure.receive(request, actor, provider=dataset.provider, now=now)
    clock = _start_reply(keeper, received, dataset)
    keeper.unit.record(request_event("request.received", received, facts(clock, keeper.today)))
    return received


def replied(keeper: Timekeeper, request: AccessRequest) -> Clock | None:
    """End the time to reply; gives back its clock."""
    return keeper.end(subject(request), *REPLIES)
