"""Look up and verify single records (接口共享): a key in, the granted columns or a yes or no out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from bureau.offering import Snapshot
from bureau.plane import DataPlane
from core.errors import Conflict, InvalidInput
from sharing.policy import Rule
from web.callers import Caller, caller, keep_pace, stated
from web.failures import Invalid, Missing

T = TypeVar("T")

router = APIRouter(prefix="/api/v1")
PER_MINUTE = 6_000
"""Calls of one grant: enough for a counter with a hundred clerks, too few to copy a city's register."""


class Meted:
    """So many calls a minute of each grant, and as many at once where it was quiet before."""

    def __init__(self, per_minute: int) -> None:
        self._most = per_minute
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, grant: str, now: float) -> bool:
        """Whether there may be one more call at `now`, in seconds of any clock that only goes on."""
        with self._lock:
            left, since = self._left.get(grant, (self._most, now))
            left = min(self._most, left + (now - since) * self._most / 60)
            allowed = left >= 1
            self._left[grant] = (left - 1 if allowed else left, now)
            return allowed


@router.post("/lookup/{dataset}")
async def lookup(request: Request, dataset: str) -> Response:
    return await _answer(request, dataset, _lookup)


@router.post("/verify/{dataset}")
async def verify(request: Request, dataset: str) -> Response:
    return await _answer(request, dataset, _verify)


_Work = Callable[[Caller, Snapshot, Mapping[str, Any]], Response]


async def _answer(request: Request, dataset: str, work: _Work) -> Response:
    """In this thread, unless there is something to wait for: handing on costs more than the look."""
    plane: DataPlane = request.app.state.plane
    said = await stated(request)
    run = _here if plane.is_near else run_in_threadpool
    calling, snapshot = await run(_admitted, request, dataset)
    if not plane.has_keys(snapshot):
        run = run_in_threadpool
    return await run(work, calling, snapshot, said)


async def _here(work: Callable[..., T], *arguments: Any) -> T:
    return work(*arguments)


def _admitted(request: Request, dataset: str) -> tuple[Caller, Snapshot]:
    calling = caller(request)
    if dataset != calling.admitted.dataset.code:
        raise calling.elsewhere()
    keep_pace(request, calling.admitted)
    return calling, calling.snapshot()


def _lookup(calling: Caller, snapshot: Snapshot, said: Mapping[str, Any]) -> Response:
    key = _object(said, "key")
    _note_beyond(calling, snapshot, key)
    try:
        body = calling.plane.look_up(calling.admitted, snapshot, key)
    except (Conflict, InvalidInput) as error:
        raise _invalid(error) from error
    if not body:
        raise Missing
    return Response(body, media_type="application/json")


def _verify(calling: Caller, snapshot: Snapshot, said: Mapping[str, Any]) -> Response:
    key, claims = _object(said, "key"), _object(said, "claims")
    _note_beyond(calling, snapshot, {*key, *claims})
    try:
        body = calling.plane.verify(calling.admitted, snapshot, key, claims)
    except (Conflict, InvalidInput) as error:
        raise _invalid(error) from error
    return Response(body, media_type="application/json")


def _note_beyond(calling: Caller, snapshot: Snapshot, named: Collection[str]) -> None:
    """Keep on record who asks about columns that are not granted, whether they exist or not."""
    if not {column.name for column in snapshot.columns}.issuperset(named):
        calling.denied([Rule.COLUMNS])


def _object(stated: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = stated.get(name)
    if not isinstance(value, dict):
        raise Invalid(f"{name} is no JSON object of columns and values")
    return value


def _invalid(error: Conflict | InvalidInput) -> Invalid:
    return Invalid(f"{error}: {error.hint}" if error.hint else str(error))
