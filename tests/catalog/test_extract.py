"""What a reader gets: the granted rows and columns, and not one byte of the rest."""

import base64
import csv
import datetime as dt
import hashlib
import json
import operator
import os
import signal
import tempfile
import threading
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.extract import MAX_TALLIED, extract, tally
from catalog.plan import Column, ColumnType, ReadPlan
from catalog.predicate import All, Comparison, Not, Operator
from catalog.predicate import Any as AnyOf
from catalog.source.connection import connect, run
from core.errors import InvalidInput, NotFound, StorageUnavailable

T = ColumnType
COLUMNS = (
    Column("s", T.STRING, ("s",)),
    Column("i", T.INTEGER, ("i",)),
    Column("n", T.NUMBER, ("n",)),
    Column("x", T.DOUBLE, ("x",)),
    Column("b", T.BOOLEAN, ("b",)),
    Column("d", T.DATE, ("d",), "%d.%m.%Y"),
    Column("c", T.TIME, ("c",)),
    Column("t", T.TIMESTAMP, ("t",)),
)
SCHEMA = pa.schema(
    [
        ("s", pa.string()),
        ("i", pa.int64()),
        ("n", pa.decimal128(38, 9)),
        ("x", pa.float64()),
        ("b", pa.bool_()),
        ("d", pa.date32()),
        ("c", pa.string()),
        ("t", pa.timestamp("us")),
    ]
)
NOON = dt.datetime.combine(dt.date(2020, 1, 2), dt.time(12))

VALUES = {
    "s": st.sampled_from(["", "a", "b", "深圳", "深圳市", "Z"]).filter(bool),
    "i": st.integers(-2, 2) | st.sampled_from([2**63 - 1, -(2**63)]),
    "n": st.sampled_from([Decimal(text) for text in ("-1", "0", "0.000000001", "1.5", "1e28")]),
    "x": st.sampled_from([-1.5, 0.0, 0.1, 1e300]),
    "b": st.booleans(),
    "d": st.sampled_from([dt.date(1, 1, 1), dt.date(2020, 1, 2), dt.date(9999, 12, 31)]),
    "c": st.sampled_from(["00:00:00", "08:30:00", "08:30:00.5"]),
    "t": st.sampled_from([NOON, NOON + dt.timedelta(microseconds=1), NOON.replace(year=1)]),
}
rows_of_all = st.lists(
    st.fixed_dictionaries({name: st.none() | value for name, value in VALUES.items()}), max_size=12
)


def as_scalar(value):
    return value if isinstance(value, str | int) else str(value)


@st.composite
def comparisons(draw):
    name = draw(st.sampled_from(sorted(VALUES)))
    none = set() if name in {"s", "i"} else {Operator.STARTS_WITH}
    op = draw(st.sampled_from([op for op in Operator if op not in none]))
    if op is Operator.STARTS_WITH:
        prefix = str(draw(VALUES[name]))[: draw(st.integers(1, 3))]
        return Comparison(name, op, (prefix,)), [prefix]
    few = {Operator.IS_NULL: 0, Operator.NOT_NULL: 0, Operator.IN: 3}.get(op, 1)
    values = draw(st.lists(VALUES[name], min_size=min(few, 1), max_size=few))
    return Comparison(name, op, tuple(as_scalar(value) for value in values)), values


@st.composite
def predicates(draw):
    """A predicate and its naive evaluation: True, False or None for a row."""
    tree = st.recursive(
        comparisons(),
        lambda inner: st.tuples(
            st.sampled_from(["all", "any", "not"]), st.lists(inner, min_size=1, max_size=3)
        ),
        max_leaves=6,
    )
    return build(draw(tree))


def build(node):
    match node:
        case (Comparison() as comparison, values):
            return comparison, lambda row: compare(comparison, values, row)
        case (word, children):
            parts, tests = zip(*(build(child) for child in children), strict=True)
            if word == "not":
                return Not(parts[0]), lambda row: negated(tests[0](row))
            if word == "all":
                return All(parts), lambda row: conjunction(test(row) for test in tests)
            return AnyOf(parts), lambda row: negated(
                conjunction(negated(test(row)) for test in tests)
            )


