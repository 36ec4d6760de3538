"""Files that a user names: whatever keeps one from being read is said in a sentence."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import InvalidInput, NotFound


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Translate what goes wrong with `path` in the block.

    Raises NotFound where there is nothing, InvalidInput for what cannot be read.
    """
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound("file", str(path), hint="check the name and its folder") from error
    except OSError as error:
        raise InvalidInput(
            f"{path} cannot be read: {error.strerror}", hint="name a file that you may read"
        ) from error


def require_file(path: Path) -> None:
    """Refuse what is no regular file: a device or a pipe could go on for ever."""
    if "\0" in str(path):
        raise InvalidInput("the name of a file holds a NUL character", hint="name one file of data")
    with named(path):
        status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise InvalidInput(f"{path} is not a file", hint="name one file of data")
