"""`bureau return` from the list to the read and the check, and what it refuses."""

import pytest

from sharing.returnflow.model import PURPOSE
from tests.areas import SHOPS, write_areas
from tests.cli.test_help import documented_keys

NEW = ("return", "new", "shops", "--to", "parks", "--column", "district")
LIST = """
- {dataset: shops, department: parks, column: street, match: prefix}
- {dataset: shops, department: street, column: street, from: "2028-01-01"}
"""


@pytest.fixture
def areas(bureau, tmp_path):
    bureau.ok("apply", write_areas(tmp_path / "areas"), person="operator.data")
    path = tmp_path / "shops.csv"
    path.write_text(SHOPS, "utf-8")
    bureau.ok("dataset", "deliver", "shops", path, person="operator.data")
    return bureau


def test_a_return_from_the_list_to_the_check(areas, tmp_path):
    assert areas.json("return", "list") == []
    listed = areas.ok(*NEW, person="approver.water")
    assert "put RET-0001 on the return list" in listed.stderr
    assert "next: bureau return accept RET-0001 --application CODE" in listed.stderr
    accept = ("return", "accept", "RET-0001", "--application", "lawns")
    accepted = areas.ok(*accept, person="requester.parks")
    assert "parks reads shops of 440305 under GRT-0001" in accepted.stderr
    assert f"--application lawns --purpose {PURPOSE}" in accepted.stderr
    target = tmp_path / "out.csv"
    options = ("--to", target, "--application", "lawns", "--purpose", PURPOSE)
    areas.ok("read", "shops", *options, person="requester.parks")
    assert len(target.read_text("utf-8").splitlines()) == 5
    check = ("return", "check", "RET-0001", "--expected", "5")
    checked = areas.ok(*check, person="requester.parks")
    assert "incomplete, 4 of 5 rows, on time; 2 rows of the dataset go to nobody" in checked.stderr
    made = areas.json(*check, person="requester.parks")
    assert set(made) == documented_keys("return check")
    (row,) = areas.json("return", "list", "--division", "440305")
    assert set(row) == documented_keys("return list")
    assert (row["state"], row["last"]["complete"], row["last"]["due"]) == ("in_force", False, 5)
    shown = areas.json("return", "show", "RET-0001")
    assert set(shown) == documented_keys("return show")
    assert [one["number"] for one in shown["checks"]] == [1, 2]
    assert "RET-0001" in areas.ok("return", "show", "RET-0001").stdout
    renewed = areas.json("return", "renew", "RET-0001", person="requester.parks")
    assert (renewed["return"]["grant"], set(renewed)) == (
        "GRT-0002",
        documented_keys("return renew"),
    )


def test_a_return_that_is_asked_for_and_confirmed(areas):
    asked = areas.ok("return", "ask", "shops", "--application", "lawns", person="requester.parks")
    assert "asked for shops of 440305: RET-0001, due on " in asked.stderr
    (task,) = areas.json("inbox", person="approver.water")
    assert task["todo"] == "bureau return confirm RET-0001"
    refused = areas("return", "confirm", "RET-0001", person="approver.water")
    assert (refused.exit_code, "--column NAME" in refused.stderr) == (2, True)
    options = ("--column", "street", "--match", "prefix")
    confirmed = areas.json("return", "confirm", "RET-0001", *options, person="approver.water")
    assert confirmed["return"]["grant"] == "GRT-0001"
    again = areas("return", "confirm", "RET-0001", person="approver.water")
    assert (again.exit_code, "possible now: renew, check" in again.stderr) == (4, True)


def test_rule_24_every_condition_is_refused_with_its_article(areas, tmp_path):
    refused = areas(*NEW, "--condition", "只能用于统计", person="approver.water")
    assert (refused.exit_code, "Art. 24" in refused.stderr) == (4, True)
    path = tmp_path / "list.yaml"
    for field in ("rows: {}", "columns: [no]", "purpose: 统计", "conditions: 只读", "days: 3"):
        path.write_text(f"- {{dataset: shops, department: parks, column: street, {field}}}\n")
        refused = areas("return", "new", "--from-file", path, person="approver.water")
        assert (refused.exit_code, "takes no condition (Art. 24)" in refused.stderr) == (2, True)
        assert "list.yaml:1" in refused.stderr
    assert areas.json("return", "list") == []


def test_a_list_comes_from_a_document(areas):
    made = areas.json("return", "new", "--from-file", "-", person="authority.data", stdin=LIST)
    assert set(made) == documented_keys("return new")
    assert [one["match"] for one in made["returns"]] == ["prefix", "equal"]
    assert made["returns"][1]["start"] == "2028-01-01"
    withdrawn = areas.ok("return", "withdraw", "RET-0001", person="requester.parks")
    assert "withdrew RET-0001" in withdrawn.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "is not a list of returns"),
        ("[]", "is not a list of returns"),
        ("- shops", "entry 1 is not a mapping"),
        ("- {dataset: shops}", "'department' is missing"),
        ("- {dataset: 1, department: parks, column: street}", "'dataset' is not text"),
        ("- {dataset: a, department: b, column: c, match: like}", "is none of equal, prefix"),
        ("- {dataset: a, department: b, column: c, from: soon}", "is not a date"),
    ],
)
def test_what_is_no_list_is_refused_at_its_place(areas, text, said):
    refused = areas("return", "new", "--from-file", "-", person="approver.water", stdin=text)
    assert (refused.exit_code, said in refused.stderr) == (2, True)


def test_what_is_returned_to_whom_is_said(areas):
    for arguments, said in (
        (("return", "new"), "name either DATASET or --from-file"),
        (("return", "new", "shops", "--column", "street"), "it is not said to whom"),
        (("return", "new", "shops", "--to", "parks"), "has areas in no known column"),
    ):
        refused = areas(*arguments, person="approver.water")
        assert (refused.exit_code, said in refused.stderr) == (2, True)
