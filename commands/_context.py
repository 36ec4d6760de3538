"""What one call of the program was told, and the workspace that it opens."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bureau import Bureau


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    MARKDOWN = "md"


@dataclass(slots=True)
class Session:
    """The options that every command understands. `zone` is the city's once a workspace is open."""

    home: Path | None = None
    person: str | None = None
    behalf: str | None = None
    key: str | None = None
    debug: bool = False
    quiet: bool = False
    format: Format = Format.TABLE
    json: bool = False
    output: Path | None = None
    zone: tzinfo = UTC

    @property
    def chosen(self) -> Format:
        return Format.JSON if self.json else self.format

    @property
    def actor(self) -> str | None:
        """Who acts: named with --as, or by BUREAU_AS."""
        return self.person or os.environ.get("BUREAU_AS") or None

    @property
    def stands_in_for(self) -> str | None:
        """Whose delegation is used: named with --for, or by BUREAU_FOR."""
        return self.behalf or os.environ.get("BUREAU_FOR") or None


def session(ctx: Any) -> Session:
    """The session of this call; the root group made it."""
    found = ctx.find_root().obj
    if not isinstance(found, Session):
        raise TypeError("a command runs inside the root group only")
    return found


def keep(ctx: Any, param: Any, value: Any) -> Any:
    """Put what an option was given into the session, wherever on the line it stood."""
    if value is not None and value is not False:
        setattr(session(ctx), param.name, value)
    return value


def _what(ctx: Any) -> str:
    """A hash of the command and all that it was given: what a key stands for."""
    from core.canonical import sha256_hex

    said = repr((ctx.command_path, sorted((k, str(v)) for k, v in ctx.params.items())))
    return sha256_hex(said.encode())


@contextmanager
def opened(ctx: Any, *, require_current: bool = True) -> Iterator[Bureau]:
    """The workspace of this call, with the person who acts."""
    from bureau import Bureau

    told = session(ctx)
    bureau = Bureau.open(
        told.home, actor=told.actor, behalf=told.stands_in_for, require_current=require_current
    )
    try:
        told.zone = bureau.settings.zone
        yield bureau.once(told.key, _what(ctx)) if told.key is not None else bureau
    finally:
        bureau.close()
