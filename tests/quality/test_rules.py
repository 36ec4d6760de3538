"""Rules of `quality[]`, from the contract's words to the verdict over a small table."""

from dataclasses import replace

import pytest

from catalog.plan import ColumnType
from contracts.model import LogicalType, Property, QualityRule
from quality.compile import compile_contract
from quality.model import CheckKind, Dimension, Outcome
from quality.score import default_policy, score
from quality.verdicts import judge
from tests.quality.contracts import contract
from tests.quality.tables import Table, run

TABLE = Table(
    {"code": ColumnType.STRING, "n": ColumnType.INTEGER},
    {
        "code": ["a", "a", "a", "b", "b", "c", "", "N/A", None, "𠮷", "d", "e"],
        "n": [1, 1, 2, 2, 3, 3, 4, 4, None, None, 7, 8],
    },
    {("n", 10): "N/A"},
)
"""Twelve rows: in `code` two keys repeat, in five rows, of which three are beyond the first."""


def rule(**body):
    return QualityRule(body=body)


def outcomes(tmp_path, *, table=TABLE, of_table=(), **of_columns):
    """The results by check id, and the failing rows that were listed."""
    kinds = {"code": LogicalType.STRING, "n": LogicalType.INTEGER}
    columns = [
        Property(name=name, logical_type=kind, quality=tuple(of_columns.get(name, ())))
        for name, kind in kinds.items()
    ]
    specs = compile_contract(contract(*columns, name="stations", quality=tuple(of_table)))
    counts, failing, _ = run(specs, table.scan(tmp_path), tmp_path)
    results = judge(specs, list(counts.values()))
    return {one.spec.id: one for one in results if ".quality." in one.spec.id}, failing


def one(tmp_path, **body):
    """The only result of one rule of the column `code`."""
    results, failing = outcomes(tmp_path, code=[rule(**body)])
    (result,) = results.values()
    return result, failing.get(result.spec.id, [])


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"metric": "nullValues"}, [9]),
        ({"rule": "nullValues"}, [9]),
        ({"metric": "missingValues"}, [9]),
        ({"metric": "missingValues", "arguments": {"missingValues": [None]}}, [9]),
        ({"metric": "missingValues", "arguments": {"missingValues": ["", "N/A"]}}, [7, 8]),
        ({"metric": "missingValues", "arguments": {"missingValues": [None, ""]}}, [7, 9]),
        (
            {"metric": "invalidValues", "arguments": {"validValues": ["a", "b", "𠮷"]}},
            [6, 7, 8, 11, 12],
        ),
        ({"metric": "invalidValues", "arguments": {"pattern": "^.$"}}, [7, 8]),
        ({"metric": "invalidValues", "pattern": "^.$"}, [7, 8]),
        (
            {
                "metric": "invalidValues",
                "arguments": {"pattern": "^.$", "validValues": ["a", "b", "N/A"]},
            },
            [6, 7, 8, 10, 11, 12],
        ),
        ({"metric": "duplicateValues"}, [1, 2, 3, 4, 5]),
    ],
)
def test_a_metric_names_the_rows_that_it_counts(tmp_path, body, found):
    result, rows = one(tmp_path, **body)
    assert result.outcome is Outcome.FAILED
    assert rows == found
    assert result.n_failed == len(found)


def test_what_repeats_is_counted_in_three_ways_and_compared_in_one(tmp_path):
    for named, compared in (("rows", 5), ("keys", 2), ("surplus", 3)):
        switch = [{"property": "duplicates", "value": named}]
        body = {"metric": "duplicateValues", "mustBe": compared, "customProperties": switch}
        result, rows = one(tmp_path, **body)
        assert result.outcome is Outcome.PASSED
        assert result.measured == {"rows": "5", "keys": "2", "surplus": "3"}
        assert rows == []


def test_a_share_is_of_the_rows_that_were_evaluated(tmp_path):
    """Two of eleven that are not empty: 18.18 percent."""
    body = {"metric": "invalidValues", "pattern": "^.$", "unit": "percent"}
    assert one(tmp_path, **body, mustBeLessThan=18.19)[0].outcome is Outcome.PASSED
    result, rows = one(tmp_path, **body, mustBeLessThan=18)
    assert result.outcome is Outcome.FAILED
    assert result.message == "found 2 of 11 (18.18 %); wanted less than 18 %"
    assert rows == [7, 8]


