"""HTTP/1.1 for callers who may be slow on purpose, or write what is no request."""

from __future__ import annotations

import asyncio
import fcntl
import sys
import termios
from collections.abc import Sequence

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADERS = (
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
)
"""Of every answer: they keep it where it belongs."""
NEXT_WITHIN_S = 30
"""Seconds until the next request has come, to the end of its headers; so long may a connection rest."""
MAX_HEAD = 32 << 10
"""Bytes of a request up to its body, and of what is between two pieces of its body."""
MAX_AHEAD = 16
"""Requests that may wait on a connection for the answer to one before them."""
_NO_REQUEST = "Invalid HTTP request received."


class Protocol(HttpToolsProtocol):
    """Ends a connection on which no whole request comes: single bytes of one do not keep it.

    httptools leaves to others what makes two readers of the same bytes see different requests; such
    requests are refused here. An answer finds the connection in the state of its request, to ask what
    of it has arrived.
    """

    _timer: asyncio.TimerHandle | None = None
    _waiting = 0
    """Bytes that the system did not take yet, or fewer."""
    _left: int | None = None
    _untold = 0
    """Bytes since the last head, piece of a body or end of a request."""
    _in_head = False
    _broken = False
    """What came was no request, so that nobody knows where the next one would begin."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=False)
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

    def data_received(self, data: bytes) -> None:
        if self._broken:
            return
        self._unset_keepalive_if_required()
        self._untold += len(data)
        if not self._parsed(data) or self._untold > MAX_HEAD:
            self.logger.warning(_NO_REQUEST)
            self.send_400_response(_NO_REQUEST)

    def _parsed(self, data: bytes) -> bool:
        """Whether bytes may belong to requests.

        A request that proposes another protocol is read again without: httptools reads no body of it.
        """
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            [offset] = upgrade.args
            return self._parsed(self._head_without_proposal() + data[offset:])
        except httptools.HttpParserError:
            return False
        return True

    def _head_without_proposal(self) -> bytes:
        version = self.parser.get_http_version().encode()
        lines = [b"%s %s HTTP/%s" % (self.parser.get_method(), self.url, version)]
        lines += [b"%s: %s" % header for header in self.headers if header[0] != b"upgrade"]
        return b"\r\n".join([*lines, b"", b""])

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_head:  # what comes after the body is no header
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._untold, self._in_head = 0, False
        version, tunnel = self.parser.get_http_version(), self.parser.get_method() == b"CONNECT"
        full = len(self.pipeline) >= MAX_AHEAD
        if tunnel or full or not _plain(version, self.url, self.headers):
            raise ValueError(_NO_REQUEST)
        if self.parser.should_upgrade():
            return
        self.expect_100_continue &= version == "1.1"
        super().on_headers_complete()
        if self.expect_100_continue:  # nobody knows whether the body comes after a refusal
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        self._untold = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._untold = 0
        if not self.parser.should_upgrade():
            super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._left = self._waiting + _queued(self.transport)
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no request, after the requests before it; an answer to half of one is cut."""
        self._broken = True
        last = self.cycle
        if last is None or last.response_complete:
            super().send_400_response(msg)
        elif not last.more_body:
            last.keep_alive = False
        else:
            if not (last.response_started or self.pipeline):
                super().send_400_response(msg)
            self.transport.close()
            last.disconnected = True
            last.message_event.set()

    def _wait(self) -> None:
        self._stop_waiting()
        self._timer = self.loop.call_later(NEXT_WITHIN_S, self._waited)

    def _waited(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


def _plain(version: str, target: bytes, headers: Sequence[tuple[bytes, bytes]]) -> bool:
    """Whether everybody on the way reads a request alike: its place, its host and its end."""
    given = [name for name, _ in headers]
    coded = [value.lower() for name, value in headers if name == b"transfer-encoding"]
    if coded and (coded != [b"chunked"] or version != "1.1" or b"content-length" in given):
        return False
    hosts = given.count(b"host")
    return (
        version in {"1.0", "1.1"}
        and target.startswith(b"/")
        and b"#" not in target
        and (hosts == 1 or (hosts == 0 and version == "1.0"))
        and len(target) + sum(len(name) + len(value) + 4 for name, value in headers) <= MAX_HEAD
    )


def _queued(transport: asyncio.Transport) -> int:
    """Bytes that the system holds until the other side acknowledges them (SIOCOUTQ of Linux)."""
    answer = bytearray(4)
    fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, answer)
    return int.from_bytes(answer, sys.byteorder)
