"""`bureau calendar`: working days, due days, and what is imported of a year."""

import json
from pathlib import Path

import pytest

ANNOUNCED = Path(__file__).parents[1] / "data" / "cn-holidays"
NEXT = '{"year": 2027, "papers": ["https://example.org/2027"], "days": [%s]}'
NEW_YEAR = '{"name": "元旦", "date": "2027-01-01", "isOffDay": true}'


@pytest.fixture
def bureau(new, registry):
    """The small town with no calendar but the seed."""
    new.ok("apply", registry)
    return new


@pytest.fixture
def operator(bureau):
    people = {person["code"]: person["roles"] for person in bureau.json("person", "list")}
    return next(code for code, roles in people.items() if roles == ["operator"])


@pytest.fixture
def year_2027(tmp_path):
    path = tmp_path / "2027.json"
    path.write_text(NEXT % NEW_YEAR, "utf-8")
    return path


def test_due_prints_the_day_and_nothing_else(bureau, tmp_path):
    result = bureau.ok("calendar", "due", "2025-09-26", "--days", 10)
    assert (result.stdout, result.stderr) == ("2025-10-16\n", "")
    bureau.ok("calendar", "due", "2025-10-16", "--days", 20, "-o", tmp_path / "due")
    assert (tmp_path / "due").read_text() == "2025-11-13\n"


def test_due_in_json_names_the_calendar_it_was_counted_by(bureau):
    due = bureau.json("calendar", "due", "2025-09-26", "--days", 10)
    (source,) = due.pop("sources")
    assert due == {"start": "2025-09-26", "days": 10, "counting_start": False, "due": "2025-10-16"}
    assert (source["year"], source["recorded_at"]) == (2025, None)
    assert source["source"].startswith("holidays ")
    lines = bureau.ok("calendar", "due", "2025-09-26", "--days", 10, "--format", "csv").stdout
    assert lines == "start,days,due\n2025-09-26,10,2025-10-16\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("2025-09-26", "--days", "-1"), 2, "greater than or equal to 1"),
        (("2025-09-26", "--days", "0"), 2, "greater than or equal to 1"),
        (("2025-09-26",), 2, "--days"),
        (("26.9.2025", "--days", "1"), 2, "26.9.2025"),
        (("2000-12-31", "--days", "1"), 4, "says nothing of 2000-12-31: it covers 2001 to"),
        (("2025-09-26", "--days", "100000"), 4, "fix: import what is announced of"),
    ],
)
def test_a_due_day_that_cannot_be_told_is_refused(bureau, arguments, code, said):
    result = bureau("calendar", "due", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr


def test_the_day_of_receipt_counts_where_the_policy_says_so(bureau):
    (bureau.home / "profiles").mkdir()
    (bureau.home / "profiles" / "town.toml").write_text(
        'profile = "town"\nextends = "cn-national-809"\ntitle_zh = "镇"\ntitle_en = "Town"\n'
        "[settings.count_receipt_day]\nvalue = true\n",
        "utf-8",
    )
    (bureau.home / "bureau.toml").write_text('[sharing]\npolicy = "town"\n', "utf-8")
    due = bureau.json("calendar", "due", "2025-09-26", "--days", 10)
    assert (due["counting_start"], due["due"]) == (True, "2025-10-15")


def test_an_import_covers_another_year_in_one_act(bureau, operator, year_2027):
    past_the_end = ("calendar", "due", "2026-12-31", "--days", 1)
    assert bureau(*past_the_end).exit_code == 4
    made = bureau.json("calendar", "import", year_2027, ANNOUNCED / "2025.json", person=operator)
    assert [year["year"] for year in made["years"]] == [2027, 2025]
    assert len(made["ledger"]) == 2
    assert bureau.ok(*past_the_end).stdout == "2027-01-04\n"
    entry = bureau.json("ledger", "show", made["ledger"][0])
    assert (entry["kind"], entry["subject"]) == ("calendar.imported", "calendar:2027")
    year = made["years"][0]
    facts = dict(entry["body"]["facts"])
    assert [row["table"] for row in facts.pop("attested")] == ["calendar_announcement"]
    assert facts == {
        "days": 1,
        "sha256": year["sha256"],
        "source": "https://example.org/2027",
        "year": 2027,
    }
    bureau.ok("ledger", "verify")


def test_the_same_content_again_changes_nothing(bureau, operator, year_2027, tmp_path):
    bureau.ok("calendar", "import", year_2027, person=operator)
    (tmp_path / "2027.csv").write_text("date,kind,name\n2027-01-01,off,元旦\n", "utf-8")
    for path in (year_2027, tmp_path / "2027.csv"):
        again = bureau.json("calendar", "import", path, person=operator)
        assert (again["changed"], again["ledger"]) == (False, [])
    assert len(bureau.json("calendar", "show", 2027)["imports"]) == 1


def test_an_amended_announcement_takes_the_place_of_the_first(bureau, operator, year_2027):
    bureau.ok("calendar", "import", year_2027, person=operator)
    amended = NEXT % f"{NEW_YEAR}, {NEW_YEAR.replace('01-01', '01-04')}"
    assert bureau.json("calendar", "import", "-", stdin=amended, person=operator)["changed"]
    shown = bureau.json("calendar", "show", 2027)
    assert [one["off"] for one in shown["imports"]] == [1, 2]
    assert shown["sha256"] == shown["imports"][1]["sha256"]
    assert bureau.ok("calendar", "due", "2026-12-31", "--days", 1).stdout == "2027-01-05\n"
    back = bureau.json("calendar", "import", year_2027, person=operator)
    assert back["changed"]
    assert bureau.ok("calendar", "due", "2026-12-31", "--days", 1).stdout == "2027-01-04\n"


def test_all_announcements_are_taken_at_once(bureau, operator):
    made = bureau.json("calendar", "import", *sorted(ANNOUNCED.glob("*.json")), person=operator)
    assert len(made["ledger"]) == 8
    years = {year["year"]: year["source"] for year in bureau.json("calendar", "show")}
    assert years[2018].startswith("holidays ")
    assert years[2019].startswith("http://www.gov.cn/")
    assert bureau.ok("calendar", "due", "2025-09-26", "--days", 10).stdout == "2025-10-16\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (NEXT % "", "it says nothing of 2027"),
        (NEXT % f"{NEW_YEAR}, {NEW_YEAR}", "2027-01-01 is here twice"),
        (NEXT % NEW_YEAR.replace("2027", "2031"), "2031-01-01 does not belong to what is announc"),
        (NEXT % NEW_YEAR.replace("isOffDay", "off"), "a day has the fields"),
        ("\ufeff", "the heading is not date,kind,name"),
    ],
)
def test_a_file_at_fault_is_refused_and_nothing_of_its_call_is_taken(
    bureau, operator, tmp_path, text, said
):
    path = tmp_path / "wrong.json"
    path.write_text(text, "utf-8")
    result = bureau("calendar", "import", ANNOUNCED / "2026.json", path, person=operator)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "fix: " in result.stderr
    assert bureau.json("calendar", "show", 2026)["imports"] == []


