"""Who calls: the bearer of a token, as its grant stands at this moment."""

from __future__ import annotations

import time
from collections.abc import Collection
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
from web import strict_json
from web.failures import Invalid, Missing, Refused, TooMany, Unknown
from web.metrics import UNKNOWN, Metrics
from web.observing import note


@dataclass(frozen=True, slots=True)
class Caller:
    admitted: Admitted
    plane: DataPlane
    metrics: Metrics

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
            raise Missing(f"{error}: {error.hint}") from error
        except (Conflict, InvalidInput) as error:
            raise Invalid(str(error)) from error

    def denied(self, rules: Collection[Rule]) -> None:
        """Keep on record what the grant does not give."""
        self.metrics.denied(rules)
        self.plane.denied(self.admitted, rules)

    def elsewhere(self) -> Missing:
        """What there is for a name that is not granted, whether it exists or not."""
        self.denied([Rule.NO_GRANT])
        return Missing()

    def stated(self, where: Predicate | None) -> Predicate | None:
        """The rows that a reader chooses, under a grant that asks to state some.

        Raises Refused where too little is stated, Missing for columns that are not given or searched.
        """
        terms = self.admitted.grant.terms
        for rule, reason in not_chosen_so(terms, where):
            self.denied([rule])
            if rule is Rule.COLUMNS:
                raise Missing
            raise Refused(f"{self.admitted.grant.ref} {reason}")
        return where


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


def keep_pace(request: Request, admitted: Admitted) -> None:
    """Raises TooMany where a grant of single records is asked more often than anybody needs."""
    if not request.app.state.meted.take(admitted.grant.ref, time.monotonic()):
        raise TooMany


async def stated(request: Request) -> dict[str, Any]:
    """The JSON object in the body of a request; {} where it is empty."""
    text = await request.body()
    try:
        found = strict_json.loads(text or b"{}")
    except (ValueError, RecursionError) as error:
        raise Invalid("the body is no JSON, or says a key twice") from error
    if not isinstance(found, dict):
        raise Invalid("the body is no JSON object")
    return found


Stated = Annotated[dict[str, Any], Depends(stated)]
