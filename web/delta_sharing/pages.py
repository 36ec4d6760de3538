"""Pages of a list: a token for the next one is the caller's own, of that list, and for an hour."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from web import addresses
from web.callers import Caller
from web.failures import Invalid

_MOST = 2**31 - 1
_VALID_MS = int(timedelta(hours=1).total_seconds() * 1000)
_TOKEN = re.compile(r"(?P<start>[0-9]{1,9})\.(?P<expires>[0-9]{1,15})\.(?P<sig>[0-9a-f]{64})")


def page(
    caller: Caller, listed: str, items: Sequence[Any], most: str | None, token: str | None
) -> dict[str, Any]:
    """At most `most` of the items, from where `token` says, and the next token if there are more."""
    if most is not None and not (most.isdecimal() and most.isascii() and int(most[:11]) <= _MOST):
        raise Invalid("maxResults is a whole number of 32 bits, and not below zero")
    now = int(caller.plane.now().timestamp() * 1000)
    start = _start(caller, listed, token, now) if token else 0
    stop = len(items) if most is None else start + int(most)
    found: dict[str, Any] = {"items": [*items[start:stop]]}
    if stop < len(items):
        expires = str(now + _VALID_MS)
        signed = _signature(caller, listed, str(stop), expires)
        found["nextPageToken"] = f"{stop}.{expires}.{signed}"
    return found


def _start(caller: Caller, listed: str, token: str, now: int) -> int:
    match = _TOKEN.fullmatch(token)
    if match is None or not addresses.is_same(
        match["sig"], _signature(caller, listed, match["start"], match["expires"])
    ):
        raise Invalid("the page token is none that was given for this list")
    if int(match["expires"]) <= now:
        raise Invalid("the page token has expired: list from the beginning")
    return int(match["start"])


def _signature(caller: Caller, listed: str, start: str, expires: str) -> str:
    credential = caller.admitted.credential.ref
    return addresses.signature(caller.plane.signing_key, "page", credential, listed, start, expires)
