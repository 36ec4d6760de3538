"""Every definition runs on both databases, and says the same of rows and of numbers."""

from __future__ import annotations

import pytest

from rates.definitions import list_rates
from rates.model import GroupBy
from tests.rates.city import QUERY, City

RATES = [rate.definition.id for rate in list_rates()]


@pytest.mark.parametrize("rate", RATES)
def test_an_empty_city_has_no_rate_and_no_rows(city: City, rate: str) -> None:
    [count] = city.count(rate, QUERY)
    assert (count.n, count.base, count.excluded, count.spread) == (0, 0, {}, None)
    assert city.members(rate, QUERY) == []
    assert city.count(rate, QUERY, GroupBy.DEPARTMENT) == []
