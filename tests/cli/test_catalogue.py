"""`bureau catalog submit|review|...` on the command line."""

from datetime import date

import pytest

from tests.town import FILES

GAUGES = FILES["datasets.yaml"].replace("code: meters", "code: gauges")
PAPERS = (
    "--secrecy",
    "一号",
    "--personal",
    "二号",
    "--head",
    "approver.water",
    "--signed-on",
    "2026-03-01",
)


@pytest.fixture
def gauges(tmp_path):
    path = tmp_path / "gauges.yaml"
    path.write_text(GAUGES, "utf-8")
    return path


@pytest.fixture
def submitted(bureau, gauges):
    made = bureau.json("catalog", "submit", gauges, *PAPERS, person="steward.water")
    assert made["submission"]["ref"] == "SUB-0001"
    return bureau


def test_a_submission_is_listed_shown_and_published(submitted):
    [listed] = submitted.json("catalog", "submissions", "--open")
    assert (listed["state"], listed["papers"]["head"]) == ("submitted", "approver.water")
    shown = submitted.json("catalog", "show", "SUB-0001")
    assert set(shown) == {"submission", "rivals", "doubts", "clocks"}
    assert shown["clocks"][0]["limit"] == "catalogue_review"
    table = submitted.ok("catalog", "show", "SUB-0001").stdout
    assert "保密风险评估" in table
    assert "公共水表读数" in table
    published = submitted.ok("catalog", "review", "SUB-0001", "--publish", person="authority.data")
    assert "SUB-0001: published" in published.stderr
    assert submitted.json("dataset", "show", "gauges")["dataset"]["code"] == "gauges"
    assert submitted.json("catalog", "submissions", "--open") == []


def test_a_word_that_may_mark_a_secret_is_pointed_out_from_submission_to_review(
    bureau, gauges, tmp_path
):
    gauges.write_text(GAUGES.replace("公共水表读数", "涉密资质单位名录"), "utf-8")
    warning = "warning: title_zh of gauges has a word that may mark a secret"
    draft = tmp_path / "draft.yaml"
    draft.write_text(gauges.read_text("utf-8") + "    status: draft\n", "utf-8")
    assert warning in bureau.ok("apply", draft, person="steward.water").stderr
    submit = ("catalog", "submit", gauges, *PAPERS[:-2])  # signed today: the draft is of today
    assert warning in bureau.ok(*submit, person="steward.water").stderr
    shown = bureau.json("catalog", "show", "SUB-0001")
    assert shown["doubts"] == [{"dataset": "gauges", "field": "title_zh"}]
    assert "疑似涉密" in bureau.ok("catalog", "show", "SUB-0001").stdout
    review = ("catalog", "review", "SUB-0001")
    refused = bureau(*review, "--publish", person="authority.data")
    assert refused.exit_code == 4
    assert "--no-secret TEXT" in refused.stderr
    said = ("--no-secret", "名录依法公开")
    wrong = bureau(*review, "--hand-back", "--reason", "已核实", *said, person="authority.data")
    assert wrong.exit_code == 2
    bureau.ok(*review, "--publish", *said, person="authority.data")
    assert "名录依法公开" in bureau.ok("catalog", "show", "SUB-0001").stdout


def test_a_submission_is_handed_back(submitted):
    for wrong in ((), ("--publish", "--hand-back")):
        result = submitted("catalog", "review", "SUB-0001", *wrong, person="authority.data")
        assert result.exit_code == 2
        assert "either --publish or --hand-back" in result.stderr
    back = ("catalog", "review", "SUB-0001", "--hand-back", "--reason", "不全")
    assert submitted(*back, person="steward.water").exit_code == 5
    assert "handed back to water" in submitted.ok(*back, person="authority.data").stderr
    assert submitted(*back, person="authority.data").exit_code == 4


def test_what_is_missing_is_named(bureau, gauges):
    result = bureau("catalog", "submit", gauges, person="steward.water")
    assert result.exit_code == 2
    for named in ("保密风险评估", "个人信息保护影响评估", "负责人审签", "Art. 13"):
        assert named in result.stderr


def test_papers_that_say_nothing_are_refused(bureau, gauges):
    papers = ("--secrecy", "无", "--personal", "n/a", "--head", "approver.water")
    result = bureau("catalog", "submit", gauges, *papers, person="steward.water")
    assert result.exit_code == 2
    for named in (
        "保密风险评估",
        "--secrecy '无'",
        "--personal 'n/a'",
        "Art. 13",
        "密评〔2026〕3号",
    ):
        assert named in result.stderr
    papers = ("--secrecy", "一号", "--personal", "二号", "--head", "nobody.here")
    assert bureau("catalog", "submit", gauges, *papers, person="steward.water").exit_code == 3


def test_a_change_is_recorded_extended_and_listed(bureau):
    told = ("--because", "law", "--on", "2026-03-02", "--reason", "新法")
    made = bureau.json("catalog", "event", "--dataset", "meters", *told, person="steward.water")
    assert made["event"]["ref"] == "EVT-0001"
    assert bureau.json("catalog", "events", "--open")[0]["clock"]["debtor"] == "water"
    assert "EVT-0001" in bureau.ok("catalog", "events").stdout
    more = ("catalog", "extend", "EVT-0001", "--reason", "忙", "--days")
    assert bureau(*more, 6, person="steward.water").exit_code == 4
    nobody = bureau("catalog", "consent", "EVT-0001", person="authority.data")
    assert nobody.exit_code == 4
    assert (
        bureau("catalog", "event", "--dataset", "none", *told, person="steward.water").exit_code
        == 3
    )


def test_more_time_is_declined(bureau):
    today = date.today().isoformat()  # noqa: DTZ011 (the program's own day)
    told = ("--because", "law", "--on", today, "--reason", "新法")
    bureau.ok("catalog", "event", "--dataset", "meters", *told, person="steward.water")
    more = ("catalog", "extend", "EVT-0001", "--reason", "忙", "--days", 5)
    bureau.ok(*more, person="steward.water")
    declined = ("catalog", "decline", "EVT-0001", "--reason", "不必")
    assert bureau(*declined, person="steward.water").exit_code == 5
    said = bureau.ok(*declined, person="authority.data").stderr
    assert "declined more time for EVT-0001, due on " in said
    assert bureau(*declined, person="authority.data").exit_code == 4


def test_a_source_is_named_and_told_in_the_review(bureau, tmp_path):
    named = ("catalog", "source", "meter-readings", "water", "--reason", "职责")
    assert bureau(*named, person="operator.data").exit_code == 5
    made = bureau.json(*named, person="authority.data")
    assert made["source"]["department"] == "water"
    path = tmp_path / "second.yaml"
    second = GAUGES.replace("provider: water", "provider: parks")
    path.write_text(second.replace("contract: meters", "items: [水表]"), "utf-8")
    papers = [one.replace("approver.water", "both.parks") for one in PAPERS]
    bureau.ok("catalog", "submit", path, *papers, person="steward.parks")
    told = bureau.ok("catalog", "review", "SUB-0001", "--publish", person="authority.data").stderr
    assert "meter-readings is shared by water too, and the authority named water" in told


def test_a_reference_that_there_is_not_is_not_found(bureau):
    for words in (
        ("show", "SUB-0009"),
        ("review", "SUB-0009", "--publish"),
        ("consent", "EVT-0009"),
        ("decline", "EVT-0009", "--reason", "不必"),
    ):
        assert bureau("catalog", *words, person="authority.data").exit_code == 3
