"""What a profile calls an identifier, the contract that is drafted from it accepts."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from catalog.source.identifiers import IDENTIFIERS
from contracts.formats import FORMATS, is_valid

digits = st.text("0123456789", min_size=17, max_size=17)
residents = st.builds(
    lambda area, day, order: area + day + order,
    st.sampled_from(["440305", "110101", "310115", "500103", "830000"]),
    st.dates().map(lambda day: day.strftime("%Y%m%d").zfill(8)),
    st.text("0123456789", min_size=3, max_size=3),
)
organisations = st.builds(
    lambda head, body: head + body,
    st.sampled_from(["11440300", "91440300", "12110000"]),
    st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9),
)


def test_the_identifiers_of_profiles_are_formats_of_contracts():
    assert set(IDENTIFIERS) <= set(FORMATS)


@given(residents | digits)
def test_resident_numbers(body):
    text = body + ric.calc_check_digit(body)
    if IDENTIFIERS["cn-resident-id"](text):
        assert is_valid("cn-resident-id", text)


@given(organisations)
def test_credit_codes(body):
    text = body + uscc.calc_check_digit(body)
    if IDENTIFIERS["cn-uscc"](text):
        assert is_valid("cn-uscc", text)


@given(st.text("0123456789", min_size=1, max_size=12))
@example("440305001")
def test_division_codes(text):
    if IDENTIFIERS["cn-division-code"](text):
        assert is_valid("cn-division-code", text)


@pytest.mark.parametrize("name", sorted(IDENTIFIERS))
def test_nothing_empty_is_an_identifier(name):
    assert not IDENTIFIERS[name]("")
