"""A server in a thread, and a caller in a process of its own, so that they take no turns."""

from __future__ import annotations

import selectors
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

import uvicorn
from fastapi import FastAPI

from web.server import configured

CONNECTIONS = 8


@contextmanager
def served(app: FastAPI) -> Iterator[int]:
    """The port of a server of the application; it has counted everything when it ends."""
    server = uvicorn.Server(configured(app, port=0))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def call(port: int, head: str, bodies: Sequence[bytes], seconds: float) -> dict[str, float]:
    """POST the bodies in turn, over kept connections, until the time is over; how fast it went."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        return other.submit(_call, port, head, bodies, seconds).result()


def _call(port: int, head: str, bodies: Sequence[bytes], seconds: float) -> dict[str, float]:
    kind = "Content-Type: application/json"
    requests = [
        f"{head}\r\n{kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        for body in bodies
    ]
    times: list[float] = []
    asked: dict[socket.socket, float] = {}
    waiting = selectors.DefaultSelector()
    began, busy = time.perf_counter(), time.process_time()
    for number in range(CONNECTIONS):
        connection = socket.create_connection(("127.0.0.1", port))
        waiting.register(connection, selectors.EVENT_READ)
        asked[connection] = time.perf_counter()
        connection.sendall(requests[number % len(requests)])
    while asked:
        for key, _ in waiting.select():
            connection = key.fileobj  # type: ignore[assignment]  # a socket was registered
            _read_answer(connection)
            now = time.perf_counter()
            times.append(now - asked.pop(connection))
            if now - began < seconds:
                asked[connection] = now
                connection.sendall(requests[(CONNECTIONS + len(times)) % len(requests)])
            else:
                waiting.unregister(connection)
                connection.close()
    took = time.perf_counter() - began
    times.sort()
    return {
        "calls_a_second": round(len(times) / took),
        "median_ms": round(times[len(times) // 2] * 1000, 1),
        "p99_ms": round(times[int(len(times) * 0.99)] * 1000, 1),
        "processor_of_the_caller": round((time.process_time() - busy) / took, 2),
    }


def _read_answer(connection: socket.socket) -> None:
    answer = connection.recv(1 << 16)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), answer
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    left = length - len(body)
    while left:
        left -= len(connection.recv(left))
