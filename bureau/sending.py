"""Each configured channel as one function that sends a notice; secrets are read here, and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from bureau import posting
from bureau.notice_settings import MailServer, Webhook
from bureau.posting import Failure
from bureau.settings import Settings
from core.errors import Conflict
from sharing.notices import message
from sharing.notices.model import Channel, Due

Send: TypeAlias = Callable[[Due, datetime], Failure | None]


def senders(settings: Settings) -> Mapping[Channel, Send]:
    """How to send on each channel.

    Raises Conflict where none is configured, InvalidInput where a secret is missing.
    """
    notices = settings.notices
    found: dict[Channel, Send] = {}
    if notices.mail:
        found[Channel.MAIL] = _by_mail(notices.mail, settings.city, notices.timeout_s)
    if notices.webhook:
        found[Channel.WEBHOOK] = _by_webhook(notices.webhook, notices.timeout_s)
    if not found:
        raise Conflict(
            "no channel is configured to send notices by",
            hint="add [notices.mail] or [notices.webhook] to bureau.toml: docs/notices.md",
        )
    return found


def _by_mail(server: MailServer, city: str, timeout: float) -> Send:
    password = server.password()

    def send(due: Due, at: datetime) -> Failure | None:
        mail = message.mail_of(due.notice, city=city, sender=server.sender, to=due.mail, at=at)
        return posting.mail(server, password, mail, timeout=timeout)

    return send


def _by_webhook(webhook: Webhook, timeout: float) -> Send:
    secret = message.read_secret(webhook.secret())

    def send(due: Due, at: datetime) -> Failure | None:
        body = message.webhook_body(due.notice)
        headers = message.webhook_headers(due.notice, body, secret=secret, at=at)
        return posting.webhook(webhook.url, headers, body, timeout=timeout)

    return send
