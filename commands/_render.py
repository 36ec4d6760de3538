"""Show what a command found: tables for people, JSON and CSV for programs."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Any

import typer

from bureau.settings import refuse_own
from commands._context import Format, Session, session
from commands._page import Page
from commands._plain import plain, to_json
from commands._talk import say
from core.errors import Conflict, InvalidInput, unusable

_NO_PLACE = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG)


def emit(ctx: Any, page: Page) -> None:
    """Write the page in the format that was asked for, to standard output or to a file."""
    told = session(ctx)
    for_people = told.chosen in (Format.TABLE, Format.MARKDOWN)
    if page.empty and for_people and not page.tables[0].rows:
        say(ctx, page.empty)
    write(told.output, _text(page, told).encode())


def write(path: Path | None, content: bytes, *, new: bool = False) -> None:
    """Write to a file, or to standard output; `new` never writes over a file that is there.

    Raises InvalidInput, Conflict or StorageUnavailable. What belongs to a workspace is refused.
    """
    if path is None or str(path) == "-":
        _print(content)
        return
    try:
        refuse_own(path)
        with path.open("xb" if new else "wb") as file:
            file.write(content)
    except FileExistsError as error:
        raise Conflict(f"{path} is there already", hint="name another file, or move it") from error
    except OSError as error:
        if new:
            path.unlink(missing_ok=True)  # or a second try would find the half of a file
        if error.errno in _NO_PLACE:
            raise InvalidInput(
                f"{path} cannot be written: {error.strerror}",
                hint="name a file in a folder that is there",
            ) from error
        raise unusable(path, error) from error


def _print(content: bytes) -> None:
    try:
        typer.echo(content, nl=False)
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        raise unusable("standard output", error) from error


def _text(page: Page, told: Session) -> str:
    form = told.chosen
    if form is Format.JSON:
        return to_json(page.data) + "\n"
    if form is Format.JSONL:
        data = plain(page.data)
        lines = data if isinstance(data, list) else [data]
        return "".join(to_json(line, indent=None) + "\n" for line in lines)
    from commands import _tables

    terminal = told.output is None and sys.stdout.isatty()
    if form is Format.CSV:
        return _tables.as_csv(page.tables[0], escape=terminal)
    if form is Format.MARKDOWN:
        return _tables.as_markdown(page, told.zone)
    styled = terminal and not os.environ.get("NO_COLOR")
    return _tables.as_text(page, told.zone, terminal=terminal, styled=styled)
