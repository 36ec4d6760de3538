"""The only place that reaches the network: one mail or one webhook at a time, to where a city said.

An attempt that is not heard to succeed has failed, and is made again: at least once, under one id.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from bureau.notice_settings import MailServer, Security

_POLL_S = 0.1
_OK = range(200, 300)
_STEPS: tuple[tuple[type[smtplib.SMTPResponseException], str], ...] = (
    (smtplib.SMTPDataError, " to the mail"),
    (smtplib.SMTPAuthenticationError, " to the password"),
    (smtplib.SMTPSenderRefused, " to the sender"),
    (smtplib.SMTPResponseException, ""),
)
"""Where in the talk a server says no; the last is anywhere else."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why nothing was sent. What a server said is left out: it may name people.

    With `unreachable` the next notice would fail in the same way.
    """

    reason: str
    unreachable: bool


class CutOff:
    """Ends a connection when its time is over, however slowly the other side goes on talking.

    A socket's own timeout begins anew with every byte.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._connection: Any = None
        self._done = threading.Event()
        self._watch = threading.Thread(target=self._cut, daemon=True)

    def guards(self, connection: Any) -> None:
        """Name what to end: anything with a `sock`, which may come later."""
        self._connection = connection

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._watch.join()

    def _cut(self) -> None:
        over = self._done.wait(self._seconds)
        while not over:
            sock = getattr(self._connection, "sock", None)
            if sock is not None:
                with suppress(OSError):
                    # Not SSLSocket's own, which would let what comes after go out in the clear.
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)
            over = self._done.wait(_POLL_S)


class _Guarded:
    """A connection that is guarded from its first byte: smtplib connects while it is made."""

    def __init__(self, *arguments: Any, cut_off: CutOff, **more: Any) -> None:
        cut_off.guards(self)
        super().__init__(*arguments, **more)


class _Smtp(_Guarded, smtplib.SMTP):
    pass


class _SmtpTls(_Guarded, smtplib.SMTP_SSL):
    pass


def mail(
    server: MailServer, password: str, message: EmailMessage, *, timeout: float
) -> Failure | None:
    """Hand a mail to the server; nothing comes back where the server has taken it."""
    try:
        with CutOff(timeout) as cut_off:
            smtp = _connected(server, cut_off, timeout)
            try:
                if server.user:
                    smtp.login(server.user, password)
                smtp.send_message(message)
            finally:
                # Once a mail is taken, how the talk ends changes nothing.
                with suppress(OSError, smtplib.SMTPException):
                    smtp.quit()
                smtp.close()
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        return _mail_failure(error)
    return None


def webhook(url: str, headers: dict[str, str], body: bytes, *, timeout: float) -> Failure | None:
    """Post a body; any answer but 2xx has failed, a redirection too."""
    parts = urlsplit(url)
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    host = parts.hostname or ""
    connection = (
        HTTPSConnection(host, parts.port, timeout=timeout, context=ssl.create_default_context())
        if parts.scheme == "https"
        else HTTPConnection(host, parts.port, timeout=timeout)
    )
    try:
        with CutOff(timeout) as cut_off:
            cut_off.guards(connection)
            connection.request("POST", target, body, {"user-agent": "databureau", **headers})
            status = connection.getresponse().status
    except (OSError, HTTPException, UnicodeError) as error:
        return Failure(_unreached(error), unreachable=True)
    finally:
        connection.close()
    if status in _OK:
        return None
    return Failure(f"the webhook answered {status}", unreachable=False)


def _connected(server: MailServer, cut_off: CutOff, timeout: float) -> smtplib.SMTP:
    """A greeted connection, secret before anything is said where the settings ask for it."""
    # Named after the sender's domain: asking for this machine's own name may take the resolver long.
    name = server.sender.rpartition("@")[2]
    options: dict[str, Any] = {"local_hostname": name, "timeout": timeout, "cut_off": cut_off}
    if server.security is Security.TLS:
        context = ssl.create_default_context()
        return _SmtpTls(server.host, server.port, context=context, **options)
    smtp = _Smtp(server.host, server.port, **options)
    if server.security is Security.STARTTLS:
        try:
            smtp.starttls(context=ssl.create_default_context())
        except BaseException:
            smtp.close()
            raise
    return smtp


def _mail_failure(error: Exception) -> Failure:
    """Say at which step the server refused, by its number."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = ", ".join(sorted({str(code) for code, _ in error.recipients.values()}))
        return Failure(f"the mail server answered {codes} to the address", unreachable=False)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Failure("the mail server does not know STARTTLS or the login", unreachable=True)
    for kind, step in _STEPS:
        if isinstance(error, kind):
            reason = f"the mail server answered {error.smtp_code}{step}"
            return Failure(reason, unreachable=kind is not smtplib.SMTPDataError)
    return Failure(_unreached(error), unreachable=True)


def _unreached(error: Exception) -> str:
    match error:
        case ssl.SSLCertVerificationError(verify_message=why):
            return f"the server's certificate is not trusted: {why}"
        case TimeoutError():
            return "the server did not answer in time"
        case ConnectionRefusedError():
            return "nothing listens there: the connection was refused"
        case socket.gaierror():
            return "the server's name is not known"
        case smtplib.SMTPServerDisconnected():
            return "the mail server broke off, or did not answer in time"
    return f"the connection broke off ({type(error).__name__})"
