"""How long a request may be, and how long it may take to come."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.failures import TooLong, TooSlow, answer

MAX_BODY = 1 << 20
"""Bytes of a request: whoever asks for data says little."""
BODY_WITHIN_S = 20.0
"""Seconds for a body to come."""


class Limits:
    """Refuses long requests by what they announce, and the others when they get there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if int(announced) > MAX_BODY:
            await answer(scope["path"], TooLong())(scope, receive, send)
            return
        await self._app(scope, _limited(receive), send)


def _limited(receive: Receive) -> Receive:
    size, more = 0, True
    until = asyncio.get_running_loop().time() + BODY_WITHIN_S

    async def receiving() -> Message:
        nonlocal size, more
        if not more:
            return await receive()  # whether the caller goes away, however late
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError as error:
            raise TooSlow from error
        size += len(message.get("body", b""))
        more = bool(message.get("more_body", False))
        if size > MAX_BODY:
            raise TooLong
        return message

    return receiving
