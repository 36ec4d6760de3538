"""`bureau contract test`: any contract against any file, without a registry."""

import json
from xml.etree import ElementTree as ET

import pytest

from tests.cli.program import Program
from tests.town import FILES

CONTRACT = FILES["contract.yaml"]


@pytest.fixture
def nowhere(tmp_path):
    """The program where there is no workspace."""
    return Program(tmp_path / "nothing")


@pytest.fixture
def document(tmp_path):
    path = tmp_path / "meters.yaml"
    path.write_text(CONTRACT, "utf-8")
    return path


def test_a_good_file_passes(nowhere, document, good):
    result = nowhere.ok("contract", "test", document, good)
    assert "passed" in result.stdout
    assert "score" in result.stdout


@pytest.mark.parametrize("engine", ["duckdb", "pandera", "gx"])
def test_a_bad_file_ends_with_1_and_names_rows(nowhere, document, bad, engine):
    result = nowhere("contract", "test", document, bad, "--json", "--engine", engine)
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    failed = {one["check"] for one in found["checks"] if one["outcome"] == "failed"}
    assert "meter+day.unique" in failed
    cells = {(cell["check"], cell["row"], cell["column"], cell["text"]) for cell in found["cells"]}
    assert ("meter+day.unique", 2, "day", "2026-03-01") in cells
    assert all(cell["text"] is None for cell in found["cells"] if cell["column"] == "keeper")


def test_the_results_as_junit(nowhere, document, bad, tmp_path):
    target = tmp_path / "results.xml"
    result = nowhere("contract", "test", document, bad, "--json", "--junit", target)
    checks = json.loads(result.stdout)["checks"]
    suite = ET.fromstring(target.read_bytes())  # noqa: S314  our own file
    assert [case.get("name") for case in suite] == [one["check"] for one in checks]
    failed = [one["check"] for one in checks if one["outcome"] == "failed"]
    assert int(suite.get("failures")) == len(failed)
    assert [case.get("name") for case in suite if case.find("failure") is not None] == failed
    told = suite.find("testcase[@name='meter+day.unique']/failure")
    assert "row 2, day: '2026-03-01'" in told.text
    assert "fail" in told.get("message")


def test_letters_that_xml_cannot_hold_are_replaced(nowhere, document, tmp_path):
    data = tmp_path / "data.csv"
    data.write_bytes(b"meter,day,litres,keeper\nm\x01\x02\xef\xbf\xbe,2026-03-01,1,a\n")
    target = tmp_path / "results.xml"
    nowhere("contract", "test", document, data, "--junit", target)
    suite = ET.fromstring(target.read_bytes())  # noqa: S314  our own file
    assert suite.tag == "testsuite"


def test_a_check_that_breaks_ends_with_7(nowhere, document, good):
    rule = "    quality:\n      - {type: sql, query: SELECT nothing FROM meters, mustBe: 1}\n"
    text = CONTRACT.replace("    properties:\n", f"{rule}    properties:\n", 1)
    document.write_text(text, "utf-8")
    result = nowhere("contract", "test", document, good)
    assert result.exit_code == 7, result.output
    assert "nothing" in result.stdout


def test_a_contract_with_errors_is_refused_with_all_of_them(nowhere, document, good):
    document.write_text(CONTRACT.replace("logicalType: date", "logicalType: dat"), "utf-8")
    result = nowhere("contract", "test", document, good)
    assert result.exit_code == 2
    assert "bureau contract lint" in result.stderr


def test_a_file_that_is_not_there_and_an_empty_one(nowhere, document, tmp_path):
    assert nowhere("contract", "test", document, tmp_path / "none.csv").exit_code == 3
    empty = tmp_path / "empty.csv"
    empty.write_text("", "utf-8")
    assert nowhere("contract", "test", document, empty).exit_code == 2
