"""Key files: the records of a view by their key, so that one of ten million is found without a scan.

A file of SQLite beside the view: its index finds a record in a few reads, whatever the size, and it
needs neither a server nor a sorted lake. It is written once for a version and policy, like the view.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from core.errors import StorageUnavailable, unusable

MOST_OPEN = 64
_FIND = "SELECT body FROM record WHERE key = ? ORDER BY rowid"


def write_keys(records: Path, key: Sequence[str], target: Path) -> None:
    """Put the records of a file of JSON lines into a key file, which appears whole or not at all."""
    part = target.with_suffix(".part")
    try:
        part.unlink(missing_ok=True)
        with (
            closing(sqlite3.connect(part, isolation_level=None)) as database,
            records.open("rb") as lines,
        ):
            database.execute("PRAGMA journal_mode = OFF")
            database.execute("PRAGMA synchronous = OFF")
            database.execute("BEGIN")
            database.execute("CREATE TABLE record (key TEXT NOT NULL, body BLOB NOT NULL)")
            database.executemany("INSERT INTO record VALUES (?, ?)", _keyed(lines, key))
            database.execute("CREATE INDEX record_by_key ON record (key)")
            database.execute("COMMIT")
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise _unusable(target, error) from error


class KeyFiles:
    """Key files kept open for reading: those that were asked last, of which there may be `MOST_OPEN`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[tuple[Path, int], sqlite3.Connection] = {}

    def find(self, path: Path, key: str) -> list[bytes]:
        """The records of a key as JSON, in the order of the table: one, unless the data repeats it."""
        try:
            with self._lock:
                return [body for (body,) in self._opened(path).execute(_FIND, (key,))]
        except (OSError, sqlite3.Error) as error:
            raise _unusable(path, error) from error

    def close(self) -> None:
        with self._lock:
            while self._open:
                self._open.popitem()[1].close()

    def _opened(self, path: Path) -> sqlite3.Connection:
        """The connection to the file that has this name now; whoever asked longest ago makes room."""
        file = (path, path.stat().st_ino)
        connection = self._open.pop(file, None)
        if connection is None:
            address = f"file:{quote(str(path))}?mode=ro&immutable=1"
            connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        self._open[file] = connection
        if len(self._open) > MOST_OPEN:
            self._open.pop(next(iter(self._open))).close()
        return connection


def key_text(values: Mapping[str, Any], key: Sequence[str]) -> str:
    """The key of a record, or of what is asked for: 120 and "120" are the same."""
    return json.dumps([text_of(values[name]) for name in key])


def text_of(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _unusable(path: Path, error: OSError | sqlite3.Error) -> StorageUnavailable:
    return unusable(path, error if isinstance(error, OSError) else OSError(error))


def _keyed(lines: Iterator[bytes], key: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    for line in lines:
        body = line.rstrip(b"\n")
        yield key_text(json.loads(body), key), body
