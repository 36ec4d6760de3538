import json

import pytest

from tests.town import BAD, FILES

TAPS = (
    FILES["datasets.yaml"]
    .replace("code: meters", "code: taps")
    .replace("fulfils: meter-readings", "fulfils: taps")
)


@pytest.fixture
def failed(bureau, bad):
    """The small town after a delivery that its policy refuses."""
    bureau("dataset", "deliver", "meters", bad, person="steward.water")
    return bureau


def test_a_delivery_shows_the_rows_that_were_declared_for_it(bureau, good):
    args = ("dataset", "deliver", "meters", good, "--declared-rows")
    shown = bureau.ok(*args, 9, person="steward.water")
    assert ["rows", "declared", "9"] in [line.split() for line in shown.stdout.splitlines()]
    assert bureau(*args, -1, person="steward.water").exit_code == 2


def test_a_dataset_is_registered_once(bureau, tmp_path):
    path = tmp_path / "taps.yaml"
    path.write_text(TAPS, "utf-8")
    made = bureau.ok("dataset", "register", path, person="operator.data")
    assert "registered taps (ledger entry" in made.stderr
    assert "next: bureau dataset deliver taps FILE" in made.stderr
    again = bureau("dataset", "register", path, person="operator.data")
    assert again.exit_code == 4
    assert "registered already" in again.stderr


def test_registering_from_standard_input_gives_a_receipt(bureau):
    made = bureau.json("dataset", "register", "-", person="operator.data", stdin=TAPS)
    assert made["datasets"] == ["taps"]
    assert made["changed"] is True
    assert len(made["ledger"]) == 1


def test_the_list_is_narrowed_by_department_and_status(bureau):
    assert [d["code"] for d in bureau.json("dataset", "list")] == ["meters"]
    assert bureau.json("dataset", "list", "--department", "parks") == []
    assert bureau.json("dataset", "list", "--status", "draft") == []


def test_a_good_delivery_is_accepted(bureau, good):
    result = bureau.ok("dataset", "deliver", "meters", good, person="steward.water")
    lines = dict(line.split(maxsplit=1) for line in result.stdout.splitlines())
    assert (lines["status"], lines["delivery"]) == ("accepted", "1")
    assert "rows read" in result.stdout
    assert "meters #1: accepted (ledger entry" in result.stderr
    assert "\r" not in result.stderr


def test_the_same_content_again_is_the_same_delivery(delivered, good):
    again = delivered.json("dataset", "deliver", "meters", good, person="steward.water")
    assert again["repeated"] is True
    assert again["delivery"]["number"] == 1
    assert again["ledger"] == []


def test_a_refused_delivery_ends_with_1_and_says_why(bureau, bad):
    result = bureau("dataset", "deliver", "meters", bad, "--json", person="steward.water")
    assert result.exit_code == 1
    outcome = json.loads(result.stdout)
    assert outcome["status"] == "refused"
    assert outcome["delivery"]["rows_published"] == 0
    assert outcome["check"]["passed"] is False
    assert "next: bureau check rows meters" in result.stderr


def test_a_dry_run_delivers_nothing_and_ends_as_the_delivery_would(bureau, good, bad):
    assert (
        bureau("dataset", "deliver", "meters", bad, "--dry-run", person="steward.water").exit_code
        == 1
    )
    trial = bureau.ok("dataset", "deliver", "meters", good, "--dry-run", person="steward.water")
    assert "nothing was delivered" in trial.stderr
    assert bureau.json("dataset", "show", "meters")["deliveries"] == []


def test_only_a_steward_of_the_provider_delivers(bureau, good):
    result = bureau("dataset", "deliver", "meters", good, person="steward.parks")
    assert (result.exit_code, result.stdout) == (5, "")


def test_a_missing_file_is_said(bureau):
    result = bureau("dataset", "deliver", "meters", "nowhere.csv", person="steward.water")
    assert result.exit_code == 3
    assert "there is no file 'nowhere.csv'" in result.stderr


def test_a_dataset_is_shown_with_its_deliveries_and_score(delivered):
    shown = delivered.json("dataset", "show", "meters")
    assert shown["dataset"]["provider"] == "water"
    assert shown["deliveries"][0]["status"] == "accepted"
    assert shown["last_check"]["passed"] is True
    assert shown["grants"] == []
    page = delivered.ok("dataset", "show", "meters")
    assert "Newest deliveries" in page.stdout
    assert "score 总分" in page.stdout


