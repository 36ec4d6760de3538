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
            asked = request.terms.columns
            return Verdict(outcome=Outcome.REFUSED, rule=rule, columns=asked)
        case RequestState.LAPSED:
            rule = "what was missing did not come in time"
            return Verdict(outcome=Outcome.CLOSED, rule=rule)
        case RequestState.WITHDRAWN:
            return Verdict(outcome=Outcome.CLOSED, rule="its requester took it back")
        case _:
            return Verdict(outcome=Outcome.PENDING, rule="")


def _agreed_by(request: AccessRequest) -> str:
    if request.decided_by == POLICY:
        return "the policy's unconditional_agreed_at_once"
    if request.first_approval is not None:
        return "Art. 20: agreed by two persons, as second_approver_for of the policy asks"
    return "Art. 20: agreed by the head of the provider's sharing office"
