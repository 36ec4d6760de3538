"""The workspace's own secret: what its tokens, addresses and pseudonyms are made and checked with."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from bureau.settings import PRIVATE_FILE
from core.errors import StorageUnavailable, unusable

_FILE = "secret"
_BYTES = 32


def key_for(home: Path, use: str) -> bytes:
    """A key for one use, such as "tokens": none of them tells anything of another.

    The secret behind them is made when it is first needed, and is only in the workspace's folder:
    whoever has a copy of the database alone can neither check nor make a token.
    """
    return hmac.new(_secret(home / "keys" / _FILE), use.encode(), hashlib.sha256).digest()


def _secret(path: Path) -> bytes:
    try:
        if not path.exists():
            _make(path)
        secret = path.read_bytes()
    except OSError as error:
        raise unusable(path, error) from error
    if len(secret) != _BYTES:
        raise StorageUnavailable(
            f"{path} is not the key that this program wrote",
            hint="put it back from a copy; with a new one every token has to be issued again",
        )
    return secret


def _make(path: Path) -> None:
    """Two programs may make it at once: the first one's is it, whole, for both."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
