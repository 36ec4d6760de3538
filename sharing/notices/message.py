"""What leaves the house: a mail and a signed webhook. References and days; no data, no reasons."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from catalog.naming import without_hidden
from core.errors import InvalidInput
from sharing.notices.model import Notice
from sharing.notices.telling import reference_in, titles, todo

SECRET_PREFIX = "whsec_"  # noqa: S105 (how the standard marks one)
_SECRET_BYTES = range(24, 65)
_ID_DOMAIN = "notices.databureau"
"""The same whatever the settings say, because the id of a mail must not change with them."""


def mail_of(notice: Notice, *, city: str, sender: str, to: str, at: datetime) -> EmailMessage:
    """The mail about a notice. `at` is this attempt's; the Message-ID is every attempt's."""
    title_zh, title_en = titles(notice.kind)
    ref = without_hidden(reference_in(notice.subject))
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(display_name=without_hidden(city), addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = f"{ref} {title_zh} {title_en}"
    message["Date"] = format_datetime(at.astimezone(UTC))
    message["Message-ID"] = f"<{notice.id}@{_ID_DOMAIN}>"
    message["Auto-Submitted"] = "auto-generated"
    lines = [f"{title_zh}：{ref}", f"{title_en}: {ref}", ""]
    if notice.due_on is not None:
        lines.append(f"到期日 Due: {notice.due_on.isoformat()}")
    if notice.behalf:
        lines.append(f"代理 On behalf of: {without_hidden(notice.behalf)}")
    lines += [
        f"操作 To do: {without_hidden(todo(notice.kind, notice.subject, notice.behalf))}",
        f"通知 Notice: {notice.ref}; bureau notice read {notice.ref}",
    ]
    # Base64 passes servers that take seven bits only, and its lines are never too long.
    message.set_content("\n".join(lines) + "\n", cte="base64")
    return message


def webhook_body(notice: Notice) -> bytes:
    """The body of a webhook about a notice, the same at every attempt."""
    title_zh, title_en = titles(notice.kind)
    body = {
        "type": notice.kind,
        "timestamp": notice.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {
            "notice": notice.ref,
            "person": notice.person,
            "behalf": notice.behalf,
            "subject": notice.subject,
            "title_zh": title_zh,
            "title_en": title_en,
            "due_on": notice.due_on.isoformat() if notice.due_on else None,
            "todo": todo(notice.kind, notice.subject, notice.behalf),
            "entry": notice.entry,
        },
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def webhook_headers(notice: Notice, body: bytes, *, secret: bytes, at: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks 1.0; the signature holds for this attempt's time."""
    identity, timestamp = f"msg_{notice.id}", str(int(at.timestamp()))
    return {
        "content-type": "application/json",
        "webhook-id": identity,
        "webhook-timestamp": timestamp,
        "webhook-signature": sign(secret, identity, timestamp, body),
    }


def sign(secret: bytes, identity: str, timestamp: str, body: bytes) -> str:
    """The symmetric signature of Standard Webhooks: `v1,` and HMAC-SHA256 of id.timestamp.body."""
    signed = b".".join((identity.encode(), timestamp.encode(), body))
    digest = hmac.new(secret, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def read_secret(text: str) -> bytes:
    """The key in `whsec_...`; raises InvalidInput, which never repeats it."""
    try:
        key = base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if text.startswith(SECRET_PREFIX) and len(key) in _SECRET_BYTES:
        return key
    raise InvalidInput(
        "the secret of the webhook is not whsec_ and 24 to 64 bytes in base64",
        hint="make one: echo whsec_$(openssl rand -base64 32)",
    )