def compare(comparison, values, row):
    cell = row[comparison.column]
    match comparison.op:
        case Operator.IS_NULL:
            return cell is None
        case Operator.NOT_NULL:
            return cell is not None
    if cell is None:
        return None
    if comparison.op is Operator.IN:
        return cell in values
    if comparison.op is Operator.STARTS_WITH:
        return str(cell).startswith(values[0])
    return getattr(operator, comparison.op.value)(cell, values[0])


def negated(truth):
    return None if truth is None else not truth


def conjunction(truths):
    seen = list(truths)
    if False in seen:
        return False
    return None if None in seen else True


def lake_file(folder, rows, schema=SCHEMA):
    path = Path(folder) / "data.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema), path)
    return str(path)


@settings(deadline=None, max_examples=60)
@given(rows_of_all, predicates(), st.permutations(sorted(VALUES)), st.integers(1, 8))
def test_rows_and_columns_are_those_of_the_plan(rows, predicate, names, width):
    tree, is_true = predicate
    plan = ReadPlan(tuple(names[:width]), tree)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "out.parquet"
        made = extract([lake_file(folder, rows)], plan, COLUMNS, target, fmt="parquet")
        found = pq.read_table(target).to_pylist()
        assert found == [
            {name: row[name] for name in plan.columns} for row in rows if is_true(row) is True
        ]
        raw = target.read_bytes()
        assert (made.rows, made.bytes) == (len(found), len(raw))
        assert made.sha256 == hashlib.sha256(raw).hexdigest()
        assert sorted(path.name for path in Path(folder).iterdir()) == ["data.parquet", target.name]


@settings(deadline=None, max_examples=40)
@given(rows_of_all, predicates(), st.sampled_from(["s", "i"]))
def test_rows_are_tallied_by_a_column(rows, predicate, by):
    tree, is_true = predicate
    expected = {}
    for row in rows:
        code = None if row[by] is None else str(row[by])
        every, chosen = expected.get(code, (0, 0))
        expected[code] = (every + 1, chosen + (is_true(row) is True))
    with tempfile.TemporaryDirectory() as folder:
        assert tally([lake_file(folder, rows)], by, COLUMNS, rows=tree) == expected


def test_what_has_too_many_values_is_no_code_of_an_area(tmp_path):
    path = tmp_path / "many.parquet"
    pq.write_table(pa.table({"i": pa.array(range(MAX_TALLIED + 1), pa.int64())}), path)
    column = Column("i", T.INTEGER, ("i",))
    with pytest.raises(InvalidInput, match="are no codes of areas"):
        tally([str(path)], "i", [column], rows=Comparison("i", Operator.EQ, (1,)))


canaries = st.uuids(version=4).map(lambda number: f"canary-{number.hex}")


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.tuples(st.booleans(), canaries, canaries), min_size=1, max_size=400),
    st.sampled_from(["parquet", "csv", "jsonl"]),
    st.sampled_from([True, False]),
)
def test_nothing_of_what_is_hidden_is_in_the_bytes(records, fmt, dictionary):
    schema = pa.schema(
        [("open", pa.bool_()), ("name", pa.string()), ("hidden", pa.string())],
        metadata={"pandas": json.dumps({"columns": ["hidden"]}), "note": records[0][2]},
    )
    table = pa.Table.from_pylist(
        [dict(zip(schema.names, record, strict=True)) for record in records], schema
    )
    columns = tuple(
        Column(name, kind, (name,))
        for name, kind in zip(schema.names, (T.BOOLEAN, T.STRING, T.STRING), strict=True)
    )
    plan = ReadPlan(("name",), Comparison("open", Operator.EQ, (True,)))
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "data.parquet"
        pq.write_table(table, source, use_dictionary=dictionary, store_schema=True)
        target = Path(folder) / "out"
        extract([str(source)], plan, columns, target, fmt=fmt)
        seen = every_form(target, fmt)
    for is_open, name, hidden in records:
        secrets = [hidden] if is_open else [hidden, name]
        for secret in secrets:
            for form in disguises(secret):
                assert form not in seen
    assert b"hidden" not in seen
    assert all(name.encode() in seen for is_open, name, _ in records if is_open)


