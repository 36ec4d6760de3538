"""Send a file piece by piece: metered as it goes, and cut where the right to it ends."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

STRETCH = 4 << 20
"""After so many bytes they are metered, and it is looked at again whether the grant still holds."""
PIECE = 256 << 10
"""So many bytes are given to the connection at once."""
DECIDES = 2 * STRETCH
"""With so many bytes to go a stretch may make a use of it: then it is metered when it has arrived."""
ASK_WITHIN = 0.001, 0.05
"""Seconds between two questions of how much has arrived: often at first, and seldom of a slow reader."""
LOOK_EVERY = 0.5
"""Seconds after which it is looked at too, however slowly the reader takes the bytes."""


class Connection(Protocol):
    """What the server knows of a connection that an answer goes out by."""

    @property
    def lost(self) -> bool: ...

    def unsent(self) -> int:
        """Bytes that the other side has not acknowledged, or had not when it went away."""


class FileSending(Response):
    """An ASGI response with the bytes `start` up to, not including, `stop` of a file.

    `leaving` is told of every stretch before it goes out, and `sent` when it did, before the next one;
    `holds` says whether there may be more. Where it says no, or the reader goes away, the connection
    ends short of what was announced, which no reader takes for the whole. At its end, what is sent is
    what the reader's machine has acknowledged, or the proxy's; before, what the system took.
    """

    def __init__(
        self,
        path: Path,
        start: int,
        stop: int,
        *,
        status: int,
        headers: Mapping[str, str],
        leaving: Callable[[int, int], None],
        sent: Callable[[int, int], None],
        holds: Callable[[], bool],
    ) -> None:
        super().__init__(status_code=status, headers=headers)
        self._path, self._start, self._stop = path, start, stop
        self._leaving, self._sent, self._holds = leaving, sent, holds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begin = {"type": "http.response.start", "status": self.status_code}
        await send({**begin, "headers": self.raw_headers})
        over = asyncio.ensure_future(self._over(receive))
        try:
            whole = await self._stretches(send, over, scope["state"]["connection"])
        finally:
            over.cancel()
        if whole:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _stretches(
        self, send: Send, over: asyncio.Future[None], connection: Connection
    ) -> bool:
        """Whether all of it went out."""
        told = position = self._start
        stretch = memoryview(b"")
        with self._path.open("rb", buffering=0) as file:
            try:
                while position < self._stop:
                    stretch = await asyncio.to_thread(self._next, file, told, position)
                    told = position
                    for first in range(0, len(stretch), PIECE):
                        piece = stretch[first : first + PIECE]
                        if not await _given(send, piece, over, connection):
                            return False
                        position += len(piece)
                    if told == position:
                        return False
                    if self._stop - position <= DECIDES:
                        most = PIECE if position < self._stop else 0
                        await _arrived(connection, over, most)
            finally:
                if len(stretch):
                    arrived = max(told, position - connection.unsent())
                    await asyncio.to_thread(self._sent, told, arrived)
        return True

    def _next(self, file: BinaryIO, told: int, position: int) -> memoryview:
        """Meter what went out, and read on; nothing where the grant ended or the file does.

        All that waits for a disk or the database, in one go: a thread is asked once a stretch.
        """
        if told < position:
            self._sent(told, position)
            if not self._holds():
                return memoryview(b"")
        data = os.pread(file.fileno(), min(STRETCH, self._stop - position), position)
        if data:
            self._leaving(position, position + len(data))
        return memoryview(data)

    async def _over(self, receive: Receive) -> None:
        """Return when the reader has gone away, or when the grant has ended."""
        left = asyncio.ensure_future(_left(receive))
        try:
            while not (await asyncio.wait({left}, timeout=LOOK_EVERY))[0]:
                if not await asyncio.to_thread(self._holds):
                    return
        finally:
            left.cancel()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _given(
    send: Send, piece: memoryview, over: asyncio.Future[None], connection: Connection
) -> bool:
    """Whether the connection took a piece before it was over."""

    async def give() -> bool:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        return not connection.lost  # it drops what comes after

    if over.done():
        return False
    giving = asyncio.ensure_future(give())
    both: set[asyncio.Future[Any]] = {giving, over}
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    if not giving.done():
        giving.cancel()
        return False
    return await giving


async def _arrived(connection: Connection, over: asyncio.Future[None], most: int) -> None:
    """Return when no more than `most` bytes are not acknowledged, or when it is over."""
    began = time.monotonic()
    while not (connection.lost or over.done()) and connection.unsent() > most:
        waited = time.monotonic() - began
        await asyncio.wait({over}, timeout=min(ASK_WITHIN[0] + waited / 4, ASK_WITHIN[1]))
