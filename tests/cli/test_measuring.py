import json
import re
import sqlite3
from contextlib import closing


def test_rates_are_shown_with_counts_exclusions_funnel_and_where_they_come_from(delivered):
    shown = delivered.ok("rate", "show")
    assert re.search(r"COL-1 .* 1 / 2 +50\.00", shown.stdout)
    assert "Funnel 漏斗" in shown.stdout
    assert re.search(
        r"as of \d{4}-\d\d-\d\d, window 365 days, rule set [0-9a-f]{12}, ledger of \d+ entries with root [0-9a-f]{12}\n",
        shown.stdout,
    )
    data = delivered.json("rate", "show")
    assert [rate["id"] for rate in data["rates"]][:3] == ["COL-1", "SHA-2", "USE-1"]
    assert data["funnel"]["stages"][0]["name"] == "due"
    assert data["ledger"]["size"] == len(delivered.json("ledger", "log", "--limit", "1000"))


def test_a_zero_base_is_not_a_number(new):
    assert "n/a" in new.ok("rate", "show", "COL-1").stdout
    (rate,) = new.json("rate", "show", "COL-1")["rates"]
    assert (rate["n"], rate["base"], rate["percent"]) == (0, 0, None)


def test_the_number_is_the_count_of_the_rows(delivered):
    for rate in delivered.json("rate", "show")["rates"]:
        rows = delivered.json("rate", "rows", rate["id"])
        counted = [row for row in rows if not row["excluded"]]
        assert sum(row["base"] for row in counted) == rate["base"]
        assert sum(row["n"] for row in counted) == rate["n"]
        assert len(rows) - len(counted) == sum(rate["excluded"].values())


def test_rows_end_on_standard_error_with_the_number(delivered):
    result = delivered.ok("rate", "rows", "COL-1")
    assert result.stderr == "1 of 2, 1 excluded\n"
    assert "excluded: exempt" in result.stdout


def test_a_rate_is_given_as_of_a_day(delivered):
    past = delivered.json("rate", "show", "COL-1", "--as-of", "2026-03-01")
    assert past["as_of"] == "2026-03-01"
    assert past["rates"][0]["n"] == 0
    assert delivered("rate", "show", "--as-of", "2999-01-01").exit_code == 2


def test_a_rate_is_grouped_and_narrowed(delivered):
    grouped = delivered.json("rate", "show", "COL-1", "--by", "department")
    bases = {rate["group"]: (rate["n"], rate["base"]) for rate in grouped["rates"]}
    assert bases == {"parks": (0, 0), "water": (1, 2)}
    assert grouped["funnel"] is None
    narrow = delivered.json("rate", "show", "COL-1", "--theme", "water")
    assert narrow["rates"][0]["base"] == 2
    assert "group" in delivered.ok("rate", "show", "--by", "theme").stdout


def test_rates_are_listed_and_explained(bureau):
    listed = bureau.json("rate", "list")
    assert {"COL-1", "SHA-2", "USE-1", "CAT-7", "COL-6"} <= {rate["id"] for rate in listed}
    explained = bureau.json("rate", "explain", "use-1")
    assert explained["name"] == "USE-1 v1"
    shown = bureau.ok("rate", "explain", "USE-1").stdout
    assert "N 分母           已发布、可共享且已有数据入库的数据目录" in shown


def test_the_funnel_stands_alone_too(delivered):
    funnel = delivered.json("rate", "funnel")
    reached = [stage["n"] for stage in funnel["stages"]]
    assert reached == sorted(reached, reverse=True)
    assert "责任清单之外" in delivered.ok("rate", "funnel").stdout


def test_the_ledger_is_listed_shown_and_filtered(delivered):
    entries = delivered.json("ledger", "log", "--limit", "3")
    assert [entry["index"] for entry in entries] == sorted(entry["index"] for entry in entries)
    (published,) = delivered.json("ledger", "log", "--kind", "delivery.published")
    assert published["subject"] == "dataset:meters"
    shown = delivered.json("ledger", "show", published["index"])
    assert shown["person"] == "steward.water"
    assert shown["body"]["facts"]["rows_published"] == 4
    assert "rows published" in delivered.ok("ledger", "show", published["index"]).stdout
    assert delivered.json("ledger", "log", "--until", "2026-03-01") == []
    first_day = delivered.json("ledger", "log", "--until", "2026-03-02", "--limit", "500")
    assert published["index"] not in {entry["index"] for entry in first_day}
    assert delivered.json("ledger", "log", "--since", "2026-03-03") == [published]


def test_an_honest_ledger_proves_itself(delivered):
    result = delivered.ok("ledger", "verify")
    assert re.fullmatch(
        r"the ledger proves itself: \d+ entries, root [0-9a-f]{64}\n", result.stdout
    )
    assert delivered.json("ledger", "verify")["ok"] is True


def test_a_tampered_ledger_ends_with_6_and_the_index(delivered):
    with closing(sqlite3.connect(delivered.home / "bureau.db")) as database, database:
        database.execute("DROP TRIGGER ledger_entry_refuse_update")
        database.execute("UPDATE ledger_entry SET body = x'7b7d' WHERE \"index\" = 5")
    result = delivered("ledger", "verify", "--json")
    assert result.exit_code == 6
    found = json.loads(result.stdout)
    assert found["ok"] is False
    assert 5 in {fault["index"] for fault in found["faults"]}
    assert delivered("ledger", "verify").exit_code == 6