def every_form(path, fmt):
    """The bytes of the file, and of its column pages when they are unpacked."""
    raw = path.read_bytes()
    if fmt != "parquet":
        return raw
    plain = pa.BufferOutputStream()
    with pq.ParquetFile(path, read_dictionary=["name"]) as file:
        assert file.metadata.metadata is None
        assert file.schema_arrow.names == ["name"]
        table = file.read()
        for group in range(file.metadata.num_row_groups):
            raw += str(file.metadata.row_group(group).column(0).to_dict()).encode()
    for chunk in table["name"].chunks:
        raw += str(chunk.dictionary.to_pylist()).encode()
    pq.write_table(table, plain, compression="none", use_dictionary=False)
    return raw + plain.getvalue().to_pybytes()


def disguises(secret):
    for raw in (secret.encode(), secret.encode("utf-16-le"), secret.encode("utf-16-be")):
        yield raw
        yield raw.hex().encode()
        yield base64.b64encode(raw).rstrip(b"=")[:-1]


ROW = {
    "s": "=1+1",
    "i": -5,
    "n": Decimal("100.500000000"),
    "x": float("nan"),
    "b": True,
    "d": dt.date(2020, 1, 2),
    "c": "08:30:00",
    "t": NOON + dt.timedelta(milliseconds=500),
}
EVERYTHING = ReadPlan(tuple(ROW))


def test_csv(tmp_path):
    source = lake_file(tmp_path, [ROW, dict.fromkeys(ROW), ROW | {"s": 'x, "y"\nz', "n": 1}])
    extract([source], EVERYTHING, COLUMNS, tmp_path / "out.csv", fmt="csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        heading, first, empty, last = list(csv.reader(file))
    assert heading == list(ROW)
    assert first == [
        *("=1+1", "-5", "100.5", "nan", "true", "2020-01-02", "08:30:00"),
        "2020-01-02T12:00:00.5",
    ]
    assert empty == [""] * 8
    assert (last[0], last[2]) == ('x, "y"\nz', "1")


def test_json_lines(tmp_path):
    source = lake_file(tmp_path, [ROW, dict.fromkeys(ROW)])
    extract([source], EVERYTHING, COLUMNS, tmp_path / "out.jsonl", fmt="jsonl")
    first, empty = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(first, parse_float=Decimal) == ROW | {
        "n": Decimal("100.5"),
        "x": None,
        "d": "2020-01-02",
        "t": "2020-01-02T12:00:00.5",
    }
    assert json.loads(empty) == dict.fromkeys(ROW)


@pytest.mark.parametrize("start", list("=+-@\t\r＝＋－＠"))
def test_formulas_are_defused_for_spreadsheets_only(start, tmp_path):
    source = lake_file(tmp_path, [ROW | {"s": f"{start}cmd"}, ROW | {"s": "safe"}])
    plan = ReadPlan(("s", "i"))
    for safe, expected in ((True, f"'{start}cmd"), (False, f"{start}cmd")):
        target = tmp_path / "out.csv"
        extract([source], plan, COLUMNS, target, fmt="csv", spreadsheet_safe=safe)
        with target.open(encoding="utf-8", newline="") as file:
            assert list(csv.reader(file))[1:] == [[expected, "-5"], ["safe", "-5"]]
    extract([source], plan, COLUMNS, tmp_path / "p", fmt="parquet", spreadsheet_safe=True)
    assert pq.read_table(tmp_path / "p")["s"][0].as_py() == f"{start}cmd"


def test_order_and_several_files(tmp_path):
    schema = pa.schema([("i", pa.int64())])
    files = []
    for part in range(3):
        table = pa.table({"i": range(part * 200_000, (part + 1) * 200_000)}, schema)
        files.append(str(tmp_path / f"{part}.parquet"))
        pq.write_table(table, files[-1])
    plan = ReadPlan(("i",), Comparison("i", Operator.GE, (7,)))
    made = extract(files, plan, COLUMNS, tmp_path / "out", fmt="parquet")
    assert made.rows == 599_993
    assert pq.read_table(tmp_path / "out")["i"].to_pylist() == list(range(7, 600_000))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("i", value) for value in ("x", "1.5", "1_0", 2**63, True, "")),
        *(("n", value) for value in ("NaN", "1e29", "0.0000000001", "1_0", "x", False)),
        *(("x", value) for value in ("nan", "inf", "1_0", "x")),
        *(("b", value) for value in ("maybe", 2, "")),
        *(("d", value) for value in ("02.01.2020", "2020-02-30", "20200102", 7)),
        *(("c", value) for value in ("25:00", "8 o'clock", "08:30+08:00")),
        *(("t", value) for value in ("yesterday", "2020-13-01T00:00:00")),
    ],
)
def test_a_constant_must_fit_its_column(column, value, tmp_path):
    plan = ReadPlan(("s",), Comparison(column, Operator.EQ, (value,)))
    with pytest.raises(InvalidInput, match=f"for column '{column}'") as caught:
        extract([lake_file(tmp_path, [ROW])], plan, COLUMNS, tmp_path / "out", fmt="csv")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("column", "value"),
    [("i", "-5"), ("n", "100.5"), ("n", "1.005e2"), ("b", "true"), ("c", "08:30"),
     ("t", "2020-01-02T20:00:00.5+08:00"), ("d", "2020-01-02")],
)  # fmt: skip
def test_constants_are_read_as_the_column_is(column, value, tmp_path):
    plan = ReadPlan(("s",), Comparison(column, Operator.EQ, (value,)))
    source = lake_file(tmp_path, [ROW])
    assert extract([source], plan, COLUMNS, tmp_path / "out", fmt="csv").rows == 1


