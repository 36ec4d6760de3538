"""From a file to typed Parquet: the same rows, in order, each cell read or kept as unread text."""

import csv
import datetime as dt
import hashlib
import io
import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.plan import Column, ColumnType
from catalog.source import delimited
from catalog.source.sniff import identify
from catalog.source.staging import original_texts, stage
from core.child import Limits, run_child
from core.errors import (
    DocumentInvalid,
    EngineFailed,
    InvalidInput,
    NotFound,
    StorageUnavailable,
)

REAL = Path("tests/data/sources")
T = ColumnType
NUMBERS = ("AQI", "PM2.5", "PM10", "CO", "NO2", "O3_1h", "O3_8h", "SO2")
AIR = (
    Column("date", T.DATE, ("Date",), "%Y%m%d"),
    Column("hour", T.INTEGER, ("Hour",)),
    Column("station", T.STRING, ("WatchPoint",)),
    Column("level", T.STRING, ("Level",)),
    Column("pollutant", T.STRING, ("PrimaryPollution",)),
    *(Column(name.lower(), T.NUMBER, (name,)) for name in NUMBERS),
)
AB = (Column("a", T.INTEGER, ("a",)), Column("b", T.STRING, ("b",)))


def moment(day, hour, minute):
    return dt.datetime.combine(dt.date(2020, 1, day), dt.time(hour, minute))


