"""The server as an ASGI application: the routes, and what holds for all of them."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from bureau.plane import DataPlane
from core.errors import BureauError
from core.strict_yaml import load_yaml
from web import lookup
from web.choices import Measured
from web.delta_sharing import routes
from web.failures import Failure, Missing, failed, unrouted
from web.limits import Limits
from web.log import SERVER
from web.metrics import CONTENT_TYPE, Metrics
from web.observing import Observing

SEAL_EVERY = 60.0
"""Seconds between the batches in which uses are counted into the ledger."""


def create_app(
    plane: DataPlane,
    *,
    url: str = "",
    seal_every: float = SEAL_EVERY,
    per_minute: int = lookup.PER_MINUTE,
    measured: Measured = Measured.LOCAL,
) -> FastAPI:
    """The application of a data plane, which it closes as it shuts down.

    `url` is how readers reach it, where that is not how it is called: behind a proxy.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.plane, app.state.url, app.state.measured = plane, url, measured
        app.state.meted = lookup.Meted(per_minute)
        app.state.metrics = Metrics(plane.measures)
        sealing = asyncio.create_task(_seal(plane, seal_every))
        try:
            yield
        finally:
            sealing.cancel()
            with suppress(asyncio.CancelledError):
                await sealing
            await asyncio.to_thread(plane.close)

    app = FastAPI(title="databureau", lifespan=lifespan, openapi_url=None, redirect_slashes=False)
    app.add_middleware(Limits)
    app.add_middleware(Observing)
    app.add_exception_handler(Failure, failed)
    app.add_exception_handler(HTTPException, unrouted)
    app.include_router(lookup.router)  # first: routes are tried in this order, and it is in haste
    app.include_router(routes.router)
    app.add_api_route("/healthz", _healthy, methods=["GET"])
    app.add_api_route("/readyz", _ready, methods=["GET"])
    app.add_api_route("/metrics", _metrics, methods=["GET"])
    app.add_api_route("/openapi.json", description, methods=["GET"])
    return app


async def _seal(plane: DataPlane, every: float) -> None:
    while True:
        await asyncio.sleep(every)
        try:
            await asyncio.to_thread(plane.seal)
        except BureauError:
            SERVER.exception("uses could not be counted, and will be later")


def _healthy() -> dict[str, str]:
    """Whether the program runs."""
    return {"status": "ok"}


def _ready(request: Request) -> Response:
    """Whether it can serve: with no database or no journal it serves nothing."""
    plane: DataPlane = request.app.state.plane
    try:
        plane.check()
    except BureauError as error:
        SERVER.warning("not ready", exc_info=error)
        reason = "the journal or the database cannot be used: see the log"
        return JSONResponse({"status": "unavailable", "reason": reason}, status_code=503)
    return JSONResponse({"status": "ok"})


def _metrics(request: Request) -> Response:
    """The measures, for whoever the operator lets see them; for others there is no such place."""
    measured: Measured = request.app.state.measured
    if measured is Measured.NONE or (measured is Measured.LOCAL and not _is_local(request)):
        raise Missing
    metrics: Metrics = request.app.state.metrics
    return Response(metrics.text(), media_type=CONTENT_TYPE)


def _is_local(request: Request) -> bool:
    """Whether a program of the same machine calls; whom a proxy there names is the caller."""
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


@cache
def description() -> Any:
    """What can be called, and how it answers (OpenAPI)."""
    name = "openapi.yaml"
    return load_yaml(files("web").joinpath(name).read_bytes(), name).value
