"""A mail server and a webhook's receiver on real sockets, as well and as badly behaved as told."""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

TLS = Path(__file__).parent / "data" / "tls"
CERTIFICATE = TLS / "localhost.crt"


class _Died(Exception):
    """The server ends the connection without another word."""


def _nothing(mail: EmailMessage) -> None:
    pass


@dataclass
class MailBox:
    """What a server of RFC 5321 took, and how it is to behave.

    `answers` replaces its reply to a command, or to the greeting (""), the mail (".") and the
    password ("password"); "die" ends the connection there, "hang" says nothing more, and "drip"
    goes on for ever a byte at a time.
    """

    port: int = 0
    tls: bool = False
    starttls: bool = False
    login: tuple[str, str] | None = None
    answers: dict[str, str] = field(default_factory=dict)
    on_mail: Callable[[EmailMessage], None] = _nothing
    """Called when a mail has arrived, before it is said to be taken."""
    taken: list[EmailMessage] = field(default_factory=list)
    seen: list[EmailMessage] = field(default_factory=list)
    """Every mail that arrived, taken or not."""
    said: list[str] = field(default_factory=list)
    """Every command, with the word (tls) before it where it came in secret."""
    closing: threading.Event = field(default_factory=threading.Event)


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, TLS / "localhost.key")
    return context


class _MailHandler(socketserver.StreamRequestHandler):
    box: MailBox

    def handle(self) -> None:
        self.secret = False
        with suppress(OSError, _Died, ValueError):
            if self.box.tls:
                self._wrap()
            self._reply("", "220 ready")
            while line := self.rfile.readline():
                text = line.decode("ascii").strip()
                self.box.said.append(f"(tls) {text}" if self.secret else text)
                if self._command(text):
                    return

    def _command(self, text: str) -> bool:
        verb = text.partition(" ")[0].upper()
        match verb:
            case "EHLO":
                self._reply("EHLO", self._offers())
            case "STARTTLS":
                self._reply("STARTTLS", "220 go ahead")
                self._wrap()
            case "AUTH":
                given = tuple(
                    base64.b64decode(text.rsplit(maxsplit=1)[-1]).decode().split("\0")[1:]
                )
                right = "235 welcome" if given == self.box.login else "535 wrong"
                self._reply("password", right)
            case "DATA":
                self._reply("DATA", "354 send it")
                self._mail()
            case "QUIT":
                self._reply("QUIT", "221 bye")
                return True
            case _:
                self._reply(verb, "250 ok")
        return False

    def _offers(self) -> str:
        offers = ["localhost", "8BITMIME"]
        if self.box.starttls and not self.secret:
            offers.append("STARTTLS")
        if self.box.login:
            offers.append("AUTH PLAIN")
        lines = [f"250-{offer}" for offer in offers[:-1]]
        return "\r\n".join([*lines, f"250 {offers[-1]}"])

    def _mail(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        mail = message_from_bytes(b"".join(lines), policy=SMTP)
        self.box.seen.append(mail)
        self.box.on_mail(mail)
        if self.box.answers.get(".", "250").startswith("250"):
            self.box.taken.append(mail)
        self._reply(".", "250 taken")

    def _reply(self, step: str, usual: str) -> None:
        answer = self.box.answers.get(step, usual)
        if answer == "die":
            raise _Died
        if answer == "hang":
            self.box.closing.wait()
            raise _Died
        while answer == "drip" and not self.box.closing.is_set():
            self.connection.sendall(b"2")
            time.sleep(0.05)
        self.connection.sendall(answer.encode() + b"\r\n")

    def _wrap(self) -> None:
        self.connection = _context().wrap_socket(self.request, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.secret = True

    def finish(self) -> None:
        self.rfile.close()
        self.connection.close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def _serving(server: Any, closing: threading.Event) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def mail_server(**behaviour: Any) -> Iterator[MailBox]:
    """A mail server on a free port, which takes what it is sent."""
    box = MailBox(**behaviour)
    handler = type("Handler", (_MailHandler,), {"box": box})
    with _serving(_Server(("127.0.0.1", box.port), handler), box.closing) as box.port:
        yield box


@dataclass
class Hook:
    """What a receiver of webhooks was posted, and how it answers: a status, "die" or "hang"."""

    port: int = 0
    tls: bool = False
    answers: list[int | str] = field(default_factory=list)
    """What to answer next; 204 when nothing is left."""
    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        scheme = "https" if self.tls else "http"
        return f"{scheme}://localhost:{self.port}/notices?city=1"


class _HookHandler(BaseHTTPRequestHandler):
    hook: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.hook.posts.append(({k.lower(): v for k, v in self.headers.items()}, body))
        self.hook.paths.append(self.path)
        answer = self.hook.answers.pop(0) if self.hook.answers else 204
        if answer == "hang":
            self.hook.closing.wait()
        elif answer != "die":
            self.send_response_only(int(answer))
            if answer == 302:
                self.send_header("location", f"http://127.0.0.1:{self.hook.port}/elsewhere")
            self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


@contextmanager
def webhook_receiver(**behaviour: Any) -> Iterator[Hook]:
    """A receiver of webhooks on a free port."""
    hook = Hook(**behaviour)
    handler = type("Handler", (_HookHandler,), {"hook": hook})
    server = ThreadingHTTPServer(("127.0.0.1", hook.port), handler)
    server.daemon_threads = True
    if hook.tls:
        server.socket = _context().wrap_socket(server.socket, server_side=True)
    with _serving(server, hook.closing) as hook.port:
        yield hook
