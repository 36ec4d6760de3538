"""Reading cells, against a plain-Python reading of the same rules."""

import datetime as dt
import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalog.plan import Column, ColumnType
from catalog.source.casts import value_sql
from catalog.source.connection import connect

T = ColumnType


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    with connect(tmp_path_factory.mktemp("duck"), 512) as connection:

        def run(kind, texts, pattern=""):
            value = value_sql(Column("c", kind, (), pattern), "text")
            query = f"SELECT {value} FROM (SELECT unnest(?::VARCHAR[]) AS text)"
            return [value for (value,) in connection.execute(query, [texts]).fetchall()]

        yield run


def integer(text):
    found = re.fullmatch(r"[ \t\n\v\f\r]*([+-]?[0-9]+)[ \t\n\v\f\r]*", text)
    if found and -(2**63) <= int(found[1]) < 2**63:
        return int(found[1])
    return None


def number(text):
    bare = text.strip(" \t\n\v\f\r")
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", bare):
        return None
    exact = Decimal(bare).quantize(Decimal(1).scaleb(-9), ROUND_HALF_UP, Context(prec=400))
    return exact if exact.copy_abs() < Decimal(10) ** 29 else None


def date(text):
    try:
        return dt.date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


digits = st.text("0123456789", min_size=1, max_size=12)
numbers = st.builds(
    lambda *parts: "".join(parts),
    st.sampled_from(["", " ", "\t"]),
    st.sampled_from(["", "+", "-", "--"]),
    digits,
    st.sampled_from(["", ".", ".5", "_0", ",0", "e2", "E-3", "e", "x", ".1234567895"]),
    st.sampled_from(["", " ", "\n", "　", "x"]),
)
anything = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
dates = st.builds(
    "{}{}-{:02}-{:02}{}".format,
    st.sampled_from(["", "-", "1"]),
    st.integers(0, 9999).map("{:04}".format),
    st.integers(0, 13),
    st.integers(0, 32),
    st.sampled_from(["", "x", "T00:00"]),
)


@settings(deadline=None)
@given(st.lists(numbers | anything | digits, max_size=20))
@example(["9223372036854775807", "9223372036854775808", "-9223372036854775808", "0x10", "1_0"])
def test_integers(read, texts):
    assert read(T.INTEGER, texts) == [integer(text) for text in texts]


@settings(deadline=None)
@given(st.lists(numbers | digits, max_size=20))
@example(["9" * 29, "1" + "0" * 29, "NaN", "inf", "1e28", ".5", "5.", ".", "-0.0000000005"])
def test_numbers(read, texts):
    assert read(T.NUMBER, texts) == [number(text) for text in texts]


@settings(deadline=None)
@given(st.lists(dates | anything, max_size=20))
@example(["infinity", "epoch", "2020-02-29", "2019-02-29", "0000-01-01", "10000-01-01"])
def test_dates(read, texts):
    assert read(T.DATE, texts) == [date(text) for text in texts]


def at(hour=0, minute=0, second=0, micro=0, day=2):
    return dt.datetime.combine(dt.date(2020, 1, day), dt.time(hour, minute, second, micro))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-01-02", at()),
        (" 2020-01-02 03:04 ", at(3, 4)),
        ("2020-01-02T03:04:05", at(3, 4, 5)),
        ("2020-01-02 03:04:05.678901", at(3, 4, 5, 678901)),
        ("2020-01-02T03:04:05Z", at(3, 4, 5)),
        ("2020-01-02 03:04:05+08:00", at(19, 4, 5, day=1)),
        ("2020-01-02T03:04:05.5-0530", at(8, 34, 5, 500_000)),
        ("2020-01-02T03:04+08", at(19, 4, day=1)),
        ("2020-01-02 03:04:05 Asia/Shanghai", None),
        ("2020-1-2 3:04", None),
        ("2020-01-02 25:00", None),
        ("infinity", None),
        ("10000-01-01 00:00:00", None),
        ("20200102", None),
    ],
)
def test_timestamps(text, expected, read):
    assert read(T.TIMESTAMP, [text]) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("08:30", "08:30:00"),
        (" 08:30:00 ", "08:30:00"),
        ("08:30:00.500", "08:30:00.5"),
        ("23:59:59.999999", "23:59:59.999999"),
        ("24:00:00", None),
        ("8:30", None),
        ("08:30+08", None),
        ("0830", None),
    ],
)
def test_times(text, expected, read):
    assert read(T.TIME, [text]) == [expected]


def test_booleans(read):
    yes, no = ["true", "T", "yes", "y", "1", " TRUE "], ["false", "F", "no", "N", "0"]
    assert read(T.BOOLEAN, yes) == [True] * len(yes)
    assert read(T.BOOLEAN, no) == [False] * len(no)
    assert read(T.BOOLEAN, ["on", "2", "", "真", "truee"]) == [None] * 5


def test_doubles(read):
    found = read(T.DOUBLE, [" 1.5", "1e300", "-inf", "x", "1_0", "", "NaN"])
    assert found[:6] == [1.5, 1e300, -math.inf, None, None, None]
    assert math.isnan(found[6])


@pytest.mark.parametrize(
    ("kind", "pattern", "text", "expected"),
    [
        (T.DATE, "%Y%m%d", "20200102", dt.date(2020, 1, 2)),
        (T.DATE, "%Y%m%d", "2020-01-02", None),
        (T.DATE, "%d.%m.%Y", " 2.1.2020 ", dt.date(2020, 1, 2)),
        (T.DATE, "%Y年%m月%d日", "2020年1月2日", dt.date(2020, 1, 2)),
        (T.DATE, "%d/%m/%Y", "31/02/2020", None),
        (T.TIMESTAMP, "%d/%m/%Y %H:%M", "02/01/2020 03:04", at(3, 4)),
        (T.TIMESTAMP, "%Y-%m-%d %H:%M %z", "2020-01-02 03:04 +0800", at(19, 4, day=1)),
        (T.TIME, "%H%M", "0830", "08:30:00"),
        (T.INTEGER, "%Y", "2020", 2020),
    ],
)
def test_patterns(kind, pattern, text, expected, read):
    assert read(kind, [text], pattern) == [expected]


@pytest.mark.parametrize("kind", list(ColumnType))
def test_an_empty_cell_has_no_value(kind, read):
    assert read(kind, [None]) == [None]


def test_a_quote_in_a_pattern_stays_in_the_pattern(read):
    assert read(T.DATE, ["2020'01'02"], "%Y'%m'%d") == [dt.date(2020, 1, 2)]
    with pytest.raises(duckdb.Error):
        read(T.DATE, ["x"], "%Q")
