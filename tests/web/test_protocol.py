"""What is taken for a request, and what becomes of a connection on which something else comes.

Row by row what two readers of the same bytes, a proxy and this server, could take for different
requests: refused wherever they might differ, and answered once, and then the connection ends.
"""

from __future__ import annotations

import re
import socket
import threading
import time

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.web.test_attacks import raw
from web import protocol
from web.server import configured

HOST = b"Host: x\r\n"
GET = b"GET /a HTTP/1.1\r\n" + HOST
POST = b"POST /a HTTP/1.1\r\n" + HOST
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n"
NEXT = b"GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
UPGRADE = b"Connection: Upgrade\r\nUpgrade: h2c\r\n"
WITHIN_LIMITS = b"X: " + b"a" * (protocol.MAX_HEAD - 1_000) + b"\r\n"


async def _understood(request: Request) -> Response:
    """What the server took for one request."""
    length = len(await request.body())
    secret = request.headers.get("authorization", "")
    return PlainTextResponse(f"{request.method} {request.url.path} {length}{secret};")


async def _early(request: Request) -> Response:
    """An answer before the body has come."""
    return PlainTextResponse(f"{request.method} /early;")


async def _half(request: Request) -> Response:
    """An answer that goes on until the caller goes away."""

    async def halves():
        yield b"half;"
        while (await request.receive())["type"] != "http.disconnect":
            pass
        yield b"whole;"

    return StreamingResponse(halves())


@pytest.fixture(scope="module")
def port():
    every = ["GET", "POST", "CONNECT", "OPTIONS", "SOURCE"]
    routes = [
        Route("/early", _early, methods=every),
        Route("/half", _half, methods=every),
        Route("/{path:path}", _understood, methods=every),
    ]
    server = uvicorn.Server(configured(Starlette(routes=routes), port=0))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def statuses(answers):
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3})", answers)]


def understood(answers):
    return re.findall(rb"([A-Z]+ /[^;]*);", answers)


TAKEN = {
    "plain": (GET + b"\r\n", [b"GET /a 0"]),
    "two at once": ((GET + b"\r\n") * 2, [b"GET /a 0"] * 2),
    "a length": (POST + b"Content-Length: 5\r\n\r\nhello", [b"POST /a 5"]),
    "a length and a space": (POST + b"Content-Length: 5 \r\n\r\nhello", [b"POST /a 5"]),
    "a body of a GET": (GET + b"Content-Length: 5\r\n\r\nhello", [b"GET /a 5"]),
    "chunks": (CHUNKED + b"\r\n5\r\nhello\r\n0\r\n\r\n", [b"POST /a 5"]),
    "CHUNKED": (POST + b"Transfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n", [b"POST /a 0"]),
    "a chunk with an extension": (CHUNKED + b"\r\n5;a=b\r\nhello\r\n0\r\n\r\n", [b"POST /a 5"]),
    "a trailer, which is no header": (
        CHUNKED + b"\r\n5\r\nhello\r\n0\r\nAuthorization: secret\r\n\r\n",
        [b"POST /a 5"],
    ),
    "a body that nobody waited for": (
        POST.replace(b"/a", b"/early") + b"Content-Length: 5\r\n\r\nhello",
        [b"POST /early"],
    ),
    "letters beyond ASCII in a value": (GET + b"X: a\xe9b\r\n\r\n", [b"GET /a 0"]),
    "a proposal of another protocol": (GET + UPGRADE + b"\r\n", [b"GET /a 0"]),
    "a proposal and a body": (
        (POST + UPGRADE + b"Content-Length: 5\r\n\r\nhello") * 2,
        [b"POST /a 5"] * 2,
    ),
    "a proposal and chunks": (CHUNKED + UPGRADE + b"\r\n5\r\nhello\r\n0\r\n\r\n", [b"POST /a 5"]),
    "a long head": (GET + WITHIN_LIMITS + b"\r\n", [b"GET /a 0"]),
    "two slashes": (GET.replace(b"/a", b"//y/a") + b"\r\n", [b"GET //y/a 0"]),
    # llhttp takes these, which RFC 9112 lets a server do: they do not move the end of a request.
    "blank lines before": (b"\r\n\r\n" + GET + b"\r\n", [b"GET /a 0"]),
    "two spaces": (GET.replace(b" /a", b"  /a") + b"\r\n", [b"GET /a 0"]),
    "another protocol's name": (GET.replace(b"HTTP/", b"RTSP/") + b"\r\n", [b"GET /a 0"]),
}


