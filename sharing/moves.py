"""What may follow what on a request, whose act each is, and what is possible instead.

Decree 809 Art. 20, 21 and 28; the table is `NEXT`, and whatever is not in it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from core.errors import Conflict
from sharing.model import AccessRequest, RequestState


class Act(StrEnum):
    SUBMIT = "submit"
    ENDORSE = "endorse"
    RECEIVE = "receive"
    RETURN = "return"
    SUPPLEMENT = "supplement"
    PROLONG = "prolong"
    EXTEND = "extend"
    CONSENT = "consent"
    DECLINE = "decline"
    APPROVE = "approve"
    APPROVE_FIRST = "approve as the first of two"
    SECOND = "second"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"
    DISPUTE = "dispute"
    REOPEN = "reopen"
    UPHOLD = "uphold"
    OVERTURN = "overturn"
    DROP = "drop the dispute"


NEXT: dict[tuple[RequestState, Act], RequestState] = {
    (RequestState.DRAFT, Act.SUBMIT): RequestState.PROPOSED,
    (RequestState.DRAFT, Act.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.PROPOSED, Act.ENDORSE): RequestState.SUBMITTED,
    (RequestState.PROPOSED, Act.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.SUBMITTED, Act.RECEIVE): RequestState.SUBMITTED,
    (RequestState.SUBMITTED, Act.RETURN): RequestState.RETURNED,
    (RequestState.SUBMITTED, Act.EXTEND): RequestState.SUBMITTED,
    (RequestState.SUBMITTED, Act.CONSENT): RequestState.SUBMITTED,
    (RequestState.SUBMITTED, Act.DECLINE): RequestState.SUBMITTED,
    (RequestState.SUBMITTED, Act.APPROVE): RequestState.AGREED,
    (RequestState.SUBMITTED, Act.APPROVE_FIRST): RequestState.SECONDING,
    (RequestState.SUBMITTED, Act.REFUSE): RequestState.REFUSED,
    (RequestState.SUBMITTED, Act.PROLONG): RequestState.SUBMITTED,
    (RequestState.SUBMITTED, Act.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.RETURNED, Act.SUPPLEMENT): RequestState.SUBMITTED,
    (RequestState.RETURNED, Act.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.RETURNED, Act.LAPSE): RequestState.LAPSED,
    (RequestState.SECONDING, Act.SECOND): RequestState.AGREED,
    (RequestState.SECONDING, Act.REFUSE): RequestState.REFUSED,
    (RequestState.SECONDING, Act.PROLONG): RequestState.SUBMITTED,
    (RequestState.SECONDING, Act.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.REFUSED, Act.DISPUTE): RequestState.DISPUTED,
    (RequestState.DISPUTED, Act.REOPEN): RequestState.SUBMITTED,
    (RequestState.DISPUTED, Act.UPHOLD): RequestState.UPHELD,
    (RequestState.DISPUTED, Act.OVERTURN): RequestState.OVERTURNED,
    (RequestState.DISPUTED, Act.DROP): RequestState.REFUSED,
}
"""Every legal move; whatever is not here is refused."""


class Side(StrEnum):
    """Whose act it is."""

    REQUESTER = "requester of the requesting department"
    OWN_APPROVER = "approver of the requesting department"
    PROVIDER = "approver of the providing department"
    SECOND = "another approver of the providing department, or the data authority"
    AUTHORITY = "data authority"
    DISPUTE = "whoever may in the dispute"
    """These acts follow from those of a dispute, which has a table of its own."""


SIDES: dict[Act, Side] = {
    Act.SUBMIT: Side.REQUESTER,
    Act.ENDORSE: Side.OWN_APPROVER,
    Act.RECEIVE: Side.PROVIDER,
    Act.RETURN: Side.PROVIDER,
    Act.SUPPLEMENT: Side.REQUESTER,
    Act.PROLONG: Side.REQUESTER,
    Act.EXTEND: Side.PROVIDER,
    Act.CONSENT: Side.AUTHORITY,
    Act.DECLINE: Side.AUTHORITY,
    Act.APPROVE: Side.PROVIDER,
    Act.APPROVE_FIRST: Side.PROVIDER,
    Act.SECOND: Side.SECOND,
    Act.REFUSE: Side.PROVIDER,
    Act.WITHDRAW: Side.REQUESTER,
    Act.LAPSE: Side.PROVIDER,
    Act.DISPUTE: Side.DISPUTE,
    Act.REOPEN: Side.DISPUTE,
    Act.UPHOLD: Side.DISPUTE,
    Act.OVERTURN: Side.DISPUTE,
    Act.DROP: Side.DISPUTE,
}


def next_state(request: AccessRequest, act: Act) -> RequestState:
    """The state that `act` leads to; raises Conflict where the act has no place."""
    found = NEXT.get((request.state, act))
    if found is None:
        raise Conflict(
            f"request {request.ref} is {request.state}: it cannot be {_PAST[act]}, for"
            f" {_RULES[act]}",
            hint=possible(request),
        )
    return found


def movable(requests: Sequence[AccessRequest], act: Act) -> list[AccessRequest]:
    """Those of a dossier that `act` is possible for; raises Conflict where it is for none."""
    found = [request for request in requests if (request.state, act) in NEXT]
    if not found:
        next_state(requests[0], act)
    return found


def possible_acts(request: AccessRequest) -> list[Act]:
    """What may be done to a request as it stands; to let it lapse, its day has to be over besides.

    These are acts that somebody does by themselves: agreeing as the first of two is agreeing, and
    what follows from a dispute is done in the dispute.
    """
    return [
        act
        for (state, act) in NEXT
        if state is request.state
        and act in _COMMANDS
        and not (act in _SPENT and _SPENT[act](request))
    ]


def possible(request: AccessRequest) -> str:
    """What can be done instead, and by whom, as a hint."""
    by_side: dict[str, list[str]] = {}
    for act in possible_acts(request):
        by_side.setdefault(_WHO[SIDES[act]].format(request.department), []).append(_COMMANDS[act])
    if by_side:
        return "possible now: " + "; ".join(
            f"{', '.join(commands)} ({who})" for who, commands in by_side.items()
        )
    if request.state is RequestState.DISPUTED:
        return f"its dispute decides: bureau dispute show {request.dispute}"
    if request.grant:
        return f"it ended with grant {request.grant}: bureau grant show {request.grant}"
    return "it has ended: whoever still needs the data asks anew, bureau request new"


_PAST = {
    Act.SUBMIT: "submitted",
    Act.ENDORSE: "endorsed",
    Act.RECEIVE: "received",
    Act.RETURN: "returned",
    Act.SUPPLEMENT: "supplemented",
    Act.PROLONG: "prolonged",
    Act.EXTEND: "extended",
    Act.CONSENT: "extended",
    Act.DECLINE: "denied more time",
    Act.LAPSE: "declared lapsed",
    Act.APPROVE: "approved",
    Act.APPROVE_FIRST: "approved",
    Act.SECOND: "approved a second time",
    Act.REFUSE: "refused",
    Act.WITHDRAW: "withdrawn",
    Act.DISPUTE: "disputed",
    Act.REOPEN: "reopened",
    Act.UPHOLD: "upheld",
    Act.OVERTURN: "overturned",
    Act.DROP: "freed of its dispute",
}


_RULES = {
    Act.SUBMIT: "only a draft is proposed to its own sharing office (Art. 20)",
    Act.ENDORSE: "its own sharing office approves it once, before it is submitted (Art. 20)",
    Act.RECEIVE: "what was submitted is signed for, and nothing else (Art. 21)",
    Act.RETURN: "what is missing is listed once, before the reply (Art. 21)",
    Act.SUPPLEMENT: "papers are brought where a list asks for them (Art. 21)",
    Act.PROLONG: "a period is moved on while the reply is late (Art. 21)",
    Act.EXTEND: "more time is asked for while the reply is still due (Art. 21)",
    Act.CONSENT: "more time is given while the reply is still due (Art. 21)",
    Act.DECLINE: "more time is declined while the reply is still due (Art. 21)",
    Act.LAPSE: "only papers that were asked for and did not come let it lapse (policy: supplement)",
    Act.APPROVE: "what was submitted is replied to once (Art. 21)",
    Act.APPROVE_FIRST: "what was submitted is replied to once (Art. 21)",
    Act.SECOND: "a second person approves what a first one did (policy: second_approver_for)",
    Act.REFUSE: "what was submitted is replied to once (Art. 21)",
    Act.WITHDRAW: "what was replied to is not taken back (Art. 21)",
    Act.DISPUTE: "a refusal is disputed, once at a time (Art. 28)",
    Act.REOPEN: "a dispute does this to what was refused (Art. 28)",
    Act.UPHOLD: "a dispute does this to what was refused (Art. 28)",
    Act.OVERTURN: "a dispute does this to what was refused (Art. 28)",
    Act.DROP: "a dispute does this to what was refused (Art. 28)",
}
"""Why an act has no place elsewhere: articles are those of Decree 809."""


def _asks_for_no_time(request: AccessRequest) -> bool:
    return request.extension is None or not request.extension.open


_SPENT: Mapping[Act, Callable[[AccessRequest], bool]] = {
    Act.RECEIVE: lambda request: request.received_at is not None,
    Act.RETURN: lambda request: request.returned is not None,
    Act.EXTEND: lambda request: (
        request.extension is not None and request.extension.declined_at is None
    ),
    Act.REFUSE: lambda request: request.settled,
    Act.CONSENT: _asks_for_no_time,
    Act.DECLINE: _asks_for_no_time,
}
"""What speaks against an act besides the state."""

_WHO: Mapping[Side, str] = {
    Side.REQUESTER: "a requester of {}",
    Side.OWN_APPROVER: "an approver of {}",
    Side.PROVIDER: "an approver of the provider",
    Side.SECOND: "a second approver of the provider, or the data authority",
    Side.AUTHORITY: "the data authority",
    Side.DISPUTE: "{}",
}

_COMMANDS: Mapping[Act, str] = {
    Act.SUBMIT: "submit",
    Act.ENDORSE: "endorse",
    Act.RECEIVE: "receive",
    Act.RETURN: "return",
    Act.SUPPLEMENT: "supplement",
    Act.PROLONG: "prolong, once the reply is late",
    Act.EXTEND: "extend",
    Act.CONSENT: "consent",
    Act.DECLINE: "decline",
    Act.LAPSE: "lapse, once the time to bring papers is over",
    Act.APPROVE: "approve",
    Act.SECOND: "approve",
    Act.REFUSE: "refuse",
    Act.WITHDRAW: "withdraw",
    Act.DISPUTE: "bureau dispute raise",
}
"""The command of `bureau request` for each act that somebody does by themselves."""
