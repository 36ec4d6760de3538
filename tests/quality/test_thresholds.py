"""Operators of the standard, alone and together, and what is wrong with them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from quality.thresholds import Unit, read_threshold

NUMBERS = st.integers(-20, 20)


@pytest.mark.parametrize(
    ("body", "holding", "failing"),
    [
        ({"mustBe": 3}, [3], [2, 4]),
        ({"mustNotBe": 3}, [2, 4], [3]),
        ({"mustBeGreaterThan": 3}, [4], [3, 2]),
        ({"mustBeGreaterOrEqualTo": 3}, [3, 4], [2]),
        ({"mustBeLessThan": 3}, [2], [3, 4]),
        ({"mustBeLessOrEqualTo": 3}, [2, 3], [4]),
        ({"mustBeBetween": [3, 5]}, [3, 4, 5], [2, 6]),
        ({"mustNotBeBetween": [3, 5]}, [2, 6], [3, 4, 5]),
        ({"mustBeGreaterThan": 3, "mustBeLessThan": 5}, [4], [3, 5]),
        ({}, [0], [-1, 1]),
        ({"mustBe": True}, [1], [0]),
        ({"mustBe": 0.1}, [Fraction(1, 10)], [Fraction(1, 11)]),
    ],
)
def test_operators(body, holding, failing):
    threshold = read_threshold(body)
    assert all(threshold.holds(Fraction(value)) for value in holding)
    assert not any(threshold.holds(Fraction(value)) for value in failing)


@given(low=NUMBERS, high=NUMBERS, value=NUMBERS)
def test_too_many_is_a_failure_above_the_upper_end(low, high, value):
    low, high = sorted((low, high))
    threshold = read_threshold({"mustBeBetween": [low, high]})
    assert threshold.exceeded(Fraction(value)) == (value > high)
    least = read_threshold({"mustBeGreaterThan": low})
    assert not least.exceeded(Fraction(value))


@pytest.mark.parametrize(
    ("body", "nothing"),
    [
        ({}, True),
        ({"mustBe": 0, "unit": "percent"}, True),
        ({"mustBeLessOrEqualTo": 0}, True),
        ({"mustBeLessThan": 0}, False),
        ({"mustBeLessThan": 5}, False),
        ({"mustNotBe": 0}, False),
        ({"mustBe": 0, "mustBeGreaterThan": 3}, False),
    ],
)
def test_whether_nothing_at_all_is_allowed(body, nothing):
    assert read_threshold(body).allows_nothing is nothing


def test_units_and_words():
    assert read_threshold({"mustBe": 0, "unit": "Percent"}).unit is Unit.PERCENT
    words = read_threshold({"mustBeBetween": [1, 2.5], "mustNotBe": 2, "unit": "percent"}).words
    assert words == "not 2 % and 1 to 2.5 %"
    assert read_threshold({}).words == "0"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"unit": "furlongs"}, "the unit 'furlongs' is not known"),
        ({"mustBe": "many"}, "'mustBe' takes a number, not 'many'"),
        ({"mustBe": [1, 2]}, "'mustBe' takes one"),
        ({"mustBeBetween": [1]}, "'mustBeBetween' takes two numbers"),
        ({"mustBeBetween": [9, 5]}, "wrong order"),
        ({"mustBe": float("nan")}, "takes a number"),
        ({"mustBe": None}, "takes a number"),
    ],
)
def test_what_is_wrong_is_said(body, reason):
    with pytest.raises(InvalidInput, match=reason):
        read_threshold(body)