@pytest.fixture
def deliver(tmp_path):
    """Stage a file, or bytes, and give back the rows, the unread cells and the scan."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    def run(content, columns=AB, *, name="in.csv", encoding=None, sheet="", **options):
        path = content
        if not isinstance(content, Path):
            path = tmp_path / name
            path.write_bytes(content)
        text = scratch / "utf8"
        source = identify(path, encoding=encoding, text=text, sheet=sheet)
        scan = stage(source, columns, tmp_path / "out.parquet", scratch, **options)
        rows = pq.read_table(scan.files[0]).to_pylist()
        unread = pq.read_table(scan.unread).to_pylist() if scan.unread else []
        assert scan.rows == len(rows)
        assert all(list(row) == [column.name for column in columns] for row in rows)
        run.source, run.scratch = source, scratch
        return [tuple(row.values()) for row in rows], [tuple(cell.values()) for cell in unread]

    return run


def test_the_air_of_shenzhen(deliver):
    rows, unread = deliver(REAL / "shenzhen-air.csv", AIR)
    with (REAL / "shenzhen-air.csv").open(encoding="utf-8", newline="") as file:
        original = list(csv.DictReader(file))
    assert len(rows) == len(original) == 1287
    assert rows[0][:4] == (dt.date(2020, 4, 2), 8, "荔园", "良")
    assert [row[2] for row in rows] == [row["WatchPoint"] or None for row in original]
    expected = [
        (name.lower(), number, row[name])
        for number, row in enumerate(original, start=1)
        for name in NUMBERS
        if row[name] == "NaN"
    ]
    assert sorted(unread) == sorted(expected)
    number, text = unread[0][1], original[unread[0][1] - 1]
    texts = original_texts(deliver.source, AIR, [number, 3], deliver.scratch)
    assert sorted(texts) == sorted({number, 3})
    assert texts[number]["station"] == text["WatchPoint"]
    assert texts[number]["aqi"] == text["AQI"]


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("areas.gb18030.csv", "gb18030"), ("tainan.big5.csv", "big5hkscs"),
     ("local-governments.sjis.csv", "cp932")],
)  # fmt: skip
def test_other_encodings_lose_nothing(name, encoding, deliver):
    with (REAL / name).open(encoding=encoding, newline="") as file:
        heading, *original = list(csv.reader(file))
    columns = tuple(Column(f"c{n}", T.STRING, (title,)) for n, title in enumerate(heading))
    rows, unread = deliver(REAL / name, columns)
    assert rows == [tuple(cell or None for cell in row) for row in original]
    assert unread == []


def test_keys_that_differ_only_in_case_are_columns_of_their_own(deliver):
    columns = (Column("b", T.STRING, ("b",)), Column("A_2", T.STRING, ("A_2",)), AB[0])
    rows, _ = deliver(b'[{"a": 1, "A": "x", "b": "y"}, {"A": "z"}]', columns, name="in.json")
    assert rows == [("y", "x", 1), (None, "z", None)]


def test_a_file_without_a_heading(deliver):
    columns = tuple(
        Column(name, T.STRING, (name,)) for name in ("line", "name", "position", "station", "code")
    )
    rows, _ = deliver(REAL / "metro.gb18030.csv", columns, header=False)
    assert len(rows) == 215
    assert rows[0] == ("1", "地铁1号线", "1", "罗湖", "0101")
    with pytest.raises(InvalidInput, match="no wanted column") as caught:
        deliver(REAL / "metro.gb18030.csv", columns)
    assert "--no-header" in caught.value.hint


def test_clean_columns_are_never_read_twice(deliver):
    rows, unread = deliver(b"a,b\n1,x\n2,y\n")
    assert (rows, unread) == ([(1, "x"), (2, "y")], [])
    assert not (deliver.scratch / "unread.parquet").exists()


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("inner", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_breaks_in_the_first_record_are_no_line_ends(end, inner, header, deliver):
    columns = (Column("a", T.STRING, ("a",)), Column("b", T.STRING, (f"b{inner}c",)))
    text = f'a,"b{inner}c"{end}1,"x{inner}y"{end}3,4{end}'
    rows, _ = deliver(text.encode(), columns, header=header)
    below = [("1", f"x{inner}y"), ("3", "4")]
    assert rows == (below if header else [("a", f"b{inner}c"), *below])


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("ends", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("header", [True, False])
def test_line_ends_and_marks(mark, ends, header, deliver):
    lines = [b"a,b"] * header + [b"1,x", b"", b'2,"y ""z"", w"', b"3,"]
    content = mark + ends.join(lines) + ends
    assert deliver(content, header=header)[0] == [(1, "x"), (2, 'y "z", w'), (3, None)]


def test_line_ends_of_several_kinds_are_read_all_the_same(deliver):
    content = b"a,b\r\n1,x\n2,y\rn,z\r\n"
    rows, unread = deliver(content)
    assert rows == [(1, "x"), (2, "y"), (None, "z")]
    assert unread == [("a", 3, "n")]
    texts = original_texts(deliver.source, AB, [3, 1], deliver.scratch)
    assert texts == {1: {"a": "1", "b": "x"}, 3: {"a": "n", "b": "z"}}


def test_line_breaks_within_quotes_belong_to_the_cell(deliver):
    rows, unread = deliver(b'a,b\n1,"x\ny\r\nz\rw"\nbad,"\n"\n')
    assert rows == [(1, "x\ny\r\nz\rw"), (None, "\n")]
    assert unread == [("a", 2, "bad")]


def test_strings_are_kept_as_they_are(deliver):
    rows, _ = deliver('a,b\n 1 ,  两 \n2,""\n3,\n4,NULL\n'.encode())
    assert rows == [(1, "  两 "), (2, None), (3, None), (4, "NULL")]


def test_ragged_records_are_named(deliver, tmp_path):
    content = b'a,b\n1,"x\ny"\n2\n3,y,z\n4,y,,\n\n5,w\n6\n7\n8\n'
    with pytest.raises(DocumentInvalid) as caught:
        deliver(content)
    assert str(caught.value) == (
        "in.csv: 5 of 9 records do not have 2 fields: line 4 (1 fields instead of 2), "
        "line 5 (3 fields instead of 2), line 9 (1 fields instead of 2) ..."
    )
    assert [problem.line for problem in caught.value.problems] == [4, 5, 9, 10, 11]
    assert not (tmp_path / "out.parquet").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'a,b\n1,x\n2,"y\n3,z\n', "line 3: a quote is opened and never closed"),
        (b'a,b\n1,x\n2,"y"z\n3,z\n', "line 3: there is text after a closing quote"),
        (b"a,b\n1," + b"x" * (100 << 20) + b"\n", "line 2: the record is longer than 16 MB"),
        (b"a,b\n1,x\n2," + b"y" * (17 << 20) + b"\n", "line 3: the record is longer than 16 MB"),
        (b"a,b\n1," + b"x" * (40 << 20), "line 2: the record is longer than 16 MB"),
        (b'a,b\n1,"' + b"x\n" * (20 << 20) + b'"\n', "line 2: the record is longer than 16 MB"),
        (b"y" * (2 << 20), "line 1: it is longer than 1,048,576 characters"),
        (b",".join([b"a"] * 100_000) + b"\n1\n", "line 1: there are more than 5,000 columns"),
        (b",".join([b"a"] * 10**6) + b"\n1\n", "line 1"),
        (b"a,b\n", None),
        (b"a,b", None),
        (b"a,b\na,b\n1,2\n", "line 2: this is a second heading"),
        (b"[]", "in.csv holds no records"),
        (b"a,b,c\n1,2,3\n", "column 'c' is not in the contract"),
        (b"a\n1\n", "column 'b' is missing"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_wrong_is_said_with_its_place(content, words, deliver):
    if words is None:
        assert deliver(content) == ([], [])
        return
    with pytest.raises(InvalidInput, match=words) as caught:
        deliver(content)
    assert str(caught.value).startswith("in.csv")
    assert caught.value.hint


def test_extra_columns_can_be_left_out(deliver):
    rows, unread = deliver(b"x,b,a\n?,y,1\n?,z,n\n", ignore_extra=True)
    assert rows == [(1, "y"), (None, "z")]
    assert unread == [("a", 2, "n")]


def test_names_are_only_names(deliver):
    evil = "x\" FROM (SELECT 1)) TO '/tmp/x'; DROP TABLE t; --"
    columns = (Column(evil, T.INTEGER, ("a",)), Column("It's", T.DATE, ("b",), "%Y'%m'%d"))
    rows, unread = deliver(b"a,b\n1,2020'01'02\n'n,x\n", columns)
    assert rows == [(1, dt.date(2020, 1, 2)), (None, None)]
    assert sorted(unread) == sorted([(evil, 2, "'n"), ("It's", 2, "x")])


def test_a_bad_pattern_or_twin_columns_are_refused(deliver):
    with pytest.raises(InvalidInput, match="column 'a': '%Q' is not a date pattern"):
        deliver(b"a\n1\n", (Column("a", T.DATE, ("a",), "%Q"),))
    with pytest.raises(InvalidInput, match="column 'a' occurs twice"):
        deliver(b"a,b\n1,2\n", (Column("a", T.DATE, ("a",)), Column("A", T.DATE, ("b",))))


def test_a_full_disk_is_said_so(tmp_path):
    path = tmp_path / "in.csv"
    path.write_bytes(b"a,b\n" + b"1,x\n" * 1000)
    target = tmp_path / "full.parquet"
    target.symlink_to("/dev/full")
    with pytest.raises(StorageUnavailable, match=f"the disk of {tmp_path.parent} is full"):
        stage(identify(path), AB, target, tmp_path)


def stage_in_child(job, report):
    scratch = Path(job["scratch"])
    source = identify(scratch / "in.csv")
    target = scratch / "out.parquet"
    scan = stage(source, AB, target, scratch, memory_mb=job["memory_mb"], on_progress=report)
    return {"rows": scan.rows}


@pytest.mark.parametrize(
    ("limits", "memory_mb", "words"),
    [
        (Limits(file_mb=1), 512, "larger than it may"),
        (Limits(memory_mb=600), 512, "memory"),
        (Limits(), 1, "memory"),
        (Limits(), 512, None),
    ],
)
def test_staging_keeps_within_the_limits_of_its_child(limits, memory_mb, words, tmp_path):
    lines = "".join(f"{n},{hashlib.sha256(b'%d' % n).hexdigest()}\n" for n in range(200_000))
    (tmp_path / "in.csv").write_text("a,b\n" + lines, encoding="ascii")
    job = {"scratch": str(tmp_path), "memory_mb": memory_mb}
    task = f"{__name__}:stage_in_child"
    if words is None:
        assert run_child(task, job, limits) == {"rows": 200_000}
        return
    with pytest.raises(EngineFailed, match=words) as caught:
        run_child(task, job, limits)
    assert "\n" not in str(caught.value)
    assert caught.value.hint
    assert [path.name for path in tmp_path.glob("*.parquet")] == []


def test_progress_ends_at_the_end(deliver):
    seen = []
    deliver(b"a,b\n1,x\nn,y\n", on_progress=lambda stage, part: seen.append((stage, part)))
    assert ("convert", 1.0) in seen
    assert seen[-1] == ("unread cells", 1.0)


TABLE = [
    {"a": 1, "b": "x, y"},
    {"a": None, "b": ' "é" '},
    {"b": "两\n三"},
    {"a": "n", "b": ""},
    {"a": True, "b": {"k": [1, 2.5]}},
]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(TABLE, indent=1),
        json.dumps(TABLE, ensure_ascii=False),
        "\n".join(json.dumps(row) for row in TABLE) + "\n\n",
        json.dumps({"total": 5, "page": 1, "data": TABLE, "tags": ["x"]}),
        "\ufeff" + json.dumps(TABLE),
    ],
)
def test_json_of_every_shape(content, deliver):
    rows, unread = deliver(content.encode(), name="in.json")
    assert rows == [
        (1, "x, y"),
        (None, ' "é" '),
        (None, "两\n三"),
        (None, None),
        (None, '{"k": [1, 2.5]}'),
    ]
    assert unread == [("a", 4, "n"), ("a", 5, "true")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('[{"a": 1, "b": 2},\n {"a": 1, "b": }]', "line 2: this is not JSON"),
        ('[{"a": 1, "b": 2},\n {"a": 1', "line 2: this is not JSON"),
        ('{"a": 1, "b": 2}\n{"a": 1,\n', "line 2: this is not JSON"),
        ('[{"a": 1, "b": 2}, 7]', "item 2 is not an object"),
        ('[{"a": 1, "a": 2}]', "the key 'a' twice"),
        ('[{"a": 1, "c": 2}]', "column 'b' is missing"),
        ('[{"a": 1, "b": 2, "c": 3}]', "column 'c' is not in the contract"),
        ('{"p": [{"a": 1}], "q": [{"a": 1}]}', "several arrays of objects: p, q"),
        ('[{"a": 1, "b": "x\\u0000"}]', "item 1 holds a character that is not text"),
        ('[{"a": 1, "b": "\\ud800"}]', "item 1 holds a character that is not text"),
        ('[{"a": ' + "[" * 200_000, "nested too deeply"),
        ('[{"a": 1, "b": "' + "x" * (5 << 20) + '"}]', "item 1 is longer than 4 million"),
    ],
)
def test_json_that_is_no_table(content, words, deliver):
    with pytest.raises(InvalidInput, match=words):
        deliver(content.encode(), name="in.json")


def test_long_json_is_read_piece_by_piece(deliver):
    rows = [{"a": n, "b": "x" * 50} for n in range(50_000)]
    found, _ = deliver(json.dumps(rows).encode(), name="in.json")
    assert [row[0] for row in found] == list(range(50_000))


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as workbook:
        workbook.add_worksheet("空表").write_row(0, 0, ["a"])
        sheet = workbook.add_worksheet("数据")
        sheet.write_row(0, 0, ["n", "d", "t", "s", "b", "x"])
        sheet.write_row(1, 0, [1, dt.date(2020, 1, 2), moment(2, 3, 4), "一", True])
        sheet.write_row(1, 5, [0.1])
        sheet.write_row(3, 0, ["bad", "2020-01-02", "", "007", False, -2.5])
    return path


BOOK = (
    Column("n", T.INTEGER, ("n",)),
    Column("d", T.DATE, ("d",)),
    Column("t", T.TIMESTAMP, ("t",)),
    Column("s", T.STRING, ("s",)),
    Column("b", T.BOOLEAN, ("b",)),
    Column("x", T.NUMBER, ("x",)),
)


def test_excel(book, deliver):
    rows, unread = deliver(book, BOOK, sheet="数据")
    assert rows == [
        (1, dt.date(2020, 1, 2), moment(2, 3, 4), "一", True, Decimal("0.1")),
        (None, dt.date(2020, 1, 2), None, "007", False, Decimal("-2.5")),
    ]
    assert unread == [("n", 2, "bad")]
    with pytest.raises(NotFound, match="no sheet 'none'"):
        deliver(book, BOOK, sheet="none")
    with pytest.raises(InvalidInput, match="is no Excel file, so it has no sheet '一月'"):
        deliver(b"a,b\n1,2\n", sheet="一月")
    with pytest.raises(InvalidInput, match="no wanted column"):
        deliver(book, BOOK)


def test_a_damaged_workbook(book, deliver):
    with pytest.raises(InvalidInput, match="damaged zip archive"):
        deliver(book.read_bytes()[:500], BOOK)


def parquet(path, table):
    pq.write_table(table, path)
    return path


def test_parquet_of_other_types(deliver, tmp_path):
    midnight = dt.datetime(2020, 1, 2, tzinfo=dt.UTC)
    table = pa.table(
        {
            "n": pa.array([1.0, None, 2.5]),
            "d": pa.array([midnight, None, midnight + dt.timedelta(hours=1)]),
            "t": pa.array(["2020-01-02T03:04:00+08:00", "", "x"]),
            "s": pa.array([7, 8, None], pa.uint64()),
            "b": pa.array([True, None, False]),
            "x": pa.array(["1.5", "NaN", None]).dictionary_encode(),
        }
    )
    rows, unread = deliver(parquet(tmp_path / "in.parquet", table), BOOK)
    assert rows == [
        (1, dt.date(2020, 1, 2), moment(1, 19, 4), "7", True, Decimal("1.5")),
        (None, None, None, "8", None, None),
        (None, None, None, None, False, None),
    ]
    assert sorted(unread) == sorted(
        [("n", 3, "2.5"), ("d", 3, "2020-01-02 01:00:00"), ("t", 3, "x"), ("x", 2, "NaN")]
    )


def test_a_pattern_is_not_asked_of_a_real_date(deliver, tmp_path):
    table = pa.table({"d": pa.array([dt.date(2020, 1, 2)])})
    column = Column("day", T.DATE, ("d",), "%d/%m/%Y")
    assert deliver(parquet(tmp_path / "in.parquet", table), (column,))[0] == [
        (dt.date(2020, 1, 2),)
    ]


def test_parquet_that_is_no_table(deliver, tmp_path):
    nested = pa.table({"a": [1], "b": [{"k": [1]}]})
    path = parquet(tmp_path / "in.parquet", nested)
    with pytest.raises(InvalidInput, match="column 'b' is nested"):
        deliver(path)
    with pytest.raises(InvalidInput, match="damaged or incomplete"):
        deliver(path.read_bytes()[:-20], name="cut.parquet")
    path = parquet(tmp_path / "in.parquet", pa.table({"a": [1], "b": [b"\xff"]}))
    with pytest.raises(InvalidInput, match="column 'b' holds bytes"):
        deliver(path)


def test_a_parquet_bomb_is_not_unpacked(deliver, tmp_path):
    words = pa.DictionaryArray.from_arrays(
        pa.array([0] * 20_000, pa.int32()), pa.array(["x" * (1 << 20)])
    )
    path = parquet(tmp_path / "in.parquet", pa.table({"a": range(20_000), "b": words}))
    assert path.stat().st_size < 1 << 20
    with pytest.raises(InvalidInput, match="decode to 20,971,520,000 bytes of text"):
        deliver(path)


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@settings(deadline=None)
@given(st.lists(st.tuples(cells, cells), max_size=20), st.sampled_from([",", ";", "\t", "|"]))
def test_any_table_survives_csv(tmp_path_factory, records, delimiter):
    folder = tmp_path_factory.mktemp("csv")
    with (folder / "in.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        writer.writerows([("first", "second"), *records])
    columns = tuple(Column(name, T.STRING, (name,)) for name in ("first", "second"))
    source = identify(folder / "in.csv")
    scan = stage(source, columns, folder / "out.parquet", folder, header=True)
    found = [tuple(row.values()) for row in pq.read_table(scan.files[0]).to_pylist()]
    assert found == [(a or None, b or None) for a, b in records]


def test_the_slow_reader_agrees_with_the_fast_one(tmp_path):
    """Where nothing is wrong the plain copy holds the same records."""
    text = (REAL / "shenzhen-air.csv").read_text(encoding="utf-8")
    plain = tmp_path / "plain.csv"
    delimited.rewrite(REAL / "shenzhen-air.csv", plain, "x.csv", 13, ",")
    with plain.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == list(csv.reader(io.StringIO(text, newline="")))
