"""Numbers as they are given out: percentages, n/a, and what stands beside them."""

from __future__ import annotations

from datetime import date

import pytest

from rates import measure
from rates.definitions import find_rate
from rates.model import FunnelCount, RateCount, RateQuery

QUERY = RateQuery(as_of=date(2026, 3, 10))
BESIDE = {"rule_set": "rules", "ledger_size": 7, "ledger_root": "ab"}


def result(rate: str, n: int, base: int):
    count = RateCount(group="env", n=n, base=base, excluded={"exempt": 2})
    (only,) = measure.rate_results(find_rate(rate).definition, QUERY, [count], **BESIDE)
    return only


@pytest.mark.parametrize(
    ("n", "base", "percent"),
    [
        (0, 3, "0.00"),
        (1, 3, "33.33"),
        (2, 3, "66.67"),
        (1, 8, "12.50"),
        (1, 20_000, "0.01"),
        (3, 3, "100.00"),
        (0, 0, None),
    ],
)
def test_a_percentage_has_two_decimals_and_zero_of_zero_has_none(n, base, percent):
    assert result("COL-1", n, base).percent == percent


def test_a_result_carries_what_an_auditor_needs():
    collected = result("COL-1", 1, 3)
    assert collected.definition.name == "COL-1 v1"
    assert (collected.group, collected.n, collected.base) == ("env", 1, 3)
    assert collected.excluded == {"exempt": 2}
    assert (collected.rule_set, collected.ledger_size, collected.ledger_root) == ("rules", 7, "ab")


def test_only_a_base_of_duties_names_its_rules():
    assert not result("SHA-2", 1, 3).rule_set


def test_the_funnel_names_its_stages_in_both_languages():
    count = FunnelCount(reached=(5, 4, 3, 2, 1), outside=9)
    funnel = measure.funnel(QUERY, count, **BESIDE)
    assert [(stage.name, stage.n) for stage in funnel.stages] == [
        ("due", 5),
        ("catalogued", 4),
        ("mounted", 3),
        ("granted", 2),
        ("used", 1),
    ]
    assert funnel.stages[0].title_zh == "应归集"
    assert (funnel.outside, funnel.rule_set, funnel.ledger_size) == (9, "rules", 7)