def test_rows_of_which_there_are_too_few_are_no_faulty_rows(tmp_path):
    result, rows = one(tmp_path, metric="nullValues", mustBeGreaterThan=3)
    assert result.outcome is Outcome.FAILED
    assert rows == []


def test_texts_that_could_not_be_read_are_missing_where_they_are_listed(tmp_path):
    listed = rule(metric="missingValues", arguments={"missingValues": ["N/A", 7]})
    assert outcomes(tmp_path, n=[listed])[1]["n.quality.1"] == [10, 11]
    empty = rule(metric="nullValues")
    assert outcomes(tmp_path, n=[empty])[1]["n.quality.1"] == [9]


def test_rules_of_the_table(tmp_path):
    rules = (
        rule(metric="rowCount", mustBeBetween=[10, 20]),
        rule(metric="rowCount", mustBeGreaterThan=12),
        rule(metric="duplicateValues", arguments={"properties": ["code", "n"]}, mustBe=2),
        rule(metric="duplicateValues", arguments={"properties": ["gone"]}),
        rule(metric="nullValues"),
    )
    results, _ = outcomes(tmp_path, of_table=rules)
    found = [result.outcome for result in results.values()]
    assert found == ["passed", "failed", "passed", "error", "error"]
    messages = [result.message for result in results.values()]
    assert messages[1] == "found 12; wanted more than 12"
    assert messages[3] == "the data has no column 'gone'"
    assert messages[4] == "'nullValues' is a metric of columns"
    assert results["stations.quality.2"].spec.dimension is Dimension.COVERAGE


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"metric": "nullValues", "unit": "furlongs"}, "unit 'furlongs' is not known"),
        ({"metric": "rowCount"}, "'rowCount' is a metric of tables"),
        ({"metric": "invalidValues"}, "needs `validValues` or a `pattern`"),
        ({"metric": "invalidValues", "pattern": "(?=a)"}, "look-around"),
        ({"metric": "invalidValues", "arguments": {"validValues": "a"}}, "is not a list"),
        (
            {"metric": "duplicateValues", "customProperties": [{"property": "duplicates"}]},
            "surplus",
        ),
        ({"type": "custom", "engine": "databureau", "implementation": "no-such"}, "no format"),
    ],
)
def test_a_rule_that_is_wrong_in_itself_is_an_error_and_never_a_pass(tmp_path, body, reason):
    result, _ = one(tmp_path, **body)
    assert result.outcome is Outcome.ERROR
    assert reason in result.message


def test_an_empty_table_passes_no_count_but_the_number_of_rows(tmp_path):
    empty = Table(TABLE.types, {"code": [], "n": []})
    rules = (rule(metric="rowCount", mustBeGreaterThan=0), rule(metric="rowCount", mustBe=0))
    results, _ = outcomes(
        tmp_path, table=empty, of_table=rules, code=[rule(metric="nullValues", unit="percent")]
    )
    found = {name: result.outcome for name, result in results.items()}
    assert found == {
        "code.quality.1": "not_applicable",
        "stations.quality.1": "failed",
        "stations.quality.2": "passed",
    }


def test_our_own_rules_are_formats_with_a_threshold(tmp_path):
    body = {"type": "custom", "engine": "databureau", "implementation": {"format": "cn-uscc"}}
    result, rows = one(tmp_path, **body, mustBeLessOrEqualTo=11)
    assert (result.outcome, result.n_failed, rows) == (Outcome.PASSED, 11, [])
    assert result.spec.dimension is Dimension.ACCURACY
    assert one(tmp_path, **body)[0].outcome is Outcome.FAILED


def test_what_is_allowed_costs_no_points_and_more_costs_gradually(tmp_path):
    """Of 11 rows two fail; one is allowed, so the score falls to 0 at ten."""
    body = {"metric": "invalidValues", "pattern": "^.$"}
    policy = replace(default_policy())

    def points(**more):
        return score([one(tmp_path, **body, **more)[0]], policy).score

    assert points(mustBeLessOrEqualTo=2) == 99  # it holds, and two rows still fail
    assert points(mustBeLessOrEqualTo=1) == 89
    assert points() == 1


