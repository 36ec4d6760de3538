"""Every call from outside: its line in the log, its measures, and an answer even where the program fails."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bureau.admitting import Admitted
from web.failures import Broken, answer
from web.log import CALLS, SERVER
from web.metrics import Metrics

WENT_AWAY = 499
"""What stands for an answer that nobody waited for, as with other servers."""


@dataclass(slots=True)
class Call:
    """One call, and what becomes known of it on the way."""

    id: str
    grant: str = ""
    credential: str = ""
    status: int = 0
    bytes: int = 0
    whole: bool = False


def note(request: Request, admitted: Admitted) -> None:
    """Let the log say under which grant a call is."""
    call: Call = request.state.call
    call.grant, call.credential = admitted.grant.ref, admitted.credential.ref


class Observing:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        call = Call(secrets.token_hex(8))
        scope.setdefault("state", {})["call"] = call
        began = time.perf_counter()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                call.status = message["status"]
                named = (b"x-request-id", call.id.encode())
                message["headers"] = [*message.get("headers", []), named]
            else:
                call.bytes += len(message.get("body", b""))
                call.whole = not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except ClientDisconnect:
            call.status = WENT_AWAY
        except Exception as error:  # noqa: BLE001 (the caller and the log are told)
            SERVER.exception("a call failed", extra={"told": {"request": call.id}})
            if call.status:
                return  # the connection ends short of what was announced
            await answer(scope["path"], Broken.of(error))(scope, receive, sending)
        finally:
            _tell(scope, call, time.perf_counter() - began)


def _tell(scope: Scope, call: Call, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", "")
    metrics: Metrics = scope["app"].state.metrics
    metrics.called(route, scope["method"], call.status, seconds, call.bytes)
    CALLS.info(
        "call",
        extra={
            "told": {
                "request": call.id,
                "method": scope["method"],
                "route": route or None,
                "status": call.status,
                "whole": call.whole,
                "ms": round(seconds * 1000, 1),
                "bytes": call.bytes,
                "grant": call.grant or None,
                "credential": call.credential or None,
            }
        },
    )
