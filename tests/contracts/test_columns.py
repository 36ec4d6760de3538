import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.plan import Column, ColumnType
from contracts.columns import columns_of
from contracts.date_formats import to_jdk, to_strptime
from contracts.odcs import parse_contract
from core.errors import InvalidInput
from tests.contracts.samples import column, contract, text


def columns(*bodies):
    return columns_of(parse_contract(text(contract(*bodies)), "x").table)


@pytest.mark.parametrize(
    ("logical", "keys", "expected"),
    [
        ("string", {}, ColumnType.STRING),
        ("integer", {"physicalType": "double"}, ColumnType.INTEGER),
        ("number", {}, ColumnType.NUMBER),
        ("number", {"physicalType": "decimal(12,2)"}, ColumnType.NUMBER),
        ("number", {"physicalType": "DOUBLE PRECISION"}, ColumnType.DOUBLE),
        ("number", {"physicalType": "float"}, ColumnType.DOUBLE),
        ("number", {"physicalType": "real"}, ColumnType.DOUBLE),
        ("number", {"logicalTypeOptions": {"format": "f64"}}, ColumnType.DOUBLE),
        ("boolean", {}, ColumnType.BOOLEAN),
        ("date", {}, ColumnType.DATE),
        ("time", {}, ColumnType.TIME),
        ("timestamp", {}, ColumnType.TIMESTAMP),
        ("object", {}, ColumnType.STRING),
        ("array", {}, ColumnType.STRING),
        ("vector", {"logicalTypeOptions": {"dimensions": 3}}, ColumnType.STRING),
    ],
)
def test_types(logical, keys, expected):
    assert columns(column("c", logical, **keys)) == (Column("c", expected, ("c",)),)


def test_headings_best_first_and_each_once():
    (named, same) = columns(
        column("a", physicalName="A列", businessName="甲"), column("b", physicalName="b")
    )
    assert named.names == ("A列", "a", "甲")
    assert same.names == ("b",)


def test_a_column_without_a_type_is_text():
    assert columns({"name": "c"}) == (Column("c", ColumnType.STRING, ("c",)),)


def test_date_formats_become_strptime_patterns_and_string_formats_do_not():
    options = {"logicalTypeOptions": {"format": "yyyyMMdd"}}
    assert [c.format for c in columns(column("a", "date", **options))] == ["%Y%m%d"]
    assert columns(column("a", "string", logicalTypeOptions={"format": "uuid"}))[0].format == ""


@pytest.mark.parametrize(
    ("jdk", "strptime"),
    [
        ("yyyyMMdd", "%Y%m%d"),
        ("yyyy-MM-dd HH:mm:ss", "%Y-%m-%d %H:%M:%S"),
        ("yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX", "%Y-%m-%dT%H:%M:%S.%f%z"),
        ("yyyy年MM月dd日", "%Y年%m月%d日"),
        ("dd MMM yy", "%d %b %y"),
        ("hh:mm a", "%I:%M %p"),
        ("EEE dd", "%a %d"),
        ("yyyy%MM", "%Y%%%m"),
        ("'o''clock' HH", "o'clock %H"),
        ("''yy", "'%y"),
        ("", ""),
    ],
)
def test_patterns_of_java_and_of_strptime(jdk, strptime):
    assert to_strptime(jdk) == strptime
    assert to_strptime(to_jdk(strptime)) == strptime


@pytest.mark.parametrize("pattern", ["YYYY-MM-dd", "yyyy-MM-dd G", "yyyyy", "VV", "q", "'T"])
def test_letters_without_a_counterpart_are_refused(pattern):
    with pytest.raises(InvalidInput) as caught:
        to_strptime(pattern)
    assert pattern in str(caught.value)


@pytest.mark.parametrize("pattern", ["%Q", "%s", "%c", "%"])
def test_directives_without_a_counterpart_are_refused(pattern):
    with pytest.raises(InvalidInput):
        to_jdk(pattern)


PIECES = st.sampled_from(
    ["yyyy", "MM", "dd", "HH", "mm", "ss", "-", "/", " ", "年", "'T'", "%", "''"]
)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=8).map("·".join))
def test_patterns_survive_the_way_there_and_back(jdk):
    assert to_strptime(to_jdk(to_strptime(jdk))) == to_strptime(jdk)
