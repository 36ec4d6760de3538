import re
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from bureau.database import METADATA, Database, alembic_config, known_revisions
from core.clock import FixedClock
from core.errors import InvalidInput, StorageUnavailable
from sharing.clocks.model import Pause
from sharing.clocks.repository import ClockRepository
from sharing.ledger.clocks import with_clocks
from sharing.ledger.entry import Event
from sharing.ledger.repository import LedgerRepository
from sharing.ledger.tables import guard_statements
from tests.storage.test_clocks import CLOCK

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'bureau.db'}"
    return request.getfixturevalue("postgres_url")()


def test_there_is_one_head_and_each_file_begins_with_its_number():
    script = ScriptDirectory.from_config(alembic_config())
    assert len(script.get_heads()) == 1
    assert {s.revision for s in script.walk_revisions()} == known_revisions()
    for path in VERSIONS.glob("*.py"):
        assert re.fullmatch(r"[0-9]{4}_[a-z0-9_]+\.py", path.name)


def test_migrations_import_no_application_code():
    for path in VERSIONS.glob("*.py"):
        imports = re.findall(r"^(?:from|import) (\w+)", path.read_text("utf-8"), re.MULTILINE)
        assert set(imports) <= {*sys.stdlib_module_names, "sqlalchemy", "alembic"}


def test_migrations_make_exactly_the_tables_of_the_program(url):
    database = Database(url)
    database.upgrade()
    database.require_current()
    database.close()
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_migrations_go_down_and_up_again(url):
    engine = create_engine(url)
    with engine.connect() as connection:
        config = alembic_config(connection)
        command.upgrade(config, "head")
        connection.commit()
        command.downgrade(config, "base")
        connection.commit()
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
        command.upgrade(config, "head")
        connection.commit()
        assert "ledger_entry" in inspect(connection).get_table_names()
    engine.dispose()


def test_clocks_are_kept_as_the_entries_of_before_say(url):
    """Two entries of one moment are one fact: what the later says."""
    database = Database(url)
    database.upgrade()
    pause = Pause(since=date(2026, 3, 3), until=None, left=9)
    steps = [CLOCK, replace(CLOCK, pauses=(pause,)), replace(CLOCK, ended_on=date(2026, 3, 4))]
    other = replace(CLOCK, subject="request:REQ-0002")
    first = FixedClock().now()
    moments = [first, first, first + timedelta(days=1)]
    with database.write_session() as session:
        ledger = LedgerRepository(session)
        for clock, moment in zip(steps, moments, strict=True):
            told = with_clocks([Event("request.noted", clock.subject, {})], [clock, other])
            ledger.lock(FixedClock(moment))
            ledger.append(told, recorded_at=moment, actor="0" * 64, department="water")
        session.commit()
    with database.write_session() as session:
        for revision in ("0015", "0016"):
            act = command.downgrade if revision == "0015" else command.upgrade
            act(alembic_config(session.connection()), revision)
        session.commit()
    with database.read_session() as session:
        kept = sorted(
            ClockRepository(session).list_kept(), key=lambda one: (one[0], one[1].subject)
        )
    database.close()
    last = moments[-1]
    assert kept == [(first, steps[1]), (first, other), (last, steps[2]), (last, other)]


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_migration_sets_the_guards_of_the_ledger(dialect):
    written = "".join(path.read_text("utf-8") for path in VERSIONS.glob("0001_*.py"))
    for statement in guard_statements(dialect):
        assert statement.strip() in written


def test_a_database_behind_its_migrations_is_refused_with_the_way_out(url):
    database = Database(url)
    database.upgrade()
    with database.write_session() as session:
        command.downgrade(alembic_config(session.connection()), "0001")
        session.commit()
    with pytest.raises(StorageUnavailable, match=f"needs {max(known_revisions())}") as caught:
        database.require_current()
    assert "is at migration 0001" in str(caught.value)
    assert caught.value.hint is not None
    assert "bureau db upgrade" in caught.value.hint
    database.close()


def test_a_database_whose_file_is_gone_is_missed_and_not_made_anew(tmp_path):
    path = tmp_path / "bureau.db"
    database = Database(f"sqlite:///{path}")
    with pytest.raises(StorageUnavailable, match="there is no database at") as caught:
        database.require_current()
    assert "put it back from a copy" in caught.value.hint
    assert not path.exists()
    database.close()


@pytest.mark.parametrize("url", ["nonsense", "mysql://root:secret@host/name"])
def test_an_address_of_no_known_database_is_refused_without_repeating_it(url):
    with pytest.raises(InvalidInput, match="neither SQLite nor PostgreSQL") as caught:
        Database(url)
    assert "secret" not in f"{caught.value} {caught.value.hint}"


def test_a_database_from_the_future_is_refused_and_not_migrated(url):
    database = Database(url)
    database.upgrade()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    for act in (database.require_current, database.upgrade):
        with pytest.raises(StorageUnavailable, match="9999, which this version does not know"):
            act()
    database.close()


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path):
    path = tmp_path / "bureau.db"
    path.write_bytes(b"this is not a database at all, but it is long enough to be looked at" * 20)
    database = Database(f"sqlite:///{path}")
    with pytest.raises(StorageUnavailable, match="not a database"):
        database.require_current()
    database.close()