def test_two_files_of_a_year_and_a_missing_file_are_refused(bureau, operator, year_2027, tmp_path):
    twice = bureau("calendar", "import", year_2027, year_2027, person=operator)
    assert twice.exit_code == 2
    assert "several of these files are about 2027" in twice.stderr
    missing = bureau("calendar", "import", tmp_path / "none.json", person=operator)
    assert missing.exit_code == 3
    assert bureau("calendar", "import", person=operator).exit_code == 2


def test_only_operators_and_the_authority_import(bureau, year_2027):
    result = bureau("calendar", "import", year_2027, person="steward.water")
    assert result.exit_code == 5
    assert "may not import the calendar of working days" in result.stderr


def test_show_lists_the_years_and_the_days_of_one(bureau):
    years = bureau.json("calendar", "show")
    assert years[0]["year"] == 2001
    table = bureau.ok("calendar", "show", 2018).stdout
    assert "2018-12-29   六" in table
    days = {day["day"]: day for day in bureau.json("calendar", "show", 2018)["days"]}
    assert days["2018-12-29"] == {"day": "2018-12-29", "kind": "work", "name": "调休上班"}
    lines = bureau.ok("calendar", "show", 2025, "--format", "csv").stdout.splitlines()
    assert lines[0] == "day,weekday,kind,name"
    assert "2025-10-11,六,work,调休上班" in lines


@pytest.mark.parametrize("year", ["2000", "1", "99999", "0", "-1"])
def test_a_year_that_is_not_covered_is_said(bureau, year):
    result = bureau("calendar", "show", "--", year)
    assert result.exit_code == 4
    assert f"says nothing of {year}" in result.stderr
    assert json.loads(bureau.ok("calendar", "show", "--json").stdout)
