import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_help import documented_keys

FORMATS = ("html", "xlsx", "pdf", "json", "md")


def test_kinds_are_listed(bureau):
    kinds = bureau.json("report", "list")
    assert {"sharing", "department", "quality", "audit"} <= {kind["kind"] for kind in kinds}
    assert "政务数据共享报告" in bureau.ok("report", "list").stdout


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_is_built_and_verified(delivered, tmp_path, form):
    file = tmp_path / f"r.{form}"
    built = delivered.ok("report", "build", "sharing", "--lang", "both", "-o", file)
    assert f"wrote {file}" in built.stderr
    assert built.stdout == ""
    assert "the report is what the facts of" in delivered.ok("report", "verify", file).stdout


def test_what_differs_is_told_with_exit_1(delivered, tmp_path):
    file = tmp_path / "r.html"
    delivered.ok("report", "build", "sharing", "--lang", "en", "-o", file)
    file.write_text(file.read_text("utf-8").replace(">50.00 %<", ">90.00 %<", 1), "utf-8")
    told = delivered("report", "verify", file)
    assert told.exit_code == 1
    assert "90.00 %" in told.stdout
    assert "1 place differs from what the facts of" in told.stdout
    data = json.loads(delivered("report", "verify", file, "--json").stdout)
    assert set(data) == documented_keys("report verify")
    assert data["ok"] is False
    assert [one["given"] for one in data["differences"]] == ["50.00 %"]


def test_another_version_is_named_where_something_differs(delivered, tmp_path):
    file = tmp_path / "r.html"
    delivered.ok("report", "build", "sharing", "--lang", "en", "-o", file)
    text = file.read_text("utf-8")
    file.write_text(text.replace("jinja2 ", "jinja2 0.").replace(">1 / 2<", ">2 / 2<"), "utf-8")
    assert "what differs may come from that" in delivered("report", "verify", file).stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("build", "sharing", "-o", "r.docx"), 2, "does not say which format"),
        (("build", "sharing", "-o", "r"), 2, "does not say which format"),
        (("build", "nothing", "-o", "r.html"), 3, "the kinds are"),
        (("build", "department", "-o", "r.html"), 2, "--department CODE"),
        (("build", "sharing", "-o", "r.html", "--as-of", "2999-01-01"), 2, "has not happened"),
        (("build", "sharing", "-o", "r.html", "--window", "0"), 2, "window"),
        (("build", "sharing", "-o", "r.html", "--theme", "none"), 3, "theme"),
        (("build", "sharing", "-o", "no/such/folder/r.html"), 2, "cannot be written"),
        (("verify", "missing.html"), 2, "cannot be read"),
    ],
)
def test_what_is_wrong_is_said(delivered, monkeypatch, tmp_path, arguments, code, said):
    monkeypatch.chdir(tmp_path)
    told = delivered("report", *arguments)
    assert told.exit_code == code, told.output
    assert said in told.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_schedule_of_systemd_escapes_what_systemd_would_read(bureau):
    told = bureau.ok(
        *("report", "schedule", "sharing", "--every", "quarter", "-o", "/var/reports"),
        *("--program", "/opt/bureau", "--lang", "both", "--to", "pdf"),
    ).stdout
    assert "OnCalendar=*-01,04,07,10-01 06:00:00 Asia/Shanghai" in told
    line = next(line for line in told.splitlines() if line.startswith("ExecStart="))
    assert "%%Y-%%m-01" in line
    assert "$$(date" in line
    assert "/opt/bureau --home" in line
    assert "report build sharing --lang both" in line
    assert '--period \\"$$p\\" -o /var/reports/sharing-\\"$$p\\".pdf' in line


def test_a_report_of_one_department_is_not_scheduled_without_it(bureau):
    words = ("report", "schedule", "department", "--every", "month", "-o", "/var/reports")
    refused = bureau(*words)
    assert (refused.exit_code, "--department CODE" in refused.stderr) == (2, True)
    assert "--department water" in bureau.ok(*words, "--department", "water").stdout


@pytest.mark.parametrize(
    ("every", "months", "name"),
    [
        ("month", "*", r"audit-\d{4}-\d\d\.html"),
        ("quarter", "1,4,7,10", r"audit-\d{4}Q[1-4]\.html"),
    ],
)
def test_a_line_of_cron_builds_the_report_when_a_shell_runs_it(
    delivered, tmp_path, every, months, name
):
    """Only what cron does to the line is undone: a percent sign behind a backslash."""
    program = tmp_path / "my bureau"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m cli "$@"\n')
    program.chmod(0o755)
    line = delivered.ok(
        *("report", "schedule", "audit", "--every", every, "--cron", "-o", tmp_path),
        *("--program", program),
    ).stdout
    assert line.startswith(f"0 6 1 {months} * ")
    command = line.split(" ", 5)[5].replace(r"\%", "%")
    top = str(Path(__file__).parents[2])
    subprocess.run(["sh", "-c", command], check=True, env={**os.environ, "PYTHONPATH": top})
    (made,) = tmp_path.glob("audit-*.html")
    assert re.fullmatch(name, made.name)
    assert delivered.ok("report", "verify", made)
