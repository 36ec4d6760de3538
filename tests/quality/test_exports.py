"""What other tools are given: it runs without this program, and finds what we find."""

import json
import random
import re
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from catalog.plan import ColumnType
from contracts.model import LogicalType, Property, QualityRule
from quality.compile import compile_contract
from quality.exports.gx_suite import gx_suite
from quality.exports.pandera_source import pandera_source
from quality.model import CheckKind
from tests.quality.contracts import contract
from tests.quality.tables import Table, run

USCC = ("91110000600037341L", "91110000600037341M", "9111000060003734", "")
CHOICE = random.Random(7)  # noqa: S311  the same table each time
ROWS = 1_000
TABLE = Table(
    {"code": ColumnType.STRING, "level": ColumnType.STRING, "n": ColumnType.INTEGER},
    {
        "code": [CHOICE.choice((*USCC, None)) for _ in range(ROWS)],
        "level": [CHOICE.choice(("优", "良", "a'b\\n", '"""', None)) for _ in range(ROWS)],
        "n": [CHOICE.choice((None, *range(40))) for _ in range(ROWS)],
    },
)
RULES = (
    QualityRule(body={"metric": "nullValues", "mustBeLessThan": 5, "unit": "percent"}),
    QualityRule(body={"metric": "missingValues", "arguments": {"missingValues": [None, ""]}}),
    QualityRule(body={"type": "text", "description": "Looks plausible"}),
)
CONTRACT = contract(
    Property(
        name="code",
        logical_type=LogicalType.STRING,
        required=True,
        options={"format": "cn-uscc", "maxLength": 18, "pattern": "^9"},
        quality=RULES,
    ),
    Property(name="level", logical_type=LogicalType.STRING, enum=("优", "良", '"""')),
    Property(
        name="n",
        logical_type=LogicalType.INTEGER,
        unique=True,
        options={"minimum": 3, "exclusiveMaximum": 38, "multipleOf": 2},
    ),
    quality=(QualityRule(body={"metric": "rowCount", "mustBeGreaterThan": 5}),),
)
SPECS = compile_contract(CONTRACT)
NEVER = {"code.quality.1", "code.quality.3", "stations.quality.1", "n.type"}
"""A share of rows, words, a number of rows, and what is decided when a file is read."""

VALIDATE_FRAME = """
import runpy, sys, json
import pandas, pyarrow, pyarrow.parquet
from pandera.errors import SchemaErrors
schema = runpy.run_path(sys.argv[1])["schema"]
types = lambda kind: None if pyarrow.types.is_string(kind) else pandas.ArrowDtype(kind)
frame = pyarrow.parquet.read_table(sys.argv[2]).to_pandas(types_mapper=types)
found = {}
try:
    schema.validate(frame, lazy=True)
except SchemaErrors as errors:
    for check, row in zip(errors.failure_cases["check"], errors.failure_cases["index"]):
        found.setdefault(check, []).append(row + 1)
print(json.dumps({check: sorted(rows) for check, rows in found.items()}))
"""
VALIDATE_SUITE = """
import sys, json
import great_expectations as gx, pandas, pyarrow, pyarrow.parquet
types = lambda kind: None if pyarrow.types.is_string(kind) else pandas.ArrowDtype(kind)
frame = pyarrow.parquet.read_table(sys.argv[2]).to_pandas(types_mapper=types)
context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
asset = context.data_sources.add_pandas("p").add_dataframe_asset("a")
batch = asset.add_batch_definition_whole_dataframe("b").get_batch({"dataframe": frame})
suite = gx.ExpectationSuite(**json.load(open(sys.argv[1], encoding="utf-8")))
found = {}
for one in batch.validate(suite, result_format={"result_format": "COMPLETE"}).results:
    rows = one.result["unexpected_index_list"]
    if rows:
        found.setdefault(one.expectation_config.meta["check"], []).extend(row + 1 for row in rows)
print(json.dumps({check: sorted(set(rows)) for check, rows in found.items()}))
"""


@pytest.fixture
def ours(tmp_path):
    """The failing rows of each check that single rows or keys show."""
    counts, failing, _ = run(SPECS, TABLE.scan(tmp_path), tmp_path)
    assert not any(count.broken for count in counts.values())
    return failing


def elsewhere(tmp_path, script, name, text):
    """The failing rows that the other tool finds, in an interpreter that cannot import ours."""
    given = tmp_path / name
    given.write_text(text, "utf-8")
    table = tmp_path / "table.parquet"
    pq.write_table(TABLE.part(0, ROWS), table)
    command = [sys.executable, "-P", "-W", "ignore", "-c", script, str(given), str(table)]
    environment = {"PATH": "", "GX_ANALYTICS_ENABLED": "False", "HOME": str(tmp_path)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_the_pandera_schema_runs_alone_and_names_the_same_rows(tmp_path, ours):
    made = pandera_source(SPECS, TABLE.scan(tmp_path).columns, 'stations """ of \\n the city')
    assert set(made.left) == NEVER
    expected = {check: rows for check, rows in ours.items() if check not in made.left}
    assert elsewhere(tmp_path, VALIDATE_FRAME, "schema.py", made.source) == expected


def test_the_suite_runs_alone_and_names_the_same_rows(tmp_path, ours):
    made = gx_suite(SPECS, TABLE.scan(tmp_path).columns, "stations")
    assert set(made.left) == NEVER | {"code.format", "n.multiple_of"}
    found = elsewhere(tmp_path, VALIDATE_SUITE, "suite.json", json.dumps(made.document))
    expected = {check: rows for check, rows in ours.items() if check not in made.left}
    every = found.pop("n.unique")
    assert set(expected.pop("n.unique")) < set(every), "GX names the first row of a key too"
    assert found == expected


@pytest.mark.parametrize("export", [pandera_source, gx_suite])
def test_every_check_is_in_it_or_left_out_with_its_reason(tmp_path, export):
    made = export(SPECS, TABLE.scan(tmp_path).columns, "stations")
    text = made.source if export is pandera_source else json.dumps(made.document)
    for spec in SPECS:
        assert spec.id in text
        assert (spec.id in made.left) == (
            not re.search(rf"(error=|\"check\": )['\"]{spec.id}", text)
        )
    assert all(made.left.values())
    assert CheckKind.UNSUPPORTED in {spec.kind for spec in SPECS}


def test_a_suite_holds_numbers_to_the_last_digit_or_not_at_all(tmp_path):
    exact = {"minimum": 2**53 + 1, "maximum": 2**60}
    column = Property(name="n", logical_type=LogicalType.INTEGER, options=exact)
    made = gx_suite(compile_contract(contract(column)), TABLE.scan(tmp_path).columns, "stations")
    assert "cannot hold 9007199254740993 to the last digit" in made.left["n.bounds"]
