"""Who calls: the bearer of a token, as its grant stands at this moment."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request

from bureau.admitting import Admitted
from bureau.offering import Snapshot
from bureau.plane import DataPlane
from core.errors import Conflict, Denied, NotFound
from web.failures import Invalid, Missing, Refused, Unknown


@dataclass(frozen=True, slots=True)
class Caller:
    admitted: Admitted
    plane: DataPlane

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


def caller(request: Request) -> Caller:
    """Raises Unknown without a token that opens something, Refused where its grant gives nothing."""
    plane: DataPlane = request.app.state.plane
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer":
        raise Unknown
    try:
        admitted = plane.admit(token.strip())
    except Denied as error:
        raise Unknown from error
    if admitted.over:
        raise Unknown
    if admitted.refusals:
        raise Refused("; ".join(admitted.refusals))
    return Caller(admitted, plane)


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
