import json
import os
import sys

import pytest
from alembic import command

from bureau.database import Database, alembic_config
from tests.cli.program import Program


def test_init_makes_a_workspace_once(tmp_path):
    program = Program(tmp_path / "unused")
    made = program.json("init", tmp_path / "city", "--city", "深圳市")
    assert made == {"city": "深圳市", "home": str(tmp_path / "city"), "timezone": "Asia/Shanghai"}
    again = program("init", tmp_path / "city")
    assert again.exit_code == 4
    assert "is a workspace already" in again.stderr


def test_init_names_the_next_command(tmp_path):
    result = Program(tmp_path).ok("init", tmp_path / "city")
    assert result.stdout == ""
    assert "next: bureau apply FOLDER --home" in result.stderr


def test_doctor_finds_a_sound_workspace_sound(bureau):
    findings = bureau.json("doctor")
    assert all(finding["well"] for finding in findings)
    assert {"python", "database", "ledger"} <= {finding["subject"] for finding in findings}


def test_doctor_ends_with_1_when_something_needs_mending(bureau):
    (bureau.home / "keys").chmod(0o755)
    result = bureau("doctor")
    assert result.exit_code == 1
    assert "chmod 700" in result.stdout
    assert "1 of" in result.stderr


def unwell(program, code=1):
    """What doctor finds wrong, by subject."""
    result = program("doctor", "--json")
    assert result.exit_code == code, result.output
    return {f["subject"]: f for f in json.loads(result.stdout) if not f["well"]}


@pytest.mark.parametrize(
    ("text", "state", "fix"),
    [
        ("[city", "is not TOML", "put it back"),
        ('[city]\ntimezone = "Mars"', "no time zone 'Mars'", "Asia/Shanghai"),
        ("[limits]\nmemory_mb = 1", "limits.memory_mb", "512 or more"),
        ("[towns]", "unknown section [towns]", "known: city"),
    ],
)
def test_doctor_finds_what_is_wrong_with_the_settings(bureau, text, state, fix):
    (bureau.home / "bureau.toml").write_text(text, "utf-8")
    found = unwell(bureau)
    assert found.keys() == {"bureau.toml"}
    assert state in found["bureau.toml"]["state"]
    assert fix in found["bureau.toml"]["fix"]


@pytest.mark.parametrize(
    ("url", "state", "fix"),
    [
        ("postgresql+psycopg://x@127.0.0.1:1/y", "the PostgreSQL server cannot", "see that it"),
        ("postgresql+nothing://x@127.0.0.1:1/y", "names neither SQLite nor Post", "psycopg://"),
        ("mysql://x@127.0.0.1:1/y", "names neither SQLite nor PostgreSQL", "psycopg://"),
        ("sqlite:////nowhere/bureau.db", "there is no database", "from a copy"),
    ],
)
def test_doctor_finds_a_database_that_cannot_be_reached(bureau, url, state, fix, monkeypatch):
    monkeypatch.setenv("BUREAU_DATABASE_URL", url)
    found = unwell(bureau)
    assert found.keys() == {"database"}
    assert state in found["database"]["state"]
    assert fix in found["database"]["fix"]


def test_doctor_finds_a_driver_that_is_not_installed(bureau, monkeypatch):
    monkeypatch.setenv("BUREAU_DATABASE_URL", "postgresql+psycopg://x@127.0.0.1:1/y")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert unwell(bureau)["database"]["fix"] == "pip install 'databureau[postgres]'"


def test_a_new_workspace_is_for_its_owner_only(tmp_path):
    program = Program(tmp_path / "home")
    earlier = os.umask(0o022)
    try:
        program.ok("init", tmp_path / "home")
        program.ok("dataset", "list")
    finally:
        os.umask(earlier)
    modes = {path.name: path.stat().st_mode & 0o777 for path in program.home.iterdir()}
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}


