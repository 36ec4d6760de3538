"""The one canonical form of structured values; everything that is hashed passes here.

RFC 8785 (JSON Canonicalization Scheme) through the `rfc8785` package. Floats are refused: two
programs may print them differently, so amounts are integers or decimal strings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import rfc8785

from core.errors import InvalidInput

Json: TypeAlias = "str | int | bool | Mapping[str, Json] | Sequence[Json] | None"


def canonical_bytes(value: Json) -> bytes:
    """Encode `value`; equal values give equal bytes whatever the order of their keys.

    Raises InvalidInput for a float, an integer beyond 2**53 - 1, or text that is not Unicode.
    """
    _refuse_floats(value, "$")
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise InvalidInput(f"this value has no canonical form: {error}") from error


def sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def content_hash(value: Json) -> str:
    """SHA-256 of the canonical form, lowercase hex."""
    return sha256_hex(canonical_bytes(value))


def _refuse_floats(value: Json, place: str) -> None:
    if value is None or isinstance(value, str | int):
        return
    if isinstance(value, float):
        raise InvalidInput(f"a float at {place} has no canonical form; use text or an integer")
    if isinstance(value, Mapping):
        for key, item in value.items():
            _refuse_floats(item, f"{place}.{key}")
    elif isinstance(value, Sequence):
        for position, item in enumerate(value):
            _refuse_floats(item, f"{place}[{position}]")
