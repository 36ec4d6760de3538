"""Signed addresses of files: they prove where they come from, and never decide what may be read."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlencode

_VERSION = "v1"


def sign(key: bytes, *, file: str, query: str, credential: str, expires: int) -> str:
    """The parameters of a file's address. `sp` marks it as signed for readers that look for that."""
    told = {"q": query, "c": credential, "exp": str(expires), "sp": "r"}
    return urlencode(told | {"sig": _signature(key, file, query, credential, str(expires))})


def is_signed(
    key: bytes, given: str, *, file: str, query: str, credential: str, expires: str
) -> bool:
    """Whether a signature is of just this file, query, credential and time."""
    return hmac.compare_digest(
        given.encode(), _signature(key, file, query, credential, expires).encode()
    )


def _signature(key: bytes, *parts: str) -> str:
    return hmac.new(key, "|".join((_VERSION, *parts)).encode(), hashlib.sha256).hexdigest()
