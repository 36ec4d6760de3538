"""What a person sees on a terminal and a pipe does not get: colour, progress, folded cells."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.cli.program import ANSI

TOP = Path(__file__).parents[2]


def on_terminal(home: Path, *arguments: object, columns: int = 120, **environment: str) -> str:
    """All that a terminal of so many columns is sent."""
    ours, theirs = pty.openpty()
    called = subprocess.Popen(
        [sys.executable, "-c", "import cli; cli.app()", *map(str, arguments)],
        cwd=TOP,
        env={
            **{name: value for name, value in os.environ.items() if name != "NO_COLOR"},
            "BUREAU_HOME": str(home),
            "COLUMNS": str(columns),
            "TERM": "xterm",
            **environment,
        },
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    sent = b""
    try:
        while block := os.read(ours, 65536):
            sent += block
    except OSError:  # Linux says so when the other side is closed
        pass
    finally:
        os.close(ours)
        called.wait()
    return sent.decode()


def test_colour_is_for_terminals_and_no_color_is_honoured(made):
    assert ANSI in on_terminal(made[1], "dataset", "list")
    assert ANSI not in on_terminal(made[1], "dataset", "list", NO_COLOR="1")


def test_a_narrow_terminal_folds_and_loses_nothing(made):
    shown = on_terminal(made[1], "dataset", "list", "--quiet", columns=60, NO_COLOR="1")
    lines = shown.replace("\r", "").splitlines()
    assert max(map(len, lines)) <= 60
    assert "公共水" in shown


def test_long_work_shows_its_stages(bureau, good):
    shown = on_terminal(bureau.home, "dataset", "deliver", "meters", good, "--as", "steward.water")
    assert "[........................]   0%" in shown
    assert "check" in shown
    quiet = on_terminal(bureau.home, "check", "run", "meters", "--as", "steward.water", "--quiet")
    assert "%" not in quiet


def test_data_that_a_terminal_would_obey_is_escaped_in_every_format(bureau, tmp_path):
    hostile = tmp_path / "hostile.csv"
    hostile.write_text("meter,day,litres,keeper\n\x1b[31mM1,2026-03-01,1,x\n", "utf-8")
    bureau("dataset", "deliver", "meters", hostile, person="steward.water")
    rows = ("check", "rows", "meters", "--as", "steward.water", "--format")
    for form in ("table", "json", "jsonl", "md"):
        shown = bureau.ok(*rows, form).stdout
        assert "[31mM1" in shown
        assert "\x1b" not in shown
    assert "\x1b[31mM1" in bureau.ok(*rows, "csv").stdout, "a pipe gets the data as it is"
    seen = on_terminal(bureau.home, *rows, "csv")
    assert "[31mM1" in seen
    assert "\x1b" not in seen
