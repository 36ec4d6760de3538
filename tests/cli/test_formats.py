"""Data goes to standard output in the format asked for; everything else goes to standard error."""

import csv
import io
import json
import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from commands._page import Column, Page, Table
from commands._plain import plain, to_json
from commands._tables import as_csv, as_markdown, as_text
from tests.cli.program import ANSI

SHENZHEN = ZoneInfo("Asia/Shanghai")
COLUMNS = [
    Column("name", "name 名称", lambda row: row[0]),
    Column("count", "n", lambda row: row[1], right=True),
]


def page(*rows, **more):
    return Page(data=list(rows), tables=[Table(columns=COLUMNS, rows=rows)], **more)


def text(shown):
    return as_text(shown, SHENZHEN, terminal=False, styled=False)


def test_columns_are_aligned_by_the_width_of_chinese_characters():
    lines = text(page(("水表", 1), ("long english name", 20))).splitlines()
    assert [line.split()[0] for line in lines] == ["name", "─" * len(lines[1]), "水表", "long"]
    assert {cell_len(line) for line in lines} == {cell_len(lines[0])}


def test_a_pipe_gets_every_row_whole_on_one_line():
    long = "字" * 400
    assert long in text(page((long, 1)))
    assert len(text(page((long, 1))).splitlines()) == 3


def narrow(shown, columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    return as_text(shown, SHENZHEN, terminal=True, styled=False).splitlines()


CODES = [
    Column("ref", "ref", lambda row: row[0]),
    Column("title", "title 名称", lambda row: row[1]),
    Column("code", "code", lambda row: row[2]),
    Column("reason", "reason", lambda row: row[3]),
]
ROW = ("GRT-0001", "公共水表读数" * 10, "air-quality-hourly.v2", "for the yearly report " * 5)


@pytest.mark.parametrize("upright", [False, True])
@pytest.mark.parametrize("columns", [50, 80, 120])
def test_a_narrow_terminal_breaks_titles_and_reasons_and_no_code(columns, upright, monkeypatch):
    table = Table(columns=CODES, rows=[ROW], upright=upright)
    lines = narrow(Page(data=[], tables=[table]), columns, monkeypatch)
    assert max(map(cell_len, lines)) <= columns
    for code in ("GRT-0001", "air-quality-hourly.v2", "yearly"):
        assert any(code in line for line in lines)
    assert "".join(lines).count("公") == 10


def test_rows_of_which_codes_would_break_stand_one_below_the_other(monkeypatch):
    codes = ("a" * 60, "b" * 60, "c", "d")
    lines = narrow(Page(data=[], tables=[Table(columns=CODES, rows=[codes])]), 80, monkeypatch)
    assert max(map(cell_len, lines)) <= 80
    assert [line.split() for line in lines] == [
        ["ref", "a" * 60],
        ["title", "名称", "b" * 60],
        ["code", "c"],
        ["reason", "d"],
    ]
    lines = narrow(Page(data=[], tables=[Table(columns=CODES, rows=[codes])]), 40, monkeypatch)
    assert max(map(cell_len, lines)) <= 40
    assert ("".join(lines).count("b"), "".join(lines).count("d")) == (60, 2)


def test_a_wide_terminal_folds_nothing(monkeypatch):
    lines = narrow(page(("水表", 1), ("long english name", 20)), 80, monkeypatch)
    assert lines == text(page(("水表", 1), ("long english name", 20))).splitlines()


def test_cells_are_never_markup_and_never_obeyed():
    shown = text(page(("[red]x[/red]", "\x1b[31m\n")))
    assert "[red]x[/red]" in shown
    assert "\\u{1b}[31m\\u{a}" in shown


def test_moments_are_shown_in_the_city_and_written_with_their_zone():
    moment = datetime(2026, 3, 1, 20, 30, tzinfo=UTC)
    assert "2026-03-02 04:30:00" in text(page(("a", moment)))
    assert "2026-03-01T20:30:00+00:00" in as_csv(page(("a", moment)).tables[0], escape=False)
    assert plain(moment) == "2026-03-01T20:30:00+00:00"


def test_markdown_keeps_its_bars():
    assert as_markdown(page(("a|b\\c", None)), SHENZHEN).splitlines()[2] == "| a\\|b\\\\c |  |"


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_csv_gives_back_the_same_text(rows):
    written = as_csv(page(*rows).tables[0], escape=False)
    read = list(csv.reader(io.StringIO(written, newline="")))
    assert read[0] == ["name", "count"]
    assert [tuple(row) for row in read[1:]] == rows


@given(st.lists(st.text(st.characters(codec=None))))
def test_json_gives_back_the_same_text_and_nothing_a_terminal_obeys(value):
    written = to_json(value)
    assert json.loads(written) == value
    assert not {unicodedata.category(one) for one in written if one != "\n"} & {"Cc", "Cs"}
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(written)


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv", "md"])
def test_every_format_has_the_data_and_no_colour(bureau, form):
    result = bureau.ok("dataset", "list", "--format", form)
    assert "公共水表读数" in result.stdout
    assert ANSI not in result.stdout
    assert "next:" not in result.stdout


def test_a_list_is_a_list_in_json_and_one_item_a_line_in_jsonl(bureau):
    listed = bureau.json("person", "list")
    lines = bureau.ok("person", "list", "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == listed
    assert {"code", "name", "department", "roles"} == set(listed[0])


def test_an_empty_list_is_an_empty_list(new):
    empty = new.ok("dataset", "list", "--json")
    assert (empty.stdout, empty.stderr) == ("[]\n", "")
    shown = new.ok("dataset", "list")
    assert shown.stdout == ""
    assert shown.stderr == "no such dataset is registered\n"
    assert new.ok("dataset", "list", "--format", "csv").stdout.startswith("code,title_zh")
    assert new.ok("dataset", "list", "--format", "jsonl").stdout == ""


def test_output_goes_to_the_file_that_is_named(bureau, tmp_path):
    target = tmp_path / "people.csv"
    result = bureau.ok("person", "list", "--format", "csv", "-o", target)
    assert result.stdout == ""
    assert target.read_text("utf-8").startswith("code,name,department,roles\n")


def test_a_file_that_cannot_be_written_is_said(bureau, tmp_path):
    result = bureau("person", "list", "-o", tmp_path / "missing" / "file")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


def test_quiet_leaves_only_the_data(bureau):
    result = bureau.ok("--quiet", "dataset", "show", "meters")
    assert result.stderr == ""
    assert "公共水表读数" in result.stdout


@pytest.mark.parametrize("name", ["bureau.db", "bureau.toml", "lake/x.parquet", "keys/k"])
def test_no_output_goes_over_what_belongs_to_a_workspace(bureau, name):
    place = bureau.home / name
    before = place.read_bytes() if place.exists() else None
    result = bureau("department", "list", "--json", "-o", place)
    assert result.exit_code == 2
    assert "belongs to the workspace" in result.stderr
    assert (place.read_bytes() if place.exists() else None) == before
