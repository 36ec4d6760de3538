import json

import pytest

from tests.town import FILES, write_registry

NEW = """
kind: Dataset
code: taps
title_zh: 公共水龙头
summary: 位置与状态
items: [位置, 状态]
provider: water
format: csv
update_cycle: annual
share_type: unconditional
share_mode: file
use_conditions: 履行职责需要即可使用
resource_class: thematic
grade: general
"""


def test_applying_registers_and_applying_again_changes_nothing(new, tmp_path):
    folder = write_registry(tmp_path / "registry")
    first = new.ok("apply", folder)
    assert first.stdout == ""
    assert "added, 0 changed, 0 unchanged (ledger entries 0 to" in first.stderr
    again = new.json("apply", folder, person="operator.data")
    assert again == {"steps": [], "changed": False, "ledger": []}


def test_a_dry_run_shows_the_steps_and_does_nothing(new, tmp_path):
    folder = write_registry(tmp_path / "registry")
    steps = new.json("apply", folder, "--dry-run")
    assert {"kind": "Dataset", "code": "meters", "change": "added", "fields": []} in steps
    assert new.json("dataset", "list") == []


def test_diff_names_the_fields_that_differ(bureau, tmp_path):
    changed = FILES["datasets.yaml"].replace("grade: general", "grade: important")
    folder = write_registry(tmp_path / "registry", datasets=changed)
    (step,) = bureau.json("diff", folder)
    assert (step["kind"], step["code"], step["change"]) == ("Dataset", "meters", "changed")
    assert step["fields"] == [{"name": "grade", "before": "general", "after": "important"}]
    shown = bureau.ok("diff", folder)
    assert 'grade: "general" -> "important"' in shown.stdout
    assert f"next: bureau apply {folder}" in shown.stderr
    assert bureau("diff", folder, "--exit-code").exit_code == 1


def test_no_difference_is_an_empty_list_and_0(bureau, tmp_path):
    folder = write_registry(tmp_path / "registry")
    assert bureau.json("diff", folder, "--exit-code") == []


def test_a_document_comes_from_standard_input(bureau):
    assert "1 added" in bureau.ok("apply", "-", person="operator.data", stdin=NEW).stderr
    assert bureau.json("dataset", "show", "taps")["dataset"]["title_zh"] == "公共水龙头"


def test_every_problem_is_printed_with_file_and_line(bureau, tmp_path):
    (tmp_path / "bad.yaml").write_text("kind: Person\nitems:\n  - {code: A B, nam: x}\n", "utf-8")
    result = bureau("apply", tmp_path / "bad.yaml", person="operator.data")
    assert (result.exit_code, result.stdout) == (2, "")
    lines = result.stderr.splitlines()
    assert lines[0].startswith("error[document-invalid]:")
    assert sum(line.startswith("  bad.yaml:3: ") for line in lines) >= 3
    assert lines[-1].startswith("fix: ")


def test_who_may_not_is_told_why(bureau, tmp_path):
    changed = FILES["datasets.yaml"].replace("grade: general", "grade: important")
    folder = write_registry(tmp_path / "registry", datasets=changed)
    result = bureau("apply", folder, person="steward.parks")
    assert result.exit_code == 5
    assert "it takes" in result.stderr
    nobody = bureau("apply", folder)
    assert nobody.exit_code == 5
    assert "add --as PERSON or set BUREAU_AS" in nobody.stderr


@pytest.mark.parametrize(
    ("group", "code", "text"),
    [
        ("division", "440305", "南山区"),
        ("department", "water", "水务局"),
        ("person", "steward.water", "甲"),
        ("application", "lawns", "草坪养护"),
        ("rule", "readings", "水表读数"),
        ("duty", "readings.water", "水表读数"),
    ],
)
def test_each_kind_of_thing_is_listed_and_shown(bureau, group, code, text):
    assert text in bureau.ok(group, "list").stdout
    listed = bureau.json(group, "list")
    shown = bureau.json(group, "show", code)
    assert shown in listed
    assert text in bureau.ok(group, "show", code).stdout
    missing = bureau(group, "show", "nothing")
    assert missing.exit_code == 3


def test_a_list_is_what_was_known_on_a_day(bureau):
    assert bureau.json("dataset", "list", "--as-of", "2026-03-01") == []
    assert len(bureau.json("dataset", "list", "--as-of", "2026-03-02")) == 1


def test_search_finds_two_chinese_characters_and_english(bureau):
    for word in ("水表", "meters"):
        (hit,) = bureau.json("search", word)
        assert hit["dataset"]["code"] == "meters"
    found = bureau.ok("search", "节水")
    assert "公共水表读数" in found.stdout
    assert "next: bureau dataset show meters" in found.stderr
    assert bureau.json("search", "火车") == []


def test_gaps_are_listed_for_the_city_and_for_a_department(bureau):
    gaps = bureau.json("catalog", "gaps")
    assert {gap["kind"] for gap in gaps} >= {"duty_without_dataset", "duty_not_collected"}
    own = bureau.json("catalog", "gaps", "--department", "water")
    assert own == [gap for gap in gaps if gap["department"] == "water"]
    assert bureau("catalog", "gaps", "--department", "none").exit_code == 3


LISTING = "标题,摘要\n公园名录,全市公园\n公园名录,又一份\n,没有标题\n"


def test_an_import_reports_each_record_that_was_not_taken_whole(bureau, tmp_path):
    path = tmp_path / "listing.csv"
    path.write_text(LISTING, "utf-8")
    options = ("--from", "csv", "--department", "parks", "--prefix", "p")
    trial = bureau.json("catalog", "import", path, *options, "--dry-run", person="steward.parks")
    assert trial["dry_run"] is True
    assert len(bureau.json("dataset", "list")) == 1
    done = bureau.ok(
        "catalog", "import", path, *options, "--format", "json", person="steward.parks"
    )
    report = json.loads(done.stdout)
    assert sum(report["counts"].values()) == 3
    assert report["added"] == trial["added"] > 0
    assert [record["position"] for record in report["records"]][-1] == 3
    assert "3 records:" in done.stderr
    assert len(bureau.json("dataset", "list")) == 1 + report["added"]


def test_an_import_needs_to_know_what_the_file_is(bureau, tmp_path):
    result = bureau("catalog", "import", tmp_path / "x", "--department", "parks", "--from", "xml")
    assert result.exit_code == 2
    assert "--from" in result.stderr
