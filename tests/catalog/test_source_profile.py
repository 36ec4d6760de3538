"""Profiles: what is counted is what is there."""

import csv
import json
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.plan import ColumnType
from catalog.source.profile import has_heading, profile
from core.errors import InvalidInput

REAL = Path("tests/data/sources")
T = ColumnType


@pytest.fixture
def column(tmp_path):
    """The profile of a single column of texts."""

    def run(*texts):
        path = tmp_path / "in.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("c", "z"), *((text, "z") for text in texts)])
        return profile(path, header=True)[1].columns[0]

    return run


def test_the_air_of_shenzhen():
    source, table = profile(REAL / "shenzhen-air.csv")
    assert (source.encoding, table.rows, len(table.columns)) == ("utf_8", 1287, 13)
    by_name = {one.name: one for one in table.columns}
    with (REAL / "shenzhen-air.csv").open(encoding="utf-8", newline="") as file:
        records = list(csv.DictReader(file))
    for name, one in by_name.items():
        counts = Counter(record[name] for record in records if record[name])
        assert (one.nulls, one.distinct) == (1287 - counts.total(), len(counts))
        assert dict(one.values) == (counts if len(counts) <= 50 else {})
        assert one.min_length == min(map(len, counts))
    date = by_name["Date"]
    assert (date.date_format, date.readable[T.DATE]) == ("%Y%m%d", 1287)
    assert (date.narrowest, date.minimum, date.maximum) == (T.DATE, "2020-04-02", "2020-04-08")
    nan = sum(record["AQI"] == "NaN" for record in records)
    assert by_name["AQI"].readable[T.INTEGER] == by_name["AQI"].readable[T.NUMBER] == 1287 - nan
    assert table.keys == ()  # 65 keys occur twice


def test_a_file_without_a_heading():
    _, table = profile(REAL / "metro.gb18030.csv")
    assert [one.name for one in table.columns] == [f"column_{n}" for n in range(1, 6)]
    assert (table.rows, table.keys) == (215, (("column_5",),))


def test_division_codes():
    _, table = profile(REAL / "areas.gb18030.csv")
    code = table.columns[0]
    assert code.identifiers == {"cn-uscc": 0, "cn-resident-id": 0, "cn-division-code": 299}
    assert table.keys == (("code",),)


def test_identifiers(column):
    assert (
        column("91110000600037341L", "914403001922038216", "91110000600037341M").identifiers[
            "cn-uscc"
        ]
        == 2
    )
    assert column("11010519491231002X", "110105194912310021").identifiers["cn-resident-id"] == 1
    assert column("440305", "440305001", "4403050010", "99").identifiers["cn-division-code"] == 2


@pytest.mark.parametrize(
    ("texts", "kind", "pattern", "low", "high"),
    [
        (["2020-01-31", "2019-12-01"], T.DATE, "", "2019-12-01", "2020-01-31"),
        (["31/01/2020", "01/02/2020"], T.DATE, "%d/%m/%Y", "2020-01-31", "2020-02-01"),
        (["01/31/2020", "02/01/2020"], T.DATE, "%m/%d/%Y", "2020-01-31", "2020-02-01"),
        (["2020年1月5日"], T.DATE, "%Y年%m月%d日", "2020-01-05", "2020-01-05"),
        (["2020/1/5 8:05"], T.TIMESTAMP, "%Y/%m/%d %H:%M", *["2020-01-05 08:05:00"] * 2),
        (["2020-01-05T08:05:00Z"], T.TIMESTAMP, "", *["2020-01-05 08:05:00"] * 2),
        (["08:30", "09:15:30"], T.TIME, "", "08:30:00", "09:15:30"),
        (["10", "9"], T.INTEGER, "", "9", "10"),
        (["10.50", "9"], T.NUMBER, "", "9", "10.5"),
        (["1e300", "2"], T.DOUBLE, "", "2.0", "1e+300"),
        (["1e300", "nan", "2"], T.DOUBLE, "", "", ""),
        (["true", "False"], T.BOOLEAN, "", "false", "true"),
        (["x", "10", "9"], T.STRING, "", "10", "x"),
    ],
)
def test_types_patterns_and_bounds(texts, kind, pattern, low, high, column):
    one = column(*texts)
    assert (one.narrowest, one.date_format) == (kind, pattern)
    assert (one.minimum, one.maximum) == (low, high)


def test_numbers_are_not_dates_of_other_ages(column):
    one = column("10000101", "99991231")
    assert (one.date_format, one.readable[T.DATE]) == ("", 0)


DAYS = ["20200402", "20200403", "20200404", "20200405", "20200406"]


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        ([*DAYS, DAYS[0]], T.DATE),
        ([*DAYS, "20200501"], T.DATE),
        (DAYS, T.INTEGER),  # ids that were given one after the other
        ([*DAYS[1:], DAYS[1]], T.INTEGER),
        ([*DAYS, "20200431"], T.INTEGER),
        ([*DAYS, "20200501", "18991231"], T.INTEGER),
        ([*DAYS, "20200501", "-2020040"], T.INTEGER),
        ([*DAYS, "20200501", "2020"], T.INTEGER),
    ],
)
def test_days_written_as_whole_numbers(texts, kind, column):
    assert column(*texts).narrowest is kind