def test_history_has_the_states_of_the_entry_and_the_deliveries(delivered):
    history = delivered.json("dataset", "history", "meters")
    assert [state["dataset"]["code"] for state in history["states"]] == ["meters"]
    assert [delivery["number"] for delivery in history["deliveries"]] == [1]
    assert "registered" in delivered.ok("dataset", "history", "meters").stdout


def test_a_check_run_is_shown_with_failed_checks_first(failed):
    shown = failed.ok("check", "show", "meters", "--format", "csv").stdout.splitlines()
    outcomes = [line.split(",")[0] for line in shown[1:]]
    assert outcomes[0] == "failed"
    assert outcomes == sorted(outcomes, key=["failed", "passed"].index)
    report = failed.json("check", "show", "meters")
    assert report["passed"] is False
    by_id = {check["check"]: check for check in report["checks"]}
    assert by_id["meter+day.unique"]["n_failed"] == 1
    scores = {score["dimension"]: score for score in report["dimensions"]}
    assert scores["accuracy"]["score"] is None
    assert scores["uniqueness"]["title_zh"] == "唯一性"


def test_a_dimension_nobody_measured_is_shown_so(failed):
    assert "未测 not measured" in failed.ok("check", "show", "meters").stdout


def test_failing_rows_carry_their_number_and_original_text(failed):
    rows = failed.json("check", "rows", "meters", person="steward.water")
    assert {
        "row": 3,
        "check": "litres.type",
        "column": "litres",
        "text": "NaN",
        "hidden": False,
    } in rows
    some = failed.json(
        "check", "rows", "meters", "--check", "litres.bounds", person="auditor.audit"
    )
    assert [(row["row"], row["text"]) for row in some] == [(4, "-5")]
    named = failed("check", "rows", "meters", "--check", "none", person="steward.water")
    assert named.exit_code == 3
    limited = failed.ok("check", "rows", "meters", "--limit", "1", person="steward.water")
    assert "--limit N shows more" in limited.stderr


def test_failing_rows_are_for_their_department_and_for_overseers(failed):
    assert failed("check", "rows", "meters").exit_code == 5
    for person in ("steward.parks", "requester.parks"):
        refused = failed("check", "rows", "meters", person=person)
        assert refused.exit_code == 5
        assert "may not see failing rows" in refused.stderr
        assert "NaN" not in refused.output


def test_values_of_personal_columns_are_not_shown(bureau, tmp_path):
    path = tmp_path / "meters.yaml"
    contract = FILES["contract.yaml"].replace("version: 1.0.0", "version: 1.1.0")
    path.write_text(contract + "        logicalTypeOptions: {maxLength: 1}\n", "utf-8")
    bureau.ok("contract", "publish", path, person="steward.water")
    names = tmp_path / "names.csv"
    names.write_text(BAD, "utf-8")
    bureau("dataset", "deliver", "meters", names, person="steward.water")
    shown = bureau.ok(
        "check", "rows", "meters", "--check", "keeper.length", person="approver.water"
    )
    assert "‹hidden›" in shown.stdout
    assert "王芳" not in shown.output
    assert "classifies keeper as personal" in shown.stderr
    rows = bureau.json(
        "check", "rows", "meters", "--check", "keeper.length", person="approver.water"
    )
    assert {(row["text"], row["hidden"]) for row in rows} == {(None, True)}


def test_checking_again_is_recorded(delivered):
    result = delivered.ok("check", "run", "meters", person="steward.water")
    assert "checked meters: passed (ledger entry" in result.stderr
    runs = delivered.json("check", "history", "meters")
    assert len(runs) == 2
    assert (
        delivered.json("check", "show", "meters", "--run", runs[0]["run"])["run"] == runs[0]["run"]
    )


def test_a_check_run_that_fails_ends_with_1(delivered, tmp_path):
    path = tmp_path / "stricter.yaml"
    stricter = FILES["contract.yaml"].replace("version: 1.0.0", "version: 2.0.0")
    path.write_text(stricter.replace("maximum: 100000", "maximum: 100"), "utf-8")
    delivered.ok("contract", "publish", path, person="steward.water")
    result = delivered("check", "run", "meters", person="steward.water")
    assert result.exit_code == 1
    assert "next: bureau check rows meters" in result.stderr


def test_never_checked_is_an_empty_history(bureau):
    assert bureau.json("check", "history", "meters") == []
    assert "never been checked" in bureau.ok("check", "history", "meters").stderr
