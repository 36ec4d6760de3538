"""Run the application: one process, so that one program meters, and as many threads as readers."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from core.errors import InvalidInput
from web.choices import Logged
from web.log import logging_to
from web.protocol import HEADERS, NEXT_WITHIN_S, Protocol

STOP_WITHIN_S = 10
"""Downloads that are under way when the server stops have this long; readers ask again."""
MAX_CONNECTIONS = 1_000
"""Whoever comes when there are more is told to come again (503)."""


def run(
    app: FastAPI,
    *,
    host: str,
    port: int,
    certificate: Path | None = None,
    key: Path | None = None,
    logged: Logged = Logged.CALLS,
    ready: Callable[[int], None],
) -> None:
    """Serve until interrupted; `ready` is told the port once calls are taken.

    Raises InvalidInput for an address that cannot be listened on.
    """
    tls = {"ssl_certfile": certificate, "ssl_keyfile": key}
    with logging_to(logged=logged), _listening(host, port) as listening:
        _Server(configured(app, **tls), ready).run([listening])


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket at an address; raises InvalidInput where there can be none."""
    try:
        [family, *_, address], *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        listening = socket.create_server(address, family=family)
    except OSError as error:
        raise InvalidInput(
            f"nobody can listen on {host} at port {port}: {error.strerror or error}",
            hint="another program may: name another port with --port, or this machine's own address"
            " with --host",
        ) from error
    with listening:
        yield listening


def configured(app: FastAPI, **options: Any) -> uvicorn.Config:
    """How the application is served, to callers who may mean no good."""
    return uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        lifespan="on",
        headers=[*HEADERS],
        access_log=False,  # it would repeat addresses, which hold signatures
        log_config=None,
        log_level="warning",
        server_header=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=NEXT_WITHIN_S,
        timeout_graceful_shutdown=STOP_WITHIN_S,
        **options,
    )


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[int], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready(self.servers[0].sockets[0].getsockname()[1])

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop in order when asked to; that is then the end, and no failure of the program."""
        before = {
            number: signal.signal(number, self.handle_exit)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
