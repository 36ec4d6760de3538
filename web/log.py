"""The server's log: one line of JSON for each thing that happened, and no word that a caller wrote.

Tokens, signatures, keys and claims come from callers alone, and so do line breaks and colours of a
terminal. Of an error its kind and its places in the code are told, but not its text, which may repeat a
value; only what a disk or database could not do is said in full.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TextIO

from core.errors import StorageUnavailable
from web.choices import Logged

CALLS = logging.getLogger("databureau.calls")
SERVER = logging.getLogger("databureau.server")
_CUT = "ASGI callable returned without completing response."
"""What uvicorn says of a download that was cut, as an error: the line of the call has that already."""
_OWN_WORDS = ("databureau.", "uvicorn.")
"""Whose messages are texts of the program, and hold nothing else."""


@contextmanager
def logging_to(out: TextIO | None = None, logged: Logged = Logged.CALLS) -> Iterator[None]:
    """Write the log of the whole program to `out`, or standard error."""
    handler = logging.StreamHandler(out or sys.stderr)
    handler.setFormatter(_JsonLine())
    handler.addFilter(lambda record: record.msg != _CUT)
    CALLS.setLevel(logging.INFO if logged is Logged.CALLS else logging.CRITICAL)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        CALLS.setLevel(logging.NOTSET)


class _JsonLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        ours = record.name.startswith(_OWN_WORDS)
        moment = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, Any] = {
            "at": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage().strip() if ours else f"something in {record.name}",
            **getattr(record, "told", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["errors"] = list(_told(record.exc_info[1]))
        return json.dumps(line)


def _told(error: BaseException) -> Iterator[dict[str, Any]]:
    """An error and those that led to it, the newest first."""
    seen: BaseException | None = error
    while seen is not None:
        frames = traceback.extract_tb(seen.__traceback__)
        one: dict[str, Any] = {
            "kind": type(seen).__name__,
            "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        }
        if isinstance(seen, StorageUnavailable):
            one["why"] = str(seen)
        yield one
        seen = seen.__cause__ or seen.__context__
