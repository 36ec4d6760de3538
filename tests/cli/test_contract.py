import pytest
import xlsxwriter

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


@pytest.fixture
def talk(bureau, tmp_path):
    """What is said on standard error while drafting from a file of this text."""

    def run(text, *options):
        path = tmp_path / "table.csv"
        path.write_text(text, "utf-8")
        return bureau.ok(
            "contract", "new", "--from", path, "--name", "t", "--id", "t", *options
        ).stderr

    return run


def test_a_line_taken_as_the_heading_by_guess_is_named(talk):
    guessed = "line 1 is taken as the heading: 站点, 线路; --no-header if it is data"
    assert guessed in talk("站点,线路\n老街,红线\n")
    assert "line 1" not in talk("站点,线路\n老街,红线\n", "--header")
    many = ",".join(f"c{number}" for number in range(9))
    assert "c4, c5 ... (9 in all); --no-header" in talk(f"{many}\n")


def test_a_line_taken_as_data_by_guess_is_told(talk):
    said = talk("1,老街\n2,国贸\n")
    assert "line 1 is taken as data, so the columns have no names; --header if it is" in said
    assert "deliver this file with --no-header" in said
    said = talk("1,老街\n2,国贸\n", "--no-header")
    assert "line 1" not in said
    assert "deliver this file with --no-header" in said


def test_a_second_heading_is_pointed_out(talk):
    said = talk("city,road\n城市,路名\n" + "深圳,深南\n深圳,滨河\n" * 3)
    assert "the line below the heading reads as a second heading: 城市, 路名; if it is one" in said
    assert "delete it in the file and draft again" in said


def test_a_draft_says_which_sheet_it_was_made_from(bureau, tmp_path):
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        for name in ("一月", "二月", "说明"):
            book.add_worksheet(name).write_column(0, 0, [f"{name}数", 7])

    def drafted(*options):
        path = tmp_path / "book.xlsx"
        return bureau("contract", "new", "--from", path, "--name", "t", "--id", "t", *options)

    assert "read the sheet 一月; --sheet NAME reads another: 二月, 说明" in drafted().stderr
    assert "一月数" in drafted().stdout
    other = drafted("--sheet", "二月")
    assert "二月数" in other.stdout
    assert "read the sheet" not in other.stderr
    missing = drafted("--sheet", "三月")
    assert missing.exit_code == 3
    assert "book.xlsx has the sheets 一月, 二月, 说明" in missing.stderr


def test_no_header_is_refused_where_columns_are_always_named(bureau, tmp_path):
    (tmp_path / "in.json").write_text('[{"a": 1}]')
    result = bureau(
        *("contract", "new", "--from", tmp_path / "in.json", "--name", "t", "--id", "t"),
        "--no-header",
    )
    assert result.exit_code == 2
    assert "every json file names its columns" in result.stderr
    assert "leave --no-header out" in result.stderr


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


@pytest.mark.parametrize(("form", "begins"), [("pandera", '"""'), ("gx", "{")])
def test_checks_are_exported_in_the_words_of_another_tool(bureau, tmp_path, form, begins):
    asked = ("contract", "export", "meters", "--format", form)
    exported = bureau.ok(*asked)
    assert exported.stdout.startswith(begins)
    assert "meter+day.unique" in exported.stdout
    assert "left out: litres.type: a frame holds what was read" in exported.stderr
    assert "checks are in it" in exported.stderr
    target = tmp_path / "made"
    bureau.ok(*asked, "-o", target)
    assert target.read_text("utf-8") == exported.stdout
