import pytest

from tests.cli.test_sharing import granted

__all__ = ["granted"]


@pytest.fixture
def read(granted, tmp_path):
    """The town after one grant, one use and one attempt beyond it, today."""
    to = ("--to", str(tmp_path / "x.csv"), "--application", "lawns")
    granted("read", "meters", *to, "--purpose", "别的用途", person="requester.parks")
    return granted


def this_year(program):
    return program.ok("ledger", "log", "--limit", "1", "--json").stdout.split('"recorded_at": "')[
        1
    ][:4]


def test_a_period_is_shown_by_department_with_what_is_behind_each_number(read):
    year = this_year(read)
    shown = read.ok("supervision", "show", "--period", year)
    assert "replies" in shown.stdout
    assert "按时答复" in shown.stdout
    assert f"{year}-01-01 to {year}-12-31, as known so far on {year}-" in shown.stdout
    assert f"bureau supervision rows used --period {year}" in shown.stderr
    data = read.json("supervision", "show", "--period", year)
    for department in data["departments"]:
        code = department["department"]
        for name, figure in department["figures"].items():
            rows = read.json("supervision", "rows", name, "--period", year, "--department", code)
            assert [{"department": code, **item} for item in figure["items"]] == rows
    assert [one["code"] for one in data["liability"]] == ["R2"]


def test_each_row_of_the_scores_has_its_score(read):
    rows = read.json("supervision", "rows", "scores", "--period", this_year(read))
    assert rows
    assert all(isinstance(row["score"], int) for row in rows)
    table = read.ok("supervision", "rows", "scores", "--period", this_year(read)).stdout
    assert "score 得分" in table


def test_a_period_without_facts_says_so(read):
    result = read.ok("supervision", "show", "--period", "2019Q1")
    assert "nothing is known of that period" in result.stderr
    assert read.json("supervision", "rows", "replies", "--period", "2019Q1") == []


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("show", "--period", "2026Q5"), 2, "no quarter 5"),
        (("show", "--period", "soon"), 2, "is no period"),
        (("show", "--period", "2026", "--department", "nobody"), 3, "nobody"),
        (("show", "--period", "2026", "--as-of", "2999-01-01"), 2, "2999-01-01"),
        (("rows", "rates", "--period", "2026"), 2, "there is no figure 'rates'"),
        (("show",), 2, "--period"),
        (("tasks", "--only", "nope"), 2, "name one of: flawed, refused, stale, unknown, unused"),
        (("tasks", "--only", "stael"), 2, "did you mean 'stale'?"),
    ],
)
def test_what_cannot_be_shown_says_why(read, arguments, code, said):
    result = read("supervision", *arguments)
    assert result.exit_code == code
    assert said in result.stderr


def test_tasks_are_told_in_both_languages_with_counts_and_commands(read):
    tasks = read.json("supervision", "tasks")
    assert {"whose", "sort", "sort_zh", "title_zh", "title_en", "count", "own", "look"} <= set(
        tasks[0]
    )
    assert all(one["count"] == len(one["subjects"]) for one in tasks)
    shown = read.ok("supervision", "tasks").stdout
    own = sum(one["count"] for one in tasks if one["own"])
    assert f"to see to 待处理 {own}; unknown for the platform's sake 平台原因未知 0" in shown
    assert read("supervision", "tasks", "--department", "nobody").exit_code == 3
    past = read.ok("supervision", "tasks", "--as-of", "2020-01-01")
    assert "there is nothing to see to" in past.stderr


def test_findings_are_listed_or_there_are_none(read):
    result = read.ok("supervision", "findings", "--period", this_year(read))
    assert "nothing stands out in that period" in result.stderr
    assert read("supervision", "findings", "--period", "2026-13").exit_code == 2


def test_a_period_that_is_over_is_shown_as_it_was_when_it_ended(read):
    shown = read.json("supervision", "show", "--period", "2020Q1")
    assert shown["as_of"] == "2020-03-31"
    now = read.json("supervision", "show", "--period", "2020Q1", "--as-of", "2021-01-01")
    assert now["as_of"] == "2021-01-01"
