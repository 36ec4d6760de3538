import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.predicate import (
    MAX_DEPTH,
    MAX_NODES,
    All,
    Any,
    Comparison,
    Not,
    Operator,
    columns_of,
    parse_predicate,
    predicate_json,
)
from core.errors import InvalidInput

values = st.text() | st.integers() | st.booleans()
names = st.text(min_size=1)
comparisons = st.one_of(
    st.builds(
        Comparison,
        names,
        st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]).map(Operator),
        st.tuples(values),
    ),
    st.builds(Comparison, names, st.just(Operator.STARTS_WITH), st.tuples(st.text(min_size=1))),
    st.builds(Comparison, names, st.just(Operator.IN), st.lists(values, min_size=1).map(tuple)),
    st.builds(Comparison, names, st.sampled_from(["is_null", "not_null"]).map(Operator)),
)
predicates = st.recursive(
    comparisons,
    lambda part: st.one_of(
        st.builds(All, st.lists(part, min_size=1, max_size=4).map(tuple)),
        st.builds(Any, st.lists(part, min_size=1, max_size=4).map(tuple)),
        st.builds(Not, part),
    ),
    max_leaves=10,
)


@given(predicates)
def test_a_predicate_comes_back_from_its_json(predicate):
    assert parse_predicate(predicate_json(predicate)) == predicate


def test_every_column_that_is_looked_at_is_named():
    tree = {
        "all": [
            {"column": "a", "op": "eq", "value": 1},
            {"not": {"any": [{"column": "b", "op": "is_null"}]}},
        ]
    }
    assert list(columns_of(parse_predicate(tree))) == ["a", "b"]


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ("1=1; drop table x", "not an object"),
        (None, "not an object"),
        ({"column": "a", "op": "like", "value": "%"}, "unknown operator 'like'"),
        ({"column": "a", "op": "eq"}, "needs a value"),
        ({"column": "a", "op": "is_null", "value": 1}, "takes no value"),
        ({"column": "a", "op": "in", "value": []}, "list of 1 to"),
        ({"column": "a", "op": "starts_with", "value": ""}, "needs a text that is not empty"),
        ({"column": "a", "op": "starts_with", "value": 44}, "needs a text that is not empty"),
        ({"column": "a", "op": "eq", "value": 1.5}, "neither text, integer nor boolean"),
        ({"column": "a", "op": "eq", "value": None}, "neither text, integer nor boolean"),
        ({"column": "a", "op": "eq", "value": {"b": 1}}, "neither text, integer nor boolean"),
        ({"column": "a", "op": "eq", "value": 1, "sql": "x"}, "needs 'column' and 'op'"),
        ({"column": "", "op": "eq", "value": 1}, "not a name"),
        ({"all": []}, "at least one"),
        ({"all": [{"column": "a", "op": "eq", "value": 1}], "any": []}, "needs 'column'"),
        ({"any": [1]}, r"not an object at \$\.any\[0\]"),
    ],
)
def test_what_is_no_predicate_is_refused_at_its_place(tree, said):
    with pytest.raises(InvalidInput, match=said):
        parse_predicate(tree)


def test_depth_and_size_are_bounded():
    deep = {"column": "a", "op": "is_null"}
    for _ in range(MAX_DEPTH):
        deep = {"not": deep}
    with pytest.raises(InvalidInput, match="nested deeper"):
        parse_predicate(deep)
    wide = {"all": [{"column": "a", "op": "is_null"}] * MAX_NODES}
    with pytest.raises(InvalidInput, match="more than"):
        parse_predicate(wide)
