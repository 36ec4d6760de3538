"""What was decided on a request, in a form that explains itself: by which rule, and what failed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sharing.model import AccessRequest, RequestState
from sharing.requests.procedure import POLICY


class Outcome(StrEnum):
    PENDING = "pending"
    AGREED = "agreed"
    AGREED_IN_PART = "agreed_in_part"
    REFUSED = "refused"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`rule` decided; `columns` are those asked for that it does not give."""

    outcome: Outcome
    rule: str
    columns: tuple[str, ...] = ()


def verdict(request: AccessRequest) -> Verdict:
    """The verdict on one request, which is one dataset."""
    match request.state:
        case RequestState.AGREED:
            outcome = Outcome.AGREED_IN_PART if request.left_out else Outcome.AGREED
            return Verdict(outcome=outcome, rule=_agreed_by(request), columns=request.left_out)
        case RequestState.REFUSED:
            rule = f"Art. 21: refused on the ground {request.ground}: {request.reason}"
            return Verdict(outcome=Outcome.REFUSED, rule=rule, columns=request.terms.columns)
        case RequestState.UPHELD:
            rule = f"{_ruled(request)} the refusal is upheld"
            return Verdict(outcome=Outcome.REFUSED, rule=rule, columns=request.terms.columns)
        case RequestState.OVERTURNED:
            rule = f"{_ruled(request)} the refusal is overturned"
            return Verdict(outcome=Outcome.AGREED, rule=rule)
        case RequestState.LAPSED | RequestState.WITHDRAWN:
            return Verdict(outcome=Outcome.CLOSED, rule=_CLOSED[request.state])
        case _:
            rule = ""
            if request.state is RequestState.DISPUTED:
                rule = f"Art. 28: {request.dispute} is open"
            elif request.settled:
                rule = f"{_ruled(request)} the refusal does not stand"
            return Verdict(outcome=Outcome.PENDING, rule=rule)


_CLOSED = {
    RequestState.LAPSED: "what was missing did not come in time",
    RequestState.WITHDRAWN: "its requester took it back",
}


def _ruled(request: AccessRequest) -> str:
    who = f"decided by {request.ruled_by}" if request.ruled_by else "settled by both parties"
    return f"Art. 28: {request.dispute}, {who}:"


def _agreed_by(request: AccessRequest) -> str:
    if request.decided_by == POLICY:
        return "the policy's unconditional_agreed_at_once"
    if request.first_approval is not None:
        return "Art. 20: agreed by two persons, as second_approver_for of the policy asks"
    return "Art. 20: agreed by the head of the provider's sharing office"