def test_keys_tell_values_apart_not_their_spelling(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("a,b\n1,x\n+1,x\n2,y\n", encoding="utf-8")
    assert profile(path)[1].keys == ()


def test_keys_of_several_columns(tmp_path):
    path = tmp_path / "in.csv"
    rows = [(a, b, c, "x") for a in "pq" for b in "rst" for c in "uv"]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("a", "b", "c", "d"), *rows])
    assert profile(path)[1].keys == (("a", "b", "c"),)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("a", "b", "c", "d"), *rows, rows[0]])
    assert profile(path)[1].keys == ()


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (["id", "名称"], True),
        (["1", "地铁1号线"], False),
        (["district", "2019", "2020"], True),
        (["2020-01-01", "x"], False),
        (["3.5"], False),
        (["", ""], False),
        (["name", ""], True),
    ],
)
def test_what_reads_as_a_heading(record, expected):
    assert has_heading(record) is expected


@pytest.mark.parametrize(
    ("record", "below", "expected"),
    [
        (["年度", "65-69", "0"], [["1998", "0", "0"], ["1999", "2", "0"]], True),
        (["区", "65-69", "0"], [["甲", "0", "0"], ["乙", "2", "0"]], False),
        (["1", "红线"], [["2", "绿线"], ["3", "4"]], False),
        (["1", "x"], [["2", ""], ["3"], ["4", "5"]], False),
    ],
)
def test_words_above_values_are_a_heading(record, below, expected):
    assert has_heading(record, below) is expected


@pytest.fixture
def second_heading(tmp_path):
    def run(*records):
        path = tmp_path / "in.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(records)
        return profile(path, header=True)[1].second_heading

    return run


ROADS = [("金门县", "金城镇", "大古岗"), ("金门县", "金城镇", "山前"), ("金门县", "金湖镇", "山外")]


def test_a_second_heading_in_other_words(second_heading):
    words = ("县市", "区域", "路名")
    heading = ("city", "site", "road")
    assert second_heading(heading, words, *ROADS, *ROADS) == words
    assert second_heading(heading, *ROADS, *ROADS) == ()
    assert second_heading(heading, words, *ROADS[:2]) == ()  # too few to tell
    assert second_heading(heading, ("台北市", "", ""), *ROADS, *ROADS) == ()


def test_a_second_heading_above_numbers(second_heading):
    numbers = [(f"站{n}", str(n)) for n in range(5)]
    assert second_heading(("station", "aqi"), ("监测点", "指数"), *numbers) == ("监测点", "指数")
    assert second_heading(("station", "aqi"), ("荔园", "-1"), *numbers) == ()
    assert second_heading(("station", "aqi"), *numbers, ("荔园", "缺")) == ()


def test_headings_become_names(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("a,A,,a\n1,2,3,4\n", encoding="utf-8")
    assert [one.name for one in profile(path)[1].columns] == ["a", "A_2", "column_3", "a_3"]
    headless = profile(path, header=False)[1]
    assert (headless.columns[0].name, headless.headed) == ("column_1", False)


def test_a_heading_twice_is_refused_as_it_is_at_delivery(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("a,b\nA,B\n1,2\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="line 2: this is a second heading"):
        profile(path)


@pytest.mark.parametrize("kind", ["json", "parquet"])
def test_formats_that_name_their_columns_are_never_headless(kind, tmp_path):
    path = tmp_path / f"in.{kind}"
    if kind == "json":
        path.write_text('[{"a": 1}]')
    else:
        pq.write_table(pa.table({"a": [1]}), path)
    with pytest.raises(InvalidInput, match=f"every {kind} file names its columns"):
        profile(path, header=False)


def test_other_formats(tmp_path):
    rows = [{"a": 1, "b": "x"}, {"a": 2, "b": None}]
    (tmp_path / "in.json").write_text(json.dumps({"data": rows}))
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "in.parquet")
    with xlsxwriter.Workbook(tmp_path / "in.xlsx") as book:
        sheet = book.add_worksheet()
        for number, line in enumerate([("a", "b"), (1, "x"), (2, None)]):
            sheet.write_row(number, 0, line)
    tables = [profile(tmp_path / f"in.{kind}")[1] for kind in ("json", "parquet", "xlsx")]
    assert tables[0] == tables[1] == tables[2]
    assert tables[0].keys == (("a",),)
    assert tables[0].columns[1].nulls == 1


def test_a_heading_alone_and_ragged_records(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("a,b\n")
    _, table = profile(path)
    assert (table.rows, table.keys, table.columns[0].readable[T.INTEGER]) == (0, (), 0)
    path.write_text("a,b\n1\n")
    with pytest.raises(InvalidInput, match="line 2"):
        profile(path)


texts = st.sampled_from(["", "1", "1.5", "x", "2020-01-01", "440305", "true", "nan", " 7 "])


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(texts, texts), max_size=15))
def test_counts_are_of_all_rows(tmp_path_factory, records):
    path = tmp_path_factory.mktemp("profile") / "in.csv"
    with path.open("w", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([("left", "right"), *records])
    _, table = profile(path, header=True)
    assert table.rows == len(records)
    for position, one in enumerate(table.columns):
        filled = [record[position] for record in records if record[position]]
        assert (one.rows, one.nulls) == (len(records), len(records) - len(filled))
        assert dict(one.values) == Counter(filled)
        assert one.readable[T.INTEGER] == sum(text in ("1", "440305", " 7 ") for text in filled)
        assert one.readable[T.DATE] == filled.count("2020-01-01")
