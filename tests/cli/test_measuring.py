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


def test_a_trend_has_a_line_for_each_period(delivered):
    shown = delivered.ok("rate", "trend", "COL-1", "--every", "quarter", "--last", "2").stdout
    assert re.search(r"\d{4}Q\d +\d{4}-\d\d-\d\d +1 / 2 +50\.00", shown)
    points = delivered.json("rate", "trend", "COL-1", "--last", "3")["points"]
    assert [point["n"] for point in points] == [0, 0, 1]
    assert points[-1]["period"] == delivered.json("rate", "show")["as_of"][:7]
    assert "--every" in delivered("rate", "trend", "COL-1", "--window", "3").stderr


def test_a_trend_has_a_line_for_each_group_and_period(delivered):
    asked = ("rate", "trend", "COL-1", "--last", "2", "--by")
    points = delivered.json(*asked, "department")["points"]
    assert [(one["group"], one["n"], one["base"]) for one in points] == [
        ("parks", 0, 0),
        ("parks", 0, 0),
        ("water", 0, 2),
        ("water", 1, 2),
    ]
    assert points[0]["period"] < points[1]["period"] == points[3]["period"]
    assert re.search(r"water +\d{4}-\d\d +\S+ +1 / 2", delivered.ok(*asked, "department").stdout)
    narrow = delivered.json(*asked, "department", "--department", "water")["points"]
    assert narrow == points[2:]
    refused = delivered(*asked, "month")
    assert (refused.exit_code, "has its periods already" in refused.stderr) == (2, True)


def test_rows_are_listed_by_group_as_their_numbers_count_them(delivered):
    for by in ("department", "division", "theme", "month"):
        rows = delivered.json("rate", "rows", "COL-1", "--by", by)
        shown = delivered.json("rate", "show", "COL-1", "--by", by)["rates"]
        for rate in shown:
            mine = [row for row in rows if row["group"] == rate["group"] and not row["excluded"]]
            assert (sum(r["n"] for r in mine), len(mine)) == (rate["n"], rate["base"])
    told = delivered.ok("rate", "rows", "COL-1", "--by", "department", "--format", "csv")
    assert told.stdout.startswith("group,id,title,")
    assert told.stderr == "3 rows in 2 groups\n"


def test_what_a_spreadsheet_would_run_is_defused_on_demand(delivered):
    with closing(sqlite3.connect(delivered.home / "bureau.db")) as database, database:
        database.execute("UPDATE duty SET title_zh = '=1+1'")
    asked = ("rate", "rows", "COL-1", "--format", "csv")
    assert ",=1+1," in delivered.ok(*asked).stdout
    assert ",'=1+1," in delivered.ok(*asked, "--spreadsheet-safe").stdout
    asked = ("rate", "compare", "COL-1", "2026-01-01", delivered.json("rate", "show")["as_of"])
    safe = delivered.ok(*asked, "--format", "csv", "--spreadsheet-safe").stdout
    assert ",'=1+1," in safe


def test_what_is_unknown_stands_beside_the_number_in_every_output(delivered):
    (rate,) = delivered.json("rate", "show", "COL-2")["rates"]
    assert (rate["excluded"], rate["unknown"]) == ({"exempt": 1, "items_unknown": 1}, 1)
    assert re.search(r"100\.00 +1 +2: ", delivered.ok("rate", "show", "COL-2").stdout)
    assert ",unknown," in delivered.ok("rate", "show", "COL-2", "--format", "csv").stdout
    assert "unknown" not in delivered.ok("rate", "show", "COL-1").stdout
    listed = delivered.ok("rate", "rows", "COL-2")
    assert "unknown: items_unknown" in listed.stdout
    assert listed.stderr.endswith(", 2 excluded, 1 of them unknown\n")
    points = delivered.json("rate", "trend", "COL-2", "--last", "1")["points"]
    assert points[0]["unknown"] == 1
    assert "unknown 未知" in delivered.ok("rate", "trend", "COL-2", "--last", "1").stdout


def test_a_filter_that_names_nothing_is_an_error(delivered):
    for option, unknown, said in (
        ("--department", "watr", "did you mean 'water'?"),
        ("--theme", "watr", "did you mean 'water'?"),
        ("--division", "9999", "no division '9999'"),
        ("--application", "none", "no application 'none'"),
        ("--facet", "colour:red", "no facet 'colour'"),
        ("--by", "facet:colour", "no facet 'colour'"),
    ):
        for command in ("show", "rows", "trend"):
            refused = delivered("rate", command, "SHA-4", option, unknown)
            assert (refused.exit_code, said in refused.stderr) == (3, True), refused.stderr


