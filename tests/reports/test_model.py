"""A number is the count of the rows that it names, and a report's id is the hash of its content."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from rates.definitions.col_1 import RATE
from rates.model import RateQuery
from rates.model import RateResult as Result
from reports.compose import change
from reports.data import identity_of, to_data
from reports.model import Bar, Bars, Figure, Standing, Text
from tests.rates.city import DAY
from tests.reports.sample import STAGES, funnel, members, report

COL_1 = RATE.definition


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_percentage_is_that_of_the_rates(n, more):
    result = Result(
        definition=COL_1,
        query=RateQuery(as_of=DAY),
        group="",
        n=n,
        base=n + more,
        excluded={},
        spread=None,
        rule_set="",
        ledger_size=0,
        ledger_root="",
    )
    assert Figure(n=n, base=n + more).percent == result.percent


def test_a_worked_example_of_the_reference():
    assert Figure(n=7_972, base=52_346).percent == "15.23"
    assert Figure(n=0, base=0).percent is None


def test_a_tally_counts_departments_and_what_is_left_out():
    rate = members("COL-1", Text.same("rate"), 3, 14)
    tally = rate.tally()
    parts = [tally.figure(code) for code in tally.departments()]
    whole = tally.figure()
    assert sum(part.n for part in parts) == whole.n
    assert sum(part.base or 0 for part in parts) == whole.base == 3 * 12
    assert tally.excluded() == {"exempt": 3, "items_unknown": 3}
    assert rate.left_out() == (6, 3)


def test_a_funnel_narrows():
    stages = funnel(4, 10)
    reached = [stages.tally().figure(stages=tuple(STAGES[at:])).n for at in range(5)]
    assert reached[0] == 40
    assert reached == sorted(reached, reverse=True)
    assert reached[-1] == sum(row.standing is Standing.IN for row in stages.rows)


@pytest.mark.parametrize(
    "figure",
    [
        Figure(n=1, base=2, rows="COL-1"),
        Figure(n=1, base=2, rows="NONE-1"),
        Figure(n=99, base=99, rows="COL-1", department="dept-000"),
    ],
)
def test_a_number_that_its_rows_do_not_give_is_refused(figure):
    whole = report()
    bar = Bar(label=Text.same("x"), figure=figure)
    wrong = Bars(id="x", title=Text.same("x"), reading=Text.same("x"), bars=(bar,))
    with pytest.raises(InvalidInput):
        replace(whole, blocks=(*whole.blocks, wrong))


def test_the_id_is_the_hash_of_all_that_the_report_says():
    whole = report()
    assert to_data(whole)["id"] == to_data(report())["id"]
    others = [
        replace(whole, identity=replace(whole.identity, ledger_size=1)),
        replace(whole, blocks=whole.blocks[1:]),
        replace(
            whole,
            members=(
                *whole.members[:-1],
                replace(
                    whole.members[-1],
                    rows=[replace(row, evidence=Text.same("x")) for row in whole.members[-1].rows],
                ),
            ),
        ),
    ]
    ids = {to_data(one)["id"] for one in (whole, *others)}
    assert len(ids) == 4


def test_an_identity_is_read_back():
    whole = report()
    assert identity_of(to_data(whole)) == whole.identity


def test_a_change_is_in_hundredths_of_a_point_and_unknown_without_a_base():
    assert change(Figure(n=1, base=2), Figure(n=1, base=4)) == 2_500
    assert change(Figure(n=1, base=2), Figure(n=0, base=0)) is None
