"""The journal: what was offered and sent, one line an event, in files that are only appended to.

A file (segment) is closed when its uses are counted into the ledger; the next one begins with the
queries that are still open, so that each can be read by itself. A line that was cut off by a crash
is the last one, and nobody was told that it was written.
"""

from __future__ import annotations

import errno
import gzip
import hashlib
import json
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from core.clock import from_micros, to_micros
from core.errors import unusable
from sharing.metering.model import Coverage, File, Leaving, Looked, Open, Query, Sent

Line: TypeAlias = Query | Sent | Leaving | Looked | Open
"""What a line of the journal says."""

_MODE = 0o600
_DIGITS = 8
_SUFFIX, _PACKED = ".jsonl", ".jsonl.gz"
_LOOKED = b'["looked",'
_MOMENTS = ("issued_at", "expires_at")


class Journal:
    """The segments of one folder, and the last of them open for appending, by one program."""

    def __init__(self, folder: Path, after: int = 0) -> None:
        """`after` is the last number that was given away, be its segment there or not."""
        self._folder = folder
        self._lock = threading.Lock()
        self._file: int | None = None
        self._number = max([after, *self.numbers()])

    def numbers(self) -> list[int]:
        """The segments there are, in order."""
        found = (path for end in (_SUFFIX, _PACKED) for path in self._folder.glob(f"*{end}"))
        return sorted({int(path.name[:_DIGITS]) for path in found})

    def issue(self, query: Query) -> None:
        """Record a query; `sync` puts it on the disk."""
        self._append(_line("query", _plain(query)))

    def sent(self, event: Sent) -> None:
        """Record bytes that go out; the operating system has it when this returns."""
        self._append(_line("sent", [*_range(event), 1] if event.column else _range(event)))

    def leaving(self, event: Leaving) -> None:
        """Record bytes before they go out."""
        self._append(_line("leaving", _range(event)))

    def looked(self, event: Looked) -> None:
        """Record an answer before it is given; the operating system has it when this returns."""
        data = [event.grant, event.credential, event.rows, event.bytes, to_micros(event.at)]
        self._append(_line("looked", data))

    def sync(self) -> None:
        """All that was recorded is on the disk when this returns; meanwhile others go on recording."""
        with self._lock:
            if self._file is None:
                return
            path, file = self._path(self._number), os.dup(self._file)
        try:
            os.fsync(file)
        except OSError as error:
            raise unusable(path, error) from error
        finally:
            os.close(file)

    def rotate(self, carried: Iterable[Open]) -> int:
        """Begin a new segment with these open queries; gives back the number of the one before.

        Where that fails, the one before goes on.
        """
        lines = b"".join(_line("open", _carried(one)) for one in carried)
        with self._lock:
            before = self._number
            self._begin(before + 1, lines)
        return before

    def read(self, number: int, *, lookups_of: str = "") -> Iterator[Line]:
        """The events of a segment, in order; of lookups only those of a grant, if given.

        It disturbs nobody who writes: a line that is not whole yet is left out.
        """
        mine = _line("looked", [lookups_of])[: -len(b"]]\n")]
        for line in self._bytes(number).split(b"\n")[:-1]:
            if not line:  # only to see whether it could be written
                continue
            if lookups_of and line.startswith(_LOOKED) and not line.startswith(mine):
                continue  # a busy day has millions of others
            kind, data = json.loads(line)
            match kind:
                case "query":
                    yield _query(data)
                case "sent":
                    query, file, start, stop, at, *column = data
                    yield Sent(query, file, start, stop, from_micros(at), bool(column))
                case "leaving":
                    yield _leaving(data)
                case "looked":
                    grant, credential, rows, size, at = data
                    yield Looked(grant, credential, rows, size, from_micros(at))
                case "open":
                    sent = {
                        name: Coverage(map(tuple, ranges)) for name, ranges in data["sent"].items()
                    }
                    leaving = list(map(_leaving, data.get("leaving", ())))
                    counted = set(data["counted"])
                    more = (data.get(name, {}) for name in ("partly", "looks"))
                    yield Open(_query(data["query"]), sent, counted, leaving, *more)

    def digest(self, number: int) -> str:
        """The SHA-256 of a segment's lines, be it packed or not."""
        return hashlib.sha256(self._bytes(number)).hexdigest()

    def pack(self, sealed: int) -> None:
        """Keep the segments up to this number, which the ledger has, in a fifth of the room."""
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            number = int(path.name[:_DIGITS])
            packed = self._path(number, _PACKED)
            if number > sealed:
                return
            try:
                os.close(_written(packed, gzip.compress(path.read_bytes(), mtime=0)))
                path.unlink()
            except OSError as error:
                raise unusable(packed, error) from error

    def drop(self, last: int) -> list[str]:
        """Delete the packed segments up to this number; gives back their names."""
        found = sorted(self._folder.glob(f"*{_PACKED}"))
        gone = [path for path in found if int(path.name[:_DIGITS]) <= last]
        for path in gone:
            path.unlink()
        return [path.name for path in gone]

    def check(self) -> None:
        """Raise StorageUnavailable where no event can be written."""
        self._append(b"\n")
        self.sync()

    def close(self) -> None:
        with self._lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def _append(self, line: bytes) -> None:
        with self._lock:
            file = self._file
            if file is None:
                file = self._begin(self._number + 1, b"")
            try:
                _write(file, line)
            except OSError as error:
                raise unusable(self._path(self._number), error) from error

    def _begin(self, number: int, lines: bytes) -> int:
        """Go on in a new segment, which appears with these lines or not at all."""
        path = self._path(number)
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            if self._file is not None:
                os.fsync(self._file)
            file = _written(path, lines)
        except OSError as error:
            raise unusable(path, error) from error
        if self._file is not None:
            os.close(self._file)
        self._file, self._number = file, number
        return file

    def _bytes(self, number: int) -> bytes:
        try:
            return self._path(number).read_bytes()
        except FileNotFoundError:
            return gzip.decompress(self._path(number, _PACKED).read_bytes())

    def _path(self, number: int, suffix: str = _SUFFIX) -> Path:
        return self._folder / f"{number:0{_DIGITS}d}{suffix}"


def _written(path: Path, data: bytes) -> int:
    """A new file that is open for appending and on the disk; it appears whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, _MODE)
    try:
        _write(file, data)
        os.fsync(file)
        part.replace(path)
        _sync(path.parent)
    except OSError:
        os.close(file)
        for left in (part, path):
            with suppress(OSError):
                left.unlink(missing_ok=True)
        raise
    return file


def _write(file: int, data: bytes) -> None:
    """All of it or an error: what is cut short is taken back, so that the next line stands alone."""
    done = os.write(file, data)
    if done != len(data):
        os.ftruncate(file, os.fstat(file).st_size - done)
        raise OSError(errno.ENOSPC, "No space left on device")


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
    leaving = [_range(event) for event in one.leaving]
    return {
        "query": _plain(one.query),
        "sent": sent,
        "counted": sorted(one.counted),
        "leaving": leaving,
        "partly": one.partly,
        "looks": one.looks,
    }


def _range(event: Sent) -> list[Any]:
    return [event.query, event.file, event.start, event.stop, to_micros(event.at)]


def _leaving(data: list[Any]) -> Leaving:
    query, file, start, stop, at = data
    return Leaving(query, file, start, stop, from_micros(at))
