from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import EngineFailed
from quality.labels import DIMENSIONS, OUTCOMES
from quality.model import CheckKind, Count, Dimension, Outcome, Severity
from quality.score import default_policy, grade, score
from quality.verdicts import judge
from tests.quality.tables import spec

POLICY = default_policy()
RATIO = replace(POLICY, zero_at=Fraction(1))


def result(evaluated, failed, *, broken="", **fields):
    one = spec(CheckKind.REQUIRED, "v", **fields)
    count = Count(check=one.id, n_evaluated=evaluated, n_failed=failed, broken=broken)
    return judge([one], [count])[0]


def dimension(results, name=Dimension.CONFORMITY, policy=RATIO):
    return next(row for row in score(results, policy).dimensions if row.dimension is name)


@pytest.mark.parametrize(
    ("count", "severity", "outcome"),
    [
        ((5, 0, ""), Severity.ERROR, Outcome.PASSED),
        ((5, 1, ""), Severity.ERROR, Outcome.FAILED),
        ((5, 1, ""), Severity.WARNING, Outcome.WARNING),
        ((5, 1, ""), Severity.INFO, Outcome.WARNING),
        ((0, 0, ""), Severity.ERROR, Outcome.NOT_APPLICABLE),
        ((0, 0, "no such column"), Severity.INFO, Outcome.ERROR),
    ],
)
def test_outcomes(count, severity, outcome):
    evaluated, failed, broken = count
    assert result(evaluated, failed, broken=broken, severity=severity).outcome is outcome


def test_messages_say_why():
    assert result(0, 0, broken="no such column").message == "no such column"
    assert result(1287, 65).message == "65 of 1287 fail"
    skipped = judge([spec(CheckKind.UNSUPPORTED, "v", reason="a text rule")], [])[0]
    assert (skipped.outcome, skipped.message) == (Outcome.SKIPPED, "a text rule")


def test_an_engine_that_forgets_a_check_is_broken():
    with pytest.raises(EngineFailed, match=r"no count for 'v.required'"):
        judge([spec(CheckKind.REQUIRED, "v")], [])


def test_what_was_not_measured_has_no_score():
    nothing = [
        result(0, 0),
        result(5, 0, broken="gone"),
        *judge([spec(CheckKind.UNSUPPORTED, "v")], []),
    ]
    scores = score(nothing, POLICY)
    assert {row.score for row in scores.dimensions} == {None}
    assert (scores.score, scores.executed, scores.declared) == (None, 1, 3)
    assert score([], POLICY).score is None


def test_every_dimension_is_listed_measured_or_not():
    assert [row.dimension for row in score([], POLICY).dimensions] == list(Dimension)


def test_errors_lower_the_coverage_and_not_the_score():
    good = [result(10, 0), result(10, 0)]
    scores = score([*good, result(0, 0, broken="gone")], POLICY)
    assert (scores.score, scores.executed, scores.declared) == (100, 2, 3)


def test_a_and_b_are_units_over_all_measured_checks():
    row = dimension([result(10, 1), result(90, 4), result(0, 0)])
    assert (row.a, row.b, row.checks) == (95, 100, 2)


def test_a_dimension_is_the_mean_of_checks_and_not_of_rows():
    assert dimension([result(1_000_000, 0), result(10, 10)]).score == 50


def test_weights():
    errors = result(10, 10)
    warning = result(10, 0, severity=Severity.WARNING)
    info = result(10, 0, severity=Severity.INFO)
    critical = result(10, 0, critical=True)
    assert dimension([errors, warning]).score == 29  # 2 of 5 + 2
    assert dimension([errors, critical]).score == 67  # 10 of 5 + 10
    assert dimension([result(10, 0), info]).score == 100
    assert dimension([info]).score is None
    assert dimension([info]).b == 10


@pytest.mark.parametrize(
    ("failed", "points"),
    [(0, 100), (1, 99), (10, 90), (50, 50), (99, 1), (100, 1), (9_999, 1), (10_000, 0)],
)
def test_a_check_loses_all_points_at_one_percent_of_failures(failed, points):
    assert dimension([result(10_000, failed)], policy=POLICY).score == points


def test_the_overall_score_weighs_only_measured_dimensions():
    rows = [result(10, 0), result(10, 5, dimension=Dimension.UNIQUENESS)]
    assert score(rows, RATIO).score == 75
    heavy = replace(RATIO, dimensions={**RATIO.dimensions, Dimension.UNIQUENESS: 3})
    assert score(rows, heavy).score == 63  # 62.5, halves up


COUNTS = st.integers(1, 10**9).flatmap(lambda b: st.tuples(st.just(b), st.integers(0, b)))


@given(st.lists(COUNTS, min_size=1, max_size=8), st.sampled_from([POLICY, RATIO]))
def test_a_score_is_100_only_when_nothing_fails_and_0_only_when_nothing_holds(counts, policy):
    results = [result(b, failed) for b, failed in counts]
    row = dimension(results, policy=policy)
    assert (row.score == 100) == (row.a == row.b)
    assert (row.score == 0) <= (row.a == 0)
    assert score(results, policy).score == row.score


@given(st.lists(COUNTS, min_size=1, max_size=8), st.data())
def test_one_more_failure_never_raises_a_score(counts, data):
    results = [result(b, failed) for b, failed in counts]
    worse = data.draw(st.integers(0, len(counts) - 1))
    b, failed = counts[worse]
    changed = [*results[:worse], result(b, min(b, failed + 1)), *results[worse + 1 :]]
    assert score(changed, POLICY).score <= score(results, POLICY).score


def test_grades():
    assert [grade(points, [], POLICY) for points in (100, 95, 94, 70, 60, 59, 0)] == [
        1,
        1,
        2,
        3,
        4,
        5,
        5,
    ]
    assert grade(None, [], POLICY) is None


def test_a_failed_check_of_error_severity_caps_the_grade():
    assert grade(99, [result(1000, 1)], POLICY) == 3
    assert grade(99, [result(1000, 1, severity=Severity.WARNING)], POLICY) == 1
    assert grade(99, [result(1000, 1, critical=True)], POLICY) == 4
    assert grade(10, [result(1000, 1)], POLICY) == 5


def test_the_default_policy_names_itself_and_every_dimension():
    assert (POLICY.name, POLICY.version) == ("default", 1)
    assert set(POLICY.dimensions) == set(Dimension)
    assert set(POLICY.severity) == set(Severity)


def test_everything_that_is_scored_has_a_name_in_both_languages():
    assert set(DIMENSIONS) == set(Dimension)
    assert set(OUTCOMES) == set(Outcome)
    assert all(label.zh and label.en for label in [*DIMENSIONS.values(), *OUTCOMES.values()])
