"""What an auditor sees of a ledger, sound and tampered with."""

import csv
import io
import json
import sqlite3
from contextlib import closing

import pytest

from tests.cli.test_sharing import granted

__all__ = ["granted"]

GUARDS = ("refuse_update", "refuse_delete", "next_index")


def tamper(program, *statements):
    """Do to the database what its owner could."""
    with closing(sqlite3.connect(program.home / "bureau.db")) as database, database:
        for guard in GUARDS:
            database.execute(f"DROP TRIGGER ledger_entry_{guard}")
        for statement in statements:
            database.execute(statement)


def test_programs_get_the_whole_hash_and_people_its_beginning(bureau):
    entries = bureau.json("ledger", "log")
    rows = list(csv.DictReader(io.StringIO(bureau.ok("ledger", "log", "--format", "csv").stdout)))
    assert [row["leaf_hash"] for row in rows] == [entry["leaf_hash"] for entry in entries]
    assert {len(row["leaf_hash"]) for row in rows} == {64}
    assert entries[0]["leaf_hash"] not in bureau.ok("ledger", "log").stdout


def test_a_removed_entry_is_named_once_however_many_moved_up(bureau):
    size = len(bureau.json("ledger", "log", "--limit", "1000"))
    tamper(
        bureau,
        'DELETE FROM ledger_entry WHERE "index" = 6',
        'UPDATE ledger_entry SET "index" = "index" - 1 WHERE "index" > 6',
    )
    result = bureau("ledger", "verify", "--json")
    assert result.exit_code == 6
    moved, missing, whole = json.loads(result.stdout)["faults"]
    assert (moved["index"], moved["last"]) == (6, size - 2)
    assert (missing["index"], missing["last"]) == (size - 1, size - 1)
    assert (whole["index"], whole["last"]) == (None, None)
    assert whole["message"].startswith("the ledger as a whole: ")
    shown = bureau("ledger", "verify")
    assert f"entries 6 to {size - 2} hold what was recorded as entries 7 to" in shown.stdout
    assert f"3 faults in the ledger of {size - 1} entries" in shown.stdout


@pytest.mark.parametrize(
    ("statement", "kinds"),
    [
        ("DELETE FROM ledger_head", ["head"]),
        ("UPDATE ledger_head SET root = zeroblob(32)", ["root", "head"]),
        ("UPDATE ledger_head SET size = size + 0, frontier = zeroblob(8)", ["head"]),
        ("DELETE FROM ledger_entry", ["root", "emptied"]),
    ],
)
def test_a_fault_of_the_whole_ledger_has_no_index(bureau, statement, kinds):
    tamper(bureau, statement)
    result = bureau("ledger", "verify", "--json")
    assert result.exit_code == 6
    whole = [fault for fault in json.loads(result.stdout)["faults"] if fault["index"] is None]
    assert [fault["kind"] for fault in whole] == kinds
    rows = csv.DictReader(io.StringIO(bureau("ledger", "verify", "--format", "csv").stdout))
    assert [row["kind"] for row in rows if row["index"] == ""] == kinds


def test_a_damaged_head_is_said_with_a_way_out(bureau):
    tamper(bureau, "UPDATE ledger_head SET size = 'text'")
    result = bureau("ledger", "verify")
    assert result.exit_code == 6
    assert "the head of the ledger is damaged" in result.stderr
    assert "fix: keep this database for the auditors" in result.stderr


def test_the_rows_that_an_entry_attests_are_listed_by_their_columns(granted):
    issued = granted.json("ledger", "log", "--kind", "grant.issued")[0]["index"]
    shown = granted.ok("ledger", "show", str(issued)).stdout
    assert "Rows it attests 所证的记录" in shown
    assert "access_grant" in shown
    assert "granted_by" in shown
    assert "attested" not in shown


def test_an_edit_beside_the_ledger_is_named_with_its_entry_and_its_column(granted):
    tamper(granted, "UPDATE access_grant SET granted_by = 'both.water'")
    result = granted("ledger", "verify", "--json")
    assert result.exit_code == 6
    issued = granted.json("ledger", "log", "--kind", "grant.issued")[0]["index"]
    said = f"GRT-0001 in the table of grants is not what entry {issued} says: granted_by"
    faults = json.loads(result.stdout)["faults"]
    assert faults == [{"index": None, "last": None, "kind": "row", "message": said}]


def test_liability_keeps_law_policy_and_attempts_apart(granted, tmp_path):
    wrong = ("--to", str(tmp_path / "x.csv"), "--application", "lawns", "--purpose", "别的用途")
    for _ in range(2):
        result = granted("read", "meters", *wrong, person="requester.parks")
        assert result.exit_code == 5
    whole = granted.json("ledger", "liability")
    [event] = whole["events"]
    assert (event["kind"], event["code"], len(event["entries"])) == ("attempt", "R2", 2)
    assert (event["basis"]["ground"], event["open"]) == ("law", None)
    assert whole["totals"] == {"law": 0, "policy": 0, "attempts": 1, "tries": 2}
    assert granted.json("ledger", "liability", "--ground", "policy")["events"] == []
    assert granted.json("ledger", "liability", "--kind", "attempt")["events"] == [event]
    shown = granted.ok("ledger", "liability", "--kind", "breach").stdout
    assert "breaches of law 违反法规: 0; of the policy 违反本市设定: 0" in shown
    newest = granted.json("ledger", "log", "--limit", "1")[0]["index"]
    assert f"in ledger entries 0 to {newest}, made " in shown
    assert "(made 2 times)" in granted.ok("ledger", "liability").stdout
    assert ",–,2," in granted.ok("ledger", "liability", "--format", "csv").stdout
    assert granted.json("ledger", "liability", "--open")["events"] == []
    assert granted.json("ledger", "liability", "--period", "2020Q1")["events"] == []
    assert [one["code"] for one in whole["not_derived"]] == ["P3", "P8", "R6"]
    assert "P3 未配合数源部门更新数据：本系统无法得出" in shown
    result = granted("ledger", "liability", "--period", "2020Q5")
    assert (result.exit_code, "no quarter 5" in result.stderr) == (2, True)