@pytest.mark.parametrize(("sent", "expected"), TAKEN.values(), ids=TAKEN)
def test_a_request_is_taken_and_the_next_one_after_it(port, sent, expected):
    answers = raw(port, sent + NEXT)
    assert understood(answers) == [*expected, b"GET /next 0"]
    assert set(statuses(answers)) == {200}


@pytest.mark.parametrize(("sent", "expected"), TAKEN.values(), ids=TAKEN)
def test_bytes_that_come_one_by_one_are_the_same_request(port, sent, expected):
    if len(sent) < 1_000:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in sent + NEXT:
                connection.sendall(bytes([byte]))
            answers = b"".join(iter(lambda: connection.recv(1 << 16), b""))
        assert understood(answers) == [*expected, b"GET /next 0"]


REFUSED = {
    "both length and chunks": POST
    + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "both chunks and length": CHUNKED + b"Content-Length: 5\r\n\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "the same length twice": POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    "a list of lengths": POST + b"Content-Length: 5, 5\r\n\r\nhello",
    "+5": POST + b"Content-Length: +5\r\n\r\nhello",
    "-5": POST + b"Content-Length: -5\r\n\r\nhello",
    "0x5": POST + b"Content-Length: 0x5\r\n\r\nhello",
    "1_0": POST + b"Content-Length: 1_0\r\n\r\nhellohello",
    "a length that is none": POST + b"Content-Length:\r\n\r\n",
    "a length beyond 64 bits": POST + b"Content-Length: 99999999999999999999999\r\n\r\n",
    "gzip, chunked": POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunked, gzip": POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "chunked twice": CHUNKED + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "identity": POST + b"Transfer-Encoding: identity\r\n\r\n",
    "xchunked": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a tab in another coding": POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "chunks in 1.0": CHUNKED.replace(b"1.1", b"1.0") + b"\r\n0\r\n\r\n",
    "a folded coding": POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "a folded value": GET + b"X: a\r\n b\r\n\r\n",
    "a folded first line": b"GET /a HTTP/1.1\r\n X: y\r\n" + HOST + b"\r\n",
    "lines that end in LF": (GET + b"\r\n").replace(b"\r\n", b"\n"),
    "a header that ends in LF": GET + b"X: y\n\r\n",
    "a header that ends in CR": GET + b"X: y\rZ: z\r\n\r\n",
    "a head that ends in LF": GET + b"\n",
    "a space before the colon": GET + b"X : y\r\n\r\n",
    "a tab before the colon": GET + b"X\t: y\r\n\r\n",
    "a length before a space": POST + b"Content-Length : 5\r\n\r\nhello",
    "no colon": GET + b"foo\r\n\r\n",
    "no name": GET + b": foo\r\n\r\n",
    "NUL": GET + b"X: a\0b\r\n\r\n",
    "a control character": GET + b"X: a\x01b\r\n\r\n",
    "no host": b"GET /a HTTP/1.1\r\n\r\n",
    "two hosts": GET + b"Host: y\r\n\r\n",
    "0.9": b"GET /a\r\n\r\n",
    "0.9 by name": b"GET /a HTTP/0.9\r\n\r\n",
    "1.2": GET.replace(b"1.1", b"1.2") + b"\r\n",
    "2.0": GET.replace(b"1.1", b"2.0") + b"\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "the address of a proxy": GET.replace(b"/a", b"http://y/a") + b"\r\n",
    "a tunnel": b"CONNECT y:80 HTTP/1.1\r\n" + HOST + b"\r\n",
    "a tunnel to a path": b"CONNECT /a HTTP/1.1\r\n" + HOST + b"\r\n",
    "a star": b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    "a fragment": GET.replace(b"/a", b"/a#b") + b"\r\n",
    "a space in the path": GET.replace(b"/a", b"/a b") + b"\r\n",
    "a space after the version": GET.replace(b"1.1", b"1.1 ") + b"\r\n",
    "tabs": GET.replace(b" /a ", b"\t/a\t") + b"\r\n",
    "a path beyond ASCII": GET.replace(b"/a", b"/\xe9") + b"\r\n",
    "an unknown method": GET.replace(b"GET", b"FOO") + b"\r\n",
    "a space before": b" " + GET + b"\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "an extension in quotes over two lines": CHUNKED + b'\r\n5;a="\r\n"\r\nhello\r\n0\r\n\r\n',
    "an extension that ends in LF": CHUNKED + b"\r\n5;a\nhello\r\n0\r\n\r\n",
    "a space after a size": CHUNKED + b"\r\n5 \r\nhello\r\n0\r\n\r\n",
    "a size that ends in LF": CHUNKED + b"\r\n5\nhello\r\n0\r\n\r\n",
    "a chunk that ends in LF": CHUNKED + b"\r\n5\r\nhello\n0\r\n\r\n",
    "no size": CHUNKED + b"\r\nz\r\nhello\r\n0\r\n\r\n",
    "a negative size": CHUNKED + b"\r\n-1\r\nhello\r\n0\r\n\r\n",
    "a size of 0x5": CHUNKED + b"\r\n0x5\r\nhello\r\n0\r\n\r\n",
    "a size beyond 64 bits": CHUNKED + b"\r\n10000000000000005\r\nhello\r\n0\r\n\r\n",
    "a chunk that is longer": CHUNKED + b"\r\n5\r\nhelloXX0\r\n\r\n",
    "a length after the body": CHUNKED + b"\r\n0\r\nContent-Length: 3\r\n\r\n",
    "a trailer that is none": CHUNKED + b"\r\n0\r\nA : x\r\n\r\n",
    "a long value": GET + WITHIN_LIMITS + b"Y: " + b"a" * 2_000 + b"\r\n\r\n",
    "many headers": GET + b"X: a\r\n" * 9_000 + b"\r\n",
    "a long path": GET.replace(b"/a", b"/" + b"a" * protocol.MAX_HEAD) + b"\r\n",
    "a value without end": GET + b"X: " + b"a" * (protocol.MAX_HEAD + 1),
    "blank lines without end": b"\r\n" * protocol.MAX_HEAD,
}


