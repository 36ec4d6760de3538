"""Who calls: the bearer of a token, as its grant stands at this moment."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request

from bureau.admitting import Admitted
from bureau.offering import Snapshot
from bureau.plane import DataPlane
from core.errors import Conflict, Denied, NotFound
from sharing.policy import Rule
from web.failures import Invalid, Missing, Refused, Unknown
from web.metrics import UNKNOWN, Metrics
from web.observing import note


@dataclass(frozen=True, slots=True)
class Caller:
    admitted: Admitted
    plane: DataPlane
    metrics: Metrics

    def snapshot(
        self, *, version: int | None = None, timestamp: datetime | None = None
    ) -> Snapshot:
        """What the grant gives of a version; raises Missing, or Invalid for one that lacks columns."""
        try:
            return self.plane.snapshot(self.admitted, version=version, timestamp=timestamp)
        except NotFound as error:
            raise Missing from error
        except Conflict as error:
            raise Invalid(str(error)) from error

    def denied(self, rules: Collection[Rule]) -> None:
        """Keep on record what the grant does not give."""
        self.metrics.denied(rules)
        self.plane.denied(self.admitted, rules)

    def elsewhere(self) -> Missing:
        """What there is for a name that is not granted, whether it exists or not."""
        self.denied([Rule.NO_GRANT])
        return Missing()


def caller(request: Request) -> Caller:
    """Raises Unknown without a token that opens something, Refused where its grant gives nothing."""
    plane: DataPlane = request.app.state.plane
    metrics: Metrics = request.app.state.metrics
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    try:
        admitted = plane.admit(token.strip() if kind.lower() == "bearer" else "")
    except Denied as error:
        metrics.denied([UNKNOWN])
        raise Unknown from error
    return admitting(request, admitted)


def admitting(request: Request, admitted: Admitted) -> Caller:
    """Whoever is known, where the grant gives something now."""
    note(request, admitted)
    state = request.app.state
    found = Caller(admitted, state.plane, state.metrics)
    if admitted.refusals:
        found.denied({refusal.rule for refusal in admitted.refusals})
        raise Unknown if admitted.over else Refused("; ".join(map(str, admitted.refusals)))
    return found


Called = Annotated[Caller, Depends(caller)]


async def stated(request: Request) -> dict[str, Any]:
    """The JSON object in the body of a request; {} where it is empty."""
    text = await request.body()
    try:
        found = json.loads(text or b"{}")
    except (ValueError, RecursionError) as error:
        raise Invalid("the body is no JSON") from error
    if not isinstance(found, dict):
        raise Invalid("the body is no JSON object")
    return found


Stated = Annotated[dict[str, Any], Depends(stated)]
