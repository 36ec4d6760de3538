"""Bearer tokens: 256 random bits that carry a mark and a check, and the hash that is kept of them.

The mark lets a scanner for leaked secrets find one, and the check lets a mistyped one be refused
before anything is looked up. No slow hash is needed: nobody guesses 256 bits.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string
import zlib

MARK = "dbu_"
_DIGITS = string.digits + string.ascii_letters
_SECRET, _CHECK = 43, 6
"""Base-62 digits of 256 bits, and of a CRC-32."""


def new_token() -> str:
    secret = _base62(secrets.randbits(256), _SECRET)
    return f"{MARK}{secret}{_check(secret)}"


def is_token(text: str) -> bool:
    """Whether a text could be a token; only the hash says whether it is one that was issued."""
    body = text.removeprefix(MARK)
    if len(text) != len(MARK) + _SECRET + _CHECK or body == text:
        return False
    secret, check = body[:_SECRET], body[_SECRET:]
    return all(digit in _DIGITS for digit in secret) and check == _check(secret)


def token_hash(token: str, pepper: bytes) -> str:
    """What is kept of a token: without `pepper`, which the database does not hold, it proves none."""
    return hmac.new(pepper, token.encode(), hashlib.sha256).hexdigest()


def _check(secret: str) -> str:
    return _base62(zlib.crc32(secret.encode()), _CHECK)


def _base62(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))