def test_names_and_constants_are_never_sql(tmp_path):
    evil = "x\" FROM t; DROP TABLE t; --'"
    schema = pa.schema([(evil, pa.string())])
    source = lake_file(tmp_path, [{evil: evil}, {evil: "other"}], schema)
    plan = ReadPlan((evil,), Comparison(evil, Operator.IN, (evil, "' OR true --")))
    column = (Column(evil, T.STRING, (evil,)),)
    assert extract([source], plan, column, tmp_path / "out", fmt="parquet").rows == 1


def test_what_is_not_there_is_not_found(tmp_path):
    source = lake_file(tmp_path, [ROW])
    for plan in (ReadPlan(("z",)), ReadPlan(("s",), Comparison("z", Operator.IS_NULL))):
        with pytest.raises(NotFound, match="no column 'z'"):
            extract([source], plan, COLUMNS, tmp_path / "out", fmt="csv")
    with pytest.raises(InvalidInput, match="no format 'xml'"):
        extract([source], EVERYTHING, COLUMNS, tmp_path / "out", fmt="xml")
    with pytest.raises(StorageUnavailable, match="out cannot be used: No such file"):
        extract([source], EVERYTHING, COLUMNS, tmp_path / "none" / "out", fmt="csv")


def test_a_failure_leaves_the_old_file(tmp_path):
    target = tmp_path / "out.csv"
    target.write_text("old")
    missing = str(tmp_path / "missing.parquet")
    with pytest.raises(StorageUnavailable):
        extract([missing], EVERYTHING, COLUMNS, target, fmt="csv")
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_the_keyboard_stops_a_query_at_once(tmp_path):
    stop = threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    with connect(tmp_path, 512) as connection:
        stop.start()
        with pytest.raises(KeyboardInterrupt):
            run(connection, "SELECT count(md5(CAST(range AS VARCHAR))) FROM range(10000000000)", [])
        assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_headings_too_are_safe_for_spreadsheets(tmp_path):
    source, target = tmp_path / "in.parquet", tmp_path / "out.csv"
    pq.write_table(pa.table({"=cmd": ["=1"], "b": ["x"]}), source)
    columns = (Column("=cmd", T.STRING, ("=cmd",)), Column("b", T.STRING, ("b",)))
    plan = ReadPlan(columns=("=cmd", "b"), rows=None)
    extract([str(source)], plan, columns, target, fmt="csv", spreadsheet_safe=True)
    assert target.read_text("utf-8") == "'=cmd,b\n'=1,x\n"
    extract([str(source)], plan, columns, target, fmt="csv")
    assert target.read_text("utf-8") == "=cmd,b\n=1,x\n"
