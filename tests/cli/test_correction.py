"""`bureau correction`, from the complaint to the feedback."""

import pytest

from tests.cli.test_help import DOCUMENT, documented_keys
from tests.cli.test_sharing import granted

__all__ = ["granted"]

NEW = ("correction", "new", "meters", "--problem", "M001 少十倍", "--columns", "litres, meter")
ROWS = '{"column": "meter", "op": "in", "value": ["M001"]}'


@pytest.fixture
def asked(granted):
    granted.ok(*NEW, "--rows", ROWS, person="requester.parks")
    return granted


def test_a_correction_goes_its_way(asked, good, tmp_path):
    signed = asked.ok("correction", "receive", "COR-0001", person="steward.water")
    assert "signed for COR-0001, due on " in signed.stderr
    found = asked.ok(
        "correction", "verify", "cor-1", "--finding", "confirmed", "--reason", "漏一位",
        person="approver.water",
    )  # fmt: skip
    assert "next: bureau correction correct COR-0001" in found.stderr
    early = asked("correction", "correct", "COR-0001", person="steward.water")
    assert early.exit_code == 4
    assert "nothing newer than delivery #1" in early.stderr
    mended = tmp_path / "mended.csv"
    mended.write_text(good.read_text("utf-8").replace("120", "1200"), "utf-8")
    asked.ok("dataset", "deliver", "meters", mended, person="steward.water")
    corrected = asked.json("correction", "correct", "COR-0001", person="steward.water")
    assert corrected["correction"]["corrected_in"] == 2
    without = asked("correction", "close", "COR-0001", person="steward.water")
    assert without.exit_code == 2
    assert "is not closed without feedback" in without.stderr
    closed = asked.ok(
        "correction", "close", "COR-0001", "--feedback", "已更正", person="steward.water"
    )
    assert "closed COR-0001 with feedback to parks (ledger entry" in closed.stderr
    shown = asked.json("correction", "show", "COR-0001")
    assert set(shown) == documented_fields() | {"clocks"}
    assert shown["rows"] == {"column": "meter", "op": "in", "value": ["M001"]}
    assert shown["columns"] == ["litres", "meter"]
    assert {clock["state"] for clock in shown["clocks"]} == {"ended"}


def documented_fields():
    """The fields of a correction that docs/cli.md promises."""
    section = DOCUMENT.read_text("utf-8").split("### `bureau correction new", 1)[1]
    inner = section.split("JSON: `{correction: {", 1)[1].split("}", 1)[0]
    return {part.removesuffix(" or null") for part in inner.split(", ")}


def test_json_has_the_shape_that_is_documented(asked):
    made = asked.json(*NEW, person="requester.parks")
    assert set(made) == documented_keys("correction new")
    first, second = asked.json("correction", "list")
    assert (first["ref"], second["ref"]) == ("COR-0001", "COR-0002")
    assert set(made["correction"]) == set(first) == documented_fields()


def test_corrections_are_listed_and_withdrawn(asked):
    withdrawn = asked.ok("correction", "withdraw", "COR-0001", person="requester.parks")
    assert "withdrew COR-0001" in withdrawn.stderr
    assert asked.json("correction", "list", "--state", "open") == []
    assert len(asked.json("correction", "list", "--dataset", "meters")) == 1
    text = asked.ok("correction", "show", "COR-0001").stdout
    assert "M001 少十倍" in text
    assert "receipt" in text


@pytest.mark.parametrize(
    ("more", "code", "message"),
    [
        (("--problem", " "), 2, "it is not said what is wrong"),
        (("--rows", "{"), 2, "--rows is not JSON"),
        (("--delivery", "0"), 2, "greater than or equal to 1"),
        (("--delivery", "7"), 3, "meters #7"),
        (("--columns", "keeper"), 2, "GRT-0001 has no column keeper"),
        (("--channel", "letter"), 2, "letter"),
        (("--grant", "GRT-0042"), 3, "GRT-0042"),
    ],
)
def test_bad_input(granted, more, code, message):
    result = granted(*NEW, *more, person="requester.parks")
    assert result.exit_code == code
    assert message in result.stderr
    assert granted.json("correction", "list") == []


def test_who_never_had_a_grant_is_told_whom_to_ask(delivered):
    result = delivered(*NEW, person="requester.parks")
    assert result.exit_code == 5
    assert "parks never had a grant on meters" in result.stderr
    assert "tell the data authority" in result.stderr
