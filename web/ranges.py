"""The `Range` of a request (RFC 9110, 14.1.2): which bytes of a file are asked for."""

from __future__ import annotations

import re

from web.failures import Unsatisfiable

_ONE = re.compile(r"bytes=(?P<first>[0-9]{0,18})-(?P<last>[0-9]{0,18})")


def asked_range(header: str | None, size: int) -> tuple[int, int] | None:
    """From where up to, not including, where; None for the whole file.

    What is not one range of bytes is ignored, as the standard allows: several ranges too. Raises
    Unsatisfiable.
    """
    match = _ONE.fullmatch(header.strip()) if header else None
    if match is None or not (match["first"] or match["last"]):
        return None
    if not match["first"]:
        count = int(match["last"])
        if count == 0 or size == 0:
            raise Unsatisfiable(size)
        return max(size - count, 0), size
    first = int(match["first"])
    last = int(match["last"]) if match["last"] else size - 1
    if match["last"] and last < first:
        return None
    if first >= size:
        raise Unsatisfiable(size)
    return first, min(last + 1, size)
