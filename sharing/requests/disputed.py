"""What becomes of a refused request through a dispute over it: pure (Decree 809 Art. 28).

Who may do these acts is what the dispute's own procedure guards.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sharing.model import AccessRequest, Grant
from sharing.moves import Act, next_state


def dispute(request: AccessRequest, ref: str) -> AccessRequest:
    return replace(request, state=next_state(request, Act.DISPUTE), dispute=ref)


def drop(request: AccessRequest) -> AccessRequest:
    """The dispute is withdrawn: the refusal stands as it was."""
    return replace(request, state=next_state(request, Act.DROP))


def reopen(request: AccessRequest) -> AccessRequest:
    """The parties settled that it be agreed to: its provider replies anew, in the usual way.

    On which ground it was refused, and why, stays with it.
    """
    return replace(
        request,
        state=next_state(request, Act.REOPEN),
        first_approval=None,
        decided_by="",
        decided_at=None,
    )


def uphold(request: AccessRequest, *, ruled_by: str) -> AccessRequest:
    """The refusal stands for good: `ruled_by` decided so, or nobody where the parties agreed."""
    return replace(request, state=next_state(request, Act.UPHOLD), ruled_by=ruled_by)


def overturn(
    request: AccessRequest, *, ruled_by: str, by: str, provider: str, grant: str, now: datetime
) -> tuple[AccessRequest, Grant]:
    """All that was asked for is granted, by the decision of two persons of `ruled_by`."""
    state = next_state(request, Act.OVERTURN)
    overturned = replace(
        request, state=state, ruled_by=ruled_by, decided_by=by, decided_at=now, grant=grant
    )
    return overturned, Grant(
        ref=grant,
        request=request.ref,
        provider=provider,
        department=request.department,
        terms=request.terms,
        terms_hash=request.terms.hash,
        granted_at=now,
        granted_by=by,
    )
