"""A part that is left out holds no row that is looked for: beside DuckDB, on real files."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog import extract as extracting
from catalog.extract import extract, extract_parts
from catalog.plan import Column, ColumnType, ReadPlan
from catalog.predicate import All, Comparison, Not, Operator
from catalog.predicate import Any as AnyOf
from catalog.pruning import may_hold
from catalog.views import Views
from core.errors import InvalidInput

VALUES = {
    "text": (ColumnType.STRING, pa.string(), ["", "a", "é", "中", "y" * 300, "z", None]),
    "number": (ColumnType.INTEGER, pa.int64(), [-3, 0, 7, 2**62, None]),
    "money": (ColumnType.NUMBER, pa.decimal128(38, 9), [Decimal("-1.5"), Decimal(2), None]),
    "ratio": (ColumnType.DOUBLE, pa.float64(), [-1.0, 0.5, float("nan"), float("inf"), None]),
    "day": (ColumnType.DATE, pa.date32(), [dt.date(2020, 1, 1), dt.date(2026, 3, 2), None]),
    "truth": (ColumnType.BOOLEAN, pa.bool_(), [True, False, None]),
}
COLUMNS = tuple(Column(name, kind, (name,)) for name, (kind, _, _) in VALUES.items())
KNOWN = {column.name: column for column in COLUMNS}
SCHEMA = pa.schema([(name, kind) for name, (_, kind, _) in VALUES.items()])
ROWS = st.lists(
    st.fixed_dictionaries({name: st.sampled_from(v) for name, (_, _, v) in VALUES.items()}),
    min_size=1,
    max_size=3,
)
ORDERED = [Operator.EQ, Operator.LT, Operator.LE, Operator.GT, Operator.GE, Operator.NE]


@st.composite
def comparisons(draw):
    name = draw(st.sampled_from(sorted(VALUES)))
    kind, _, values = VALUES[name]
    operators = [Operator.EQ, Operator.NE] if kind is ColumnType.BOOLEAN else ORDERED
    op = draw(st.sampled_from([*operators, Operator.IS_NULL, Operator.NOT_NULL, Operator.IN]))
    if op in (Operator.IS_NULL, Operator.NOT_NULL):
        return Comparison(name, op)
    plain = [v for v in values if v is not None and str(v) not in ("nan", "inf")]
    chosen = draw(st.lists(st.sampled_from(plain), min_size=1, max_size=2))
    constants = tuple(v if isinstance(v, str | int) else str(v) for v in chosen)
    return Comparison(name, op, constants if op is Operator.IN else constants[:1])


PREDICATES = st.recursive(
    comparisons(),
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=3).map(lambda found: All(tuple(found))),
        st.lists(parts, min_size=1, max_size=3).map(lambda found: AnyOf(tuple(found))),
        parts.map(Not),
    ),
    max_leaves=4,
)


def view(tmp_path, rows, name="a" * 64):
    source = tmp_path / "source.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), source)
    views = Views(tmp_path / "views")
    plan = ReadPlan(tuple(VALUES))

    def make(folder):
        extract_parts([str(source)], plan, COLUMNS, folder)

    return views, views.get(name, make)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=ROWS, predicate=PREDICATES, number=st.integers(0, 2**60))
def test_what_is_left_out_holds_nothing_that_is_looked_for(tmp_path, rows, predicate, number):
    _, [part] = view(tmp_path, rows, f"{number:064x}")
    if any(may_hold(predicate, KNOWN, group) for group in part.groups()):
        return
    plan = ReadPlan(tuple(VALUES), rows=predicate)
    found = extract([str(part.path)], plan, COLUMNS, tmp_path / "found.parquet", fmt="parquet")
    assert found.rows == 0


def test_groups_are_left_out_by_what_is_in_them(tmp_path):
    rows = [
        {"text": "m", "number": 5, "money": None, "ratio": 1.0, "day": None, "truth": True},
        {"text": "p", "number": 9, "money": None, "ratio": 1.0, "day": None, "truth": True},
    ]
    _, [part] = view(tmp_path, rows)
    [group] = part.groups()

    def held(column, op, *values):
        return may_hold(Comparison(column, Operator(op), values), KNOWN, group)

    assert [held("number", op, 5) for op in ("lt", "le", "eq", "ge", "gt", "ne")] == [
        False, True, True, True, True, True,
    ]  # fmt: skip
    assert not held("number", "in", 4, 10)
    assert held("number", "in", 4, 7)
    assert not held("text", "eq", "q")
    assert not held("money", "eq", "1")
    assert held("money", "is_null")
    assert not held("text", "is_null")
    assert held("ratio", "eq", "7")  # a float may be no number: nothing is known
    assert held("text", "starts_with", "x")
    with pytest.raises(InvalidInput):
        held("number", "eq", "many")
    with pytest.raises(KeyError):
        held("nothing", "eq", "x")


def test_a_view_of_many_rows_is_several_files_in_their_order(tmp_path, monkeypatch):
    monkeypatch.setattr(extracting, "PART_BYTES", 1 << 17)
    source = tmp_path / "numbers.parquet"
    pq.write_table(pa.table({"number": range(700_000)}), source)
    columns = (Column("number", ColumnType.INTEGER, ("number",)),)
    views = Views(tmp_path / "views")

    def make(folder):
        extract_parts([str(source)], ReadPlan(("number",)), columns, folder)

    parts = views.get("b" * 64, make)
    assert len(parts) > 2
    numbers = [n for part in parts for n in pq.read_table(part.path)["number"].to_pylist()]
    assert numbers == list(range(700_000))
    assert [part.rows for part in parts] == [pq.read_metadata(p.path).num_rows for p in parts]
    assert [views.find(part.name) for part in parts] == [part.path for part in parts]
    one = Comparison("number", Operator.EQ, (650_000,))
    known = {"number": columns[0]}
    held = [any(may_hold(one, known, group) for group in part.groups()) for part in parts]
    assert held == [False] * (len(parts) - 1) + [True]
    again = views.get("b" * 64, make)
    assert again == parts
    for strange in ("b" * 64, f"{'b' * 64}-99", f"{'b' * 64}-00", "../etc", f"{'b' * 63}/-0"):
        assert views.find(strange) is None


def test_a_view_without_rows_is_one_file(tmp_path):
    nothing = Comparison("number", Operator.EQ, (12345,))
    source = tmp_path / "source.parquet"
    pq.write_table(pa.Table.from_pylist([], schema=SCHEMA), source)
    folder = tmp_path / "empty"
    extract_parts([str(source)], ReadPlan(tuple(VALUES), rows=nothing), COLUMNS, folder)
    assert [pq.read_metadata(path).num_rows for path in folder.iterdir()] == [0]
