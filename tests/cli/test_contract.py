import pytest

from tests.town import FILES, GOOD

CONTRACT = FILES["contract.yaml"]


@pytest.fixture
def document(tmp_path):
    path = tmp_path / "meters.yaml"
    path.write_text(CONTRACT, "utf-8")
    return path


def test_a_draft_fits_the_file_and_lints(bureau, good, tmp_path):
    target = tmp_path / "draft.yaml"
    drafted = bureau.ok(
        "contract", "new", "--from", good, "--name", "水表", "--id", "m", "-o", target
    )
    assert drafted.stdout == ""
    assert f"next: bureau contract lint {target}" in drafted.stderr
    assert "litres" in target.read_text("utf-8")
    assert bureau.ok("contract", "lint", target).exit_code == 0


def test_a_draft_goes_to_standard_output_without_a_file(bureau, good):
    drafted = bureau.ok("contract", "new", "--from", good, "--name", "水表", "--id", "m")
    assert drafted.stdout.startswith("#")
    assert "apiVersion: v3" in drafted.stdout


def test_lint_finds_errors_with_their_line_and_ends_with_1(bureau, tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(CONTRACT.replace("logicalType: date", "logicalType: dat"), "utf-8")
    result = bureau("contract", "lint", path)
    assert result.exit_code == 1
    assert "error" in result.stdout
    line = CONTRACT.splitlines().index("        logicalType: date") + 1
    assert f" {line} " in result.stdout


def test_lint_takes_standard_input_and_says_that_all_is_well(bureau):
    result = bureau.ok("contract", "lint", "-", "--json", stdin=CONTRACT)
    assert result.stdout == "[]\n"
    assert "next: bureau contract publish -" in result.stderr


def test_a_version_is_published_once_and_never_changes(bureau, document):
    same = bureau.ok("contract", "publish", document, person="steward.water")
    assert "(nothing changed)" in same.stderr
    other = CONTRACT.replace("升", "公升")
    changed = bureau("contract", "publish", "-", person="steward.water", stdin=other)
    assert changed.exit_code == 4
    raised = other.replace("version: 1.0.0", "version: 1.1.0")
    made = bureau.json("contract", "publish", "-", person="steward.water", stdin=raised)
    assert (made["contract"], made["version"], made["changed"]) == ("meters", "1.1.0", True)
    assert [c["version"] for c in bureau.json("contract", "list")] == ["1.0.0", "1.1.0"]


def test_the_document_comes_back_byte_for_byte(bureau, tmp_path):
    assert bureau.ok("contract", "export", "meters").stdout_bytes == CONTRACT.encode()
    bureau.ok("contract", "export", "meters", "--version", "1.0.0", "-o", tmp_path / "out.yaml")
    assert (tmp_path / "out.yaml").read_bytes() == CONTRACT.encode()
    assert bureau("contract", "export", "meters", "--version", "9.9.9").exit_code == 3


def test_a_contract_is_shown_column_by_column(bureau):
    shown = bureau.json("contract", "show", "meters")
    assert [column["name"] for column in shown["columns"]] == ["meter", "day", "litres", "keeper"]
    assert shown["columns"][3]["classification"] == "personal"
    assert "水表" in bureau.ok("contract", "show", "meters").stdout


def test_a_draft_needs_a_file_that_is_there(bureau):
    result = bureau("contract", "new", "--from", "none.csv", "--name", "x", "--id", "x")
    assert result.exit_code == 3
    assert GOOD not in result.output


def test_a_draft_never_writes_over_a_file(bureau, tmp_path):
    table, draft = tmp_path / "table.csv", tmp_path / "draft.yaml"
    table.write_text("a,b\n1,2\n", "utf-8")
    draft.write_text("edited by hand", "utf-8")
    result = bureau("contract", "new", "--from", table, "--name", "t", "--id", "t", "-o", draft)
    assert result.exit_code == 4
    assert "is there already" in result.stderr
    assert draft.read_text("utf-8") == "edited by hand"
