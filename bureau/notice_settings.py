"""The channels that a city configures for notices, and their secrets out of the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from core.errors import InvalidInput
from sharing.notices.address import check_mail
from sharing.notices.model import Channel

MAIL_PASSWORD, WEBHOOK_SECRET = "BUREAU_MAIL_PASSWORD", "BUREAU_WEBHOOK_SECRET"
TIMEOUT_S = 20
_MAX_TIMEOUT_S, _MAX_PORT = 300, 65_535
_HOST = re.compile(r"[A-Za-z0-9.:-]+")
_VISIBLE = re.compile(r"[!-~]+")
"""ASCII that can be seen: what a URL is written in."""


class Security(StrEnum):
    """How the way to the mail server is kept secret."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


_PORTS = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}
_KEYS: Mapping[str, Mapping[str, type]] = {
    "mail": {"host": str, "port": int, "security": str, "from": str, "user": str},
    "webhook": {"url": str},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """A city's mail server. With a `user`, its password comes from BUREAU_MAIL_PASSWORD."""

    host: str
    port: int
    security: Security
    sender: str
    user: str

    def password(self) -> str:
        """Raises InvalidInput where a user is named and no password is given."""
        found = os.environ.get(MAIL_PASSWORD, "")
        if self.user and not found:
            raise InvalidInput(
                f"notices.mail names a user, and {MAIL_PASSWORD} is not set",
                hint=f"set {MAIL_PASSWORD} where bureau notice send runs; never in bureau.toml",
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Where notices are posted to, signed with the secret in BUREAU_WEBHOOK_SECRET."""

    url: str

    def secret(self) -> str:
        """Raises InvalidInput where none is given."""
        found = os.environ.get(WEBHOOK_SECRET, "")
        if not found:
            raise InvalidInput(
                f"notices.webhook is configured, and {WEBHOOK_SECRET} is not set",
                hint=f"set {WEBHOOK_SECRET} to whsec_... where bureau notice send runs",
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSettings:
    """`timeout_s` is how long one sending may take in all."""

    timeout_s: int = TIMEOUT_S
    mail: MailServer | None = None
    webhook: Webhook | None = None

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels that are configured."""
        configured = ((Channel.MAIL, self.mail), (Channel.WEBHOOK, self.webhook))
        return tuple(channel for channel, settings in configured if settings is not None)


def read_notices(path: Path, section: Mapping[str, Any]) -> NoticeSettings:
    """The section [notices] of `bureau.toml`; raises InvalidInput naming the key that is wrong."""
    timeout = section.get("timeout_s", TIMEOUT_S)
    if not 1 <= timeout <= _MAX_TIMEOUT_S:
        raise _wrong(path, "timeout_s", str(timeout), f"write 1 to {_MAX_TIMEOUT_S} seconds")
    for name, known in _KEYS.items():
        _check(path, name, section.get(name, {}), known)
    return NoticeSettings(
        timeout_s=timeout,
        mail=_mail(path, section["mail"]) if "mail" in section else None,
        webhook=_webhook(path, section["webhook"]) if "webhook" in section else None,
    )


def _check(path: Path, name: str, values: Mapping[str, Any], known: Mapping[str, type]) -> None:
    for key, value in values.items():
        if key not in known:
            raise InvalidInput(
                f"{path} has an unknown key notices.{name}.{key}",
                hint=f"known: {', '.join(known)}; secrets come from the environment",
            )
        if type(value) is not known[key]:
            spoken = "text in quotes" if known[key] is str else "a whole number"
            raise InvalidInput(
                f"notices.{name}.{key} in {path} is not {spoken}", hint=f"write {spoken}"
            )


def _mail(path: Path, values: Mapping[str, Any]) -> MailServer:
    host, user = values.get("host", ""), values.get("user", "")
    if not _HOST.fullmatch(host):
        raise _wrong(path, "mail.host", host, "name the mail server, as in smtp.example.org")
    try:
        security = Security(values.get("security", Security.STARTTLS))
    except ValueError as error:
        known = ", ".join(Security)
        raise _wrong(path, "mail.security", values["security"], f"write one of {known}") from error
    port = values.get("port", _PORTS[security])
    if not 1 <= port <= _MAX_PORT:
        raise _wrong(path, "mail.port", str(port), f"write 1 to {_MAX_PORT}")
    if user and security is Security.NONE and not _loopback(host):
        raise _wrong(
            path, "mail.security", "none", "a password needs tls or starttls on its way to a server"
        )
    try:
        sender = check_mail(values.get("from", ""))
    except InvalidInput as error:
        raise InvalidInput(f"notices.mail.from in {path}: {error}", hint=error.hint) from error
    return MailServer(host=host, port=port, security=security, sender=sender, user=user)


def _webhook(path: Path, values: Mapping[str, Any]) -> Webhook:
    url = values.get("url", "")
    if _VISIBLE.fullmatch(url):
        try:
            parts = urlsplit(url)
            sound = _reachable(parts)
        except ValueError:
            sound = False
        if sound:
            return Webhook(url=url)
    # It is not repeated: whoever gives out such addresses may have put a key into it.
    raise InvalidInput(
        f"notices.webhook.url in {path} is no address that notices can be posted to",
        hint="write https://HOST/PATH, without a name, a password or a '#'; http only on loopback",
    )


def _reachable(parts: SplitResult) -> bool:
    """Whether this is https, or http on this machine. Raises ValueError for a port that is none."""
    host = parts.hostname or ""
    plain = parts.scheme == "http" and _loopback(host)
    return (
        (parts.scheme == "https" or plain)
        and _HOST.fullmatch(host) is not None
        and parts.port != 0
        and "@" not in parts.netloc
        and not parts.fragment
    )


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _wrong(path: Path, key: str, value: str, hint: str) -> InvalidInput:
    return InvalidInput(f"notices.{key} in {path} is {value!r}", hint=hint)
