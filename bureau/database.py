"""Engines, the two doors (read, write) and migrations, for SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Connection,
    Engine,
    create_engine,
    event,
    exc,
    inspect,
    make_url,
    text,
)
from sqlalchemy.orm import Session, sessionmaker

import catalog.tables
import contracts.tables
import quality.tables
import sharing.calendar.tables
import sharing.changes.tables
import sharing.clocks.tables
import sharing.corrections.tables
import sharing.credentials.tables
import sharing.delegations.tables
import sharing.disposal.tables
import sharing.disputes.tables
import sharing.emergencies.tables
import sharing.keys.tables
import sharing.ledger.tables
import sharing.needs.tables
import sharing.notices.tables
import sharing.onward.tables
import sharing.records.tables
import sharing.returnflow.tables
import sharing.reviews.tables
import sharing.submissions.tables
import sharing.tables
from core.db import Base
from core.errors import Conflict, InvalidInput, MissingExtra, StorageUnavailable

if TYPE_CHECKING:
    from alembic.config import Config

TABLES = (
    catalog.tables,
    contracts.tables,
    quality.tables,
    sharing.tables,
    sharing.calendar.tables,
    sharing.clocks.tables,
    sharing.delegations.tables,
    sharing.corrections.tables,
    sharing.credentials.tables,
    sharing.needs.tables,
    sharing.disposal.tables,
    sharing.disputes.tables,
    sharing.records.tables,
    sharing.onward.tables,
    sharing.changes.tables,
    sharing.emergencies.tables,
    sharing.keys.tables,
    sharing.ledger.tables,
    sharing.reviews.tables,
    sharing.submissions.tables,
    sharing.returnflow.tables,
    sharing.notices.tables,
)
"""Every module of rows: naming them here is what puts them all into METADATA."""
METADATA = Base.metadata


_MAKE_ROOM = "check that its disk has room and that you may write there, then try again"
_SERVER = "the PostgreSQL server"
_FIND_SERVER = (
    "see that it runs, and that [database] url in bureau.toml or BUREAU_DATABASE_URL is its address"
)
_SAID = (
    (("is full",), "the disk that holds {place} is full: nothing was written", _MAKE_ROOM),
    (
        ("locked",),
        "{place} stayed locked by another program for a minute: nothing was written",
        "find the program that holds it, then try again",
    ),
    (("malformed", "not a database"), "{place} is damaged: {reason}", "put it back from a copy"),
    # On a full disk SQLite says so even of a read, which needs room beside the database.
    (
        ("disk I/O error",),
        "{place} cannot be used: {reason}; its disk is full or failing",
        _MAKE_ROOM,
    ),
    (("unable to open", "readonly"), "{place} cannot be used: {reason}", _MAKE_ROOM),
)
"""Words of a driver's failure, and what is said of it."""


class Database:
    """One registry and ledger database. Readers never wait for the writer; there is one writer."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.file = _file(url)
        """The file of an SQLite database."""
        self._reader = _make_engine(url, begin="BEGIN", isolation="REPEATABLE READ")
        # SQLite: a plain BEGIN loses appends to "database is locked" when it turns into a write.
        self._writer = _make_engine(url, begin="BEGIN IMMEDIATE", isolation="READ COMMITTED")
        self._read_sessions = sessionmaker(self._reader, expire_on_commit=False)
        self._write_sessions = sessionmaker(self._writer, expire_on_commit=False)

    def read_session(self) -> Session:
        return self._read_sessions()

    def write_session(self) -> Session:
        return self._write_sessions()

    def ledger_size(self) -> int:
        """How many entries the ledger has, for who asks a thousand times a second: one indexed read.

        A unit of work, with its session and transaction, costs fifteen times as much.
        """
        with translated(self.url):
            connection = self._reader.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("SELECT size FROM ledger_head")
            row = cursor.fetchone()
        except self._reader.dialect.loaded_dbapi.Error as error:
            raise _unusable(error, self.url) from error
        finally:
            connection.close()
        return 0 if row is None else int(row[0])

    def close(self) -> None:
        self._reader.dispose()
        self._writer.dispose()

    def upgrade(self) -> None:
        """Bring the schema to the newest migration; all of it or nothing."""
        from alembic import command

        with translated(self.url), self._writer.connect() as connection:
            _refuse_newer(_current(connection))
            command.upgrade(alembic_config(connection), "head")
            connection.commit()

    def revision(self) -> tuple[str | None, str | None]:
        """The migration the database is at, and the newest one that the program knows.

        Raises StorageUnavailable where the database's file is gone: SQLite would make an empty one.
        """
        if self.file is not None and not self.file.exists():
            raise StorageUnavailable(
                f"there is no database at {self.file}",
                hint="put it back from a copy; bureau init makes a new workspace elsewhere",
            )
        with translated(self.url), self._reader.connect() as connection:
            return _current(connection), max(known_revisions())

    def require_tables(self) -> None:
        """Raise StorageUnavailable where an SQLite file lost all its tables: no upgrade heals it.

        On a server an empty database is where a workspace begins.
        """
        if self.file is None:
            return
        with translated(self.url), self._reader.connect() as connection:
            if inspect(connection).get_table_names():
                return
        raise StorageUnavailable(
            f"the database at {_place(self.url)} is empty: its tables are gone",
            hint="put it back from a copy; bureau init makes a new workspace elsewhere",
        )

    def require_current(self) -> None:
        """Refuse to work on a database that is behind or ahead of the program."""
        current, head = self.revision()
        if current == head:
            return
        _refuse_newer(current)
        self.require_tables()
        raise StorageUnavailable(
            f"the database is at migration {current or 'none'}, this version needs {head}",
            hint="make a copy, then run: bureau db upgrade",
        )


def alembic_config(connection: Connection | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_migrations()))
    config.attributes["connection"] = connection
    config.attributes["metadata"] = METADATA
    return config


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _refuse_newer(current: str | None) -> None:
    if current is not None and current not in known_revisions():
        raise StorageUnavailable(
            f"the database is at migration {current}, which this version does not know",
            hint="use the newer databureau that wrote it",
        )


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Turn the driver's failures into ours, said in terms of what the user can do."""
    try:
        yield
    except exc.IntegrityError as error:
        raise Conflict(f"the database refused a change: {_reason(error.orig or error)}") from error
    except exc.DBAPIError as error:
        raise _unusable(error.orig or error, url) from error