def test_doctor_warns_of_a_workspace_that_everybody_may_read(bureau):
    (bureau.home / "bureau.db").chmod(0o644)
    (bureau.home / "lake").chmod(0o755)
    fix = unwell(bureau)["workspace"]["fix"]
    assert fix == f"chmod o-rwx {bureau.home / 'bureau.db'} {bureau.home / 'lake'}"
    bureau.home.chmod(0o700)
    assert unwell(bureau, code=0) == {}


def test_init_needs_the_name_of_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = Program(tmp_path)("init", "")
    assert (result.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert "fix: name one: bureau init DIR" in result.stderr


@pytest.mark.parametrize(
    ("city", "said"),
    [
        ("深\u202e圳", "U+202E RIGHT-TO-LEFT OVERRIDE at position 2"),
        ("a\x1bb", "the control character U+001B at position 2"),
        ("a\u200bb", "U+200B ZERO WIDTH SPACE"),
        ("a\nb", "the control character U+000A"),
        ("x" * 201, "has 201 characters and may have 200"),
        ('a"b', "a quote or a backslash"),
    ],
)
def test_the_name_of_a_city_follows_the_rules_of_titles(tmp_path, city, said):
    result = Program(tmp_path)("init", tmp_path / "city", "--city", city)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "fix: " in result.stderr
    Program(tmp_path).ok("init", tmp_path / "city", "--city", "深圳市")


def test_errors_lists_every_exit_code(tmp_path):
    listed = Program(tmp_path).json("errors")
    assert [row["exit"] for row in listed] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 70, 130]
    assert all(row["meaning"] for row in listed)


def test_a_current_database_is_left_alone(bureau):
    assert bureau.json("db", "current")["up_to_date"] is True
    assert bureau.json("db", "upgrade")["changed"] is False


def test_a_database_behind_its_migrations_is_said_and_upgraded(tmp_path):
    program = Program(tmp_path / "home")
    program.ok("init", tmp_path / "home")
    database = Database(f"sqlite:///{tmp_path / 'home' / 'bureau.db'}")
    with database.write_session() as session:
        command.downgrade(alembic_config(session.connection()), "0001")
        session.commit()
    database.close()
    behind = program("dataset", "list")
    assert behind.exit_code == 8
    assert "bureau db upgrade" in behind.stderr
    current = program("db", "current", "--json")
    assert current.exit_code == 1
    assert json.loads(current.stdout)["up_to_date"] is False
    assert program.json("db", "upgrade")["changed"] is True
    assert program.json("dataset", "list") == []


def test_config_shows_the_settings_and_no_password(bureau, monkeypatch):
    shown = bureau.json("config", "show")
    assert (shown["city"], shown["timezone"]) == ("深圳市", "Asia/Shanghai")
    monkeypatch.setenv("BUREAU_DATABASE_URL", f"sqlite:///{bureau.home}/other.db")
    assert bureau.json("config", "show")["database_url"].endswith("other.db")


def test_a_password_is_never_shown():
    from commands.workspace import without_password

    for secret in ("hunter2", "a@b:c/d"):
        shown = without_password(f"postgresql+psycopg://bureau:{secret}@host:5432/city")
        assert shown == "postgresql+psycopg://bureau:***@host:5432/city"
    assert without_password("sqlite:////city/bureau.db") == "sqlite:////city/bureau.db"


def test_the_demo_runs_the_whole_job(tmp_path):
    program = Program(tmp_path / "unused")
    made = program.ok("demo", tmp_path / "demo", "--json")
    shown = json.loads(made.stdout)
    assert {rate["id"] for rate in shown["rates"]} == {"COL-1", "SHA-2", "USE-1"}
    assert next(stage["name"] for stage in shown["funnel"]["stages"]) == "due"
    assert "the ledger proves itself" in made.stderr
    assert "next: bureau rate rows COL-1" in made.stderr


def test_the_demo_replaces_nothing_but_a_sample_city(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("kept")
    result = Program(tmp_path)("demo", tmp_path / "mine")
    assert result.exit_code == 4
    assert (tmp_path / "mine" / "file").read_text() == "kept"
