"""Views: what a policy leaves of a version of the lake, written once and kept until it is not needed.

A view is named by a digest of everything that decides its bytes, so that another policy, or another
version, is another view: a folder of Parquet files (parts), each of which readers fetch by itself. It
appears whole or not at all; the folder of all of them may be emptied at any time.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import pyarrow.parquet as pq

from catalog.extract import PART_NAME
from catalog.keyfile import KeyFiles
from catalog.pruning import Bounds, Group
from core.errors import unusable

_FOLDER_MODE = 0o700
_VIEW, _KEYS = ".view", ".keys"
_PART = re.compile(r"(?P<view>[0-9a-f]{64})-(?P<number>0|[1-9][0-9]{0,5})")


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a view; `name` finds it again."""

    name: str
    path: Path
    rows: int
    bytes: int

    def groups(self) -> Iterator[Group]:
        """What is known of its groups of rows, of the values that are in the file."""
        metadata = pq.read_metadata(self.path)
        for number in range(metadata.num_row_groups):
            group = metadata.row_group(number)
            columns = (group.column(place) for place in range(group.num_columns))
            yield {
                column.path_in_schema: bounds
                for column in columns
                if (bounds := _bounds(column.statistics, group.num_rows)) is not None
            }


View: TypeAlias = tuple[Part, ...]
"""The parts of a view, in the order of their rows."""
Extents: TypeAlias = tuple[tuple[tuple[int, int], ...], ...]
"""Of each column of a file: its stretches of bytes."""


class Views:
    """The views under one root, made by one program at a time each."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._making: dict[str, threading.Lock] = {}
        self._keys = KeyFiles()

    def get(self, name: str, make: Callable[[Path], object]) -> View:
        """The view of this name; `make` writes its folder where it is not there yet."""
        return _look(name, self._made(name, _VIEW, make))

    def records(self, name: str, key: str, make: Callable[[Path], object]) -> list[bytes]:
        """The records of a key; `make` writes the key file of the view where it is not there yet."""
        return self._keys.find(self._made(name, _KEYS, make), key)

    def has_keys(self, name: str) -> bool:
        """Whether the key file is there, so that records are found at once."""
        return self._path(name, _KEYS).is_file()

    def reclaim(self, before: datetime) -> list[str]:
        """Delete what nobody has asked for since `before`; gives back the names."""
        gone = []
        for path in sorted(self._root.glob("*/*")):
            if path.stat().st_mtime < before.timestamp():
                gone.append(str(path.relative_to(self._root)))
                left = path.rename(path.with_name(f".{path.name}"))  # half a view is none
                shutil.rmtree(left) if left.is_dir() else left.unlink()
        return gone

    def close(self) -> None:
        self._keys.close()

    def _made(self, name: str, suffix: str, make: Callable[[Path], object]) -> Path:
        path = self._path(name, suffix)
        with suppress(FileNotFoundError):
            os.utime(path)  # it is in use: `reclaim` leaves it
            return path
        with self._lock:
            making = self._making.setdefault(path.name, threading.Lock())
        with making:
            if not path.exists():
                try:
                    path.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
                except OSError as error:
                    raise unusable(path.parent, error) from error
                make(path)
        return path

    def find(self, name: str) -> Path | None:
        """The file of a part of this name; None where it is gone."""
        match = _PART.fullmatch(name)
        if match is None:
            return None
        path = self._path(match["view"], _VIEW) / PART_NAME.format(i=match["number"])
        return path if path.is_file() else None

    def columns(self, name: str) -> Extents:
        """Where the bytes of each column of a part are; nothing where it is gone."""
        path = self.find(name)
        try:
            return () if path is None else _extents(path)
        except FileNotFoundError:
            return ()

    def _path(self, name: str, suffix: str) -> Path:
        return self._root / name[:2] / f"{name}{suffix}"


def _look(name: str, folder: Path) -> View:
    try:
        count = sum(1 for _ in folder.iterdir())
        return tuple(_part(name, folder, number) for number in range(count))
    except OSError as error:
        raise unusable(folder, error) from error


def _part(name: str, folder: Path, number: int) -> Part:
    path = folder / PART_NAME.format(i=number)
    return Part(f"{name}-{number}", path, pq.read_metadata(path).num_rows, path.stat().st_size)


@lru_cache(maxsize=256)
def _extents(path: Path) -> Extents:
    """A part never changes under its name, so that it is asked once."""
    metadata = pq.read_metadata(path)
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    return tuple(
        tuple(_extent(group.column(place)) for group in groups)
        for place in range(metadata.num_columns)
    )


def _extent(chunk: pq.ColumnChunkMetaData) -> tuple[int, int]:
    start = chunk.data_page_offset
    if chunk.has_dictionary_page:
        start = min(start, chunk.dictionary_page_offset)
    return start, start + chunk.total_compressed_size


def _bounds(statistics: pq.Statistics | None, rows: int) -> Bounds | None:
    if statistics is None:
        return None
    known = statistics.has_min_max
    nulls = statistics.null_count if statistics.has_null_count else None
    return Bounds(
        statistics.min if known else None,
        statistics.max if known else None,
        nulls=nulls is None or nulls > 0,
        values=nulls is None or nulls < rows,
    )
