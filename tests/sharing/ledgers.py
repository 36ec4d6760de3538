"""Ledgers for tests: a real SQLite file or a real PostgreSQL database, guards included."""

from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session

from core.db import Base
from sharing.ledger.entry import Event
from sharing.ledger.repository import LedgerRepository
from sharing.ledger.tables import LedgerEntryRow, LedgerHeadRow, guard_statements
from sharing.ledger.verify import verify

ACTOR = "ab" * 32
MORNING = datetime(2026, 3, 2, 1, tzinfo=UTC)


def make_engine(url):
    """An engine whose transactions may write: on SQLite they begin by taking the write lock."""
    if not url.startswith("sqlite"):
        return create_engine(url)
    engine = create_engine(url, connect_args={"timeout": 60})

    @event.listens_for(engine, "connect")
    def leave_transactions_to_us(connection, _record):
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "begin")
    def begin(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def make_ledger(url):
    engine = make_engine(url)
    with engine.begin() as connection:
        tables = [LedgerEntryRow.__table__, LedgerHeadRow.__table__]
        Base.metadata.create_all(connection, tables=tables)
        for statement in guard_statements(engine.dialect.name):
            connection.exec_driver_sql(statement)
    return engine


def issued(number):
    return Event("grant.issued", f"grant:GRT-{number:04d}", {"dataset": "空气", "number": number})


def append(engine, *events, at=MORNING):
    with Session(engine) as session, session.begin():
        return LedgerRepository(session).append(
            events, recorded_at=at, actor=ACTOR, department="eco"
        )


@contextmanager
def opened(engine):
    with Session(engine) as session:
        yield LedgerRepository(session)


def verified(engine):
    with opened(engine) as ledger:
        return verify(ledger.stored(), ledger.head())
