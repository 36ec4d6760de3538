"""What a plan gives: masks, secrecy, groups and the reader's own choice, beside plain Python."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections import Counter

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.extract import extract
from catalog.plan import Anonymity, Column, ColumnType, Mask, MaskKind, ReadPlan, Secrecy
from catalog.predicate import Any as AnyOf
from catalog.predicate import Comparison, Operator
from core.errors import Conflict, NotFound

SOURCE = tuple(
    Column(name, kind, (name,))
    for name, kind in (
        ("id", ColumnType.INTEGER),
        ("text", ColumnType.STRING),
        ("group", ColumnType.STRING),
        ("secret", ColumnType.BOOLEAN),
    )
)
KEY = b"a key of thirty-two bytes, or so"
ROWS = [
    {"id": 13800000001, "text": " 王小明 ", "group": "a", "secret": False},
    {"id": 2, "text": "Ａé", "group": "a", "secret": True},
    {"id": None, "text": None, "group": "b", "secret": None},
    {"id": 4, "text": "", "group": "b", "secret": False},
]
ALL = ("id", "text", "group", "secret")
QUICK = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def given_rows(tmp_path, plan, rows=ROWS, *, files=1):
    schema = pa.schema(
        [("id", pa.int64()), ("text", pa.string()), ("group", pa.string()), ("secret", pa.bool_())]
    )
    paths = []
    for number in range(files):
        part = rows[len(rows) * number // files : len(rows) * (number + 1) // files]
        paths.append(str(tmp_path / f"{number}.parquet"))
        pq.write_table(pa.Table.from_pylist(part, schema=schema), paths[-1])
    target = tmp_path / "out.parquet"
    extract(paths, plan, SOURCE, target, fmt="parquet")
    return pq.read_table(target)


def masked(tmp_path, column, kind, head=0, tail=0, rows=ROWS):
    mask = Mask(column=column, kind=MaskKind(kind), head=head, tail=tail)
    table = given_rows(tmp_path, ReadPlan((column,), masks=(mask,), key=KEY), rows)
    return table.column(column)


def test_a_redacted_column_keeps_its_type_and_nothing_else(tmp_path):
    found = masked(tmp_path, "id", "redact")
    assert (found.type, found.to_pylist()) == (pa.int64(), [None] * 4)


def test_a_partial_mask_tells_neither_the_length_nor_what_is_short(tmp_path):
    assert masked(tmp_path, "id", "partial", 3, 4).to_pylist() == [
        "138****0001",
        "****",
        None,
        "****",
    ]
    assert masked(tmp_path, "text", "partial", 1, 0).to_pylist() == [
        " ****",
        "Ａ****",
        None,
        "****",
    ]


@pytest.mark.parametrize("column", ["id", "text"])
def test_a_pseudonym_is_the_hmac_of_the_value(tmp_path, column):
    def expected(value):
        if value is None:
            return None
        text = unicodedata.normalize("NFC", str(value)).strip(" ")
        message = column.encode() + b"\0" + text.encode()
        return hmac.new(KEY, message, hashlib.sha256).hexdigest()[:32]

    found = masked(tmp_path, column, "pseudonym")
    assert found.type == pa.string()
    told = sorted(filter(None, (expected(row[column]) for row in ROWS)))
    assert found.to_pylist() == [*told, None]  # in an order of their own


@QUICK
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), max_size=8))
def test_pseudonyms_are_the_same_where_the_values_are(tmp_path, texts):
    rows = [{"id": 1, "text": text, "group": "g", "secret": False} for text in texts]
    names = masked(tmp_path, "text", "pseudonym", rows=rows).to_pylist()
    same = {unicodedata.normalize("NFC", text).strip(" ") for text in texts}
    assert len(set(names)) == len(same)
    assert all(len(name) == 32 for name in names)


def test_a_flag_that_empties_cells_makes_groups_though_it_is_not_given(tmp_path):
    anonymity = Anonymity(quasi_identifiers=("secret",), k=2, suppress=True)
    secrecy = (Secrecy(flag="secret", columns=("id",)),)
    plan = ReadPlan(("id", "text"), secrecy=secrecy, anonymity=anonymity)
    assert given_rows(tmp_path, plan).num_rows == 2  # the two of which the flag is false


def test_a_cell_is_shown_only_where_the_flag_is_known_to_be_false(tmp_path):
    secrecy = (Secrecy(flag="secret", columns=("id", "text")),)
    found = given_rows(tmp_path, ReadPlan(("id", "text", "group"), secrecy=secrecy))
    assert found.to_pydict() == {
        "id": [13800000001, None, None, 4],
        "text": [" 王小明 ", None, None, ""],
        "group": ["a", "a", "b", "b"],
    }


def test_a_reader_chooses_by_what_is_given_and_not_by_what_is_behind_it(tmp_path):
    mask = Mask(column="text", kind=MaskKind.PARTIAL, head=1, tail=0)
    plan = ReadPlan(
        ("id", "text"), masks=(mask,), secrecy=(Secrecy(flag="secret", columns=("id",)),)
    )

    def chosen(column, value):
        where = Comparison(column, Operator.EQ, (value,))
        table = given_rows(tmp_path, ReadPlan(**_of(plan) | {"where": where}))
        return table.column("id").to_pylist()

    assert chosen("text", " 王小明 ") == []
    assert chosen("text", " ****") == [13800000001]
    assert chosen("id", "2") == []  # it is secret
    for hidden in ("group", "secret", "nothing"):
        with pytest.raises(NotFound):
            chosen(hidden, "a")


def test_a_choice_is_joined_to_the_rows_of_the_plan_as_a_whole(tmp_path):
    rows = AnyOf((Comparison("id", Operator.EQ, (2,)), Comparison("id", Operator.EQ, (4,))))
    where = AnyOf((Comparison("text", Operator.EQ, ("",)), Comparison("id", Operator.NE, (0,))))
    found = given_rows(tmp_path, ReadPlan(("id", "text"), rows=rows, where=where))
    assert found.column("id").to_pylist() == [2, 4]


def test_only_some_columns_may_be_chosen_by_others(tmp_path):
    where = Comparison("group", Operator.EQ, ("a",))
    found = given_rows(tmp_path, ReadPlan(ALL, where=where, only=("text", "id")))
    assert found.to_pydict() == {"id": [13800000001, 2], "text": [" 王小明 ", "Ａé"]}


def _of(plan):
    return {name: getattr(plan, name) for name in ("columns", "rows", "masks", "secrecy")}


def _people(groups):
    return [
        {"id": number, "text": "t", "group": group, "secret": False}
        for number, group in enumerate(groups)
    ]


@QUICK
@given(
    groups=st.lists(st.sampled_from(["a", "b", "c", None]), max_size=40),
    k=st.integers(2, 6),
    files=st.integers(1, 3),
)
def test_what_is_suppressed_are_the_rows_of_small_groups_and_the_order_stays(
    tmp_path, groups, k, files
):
    anonymity = Anonymity(quasi_identifiers=("group",), k=k, suppress=True)
    plan = ReadPlan(("id", "group"), anonymity=anonymity)
    found = given_rows(tmp_path, plan, _people(groups), files=files)
    sizes = Counter(groups)
    assert found.column("id").to_pylist() == [
        number for number, group in enumerate(groups) if sizes[group] >= k
    ]


def test_small_groups_are_refused_where_the_contract_says_so(tmp_path):
    anonymity = Anonymity(quasi_identifiers=("group",), k=3)
    plan = ReadPlan(("id", "group"), anonymity=anonymity)
    with pytest.raises(Conflict, match="fewer than 3 that are alike in group") as refused:
        given_rows(tmp_path, plan, _people("aaabb"))
    assert not (tmp_path / "out.parquet").exists()
    assert "earlier version" in refused.value.hint
    assert given_rows(tmp_path, plan, _people("aaabbb")).num_rows == 6


def test_groups_are_those_that_are_given(tmp_path):
    """Rows of the grant, columns of the grant, as they are masked; the reader's choice is no matter."""
    anonymity = Anonymity(quasi_identifiers=("group", "text", "gone"), k=2, suppress=True)
    rows = [
        {"id": number, "text": text, "group": group, "secret": False}
        for number, (text, group) in enumerate([("x1", "a"), ("x2", "a"), ("y", "b"), ("y", "b")])
    ]

    def ids(columns, **plan):
        found = given_rows(tmp_path, ReadPlan(columns, anonymity=anonymity, **plan), rows)
        return found.column("id").to_pylist()

    assert ids(("id", "group")) == [0, 1, 2, 3]
    assert ids(("id", "group", "text")) == [2, 3]
    first = (Mask(column="text", kind=MaskKind.PARTIAL, head=1),)
    assert ids(("id", "group", "text"), masks=first) == [0, 1, 2, 3]
    away = (Mask(column="text", kind=MaskKind.REDACT),)
    assert ids(("id", "group", "text"), masks=away) == [0, 1, 2, 3]
    one = Comparison("id", Operator.NE, (2,))
    assert ids(("id", "group"), rows=one) == [0, 1]
    chosen_by = Comparison("text", Operator.NE, ("z",))
    assert ids(("id",), rows=chosen_by) == [2, 3]
    assert ids(("id", "group"), where=one) == [0, 1, 3]
    assert ids(("id", "group", "text"), only=("id",)) == [2, 3]
