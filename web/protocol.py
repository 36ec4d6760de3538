"""HTTP/1.1 for callers who may be slow on purpose, or write what is no request."""

from __future__ import annotations

import asyncio
import fcntl
import sys
import termios
from http import HTTPStatus

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEADERS = (
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
)
"""Of every answer: they keep it where it belongs."""
NEXT_WITHIN_S = 30
"""Seconds until the next request has come, to the end of its headers; so long may a connection rest."""


class Protocol(H11Protocol):
    """Ends a connection on which no whole request comes: single bytes of one do not keep it.

    An answer finds it in the state of its request, to ask what of it has arrived.
    """

    _timer: asyncio.TimerHandle | None = None
    _waiting = 0
    """Bytes that the system did not take yet, or fewer."""
    _left: int | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)  # so that `pause_writing` tells of all that waits
        self.app_state = {**self.app_state, "connection": self}
        self._wait()

    def pause_writing(self) -> None:
        self._waiting = self.transport.get_write_buffer_size()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._waiting = 0
        super().resume_writing()

    @property
    def lost(self) -> bool:
        return self._left is not None

    def unsent(self) -> int:
        """Bytes that the other side has not acknowledged, or had not when it went away."""
        if self._left is not None:
            return self._left
        return self.transport.get_write_buffer_size() + _queued(self.transport)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._left = self._waiting + _queued(self.transport)
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no request, as every answer is; where one is under way it is cut."""
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            headers = [*HEADERS, ("content-type", "text/plain"), ("connection", "close")]
            status = HTTPStatus.BAD_REQUEST
            for event in (
                h11.Response(status_code=status, headers=headers, reason=status.phrase),
                h11.Data(data=msg.encode()),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _wait(self) -> None:
        self._stop_waiting()
        self._timer = self.loop.call_later(NEXT_WITHIN_S, self._waited)

    def _waited(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


def _queued(transport: asyncio.Transport) -> int:
    """Bytes that the system holds until the other side acknowledges them (SIOCOUTQ of Linux)."""
    answer = bytearray(4)
    fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, answer)
    return int.from_bytes(answer, sys.byteorder)
