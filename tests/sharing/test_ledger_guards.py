"""The triggers refuse every statement that would change or remove an entry."""

import sqlite3

import psycopg
import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError

from sharing.ledger.tables import LedgerEntryRow
from tests.sharing.ledgers import MORNING, append, issued, verified

COLUMNS = '"index", recorded_at, kind, subject, body, leaf_hash'
ROW = "'x', 'y', x'00', x'00'"

SQLITE_ATTEMPTS = [
    "UPDATE ledger_entry SET kind = 'x'",
    'UPDATE ledger_entry SET "index" = 9 WHERE "index" = 2',
    "UPDATE OR IGNORE ledger_entry SET kind = 'x'",
    "UPDATE OR REPLACE ledger_entry SET kind = 'x'",
    "DELETE FROM ledger_entry",
    'DELETE FROM ledger_entry WHERE "index" = 2',
    f"REPLACE INTO ledger_entry ({COLUMNS}) VALUES (1, 0, {ROW})",
    f"INSERT OR REPLACE INTO ledger_entry ({COLUMNS}) VALUES (2, 0, {ROW})",
    f"INSERT OR IGNORE INTO ledger_entry ({COLUMNS}) VALUES (1, 0, {ROW})",
    f"INSERT INTO ledger_entry ({COLUMNS}) VALUES (1, 0, {ROW})",
    f"INSERT INTO ledger_entry ({COLUMNS}) VALUES (1, 0, {ROW}) ON CONFLICT DO UPDATE SET kind = 1",
    f"INSERT INTO ledger_entry ({COLUMNS}) VALUES (4, 0, {ROW})",
    f"INSERT INTO ledger_entry ({COLUMNS}) VALUES (-1, 0, {ROW})",
    f"INSERT INTO ledger_entry ({COLUMNS}) VALUES (NULL, 0, {ROW})",
]

UPSERT = 'ON CONFLICT ("index") DO UPDATE SET kind = excluded.kind'
POSTGRES_ATTEMPTS = [
    "UPDATE ledger_entry SET kind = 'x'",
    'UPDATE ledger_entry SET "index" = 9 WHERE "index" = 2',
    "DELETE FROM ledger_entry",
    'DELETE FROM ledger_entry WHERE "index" = 2',
    "TRUNCATE ledger_entry",
    "TRUNCATE ledger_entry CASCADE",
    f"INSERT INTO ledger_entry ({COLUMNS}) VALUES (1, 0, '', '', '', '') {UPSERT}",
    'MERGE INTO ledger_entry e USING (SELECT 1 AS n) s ON e."index" = s.n WHEN MATCHED THEN DELETE',
]


@pytest.fixture
def sqlite(sqlite_ledger):
    append(sqlite_ledger, *(issued(n) for n in range(3)))
    return sqlite_ledger


@pytest.fixture
def postgres(postgres_ledger):
    append(postgres_ledger, *(issued(n) for n in range(3)))
    return postgres_ledger


@pytest.mark.parametrize("statement", SQLITE_ATTEMPTS)
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_sqlite_refuses_a_raw_connection(sqlite, statement, recursive):
    connection = sqlite3.connect(sqlite.url.database)
    connection.execute(f"PRAGMA recursive_triggers = {recursive}")
    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|only its next index"):
        connection.execute(statement)
    connection.close()
    assert verified(sqlite).ok


@pytest.mark.parametrize("statement", SQLITE_ATTEMPTS)
def test_sqlite_refuses_an_engine(sqlite, statement):
    with (
        pytest.raises(IntegrityError, match=r"append-only|only its next index"),
        sqlite.begin() as connection,
    ):
        connection.execute(text(statement))
    assert verified(sqlite).ok


ENTRY = {
    "index": 1,
    "recorded_at": MORNING,
    "kind": "x",
    "subject": "y",
    "body": b"",
    "leaf_hash": b"",
}
CHANGES = [
    update(LedgerEntryRow).values(kind="x"),
    delete(LedgerEntryRow),
]


@pytest.mark.parametrize(
    "statement",
    [
        *CHANGES,
        insert(LedgerEntryRow).values(**ENTRY).prefix_with("OR REPLACE"),
        sqlite_insert(LedgerEntryRow).values(**ENTRY).on_conflict_do_update(set_={"kind": "x"}),
    ],
)
def test_sqlite_refuses_statements_of_the_mapper(sqlite, statement):
    with pytest.raises(IntegrityError), sqlite.begin() as connection:
        connection.execute(statement)
    assert verified(sqlite).ok


@pytest.mark.parametrize("statement", POSTGRES_ATTEMPTS)
@pytest.mark.parametrize("role", ["origin", "replica", "local"])
def test_postgres_refuses_a_raw_connection(postgres, statement, role):
    url = postgres.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as connection:
        connection.execute(f"SET session_replication_role = {role}")
        with pytest.raises(psycopg.errors.IntegrityError, match="append-only"):
            connection.execute(statement)
    assert verified(postgres).ok


@pytest.mark.parametrize(
    "statement",
    [
        *CHANGES,
        postgres_insert(LedgerEntryRow)
        .values(**ENTRY)
        .on_conflict_do_update(index_elements=["index"], set_={"kind": "x"}),
        text("TRUNCATE ledger_entry"),
    ],
)
def test_postgres_refuses_statements_of_the_mapper(postgres, statement):
    with pytest.raises(IntegrityError, match="append-only"), postgres.begin() as connection:
        connection.execute(statement)
    assert verified(postgres).ok
