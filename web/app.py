"""The server as an ASGI application: the routes, and what holds for all of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bureau.plane import DataPlane
from bureau.workspace import Workspace
from core.errors import BureauError, StorageUnavailable
from web import lookup
from web.delta_sharing import routes
from web.failures import Failure, failed

MAX_BODY = 1 << 20
"""Bytes of a request: whoever asks for data says little."""
SEAL_EVERY = 60.0
"""Seconds between the batches in which uses are counted into the ledger."""
_HEADERS = {
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}
_LOG = logging.getLogger("databureau.web")


def create_app(
    workspace: Workspace,
    *,
    url: str = "",
    seal_every: float = SEAL_EVERY,
    per_minute: int = lookup.PER_MINUTE,
) -> FastAPI:
    """The application of one workspace, which it alone serves until it shuts down.

    `url` is how readers reach it, where that is not how it is called: behind a proxy.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        plane = await asyncio.to_thread(DataPlane, workspace)
        app.state.plane, app.state.url = plane, url
        app.state.meted = lookup.Meted(per_minute)
        sealing = asyncio.create_task(_seal(plane, seal_every))
        try:
            yield
        finally:
            sealing.cancel()
            with suppress(asyncio.CancelledError):
                await sealing
            await asyncio.to_thread(plane.close)

    app = FastAPI(
        title="databureau",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.add_middleware(_Limits)
    app.add_exception_handler(Failure, failed)
    app.add_exception_handler(BureauError, _failed)
    app.include_router(lookup.router)  # first: routes are tried in this order, and it is in haste
    app.include_router(routes.router)
    app.add_api_route("/healthz", _healthy, methods=["GET"])
    app.add_api_route("/readyz", _ready, methods=["GET"])
    return app


async def _seal(plane: DataPlane, every: float) -> None:
    while True:
        await asyncio.sleep(every)
        try:
            await asyncio.to_thread(plane.seal)
        except BureauError as error:
            _LOG.error("uses could not be counted, and will be later: %s", error)


def _healthy() -> dict[str, str]:
    """Whether the program runs."""
    return {"status": "ok"}


def _ready(request: Request) -> Response:
    """Whether it can serve: with no database or no journal it serves nothing."""
    plane: DataPlane = request.app.state.plane
    try:
        plane.check()
    except BureauError as error:
        return JSONResponse({"status": "unavailable", "reason": str(error)}, status_code=503)
    return JSONResponse({"status": "ok"})


async def _failed(_request: Request, error: Exception) -> Response:
    """A disk or database that fails is worth trying again; the reason is for the log alone."""
    _LOG.error("a call failed: %s", error)
    status = 503 if isinstance(error, StorageUnavailable) else 500
    body = {"errorCode": "INTERNAL_ERROR", "message": "the server could not do it"}
    return JSONResponse(body, status_code=status)


class _Limits:
    """Refuses long requests, and gives every answer the headers that keep it where it belongs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                named = {name for name, _ in message["headers"]}
                more = [pair for pair in _HEADERS.items() if pair[0] not in named]
                message["headers"] = [*message["headers"], *more]
            await send(message)

        length = dict(scope["headers"]).get(b"content-length", b"0")
        chunked = b"transfer-encoding" in dict(scope["headers"])
        if chunked or not length.isdigit() or int(length) > MAX_BODY:
            body = {"errorCode": "MALFORMED_REQUEST", "message": "the request is too long"}
            await JSONResponse(body, status_code=413)(scope, receive, sending)
            return
        await self._app(scope, receive, sending)
