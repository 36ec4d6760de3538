"""A drafted contract accepts the file that it was drafted from, whatever that file looks like."""

import csv
import json
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bureau import child_tasks
from contracts.columns import columns_of
from contracts.lint import sound_contract
from core.errors import InvalidInput


def draft(file, header=None):
    job = {"file": str(file), "name": "t", "id": "t", "encoding": None, "sheet": ""}
    return child_tasks.draft(job | {"header": header}, lambda _stage, _part: None)


def failing(file, drafted):
    """The checks that fail when `file` is delivered under its own draft."""
    sound_contract(drafted["contract"].encode(), "draft.yaml")
    with tempfile.TemporaryDirectory() as scratch:
        job = {
            "file": str(file),
            "dataset": "t",
            "check_engine": "duckdb",
            "contract": drafted["contract"],
            "contract_name": "t",
            "references": {},
            "encoding": None,
            "header": drafted["headed"],
            "sheet": "",
            "quarantine": False,
            "staged": f"{scratch}/staged.parquet",
            "scratch": scratch,
            "memory_mb": 512,
            **{
                name: f"{scratch}/{name}.parquet"
                for name in ("failing", "cells", "unread", "quarantined")
            },
        }
        answer = child_tasks.deliver(job, lambda _stage, _part: None)
    return [one["check"] for one in answer["counts"] if one["n_failed"] or one["broken"]]


def write(file, records):
    with file.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target, quoting=csv.QUOTE_ALL).writerows(records)
    return file


def columns(drafted):
    return columns_of(sound_contract(drafted["contract"].encode(), "draft.yaml").table)


@pytest.mark.parametrize(
    "records",
    [
        [("村里", "增减", "增减", ""), ("甲", "1", "-1", ""), ("乙", "2", "0", "x")],
        [("a", "A", "a_2", "ａ"), ("1", "2", "3", "4")],
        [("../x", "column_1", "", "b\nc", "name", "NAME"), tuple("123456")],
        [("day", "z"), *((f"202004{n:02}", "z") for n in (2, 3, 4, 5, 6, 2))],
        [("k", "aqi"), ("a", "1.5"), ("b", "NaN"), ("c", "2")],
        [("k", "aqi"), ("a", "1.5"), ("b", "-inf"), ("c", "2")],
        [("k", "n"), ("1", "x"), ("01", "x"), (" 1", "x")],
        [("1", "地铁1号线"), ("2", "地铁2号线")],
        [("city", "road"), ("城市", "路"), *[("深圳", "深南"), ("深圳", "滨河")] * 3],
    ],
)
def test_a_draft_accepts_its_file(records, tmp_path):
    file = write(tmp_path / "in.csv", records)
    assert failing(file, draft(file)) == []


def test_what_a_draft_says_of_its_file(tmp_path):
    file = write(tmp_path / "in.csv", [("a", "", "a"), ("x", "y", "z")])
    drafted = draft(file)
    assert (drafted["names"], drafted["headed"], drafted["guessed"]) == (
        ["a", "column_2", "a_2"],
        True,
        True,
    )
    assert draft(file, header=True)["guessed"] is False
    assert draft(file, header=False)["headed"] is False


def test_days_written_as_numbers_are_dates_with_a_pattern(tmp_path):
    records = [("day", "z"), *((f"202004{n:02}", "z") for n in (2, 3, 4, 5, 6, 2))]
    drafted = draft(write(tmp_path / "in.csv", records))
    assert next((column.type, column.format) for column in columns(drafted)) == ("date", "%Y%m%d")
    assert "minimum: '2020-04-02'" in drafted["contract"]


def test_a_second_heading_is_told_in_the_draft(tmp_path):
    roads = [("深圳", "深南"), ("深圳", "滨河")] * 3
    drafted = draft(write(tmp_path / "in.csv", [("city", "road"), ("城市", "路"), *roads]))
    assert drafted["second_heading"] == ("城市", "路")
    assert "second line of headings" in drafted["contract"]


HEADINGS = st.lists(
    st.sampled_from(["", " ", "a", "A", "ａ", "a_2", "a_3", "column_1", "ß", "ss", "b c", "b\nc"])
    | st.text(st.characters(codec="utf-8", categories=("L", "M", "N", "P", "S", "Z")), max_size=6),
    min_size=1,
    max_size=6,
)
NUMBERS = ["1", "01", " 7 ", "+1", "1.50", "1.5", "1e3", "NaN", "-inf", "1e300", "0.12345678901"]
MOMENTS = ["2020-01-31", "20200131", "31/01/2020", "2020-01-31T08:30:00+08:00", "08:30"]
WORDS = [
    "",
    "yes",
    "true",
    "440305",
    "x",
    "X",
    "深圳",
    "x,y",
    'x"y',
    "x\ny",
    "\xa0",
    "é",
    "e\u0301",
]
CELLS = st.sampled_from(NUMBERS + MOMENTS + WORDS) | st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=4
)


@st.composite
def tables(draw):
    heading = draw(HEADINGS)
    rows = draw(st.integers(1, 6))
    # Cells of one kind are common: only then is a column read as a type.
    kinds = [draw(st.lists(CELLS, min_size=1, max_size=3)) for _ in heading]
    return heading, [[draw(st.sampled_from(kind)) for kind in kinds] for _ in range(rows)]


@settings(deadline=None, max_examples=30)
@given(tables(), st.sampled_from([None, True, False]), st.sampled_from(["csv", "json", "parquet"]))
def test_every_file_that_can_be_drafted_from_is_accepted(table, header, kind):
    heading, rows = table
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"in.{kind}"
        if kind == "csv":
            write(file, [heading, *rows])
        elif kind == "json":
            file.write_text(json.dumps([dict(zip(heading, row, strict=True)) for row in rows]))
        else:
            cells = [pa.array(column) for column in zip(*rows, strict=True)]
            pq.write_table(pa.Table.from_arrays(cells, names=heading), file)
        try:
            drafted = draft(file, header)
        except InvalidInput:
            return  # a file that is no table is refused in words; see the tests of each reader
        if "# Drafted from a file of 0 rows" in drafted["contract"]:
            return  # and a delivery without rows is none
        assert failing(file, drafted) == []