@pytest.mark.parametrize("sent", REFUSED.values(), ids=REFUSED)
def test_what_is_no_request_gets_one_answer_and_the_connection_ends(port, sent):
    answers = raw(port, sent)
    assert statuses(answers) == [400]
    assert b"\r\nconnection: close\r\n" in answers
    for name, value in protocol.HEADERS:
        assert answers.count(f"\r\n{name}: {value}\r\n".encode()) == 1


ENDS = {
    "1.0": (b"GET /a HTTP/1.0\r\n\r\n", [b"GET /a 0"]),
    "close": (GET + b"Connection: close\r\n\r\n", [b"GET /a 0"]),
    "a request after close": (GET + b"Connection: close\r\n\r\n" + NEXT, [b"GET /a 0"]),
    "bytes after a request": (GET + b"\r\n\0\1garbage\r\n\r\n", [b"GET /a 0"]),
    "more than the length": (POST + b"Content-Length: 3\r\n\r\nhello\r\n\r\n", [b"POST /a 3"]),
    "more at once than anybody needs": (
        (GET + b"\r\n") * 200,
        [b"GET /a 0"] * (protocol.MAX_AHEAD + 1),
    ),
}


@pytest.mark.parametrize(("sent", "expected"), ENDS.values(), ids=ENDS)
def test_what_was_whole_is_answered_and_the_connection_ends(port, sent, expected):
    answers = raw(port, sent)
    assert understood(answers) == expected
    assert set(statuses(answers)) == {200}


ENDLESS = {
    "an extension": b"5;" + b"a" * (protocol.MAX_HEAD + 1),
    "trailers": b"0\r\n" + b"X: a\r\n" * (protocol.MAX_HEAD // 6 + 1),
    "a trailer": b"0\r\nX: " + b"a" * (protocol.MAX_HEAD + 1),
}


@pytest.mark.parametrize("sent", ENDLESS.values(), ids=ENDLESS)
def test_what_is_no_piece_of_a_body_may_not_go_on(port, sent):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(CHUNKED + b"Expect: 100-continue\r\n\r\n")
        assert statuses(connection.recv(1 << 16)) == [100]  # so that the head has been read
        connection.sendall(sent)
        answers = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    assert statuses(answers) == [400]


def test_who_asks_whether_to_send_a_body_is_told(port):
    asked = POST + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"
    assert statuses(raw(port, asked + b"hello")) == [100, 200]
    early = asked.replace(b"/a", b"/early")
    assert statuses(raw(port, early)) == [200]  # and ends: the body may come or not
    old = asked.replace(b"1.1", b"1.0")
    assert statuses(raw(port, old + b"hello")) == [200]


@pytest.mark.parametrize("broken", [b"zz\r\n", b"0\r\nA : x\r\n\r\n"])
def test_an_answer_under_way_is_cut_and_no_second_one_follows(port, broken):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(CHUNKED.replace(b"/a", b"/half") + b"\r\n")
        answers = b""
        while b"half;" not in answers:
            answers += connection.recv(1 << 16)
        connection.sendall(broken)
        while found := connection.recv(1 << 16):
            answers += found
    assert statuses(answers) == [200]
    assert b"whole" not in answers
    assert not answers.endswith(b"0\r\n\r\n")
