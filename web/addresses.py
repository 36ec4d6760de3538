"""Signatures of what readers bring back: addresses of files and tokens of pages. They prove where it comes
from, and never decide what may be read.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from urllib.parse import urlencode

_VERSION = "v2"


def sign(key: bytes, *, file: str, query: str, credential: str, expires: int) -> str:
    """The parameters of a file's address. `sp` marks it as signed for readers that look for that."""
    told = {"q": query, "c": credential, "exp": str(expires), "sp": "r"}
    return urlencode(told | {"sig": signature(key, "file", file, query, credential, str(expires))})


def is_signed(
    key: bytes, given: str, *, file: str, query: str, credential: str, expires: str
) -> bool:
    """Whether a signature is of just this file, query, credential and time."""
    return is_same(given, signature(key, "file", file, query, credential, expires))


def signature(key: bytes, *parts: str) -> str:
    """Of these texts in this order: none can be moved into its neighbour."""
    return hmac.new(key, json.dumps([_VERSION, *parts]).encode(), hashlib.sha256).hexdigest()


def is_same(given: str, signed: str) -> bool:
    """Whether two signatures are the same; how long it takes does not tell how much of them is."""
    return hmac.compare_digest(given.encode(), signed.encode())
