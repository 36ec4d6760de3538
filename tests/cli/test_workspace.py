import json
import os

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
    os.truncate(tmp_path / "home" / "bureau.db", 0)
    for left in tmp_path.glob("home/bureau.db-*"):
        left.unlink()
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