def test_a_rate_is_measured_over_a_period_and_by_month(delivered):
    day = delivered.json("rate", "show")["as_of"]
    year = delivered.json("rate", "show", "COL-1", "--period", day[:4])
    assert (year["period"], year["as_of"], year["rates"][0]["n"]) == (day[:4], day, 1)
    months = delivered.json("rate", "show", "COL-1", "--by", "month", "--period", day[:7])
    assert [rate["group"] for rate in months["rates"]] == [day[:7]]
    for wrong, why in (
        (("--period", "2026Q5"), "has no quarter 5"),
        (("--period", "2026-13"), "has no month 13"),
        (("--period", "2026-02-01..2026-01-01"), "ends before it begins"),
        (("--period", "soon"), "is no period"),
        (("--period", "2999"), "has not begun"),
        (("--period", "2026", "--as-of", "2026-01-01"), "a period has its own last day"),
        (("--by", "colour"), "there are no groups by 'colour'"),
        (("--by", "application"), "COL-1 are not told apart by application"),
        (("--grade", "secret"), "'secret' is not one of"),
    ):
        refused = delivered("rate", "show", "COL-1", *wrong)
        assert refused.exit_code == 2
        assert why in refused.stderr


def test_two_periods_are_compared_row_by_row(delivered):
    day = delivered.json("rate", "show")["as_of"]
    changes = delivered.json("rate", "compare", "COL-1", "2026-01-01", day)
    assert (changes["before"]["n"], changes["after"]["n"]) == (0, 1)
    assert sum(one["n"] for one in changes["changes"]) == 1
    assert {one["change"] for one in changes["changes"]} == {"entered", "excluded"}
    shown = delivered.ok("rate", "compare", "COL-1", "2026-01-01", day).stdout
    assert "进入分母 entered the base" in shown
    assert "2026-01-01: 0 of 0, 0 excluded" in shown
    same = delivered.ok("rate", "compare", "COL-1", day, day)
    assert "no row changed" in same.stderr
    assert (
        "there is no day 2026-02-30"
        in delivered("rate", "compare", "COL-1", "2026-02-30", day).stderr
    )


def test_a_snapshot_is_frozen_listed_and_read_again(delivered):
    taken = delivered.json("rate", "snapshot", "--as", "auditor.audit")
    assert taken["snapshot"]["ref"] == "RSN-0001"
    assert [one["ref"] for one in delivered.json("rate", "snapshots")] == ["RSN-0001"]
    now, frozen = (
        delivered.json("rate", "show", *more) for more in ((), ("--snapshot", "RSN-0001"))
    )
    assert frozen["rates"] == now["rates"]
    assert frozen["funnel"]["stages"] == now["funnel"]["stages"]
    rows = delivered.json("rate", "rows", "COL-1", "--snapshot", "RSN-0001")
    assert rows == delivered.json("rate", "rows", "COL-1")
    compared = delivered.json("rate", "compare", "COL-1", "RSN-0001", now["as_of"])
    assert compared["changes"] == []
    both = delivered("rate", "show", "--snapshot", "RSN-0001", "--by", "theme")
    assert (both.exit_code, "give --snapshot alone" in both.stderr) == (2, True)
    missing = delivered("rate", "show", "--snapshot", "RSN-0002")
    assert (missing.exit_code, "bureau rate snapshots" in missing.stderr) == (3, True)


def test_lights_and_targets_are_a_view_over_rates(delivered):
    shown = delivered.json("rate", "lights")
    assert {one["light"]: one["colour"] for one in shown["lights"]} == {
        "collection": "red",
        "sharing": "red",
        "utilization": "red",
    }
    [target] = [one for one in shown["targets"] if one["id"] == "COL-1"]
    assert (target["target"], target["met"], target["percent"]) == (90, False, "50.00")
    table = delivered.ok("rate", "lights").stdout
    assert "COL-1 < 60: 50.00 (1 / 2)" in table
    assert "missed 未达到" in table
    grouped = delivered.json("rate", "lights", "--by", "department")
    assert {one["group"] for one in grouped["lights"]} == {"parks", "water"}


def test_a_light_on_a_rate_that_there_is_not_is_named(delivered):
    profile = delivered.home / "profiles" / "town.toml"
    profile.parent.mkdir()
    profile.write_text(
        'profile = "town"\nextends = "cn-national-809"\ntitle_zh = "某市"\ntitle_en = "Town"\n'
        '[targets.XYZ-9]\npercent = 5\nwhy = "x"\n',
        "utf-8",
    )
    settings = delivered.home / "bureau.toml"
    written = settings.read_text("utf-8").replace('policy = "cn-national-809"', 'policy = "town"')
    settings.write_text(written, "utf-8")
    refused = delivered("rate", "lights")
    assert refused.exit_code == 3
    assert "XYZ-9 that the profile town names" in refused.stderr


def test_the_next_command_asks_for_the_same(delivered):
    asked = ("--department", "water", "--window", "30", "--by", "theme")
    said = delivered.ok("rate", "show", "COL-1", *asked).stderr
    assert "next: bureau rate rows COL-1 --window 30 --department water --by theme" in said
    for words in (asked, ()):
        line = delivered.ok("rate", "show", "COL-1", *words).stderr.split("next: bureau ")[1]
        assert delivered.ok(*line.split()).stdout