class TestSQL:
    def ask(self, tmp_path, query, **more):
        results, _ = outcomes(tmp_path, of_table=[rule(type="sql", query=query, **more)])
        return next(iter(results.values()))

    @pytest.mark.parametrize(
        "query",
        [
            "SELECT count(*) FROM stations WHERE n > 6",
            "SELECT count(*) FROM {object} WHERE n > 6",
            "SELECT count(*) FROM ${table} WHERE n > 6",
            "WITH big AS (SELECT n FROM stations WHERE n > 6) SELECT count(*) FROM big",
            "SELECT max(n) - 6 FROM stations",
        ],
    )
    def test_one_number_is_compared(self, tmp_path, query):
        result = self.ask(tmp_path, query, mustBe=2)
        assert (result.outcome, result.measured) == (Outcome.PASSED, {"value": "2"})
        failed = self.ask(tmp_path, query, mustBeGreaterThan=2)
        assert (failed.outcome, failed.n_evaluated, failed.n_failed) == (Outcome.FAILED, 1, 1)

    def test_placeholders_of_a_column(self, tmp_path):
        query = "SELECT count(*) FILTER (WHERE {property} = 'a') = 3 FROM {object}"
        results, _ = outcomes(tmp_path, code=[rule(type="sql", query=query, mustBe=True)])
        assert results["code.quality.1"].outcome is Outcome.PASSED

    @pytest.mark.parametrize(
        ("query", "reason"),
        [
            ("DROP TABLE stations", "may only read"),
            ("SELECT 1; SELECT 2", "has 2"),
            ("SELECT count(*) FROM delivery", "reads 'delivery'"),
            ("SELECT count(*) FROM '/etc/passwd'", "only stations can be read"),
            ("SELECT count(*) FROM read_csv('/etc/passwd')", "READ_CSV"),
            ("COPY stations TO '/tmp/x'", "may only read"),
            ("SELEC", "may only read"),
            ("SELECT (", "cannot be read"),
            ("", "has 0"),
            ("SELECT n FROM stations WHERE n < 0", "gives no row"),
            ("SELECT n FROM stations", "2 rows or more"),
            ("SELECT n, code FROM stations LIMIT 1", "of 2 columns"),
            ("SELECT sum(n) FROM stations WHERE n < 0", "NULL"),
            ("SELECT 'three'", "gives 'three'"),
            ("SELECT 'nan'::DOUBLE", "gives 'nan'"),
            ("SELECT nothing FROM stations", "nothing"),
        ],
    )
    def test_anything_else_is_an_error(self, tmp_path, query, reason):
        result = self.ask(tmp_path, query, mustBe=1)
        assert result.outcome is Outcome.ERROR
        assert reason in result.message

    def test_a_query_that_runs_too_long_is_stopped(self, tmp_path, monkeypatch):
        monkeypatch.setattr("quality.engines.sandbox.SECONDS", 0.2)
        endless = (
            "WITH RECURSIVE x(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM x) SELECT count(*) FROM x"
        )
        result = self.ask(tmp_path, endless, mustBe=1)
        assert result.outcome is Outcome.ERROR
        assert result.message == "the query took longer than 0.2 seconds"


def test_words_and_other_tools_are_carried_and_never_dropped(tmp_path):
    rules = [
        rule(type="text", description="Looks plausible"),
        rule(type="custom", engine="soda", implementation="checks:"),
        rule(metric="freshness"),
        rule(dimension="Validity"),
    ]
    results, _ = outcomes(tmp_path, code=rules)
    assert {result.outcome for result in results.values()} == {Outcome.SKIPPED}
    reasons = [result.message for result in results.values()]
    wanted = ["written in words", "written for 'soda'", "'freshness' is not known", "no metric"]
    assert all(word in reason for word, reason in zip(wanted, reasons, strict=True))
    assert {result.spec.kind for result in results.values()} == {CheckKind.UNSUPPORTED}