def _unusable(error: BaseException, url: str) -> StorageUnavailable:
    message, hint = _said(_reason(error), _place(url))
    return StorageUnavailable(message, hint=hint)


def _said(reason: str, place: str) -> tuple[str, str]:
    """What happened, and what to do about it."""
    for words, message, hint in _SAID:
        if any(word in reason for word in words):
            return message.format(place=place, reason=reason), hint
    hint = _FIND_SERVER if place == _SERVER else "bureau doctor looks for the cause"
    return f"{place} cannot be used: {reason}", hint


def _place(url: str) -> str:
    return str(_file(url) or _SERVER)


def _reason(error: BaseException) -> str:
    """The first line of what the driver says."""
    return str(error).strip().split("\n", maxsplit=1)[0]


def _migrations() -> Path:
    """The migrations inside the installed package, or at the repository's top."""
    here = Path(__file__).parent
    installed = here / "_migrations"
    return installed if installed.is_dir() else here.parent / "migrations"


def known_revisions() -> set[str]:
    """The migrations that came with the program, by the four digits their files begin with.

    Read from the names, because loading Alembic to ask it costs more than most commands.
    """
    return {path.name[:4] for path in (_migrations() / "versions").glob("[0-9]*.py")}


def _file(url: str) -> Path | None:
    """The file of an SQLite database; None for PostgreSQL. Raises InvalidInput for anything else."""
    try:
        address = make_url(url)
    except exc.ArgumentError:
        address = None
    backend = address.get_backend_name() if address else ""
    if address is None or backend not in ("sqlite", "postgresql"):
        raise _unknown_address()
    return Path(address.database) if backend == "sqlite" and address.database else None


def _unknown_address() -> InvalidInput:
    """The address is not repeated: it may hold a password."""
    return InvalidInput(
        "the address of the database names neither SQLite nor PostgreSQL",
        hint='write "postgresql+psycopg://user@host/name", or "" for bureau.db, as [database]'
        " url in bureau.toml or as BUREAU_DATABASE_URL",
    )


def _make_engine(url: str, *, begin: str, isolation: str) -> Engine:
    try:
        if not url.startswith("sqlite"):
            # Repeatable read: all that a unit reads is of one moment, as SQLite gives it anyway.
            # Its compiler (jit) costs more than the short queries here ever win back.
            return create_engine(
                url,
                pool_pre_ping=True,
                isolation_level=isolation,
                connect_args={"options": "-c jit=off"},
            )
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"the database needs the package {error.name}",
            hint="pip install 'databureau[postgres]'",
        ) from error
    except exc.NoSuchModuleError as error:
        raise _unknown_address() from error
    engine, file = create_engine(url, connect_args={"timeout": 60}), _file(url)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # transactions are begun by the listener below
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA recursive_triggers=ON")
        record.info["file"] = _identity(file)

    @event.listens_for(engine, "checkout")
    def _same_file(_connection: Any, record: Any, _proxy: Any) -> None:
        # A connection kept open would go on writing into a file that was moved away or put back.
        if record.info["file"] != _identity(file):
            raise exc.DisconnectionError

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _identity(file: Path | None) -> tuple[int, int] | None:
    """Which file it is, whatever its name; None where there is none."""
    try:
        found = (file or Path()).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
