"""Run the application: one process, so that one program meters, and as many threads as readers."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from bureau.workspace import Workspace
from web.app import create_app

KEEP_ALIVE_S = 30
STOP_WITHIN_S = 10
"""Downloads that are under way when the server stops have this long; readers ask again."""


def run(
    workspace: Workspace,
    *,
    host: str,
    port: int,
    url: str = "",
    certificate: Path | None = None,
    key: Path | None = None,
    ready: Callable[[int], None],
) -> None:
    """Serve until interrupted; `ready` is told the port once calls are taken.

    Addresses hold signatures, and so no line of the log repeats one. Raises Conflict where the port
    is taken.
    """
    config = uvicorn.Config(
        create_app(workspace, url=url),
        host=host,
        port=port,
        ssl_certfile=certificate,
        ssl_keyfile=key,
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=STOP_WITHIN_S,
    )
    _Server(config, ready).run()


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
