"""Headings: which column of a file is which column of the contract."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.plan import Column, ColumnType
from catalog.source.heading import (
    Layout,
    distinct_names,
    match_heading,
    match_positions,
    normalised,
)
from core.errors import DocumentInvalid, InvalidInput

COLUMNS = (
    Column("station", ColumnType.STRING, ("WatchPoint", "监测点")),
    Column("aqi", ColumnType.INTEGER, ("AQI", "空气质量指数")),
)


def match(*heading, **options):
    return match_heading("a.csv", heading, COLUMNS, **options)


@pytest.mark.parametrize(
    "heading",
    [
        ("station", "aqi"),
        ("WatchPoint", "AQI"),
        ("监测点", "空气质量指数"),
        ("\ufeffSTATION ", " ａｑｉ"),
    ],
)
def test_any_of_a_columns_names_will_do(heading):
    assert match(*heading) == Layout(2, (0, 1))


def test_order_is_the_files_own():
    assert match("aqi", "station") == Layout(2, (1, 0))


def test_every_misfit_is_told_at_once():
    with pytest.raises(DocumentInvalid) as caught:
        match("station", "Station", "pm", "")
    assert [str(problem) for problem in caught.value.problems] == [
        "a.csv:1: column 'aqi' is missing",
        "a.csv:1: column 'Station' occurs 2 times",
        "a.csv:1: column 'pm' is not in the contract",
        "a.csv:1: column 4 has no name",
    ]


@pytest.mark.parametrize("name", ["机密★10年 xq-7731", "涉密", "绝密", "Top Secret"])
def test_rule_25_a_column_named_as_a_secret_is_refused_and_its_name_not_repeated(name):
    with pytest.raises(InvalidInput, match="name of column 2 marks a secret") as caught:
        match("station", name, "aqi", ignore_extra=True)
    assert name not in f"{caught.value} {caught.value.hint}"
    assert "Art. 3" in str(caught.value)


def test_two_names_of_one_column_are_a_repeat():
    with pytest.raises(DocumentInvalid, match="'监测点' occurs 2 times"):
        match("WatchPoint", "监测点", "aqi")


def test_extra_columns_can_be_left_out_repeats_included():
    assert match("x", "aqi", "x", "station", "", ignore_extra=True) == Layout(5, (3, 1))


def test_no_heading_at_all():
    with pytest.raises(InvalidInput, match=r"a.csv, line 1: .* it reads 荔园, 63") as caught:
        match("荔园", "63")
    assert "--no-header" in caught.value.hint


@pytest.mark.parametrize("second", [("监测点", "空气质量指数"), ("station", "ＡＱＩ")])
def test_a_second_heading_is_refused(second):
    with pytest.raises(InvalidInput, match="line 2: this is a second heading"):
        match("station", "aqi", following=second)


def test_an_ordinary_second_line_is_data():
    assert match("station", "aqi", following=("荔园", "63")) == Layout(2, (0, 1))


def test_columns_may_not_share_a_name():
    twins = (*COLUMNS, Column("level", ColumnType.STRING, ("aqi",)))
    with pytest.raises(InvalidInput, match="'aqi' and 'level' share the name 'aqi'"):
        match_heading("a.csv", ("station", "aqi"), twins)


def test_positions_must_fit():
    assert match_positions("a.csv", 2, COLUMNS) == Layout(2, (0, 1))
    with pytest.raises(InvalidInput, match="there are 3 fields, and the contract has 2 columns"):
        match_positions("a.csv", 3, COLUMNS)


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        (["a", "b"], ["a", "b"]),
        (["", " a ", "  "], ["column_1", "a", "column_3"]),
        (["a", "Ａ", "a"], ["a", "Ａ_2", "a_3"]),
        (["a", "a", "a_2", "a"], ["a", "a_3", "a_2", "a_4"]),
        (["", "column_1", "column_1"], ["column_1_2", "column_1", "column_1_3"]),
        (["", "", "column_2", "column_2_2"], ["column_1", "column_2_3", "column_2", "column_2_2"]),
    ],
)
def test_each_column_has_a_name_of_its_own(heading, names):
    assert distinct_names(heading) == names


HEADINGS = st.lists(st.sampled_from(["", " ", "a", "A", "ａ", "a_2", "a_3", "column_1", "ß", "ss"]))


@given(HEADINGS)
def test_columns_with_names_of_their_own_are_found_by_them(heading):
    names = distinct_names(heading or ["a"])
    assert len({normalised(name) for name in names}) == len(names)
    columns = [Column(name, ColumnType.STRING, (name,)) for name in names]
    layout = match_heading("a.csv", heading or ["a"], columns)
    assert layout.positions == tuple(range(len(names)))


def test_a_repeat_is_found_only_by_a_contract_that_tells_it_apart():
    def problems(*wanted):
        columns = [Column(name, ColumnType.STRING, (name,)) for name in wanted]
        with pytest.raises(DocumentInvalid) as caught:
            match_heading("a.csv", ("增减", "", "增减"), columns)
        return [problem.message for problem in caught.value.problems]

    assert problems("增减", "column_2") == ["column '增减' occurs 2 times"]
    assert problems("增减", "增减_2") == ["column 2 has no name"]
    assert problems("column_2", "增减_2") == ["column '增减' is not in the contract"]
