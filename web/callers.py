"""Who calls: the bearer of a token, as its grant stands at this moment."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from bureau.admitting import Admitted
from bureau.plane import DataPlane
from core.errors import Denied
from web.failures import Invalid, Refused, Unknown


@dataclass(frozen=True, slots=True)
class Caller:
    admitted: Admitted
    plane: DataPlane


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
