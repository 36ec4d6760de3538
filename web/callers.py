"""Who calls: the bearer of a token, as its grant stands at this moment."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request

from bureau.admitting import Admitted
from bureau.offering import Snapshot
from bureau.plane import DataPlane
from catalog.predicate import Predicate
from core.errors import Conflict, Denied, InvalidInput, NotFound
from sharing.policy import Rule, not_chosen_so
from web.failures import Invalid, Missing, Refused, TooMany, Unknown


@dataclass(frozen=True, slots=True)
class Caller:
    admitted: Admitted
    plane: DataPlane

    def snapshot(
        self,
        *,
        version: int | None = None,
        timestamp: datetime | None = None,
        where: Predicate | None = None,
    ) -> Snapshot:
        """What the grant gives of a version, of the rows that the reader chooses.

        Raises Missing, or Invalid for a version that lacks columns and a value that no cell holds.
        """
        try:
            return self.plane.snapshot(
                self.admitted, version=version, timestamp=timestamp, where=where
            )
        except NotFound as error:
            raise Missing from error
        except (Conflict, InvalidInput) as error:
            raise Invalid(str(error)) from error

    def stated(self, where: Predicate | None) -> Predicate | None:
        """The rows that a reader chooses, under a grant that asks to state some.

        Raises Refused where too little is stated, Missing for columns that are not given or searched.
        """
        terms = self.admitted.grant.terms
        for rule, reason in not_chosen_so(terms, where):
            if rule is Rule.COLUMNS:
                raise Missing
            raise Refused(f"{self.admitted.grant.ref} {reason}")
        return where


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


def keep_pace(request: Request, admitted: Admitted) -> None:
    """Raises TooMany where a grant of single records is asked more often than anybody needs."""
    if not request.app.state.meted.take(admitted.grant.ref, time.monotonic()):
        raise TooMany


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
