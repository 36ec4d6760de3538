"""`bureau usage`: shown to both parties, recorded, and held against the user's own log."""

import csv
import io
import json

import pytest

from tests.cli.test_after_use import used
from tests.cli.test_help import documented_keys
from tests.cli.test_sharing import granted

__all__ = ["granted", "used"]

PARKS, WATER = "requester.parks", "steward.water"


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_records_of_use_are_added_and_shown(used):
    add = ("usage", "record", "GRT-0001", "--kind", "effect", "--text", "节水两成")
    assert "recorded effect as no. 1 of GRT-0001" in used.ok(*add, person=PARKS).stderr
    shown = used.ok("usage", "show", "GRT-0001", person="auditor.audit")
    assert "节水两成" in shown.stdout
    assert "missing of GRT-0001: scenario, process, storage" in shown.stdout
    [page] = used.json("usage", "show", "GRT-0001", person=WATER)
    assert set(page) == documented_keys("usage show")
    assert page["days"][0]["uses"] == page["newest"][0]["version"] + 1 == 1
    denied = used("usage", "show", "GRT-0001", person="operator.data")
    assert (denied.exit_code, denied.stdout) == (5, "")
    assert "fix:" in denied.stderr
    assert used.json("usage", "missing", person=PARKS)[0]["grant"] == "GRT-0001"
    early = used("usage", "purge", "GRT-0001", person=PARKS)
    assert early.exit_code == 4
    assert "has not ended" in early.stderr


def test_the_days_are_the_csv_and_nothing_in_it_is_a_formula(used):
    add = ("usage", "record", "GRT-0001", "--kind", "effect", "--text", "=HYPERLINK(1)")
    used.ok(*add, person=PARKS)
    text = used.ok("usage", "show", "--dataset", "meters", "--format", "csv", person=WATER).stdout
    [day] = rows(text)
    assert (day["grant"], day["uses"], day["file"], day["lookup"]) == ("GRT-0001", "1", "1", "0")
    listed = used.ok("usage", "list", "GRT-0001", "--format", "csv", person=WATER).stdout
    for cell in (cell for row in rows(text) + rows(listed) for cell in row.values()):
        assert not cell.startswith(("=", "+", "-", "@", "\t"))


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_what_list_writes_agrees_with_itself(used, form):
    [use] = used.json("usage", "list", "GRT-0001", person=WATER)
    assert set(use) == documented_keys("usage list")
    listed = used.ok("usage", "list", "GRT-0001", "--format", form, person=WATER).stdout
    done = used("usage", "reconcile", "GRT-0001", "--log", "-", person=PARKS, stdin=listed)
    assert done.exit_code == 0, done.stderr
    assert "reconciled GRT-0001: agrees (ledger entry" in done.stderr
    assert "each use is in both" in done.stderr


def test_a_log_that_differs_is_exit_1_and_every_orphan_is_a_row(used, tmp_path):
    log = tmp_path / "own.csv"
    log.write_text("time,rows\n2026-03-02 08:00:00,9\n2026-03-02,9\n", "utf-8")
    ask = ("usage", "reconcile", "GRT-0001", "--log", log, "--dry-run")
    differs = used(*ask, "--format", "csv", person=PARKS)
    assert differs.exit_code == 1
    assert differs.stderr == "reconciled GRT-0001: differs\n"
    found = rows(differs.stdout)
    assert sorted(row["finding"] for row in found) == [
        "logged_only",
        "logged_only",
        "measured_only",
    ]
    assert sorted(row["line"] for row in found) == ["", "2", "3"]
    data = json.loads(used(*ask, "--json", person=PARKS).stdout)
    assert set(data) == documented_keys("usage reconcile")
    assert (data["logged_only"], data["measured_only"], data["skew_s"]) == (2, 1, None)
    shown = used(*ask, person=PARKS).stdout
    assert "in the log alone 仅用方有" in shown


def test_the_same_id_with_other_sizes_shows_what_was_measured(used, tmp_path):
    [use] = used.json("usage", "list", "GRT-0001", person=PARKS)
    log = tmp_path / "own.jsonl"
    log.write_text(json.dumps({"at": use["at"], "id": use["id"], "rows": 1}), "utf-8")
    ask = ("usage", "reconcile", "GRT-0001", "--log", log)
    differs = used(*ask, "--format", "csv", person=PARKS)
    assert differs.exit_code == 1
    [row] = rows(differs.stdout)
    assert (row["finding"], row["rows"], row["measured"]) == (
        "differs",
        "1",
        f"rows: {use['rows']}",
    )
    [page] = used.json("usage", "show", "GRT-0001", person=WATER)
    assert page["reconciled"][0]["differing"] == 1
    assert "Reconciled 核对" in used.ok("usage", "show", "GRT-0001", person=WATER).stdout


def test_wrong_lines_are_named_and_nothing_is_recorded(used, tmp_path):
    log = tmp_path / "own.csv"
    log.write_text("at,rows,id\n2026-03-02,-4,q\n2026-03-02,4,=1+1\n", "utf-8")
    before = len(used.json("ledger", "log", "--limit", "999"))
    wrong = used("usage", "reconcile", "GRT-0001", "--log", log, person=PARKS)
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "log:2: rows is '-4'" in wrong.stderr
    assert "log:3: id is '=1+1'" in wrong.stderr
    assert len(used.json("ledger", "log", "--limit", "999")) == before


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show",), 2),
        (("show", "GRT-0001", "--dataset", "meters"), 2),
        (("show", "GRT-0099"), 3),
        (("show", "--dataset", "nothing"), 3),
        (("list", "GRT-0001", "--from", "2026-03-02", "--to", "2026-03-01"), 2),
        (("list", "GRT-0001", "--from", "0001-01-01"), 2),
        (("reconcile", "GRT-0001", "--log", "nowhere.csv"), 3),
        (("reconcile", "GRT-0001", "--log", "/dev/zero"), 2),
        (("reconcile", "GRT-0001", "--log", "x", "--window", "-1"), 2),
        (("reconcile", "GRT-0001", "--log", "x", "--window", "99999999999999999999"), 2),
    ],
)
def test_what_is_wrong_is_said(used, arguments, code):
    result = used("usage", *arguments, person=PARKS)
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr


def test_nobody_in_particular_is_shown_nothing(used):
    result = used("usage", "show", "GRT-0001")
    assert result.exit_code == 5
    assert "--as PERSON" in result.stderr
