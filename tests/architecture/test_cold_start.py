"""Help is there at once: a command loads what it needs and nothing before."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parents[2]

HEAVY = {
    "alembic",
    "bureau.app",
    "deltalake",
    "duckdb",
    "jsonschema",
    "pandas",
    "pyarrow",
    "rich",
    "smtplib",
    "sqlalchemy",
    "sqlglot",
}
REPORTS = {"jinja2", "typst", "xlsxwriter"}
DATA = {"deltalake", "duckdb", "pandas", "pyarrow", "sqlglot", "jsonschema", "alembic", "smtplib"}

CALL = """
import json, sys
import cli
for arguments in json.loads(sys.argv[1]):
    try:
        cli.app(arguments)
    except SystemExit as ended:
        assert not ended.code, (arguments, ended.code)
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def loaded_by(home: Path, *calls: str) -> set[str]:
    """The modules that a fresh interpreter has after these calls of the program."""
    arguments = json.dumps([call.split() for call in calls])
    called = subprocess.run(
        [sys.executable, "-c", CALL, arguments],
        cwd=TOP,
        env={**os.environ, "BUREAU_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(called.stderr.splitlines()[-1]))


def test_the_help_of_the_program_loads_nothing_but_typer(tmp_path):
    loaded = loaded_by(tmp_path, "--help", "--version")
    assert loaded & HEAVY == set()
    groups = {name for name in loaded if name.startswith("commands.")}
    assert [name for name in sorted(groups) if not name.startswith("commands._")] == []


def test_help_of_commands_loads_nothing_heavy(tmp_path):
    helps = ("dataset --help", "request new --help", "rate show --help", "duty list --help")
    assert loaded_by(tmp_path, *helps, "errors --json", "report build --help") & HEAVY == set()


def test_looking_at_the_registry_loads_no_data_engine(made):
    looks = (
        "dataset list",
        "dataset show meters",
        "search 水表",
        "request list",
        "grant list",
        "contract list",
        "ledger log",
        "rate show",
    )
    assert loaded_by(made[1], *looks) & (DATA | REPORTS) == set()


def test_json_needs_no_tables(made):
    assert "rich" not in loaded_by(made[1], "dataset list --json")
