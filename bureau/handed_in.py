"""A file that somebody hands in: its hash, and whether it stays as it is while it is read."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from bureau.named_files import named, require_file
from core.errors import Conflict


@dataclass(frozen=True, slots=True)
class HandedIn:
    """`size` is in bytes; `state` differs after any change to the file."""

    path: Path
    size: int
    state: tuple[int, ...]

    @classmethod
    def look(cls, path: Path) -> HandedIn:
        """Raises NotFound or InvalidInput for what is no file that can be read."""
        require_file(path)
        with named(path), path.open("rb") as file:
            status = os.fstat(file.fileno())
        return cls(path, status.st_size, (status.st_ino, status.st_size, status.st_mtime_ns))

    def sha256(self) -> str:
        with named(self.path), self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def holds(self, size: int, sha256: str) -> bool:
        """Whether these are its bytes; it is not hashed where its size tells already."""
        return self.size == size and self.sha256() == sha256

    def require_same(self, sha256: str, read: str) -> None:
        """Raise Conflict when `read`, the hash that a reader saw, is another, or the file changed."""
        if read != sha256 or HandedIn.look(self.path) != self:
            raise Conflict(f"{self.path} changed while it was being read", hint="deliver it again")
