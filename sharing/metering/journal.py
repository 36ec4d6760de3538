"""The journal: what was offered and sent, one line an event, in files that are only appended to.

A file (segment) is closed when its uses are counted into the ledger; the next one begins with the
queries that are still open, so that each can be read by itself. A line that was cut off by a crash
is the last one, and nobody was told that it was written.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from core.clock import from_micros, to_micros
from core.errors import StorageUnavailable, unusable
from sharing.metering.model import Coverage, File, Looked, Open, Query, Sent

Line: TypeAlias = Query | Sent | Looked | Open
"""What a line of the journal says."""

_MODE = 0o600
_SUFFIX = ".jsonl"
_LOOKED = b'["looked",'
_MOMENTS = ("issued_at", "expires_at")


class Journal:
    """The segments of one folder, and the last of them open for appending, by one program."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._file: int | None = None
        self._number = max(self.numbers(), default=0)

    def numbers(self) -> list[int]:
        """The segments there are, in order."""
        return sorted(int(path.stem) for path in self._folder.glob(f"*{_SUFFIX}"))

    def issue(self, query: Query) -> None:
        """Record a query; it is on the disk when this returns."""
        self._append([_line("query", _plain(query))], durable=True)

    def sent(self, event: Sent) -> None:
        """Record bytes that go out; the operating system has it when this returns."""
        data = [event.query, event.file, event.start, event.stop, to_micros(event.at)]
        self._append([_line("sent", data)], durable=False)

    def looked(self, event: Looked) -> None:
        """Record an answer before it is given; the operating system has it when this returns."""
        data = [event.grant, event.credential, event.rows, event.bytes, to_micros(event.at)]
        self._append([_line("looked", data)], durable=False)

    def rotate(self, carried: Iterable[Open]) -> int:
        """Begin a new segment with these open queries; gives back the number of the one before."""
        lines = [_line("open", _carried(one)) for one in carried]
        with self._lock:
            before = self._number
            self._begin(before + 1, lines)
        return before

    def read(self, number: int, *, lookups_of: str = "") -> Iterator[Line]:
        """The events of a segment, in order; of lookups only those of a grant, if given.

        It disturbs nobody who writes: a line that is not whole yet is left out.
        """
        mine = _line("looked", [lookups_of])[: -len(b"]]\n")]
        for line in self._path(number).read_bytes().split(b"\n")[:-1]:
            if not line:  # only to see whether it could be written
                continue
            if lookups_of and line.startswith(_LOOKED) and not line.startswith(mine):
                continue  # a busy day has millions of others
            kind, data = json.loads(line)
            match kind:
                case "query":
                    yield _query(data)
                case "sent":
                    query, file, start, stop, at = data
                    yield Sent(query, file, start, stop, from_micros(at))
                case "looked":
                    grant, credential, rows, size, at = data
                    yield Looked(grant, credential, rows, size, from_micros(at))
                case "open":
                    sent = {
                        name: Coverage(map(tuple, ranges)) for name, ranges in data["sent"].items()
                    }
                    yield Open(_query(data["query"]), sent, set(data["counted"]))

    def digest(self, number: int) -> str:
        """The SHA-256 of a segment's bytes."""
        return hashlib.sha256(self._path(number).read_bytes()).hexdigest()

    def check(self) -> None:
        """Raise StorageUnavailable where no event can be written."""
        self._append([b"\n"], durable=True)

    def close(self) -> None:
        with self._lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def _append(self, lines: list[bytes], *, durable: bool) -> None:
        with self._lock:
            if self._file is None:
                self._begin(self._number + 1, [])
            try:
                self._write(lines, durable=durable)
            except OSError as error:
                raise unusable(self._path(self._number), error) from error

    def _begin(self, number: int, lines: list[bytes]) -> None:
        path = self._path(number)
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, _MODE)
            if self._file is not None:
                os.close(self._file)
            self._file, self._number = file, number
            self._write(lines, durable=True)
            _sync(self._folder)
        except OSError as error:
            raise unusable(path, error) from error

    def _write(self, lines: list[bytes], *, durable: bool) -> None:
        """All of it or an error: a line that is cut short is ended, so that the next one stands alone."""
        data = b"".join(lines)
        if self._file is None:
            raise StorageUnavailable("the journal is closed", hint="start the server again")
        done = os.write(self._file, data)
        if done != len(data):
            os.ftruncate(self._file, os.fstat(self._file).st_size - done)
            raise OSError(28, "No space left on device")
        if durable:
            os.fsync(self._file)

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:08d}{_SUFFIX}"


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _line(kind: str, data: Any) -> bytes:
    text = json.dumps([kind, data], ensure_ascii=False, separators=(",", ":"))
    return text.encode() + b"\n"


def _plain(query: Query) -> dict[str, Any]:
    return asdict(query) | {name: to_micros(getattr(query, name)) for name in _MOMENTS}


def _query(data: dict[str, Any]) -> Query:
    moments: dict[str, datetime] = {name: from_micros(data[name]) for name in _MOMENTS}
    files = tuple(File(**file) for file in data["files"])
    return Query(**(data | moments | {"files": files}))


def _carried(one: Open) -> dict[str, Any]:
    sent = {name: [list(each) for each in one.ranges] for name, one in one.sent.items()}
    return {"query": _plain(one.query), "sent": sent, "counted": sorted(one.counted)}
