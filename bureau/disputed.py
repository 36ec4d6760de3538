"""What a dispute is about, and what its end makes of a request that was refused (Art. 28)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bureau.approving import issue_by_dispute
from bureau.replying import REPLIES, asked, request_event, subject
from bureau.timekeeping import Timekeeper, facts
from bureau.unit_of_work import ReadUnit
from catalog.claims import departments_of
from catalog.model import Dataset
from core.actor import Actor
from core.canonical import Json
from core.errors import Conflict, InvalidInput
from sharing.clocks.model import Clock, reopen
from sharing.corrections.model import CorrectionState, Finding
from sharing.disputes.model import About, Dispute, DisputeState, Matter, Outcome
from sharing.model import AccessRequest, RequestState
from sharing.requests import disputed


def matter(unit: ReadUnit, named: str, actor: Actor, against: str) -> Matter:
    """What is named, such as request:REQ-0001; refuses what cannot be disputed, or is already."""
    about, _, ref = named.strip().partition(":")
    find = _MATTERS.get(about)
    if find is None:
        raise InvalidInput(
            f"'{named}' is nothing that can be disputed",
            hint="write request:REQ-0001, correction:COR-0001 or item:NAME",
        )
    found = find(unit, ref, actor, against)
    _refuse_again(unit, found)
    return found


def begin(keeper: Timekeeper, dispute: Dispute) -> None:
    """A refusal that is disputed is in dispute from now on."""
    request = _refused(keeper.unit, dispute, RequestState.REFUSED)
    if request is not None:
        changed = disputed.dispute(request, dispute.ref)
        _keep(keeper, request, changed, "request.disputed")


def conclude(keeper: Timekeeper, dispute: Dispute) -> None:
    """What the end of a dispute makes of the refusal it was over; of anything else, nothing."""
    request = _refused(keeper.unit, dispute, RequestState.DISPUTED)
    if request is None:
        return
    settled = dispute.settlement
    if dispute.state is DisputeState.WITHDRAWN:
        _keep(keeper, request, disputed.drop(request), "request.undisputed")
    elif dispute.state is DisputeState.OVERTURNED:
        issue_by_dispute(keeper, request, dispute.step.department)
    elif dispute.state is DisputeState.UPHELD:
        upheld = disputed.uphold(request, ruled_by=dispute.step.department)
        _keep(keeper, request, upheld, "request.upheld")
    elif settled is not None and settled.outcome is Outcome.UPHELD:
        _keep(keeper, request, disputed.uphold(request, ruled_by=""), "request.upheld")
    else:
        clock = _reply_again(keeper, request)
        told = facts(clock, keeper.today)
        _keep(keeper, request, disputed.reopen(request), "request.reopened", told)


def _request(unit: ReadUnit, ref: str, _: Actor, __: str) -> Matter:
    request = unit.requests.get(ref)
    refused = request.state is RequestState.REFUSED
    if not refused and not (request.state is RequestState.AGREED and request.left_out):
        raise Conflict(
            f"request {request.ref} is {request.state}: a refusal can be disputed, or an agreement"
            " in part (Art. 28)",
            hint=f"how it stands: bureau request show {request.ref}",
        )
    return Matter(
        about=About.REQUEST,
        subject=subject(request),
        department=request.department,
        provider=unit.registry.get(Dataset, request.terms.dataset).provider,
        dataset=request.terms.dataset,
        again=refused,
    )


def _correction(unit: ReadUnit, ref: str, _: Actor, __: str) -> Matter:
    correction = unit.corrections.get(ref)
    closed = correction.state is CorrectionState.CLOSED
    if not closed or correction.finding is not Finding.UNFOUNDED:
        finding = f", {correction.finding}" if correction.finding else ""
        raise Conflict(
            f"correction {correction.ref} is {correction.state}{finding}: what was closed as"
            " unfounded can be disputed (Art. 28)",
            hint=f"how it stands: bureau correction show {correction.ref}",
        )
    return Matter(
        about=About.CORRECTION,
        subject=f"correction:{correction.ref}",
        department=correction.department,
        provider=unit.registry.get(Dataset, correction.dataset).provider,
        dataset=correction.dataset,
    )


def _item(unit: ReadUnit, item: str, actor: Actor, against: str) -> Matter:
    """Against the named source, or the only other department that offers the item."""
    offering = departments_of(unit.registry.list_claims(item))
    others = [code for code in offering if code != actor.department]
    if not others or actor.department not in offering:
        raise Conflict(
            f"{actor.department} does not contest who is the source of '{item}':"
            f" {', '.join(offering) or 'nobody'} offers it",
            hint="a department that offers an item disputes it with another that does (Art. 19)",
        )
    source = unit.sources.named().get(item)
    other = against or (source if source in others else others[0])
    if other not in others or (not against and source not in others and len(others) > 1):
        raise InvalidInput(
            f"it is not said whom {actor.department} disputes '{item}' with",
            hint=f"add --against with one of {', '.join(others)}",
        )
    return Matter(
        about=About.ITEM,
        subject=f"item:{item}",
        department=actor.department,
        provider=other,
        again=True,
    )


_MATTERS: Mapping[str, Callable[[ReadUnit, str, Actor, str], Matter]] = {
    About.REQUEST: _request,
    About.CORRECTION: _correction,
    About.ITEM: _item,
}


def _refuse_again(unit: ReadUnit, found: Matter) -> None:
    for one in unit.disputes.list_all(subject=found.subject):
        over = not one.state.open and (found.again or one.state is DisputeState.WITHDRAWN)
        if not over:
            raise Conflict(
                f"{found.subject} is disputed in {one.ref} already, which is {one.state}",
                hint=f"look at it: bureau dispute show {one.ref}",
            )


def _refused(unit: ReadUnit, dispute: Dispute, state: RequestState) -> AccessRequest | None:
    """The request it is over, if that is in this state: an agreement in part stays what it is."""
    if dispute.about is not About.REQUEST:
        return None
    request = unit.requests.get(dispute.subject.partition(":")[2])
    return request if request.state is state else None


def _reply_again(keeper: Timekeeper, request: AccessRequest) -> Clock | None:
    """Let the time to reply go on where it ended, as the duty of who provides the data now."""
    _, dataset = asked(keeper.unit, request.ref)
    ended = keeper.unit.clocks.find(subject(request), *REPLIES)
    if ended is None:
        return None
    mine = replace(ended, debtor=dataset.provider)
    return keeper.put(reopen(mine, keeper.calendar, keeper.today))


def _keep(
    keeper: Timekeeper,
    before: AccessRequest,
    after: AccessRequest,
    kind: str,
    more: Mapping[str, Json] | None = None,
) -> None:
    keeper.unit.requests.update(after, expected=before.state)
    told: dict[str, Json] = {"article": "28", "dispute": after.dispute}
    keeper.unit.record(request_event(kind, after, told | dict(more or {})))
