"""Views: what a policy leaves of a version of the lake, written once and kept until it is not needed.

A view is named by a digest of everything that decides its bytes, so that another policy, or another
version, is another file. It appears whole or not at all; the folder may be emptied at any time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from catalog.keyfile import KeyFiles
from core.errors import unusable

_FOLDER_MODE = 0o700
_VIEW, _KEYS = ".parquet", ".keys"


@dataclass(frozen=True, slots=True)
class View:
    path: Path
    rows: int
    bytes: int


class Views:
    """The views under one root, made by one program at a time each."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._making: dict[str, threading.Lock] = {}
        self._keys = KeyFiles()

    def get(self, name: str, make: Callable[[Path], object]) -> View:
        """The view of this name; `make` writes it where it is not there yet."""
        return _look(self._made(name, _VIEW, make))

    def records(self, name: str, key: str, make: Callable[[Path], object]) -> list[bytes]:
        """The records of a key; `make` writes the key file of the view where it is not there yet."""
        return self._keys.find(self._made(name, _KEYS, make), key)

    def has_keys(self, name: str) -> bool:
        """Whether the key file is there, so that records are found at once."""
        return self._path(name, _KEYS).is_file()

    def close(self) -> None:
        self._keys.close()

    def _made(self, name: str, suffix: str, make: Callable[[Path], object]) -> Path:
        path = self._path(name, suffix)
        if path.is_file():
            return path
        with self._lock:
            making = self._making.setdefault(path.name, threading.Lock())
        with making:
            if not path.is_file():
                try:
                    path.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
                except OSError as error:
                    raise unusable(path.parent, error) from error
                make(path)
        return path

    def find(self, name: str) -> Path | None:
        """The file of a view that was made under this name; None where it is gone."""
        path = self._path(name, _VIEW)
        return path if path.is_file() else None

    def _path(self, name: str, suffix: str) -> Path:
        return self._root / name[:2] / f"{name}{suffix}"


def _look(path: Path) -> View:
    try:
        return View(path, pq.read_metadata(path).num_rows, path.stat().st_size)
    except OSError as error:
        raise unusable(path, error) from error
