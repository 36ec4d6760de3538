"""Send a file piece by piece: metered as it goes, and cut where the right to it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

PIECE = 1 << 20
PIECES_A_LOOK = 4
"""After so many pieces it is looked at again whether the grant still holds."""


class FileSending(Response):
    """An ASGI response with the bytes `start` up to, not including, `stop` of a file.

    `sent` is told of every stretch that went out, before the next one does; `holds` says whether
    there may be more. Where it says no, or the reader goes away, the connection ends short of what
    was announced, which no reader takes for the whole.
    """

    def __init__(
        self,
        path: Path,
        start: int,
        stop: int,
        *,
        status: int,
        headers: Mapping[str, str],
        sent: Callable[[int, int], None],
        holds: Callable[[], bool],
    ) -> None:
        super().__init__(status_code=status, headers=headers)
        self._path, self._start, self._stop = path, start, stop
        self._sent, self._holds = sent, holds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 (ASGI)
        begin = {"type": "http.response.start", "status": self.status_code}
        await send({**begin, "headers": self.raw_headers})
        gone = asyncio.ensure_future(_gone(receive))
        try:
            whole = await self._pieces(send, gone)
        finally:
            gone.cancel()
        if whole:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _pieces(self, send: Send, gone: asyncio.Future[None]) -> bool:
        """Whether all of it went out."""
        position, told = self._start, self._start
        with self._path.open("rb") as file:
            file.seek(position)
            try:
                for number in range(_pieces(self._stop - self._start)):
                    if number and number % PIECES_A_LOOK == 0:
                        await _aside(self._sent, told, position)
                        told = position
                        if not await _aside(self._holds):
                            return False
                    piece = await _aside(file.read, min(PIECE, self._stop - position))
                    if gone.done() or not piece:
                        return False
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                    position += len(piece)
            finally:
                if told < position and not gone.done():
                    await _aside(self._sent, told, position)
        return position == self._stop


async def _gone(receive: Receive) -> None:
    """Return when the reader has gone away."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _aside(work: Callable[..., Any], *arguments: Any) -> Any:
    return await asyncio.to_thread(work, *arguments)


def _pieces(count: int) -> int:
    return -(-count // PIECE)
