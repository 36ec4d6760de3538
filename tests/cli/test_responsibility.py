def test_who_answers_for_what_is_listed_and_counted(bureau):
    shown = bureau.ok("catalog", "responsibility").stdout
    assert "clear 明确 1/1; incomplete 不完整 0; orphans 无主 0; contested 争议 0;" in shown
    assert "duties without a dataset 有责无目录 1; datasets without a duty 有目录无责 0" in shown
    data = bureau.json("catalog", "responsibility")
    [line] = data["datasets"]
    assert (line["dataset"], line["standing"], line["duties"]) == (
        "meters",
        "clear",
        ["readings.water"],
    )
    assert data["counts"] == {"clear": 1, "incomplete": 0, "orphan": 0, "contested": 0}
    assert [gap["subject"] for gap in data["duties_without_dataset"]] == ["leaks.water"]


def test_only_what_is_unclear_or_a_departments_is_listed(bureau):
    result = bureau.ok("catalog", "responsibility", "--unclear")
    assert "nothing is unclear" in result.stderr
    assert bureau.json("catalog", "responsibility", "--department", "parks")["datasets"] == []
    assert bureau("catalog", "responsibility", "--department", "nobody").exit_code == 3


def test_the_negative_list_is_one_of_the_lists(bureau):
    assert bureau.json("catalog", "lists", "--list", "negative") == []


def test_who_answered_on_a_past_day_and_what_a_list_may_be(bureau):
    past = bureau.json("catalog", "responsibility", "--as-of", "2020-01-01")
    assert past["datasets"] == past["duties_without_dataset"] == []
    missing = bureau("catalog", "lists")
    assert "Choose from: needs, resources, responsibilities, negative" in missing.stderr
