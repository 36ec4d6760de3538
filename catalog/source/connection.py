"""A DuckDB that only does what it is told: no extensions, bounded memory, settings locked."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from core.child import Progress
from core.errors import BureauError, EngineFailed, StorageUnavailable, unusable

_POLL_SECONDS = 0.2
_SETTINGS = (
    "TimeZone = 'UTC'",
    "enable_progress_bar = true",  # measured, never printed
    "enable_progress_bar_print = false",
    "lock_configuration = true",
)


@contextmanager
def connect(
    scratch: Path, memory_mb: int, *, threads: int | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory database that spills into `scratch`; its failures are raised as ours.

    Times with an offset become UTC. Errors about what was read (duckdb.Error of other kinds) are
    left to the caller, who knows the file.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "memory_limit": f"{memory_mb}MB",
        "temp_directory": str(scratch),
    }
    if threads is not None:
        config["threads"] = threads
    connection = duckdb.connect(config=config)
    try:
        for setting in _SETTINGS:
            connection.execute(f"SET {setting}")
        yield connection
    except duckdb.OutOfMemoryException as error:
        raise EngineFailed(
            f"the work needs more than {memory_mb} MB of memory",
            hint="give the work more memory, or hand in a smaller file",
        ) from error
    except duckdb.IOException as error:
        raise _disk_error(error, scratch.parent) from error
    finally:
        connection.close()


def identifier(name: str) -> str:
    """`name` as a quoted SQL identifier: the only way a name enters SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """`text` as a SQL string: the only way a text enters SQL where a parameter cannot."""
    return "'" + text.replace("'", "''") + "'"


def run(
    connection: duckdb.DuckDBPyConnection, query: str, constants: Sequence[Any]
) -> list[tuple[Any, ...]]:
    """The rows of a long query that the keyboard can stop; raises KeyboardInterrupt then.

    In the main thread Python would not notice before DuckDB comes back.
    """
    with ThreadPoolExecutor(max_workers=1) as beside:
        work = beside.submit(lambda: connection.execute(query, list(constants)).fetchall())
        try:
            return work.result()
        except KeyboardInterrupt:
            connection.interrupt()
            raise


@contextmanager
def progress_of(
    connection: duckdb.DuckDBPyConnection, stage: str, on_progress: Progress | None
) -> Iterator[None]:
    """Report how far the query is that runs inside the `with` block."""
    if on_progress is None:
        yield
        return
    done = threading.Event()

    def poll() -> None:
        while not done.wait(_POLL_SECONDS):
            percent = connection.query_progress()
            if percent >= 0:
                on_progress(stage, min(percent / 100, 1.0))

    poller = threading.Thread(target=poll, daemon=True)
    poller.start()
    try:
        yield
    finally:
        done.set()
        poller.join()
    on_progress(stage, 1.0)


def _disk_error(error: duckdb.IOException, place: Path) -> BureauError:
    """What is said of the disk of `place`: what the work writes lies beside its scratch."""
    text = str(error)
    if "No space left on device" in text:
        return unusable(place, OSError(errno.ENOSPC, ""))
    if "File too large" in text:
        return EngineFailed(
            "the work wrote a file larger than it may", hint="hand the data in in smaller parts"
        )
    said = text.partition(": {")[0].splitlines()[0][:300]
    return StorageUnavailable(
        f"a file cannot be read or written: {said}", hint=f"check the disk of {place}"
    )
