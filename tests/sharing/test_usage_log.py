"""A department's log: lenient in its headings, strict in its values, each wrong line named."""

import json
from contextlib import suppress
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DocumentInvalid, InvalidInput
from sharing.usage.log import read_log

ZONE = ZoneInfo("Asia/Shanghai")
NINE = datetime(2026, 3, 2, 1, tzinfo=UTC)
HASH = "0f" * 32


def read(text):
    return read_log(text.splitlines(keepends=True), ZONE)


@pytest.mark.parametrize(
    "heading",
    ["at,rows", "Time,Row Count", "使用时间,行数", '"timestamp","ROW_COUNT"', " AT ,rows ", "moment,记录数"],
)  # fmt: skip
def test_headings_are_known_in_many_words(heading):
    [record] = read(f"{heading}\n2026-03-02 09:00:00,4\n")
    assert (record.at, record.day, record.rows, record.line) == (NINE, date(2026, 3, 2), 4, 2)


@pytest.mark.parametrize(
    ("at", "moment"),
    [
        ("2026-03-02T09:00:00+08:00", NINE),
        ("2026-03-02T01:00:00Z", NINE),
        ("20260302T090000", NINE),
        ("2026-03-02", None),
        ("2026-03-02T23:59:59.999999-12:00", datetime(2026, 3, 3, 11, 59, 59, 999999, UTC)),
    ],
)
def test_a_moment_is_one_of_iso_8601_in_the_city_unless_it_names_its_zone(at, moment):
    [record] = read(f"at,rows\n{at},4\n")
    assert record.at == moment


def test_what_else_a_log_holds_is_left_alone():
    text = 'who,at,rows,why\n王芳,2026-03-02 09:00:00,4,"=HYPERLINK(""x"")\nmore"\n'
    [record] = read(text)
    assert (record.rows, record.line) == (4, 3)
    assert "HYPERLINK" not in str(record)


def test_json_lines_are_read_as_well():
    lines = [
        {"moment": "2026-03-02T09:00:00", "rows": 4, "id": "q1", "by": {"x": [1]}},
        {"at": "2026-03-02", "bytes": "10", "sha256": HASH.upper(), "rows": None},
    ]
    first, second = read("\n".join(["", *map(json.dumps, lines), ""]))
    assert (first.at, first.rows, first.id, first.stated) == (NINE, 4, "q1", ("rows",))
    assert (second.bytes, second.sha256, second.rows) == (10, HASH, None)


def test_a_log_without_uses_is_one():
    assert read("at,rows\n") == []
    assert read("\n at,rows\n\n,\n\n") == []
    with pytest.raises(DocumentInvalid) as caught:
        read("\nat,rows\n,1\n")
    assert [problem.line for problem in caught.value.problems] == [3]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the log is empty"),
        ("\n \n", "the log is empty"),
        ("at\n", "no heading for what"),
        ("rows\n1\n", r"no heading for when \(at\)"),
        ("a,b\n1,2\n", "no heading for when .* and what"),
        ("at,time,rows\n", "two headings for at"),
        ('at,rows\n"2026', "no CSV at line 2"),
        ("[1,2]\n", "no heading for when"),
        ('{"rows": 1}\n', "no heading for when"),
    ],
)
def test_what_is_no_log_is_said(text, said):
    with pytest.raises(InvalidInput, match=said) as caught:
        read(text)
    assert caught.value.hint


BAD = [
    ("2026-13-01,1,,,", "at is '2026-13-01'"),
    ("today,1,,,", "at is 'today'"),
    (",1,,,", "at is ''"),
    ("9999-12-31,1,,,", "at is '9999-12-31', which is not in this century"),
    ("1999-12-31,1,,,", "not in this century"),
    ("0001-01-01T00:00:00+14:00,1,,,", "at is '0001"),
    ("2026-03-02,-1,,,", "rows is '-1', no whole number from 0 on"),
    ("2026-03-02,1.0,,,", "rows is '1.0'"),
    ("2026-03-02,٣,,,", "rows is '٣'"),
    ("2026-03-02,1_000,,,", "rows is '1_000'"),
    ("2026-03-02,99999999999999999,,,", "rows is '9"),
    ("2026-03-02,,0x10,,", "bytes is '0x10'"),
    ("2026-03-02,,,abc,", "sha256 is 'abc', no 64 hexadecimal digits"),
    ("2026-03-02,,,,=cmd()", "id is '=cmd()', not up to"),
    ("2026-03-02,,,,-1+1", "id is '-1+1', not up to"),
    ("2026-03-02,,,," + "a" * 101, "id is 'a"),
    ("2026-03-02,,,,", "states no rows, bytes, sha256 or id"),
    ("2026-03-02,1", "2 cells under 5 headings"),
]


@pytest.mark.parametrize(("line", "said"), BAD)
def test_a_line_that_is_wrong_is_named(line, said):
    text = f"at,rows,bytes,sha256,id\n2026-03-02,1,,,\n{line}\n2026-03-02,1,,,\n"
    with pytest.raises(DocumentInvalid) as caught:
        read(text)
    [problem] = caught.value.problems
    assert problem.line == 3
    assert said in problem.message


def test_every_wrong_line_is_told():
    lines = "".join(f"2026-03-02,-{number}\n" for number in range(1, 101))
    with pytest.raises(DocumentInvalid, match="has 100 lines that") as caught:
        read(f"at,rows\n{lines}")
    assert [problem.line for problem in caught.value.problems] == list(range(2, 102))


@pytest.mark.parametrize(
    "line", ["[1]", "1", "nonsense", '{"at": "2026-03-02", "rows": true}', "[" * 100_000,
             '{"at": 5, "rows": 1}', '{"at": "2026-03-02", "rows": 1.5}', '{"at": "2026-03-02", "rows": NaN}']
)  # fmt: skip
def test_a_line_of_json_that_is_wrong_is_named(line):
    with pytest.raises(DocumentInvalid, match="has 1 line that") as caught:
        read(f'{{"at": "2026-03-02", "rows": 1}}\n{line}\n')
    assert [problem.line for problem in caught.value.problems] == [2]


@given(st.text(max_size=60), st.booleans())
def test_whatever_is_in_a_log_it_is_read_or_refused(text, headed):
    with suppress(InvalidInput):
        read(f"at,rows,id\n{text}" if headed else text)
