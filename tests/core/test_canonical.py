import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.canonical import canonical_bytes, content_hash
from core.errors import InvalidInput

scalars = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=30
)


@given(values)
def test_the_bytes_read_back_as_the_same_value(value):
    assert json.loads(canonical_bytes(value)) == value


@given(st.dictionaries(st.text(), values), st.randoms())
def test_the_order_of_keys_does_not_matter(value, random):
    keys = list(value)
    random.shuffle(keys)
    shuffled = {key: value[key] for key in keys}
    assert canonical_bytes(shuffled) == canonical_bytes(value)
    assert content_hash(shuffled) == content_hash(value)


@given(values, values)
def test_values_that_differ_have_bytes_that_differ(one, other):
    # To Python 1 == True; to JSON they are two values.
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (canonical_bytes(one) == canonical_bytes(other)) == same


def test_the_form_is_that_of_rfc_8785():
    value = {"peach": "\u20ac\r\n", "1": [True, None, -7], "\u00e9": {}, "a": "\u5e02"}
    written = '{"1":[true,null,-7],"a":"市","peach":"€\\r\\n","é":{}}'
    assert canonical_bytes(value) == written.encode()


@pytest.mark.parametrize(
    "value", [1.5, {"a": [0, {"b": float("nan")}]}, 2**53, "\ud800", {"\ud800": 1}]
)
def test_what_two_programs_could_write_differently_is_refused(value):
    with pytest.raises(InvalidInput):
        canonical_bytes(value)


def test_the_place_of_a_float_is_named():
    with pytest.raises(InvalidInput, match=r"\$\.a\[1\]\.b"):
        canonical_bytes({"a": [0, {"b": 0.5}]})
