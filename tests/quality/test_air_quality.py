"""Hourly readings of four cities: known faults, counted again without the engine."""

import csv
import random
from collections import Counter
from decimal import Decimal, InvalidOperation

import pytest

from catalog.plan import ColumnType
from contracts.model import LogicalType, Property
from quality.compile import compile_contract
from quality.model import Dimension, Outcome
from quality.score import default_policy, score
from quality.verdicts import judge
from tests.quality.contracts import contract
from tests.quality.oracle import evaluate
from tests.quality.tables import Table, run

KEY = ("Date", "Hour", "WatchPoint")
WHOLE = ("AQI", "PM2.5", "PM10", "NO2", "O3_1h", "O3_8h", "SO2")
LEVELS = ("优", "良", "轻度污染", "中度污染", "重度污染", "严重污染")
CITIES = {
    "shenzhen": (65, 1344),
    "beijing": (36, 482),
    "shanghai": (50, 593),
    "chongqing": (90, 7949),
}


def text(name, **fields):
    return Property(name=name, logical_type=LogicalType.STRING, **fields)


CONTRACT = contract(
    text("Date", primary_key_position=1, options={"pattern": "^[0-9]{8}$"}),
    text("Hour", primary_key_position=2, options={"pattern": "^([01][0-9]|2[0-3])$"}),
    text("WatchPoint", primary_key_position=3, options={"minLength": 2}),
    *[
        Property(name=name, logical_type=LogicalType.INTEGER, options={"minimum": 0})
        for name in WHOLE
    ],
    Property(name="CO", logical_type=LogicalType.NUMBER, options={"multipleOf": "0.1"}),
    text("Level", enum=LEVELS),
    text("PrimaryPollution", options={"pattern": "[一-龥]"}),
)
SPECS = compile_contract(CONTRACT)


def records(config, city):
    path = config.rootpath / f"tests/data/air-quality/{city}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table_of(lines):
    """The table as a reader of the contract would give it: what is not a number is unread."""
    types = {p.name: ColumnType.STRING for p in CONTRACT.table.properties}
    types |= dict.fromkeys(WHOLE, ColumnType.INTEGER) | {"CO": ColumnType.NUMBER}
    values = {name: [] for name in types}
    unread = {}
    for row, line in enumerate(lines, 1):
        for name, kind in types.items():
            cell = line[name] or None
            if cell is not None and kind is not ColumnType.STRING:
                number = as_number(cell)
                if number is None:
                    unread[name, row] = cell
                cell = number if number is None or name == "CO" else int(number)
            values[name].append(cell)
    return Table(types, values, unread)


def as_number(cell):
    try:
        number = Decimal(cell)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@pytest.mark.parametrize("city", CITIES)
def test_the_known_faults_of_a_city(city, tmp_path, request):
    lines = records(request.config, city)
    keys = Counter(tuple(line[name] for name in KEY) for line in lines)
    nan = Counter(name for line in lines for name, cell in line.items() if cell == "NaN")
    repeats, cells = CITIES[city]
    assert (sum(keys.values()) - len(keys), nan.total()) == (repeats, cells)

    counts, failing, _ = run(SPECS, table_of(lines).scan(tmp_path), tmp_path)
    assert counts["Date+Hour+WatchPoint.unique"].n_failed == repeats
    unread = sum(counts[f"{name}.type"].n_failed for name in (*WHOLE, "CO"))
    level = sum(lines[row - 1]["Level"] == "NaN" for row in failing.get("Level.enum", []))
    assert unread + level + counts["PrimaryPollution.pattern"].n_failed == cells


@pytest.mark.parametrize("city", CITIES)
def test_every_failing_row_of_a_city(city, tmp_path, request):
    table = table_of(records(request.config, city))
    counts, failing, in_error = run(SPECS, table.scan(tmp_path), tmp_path)
    rows = set()
    for spec in SPECS:
        scope, wrong = evaluate(spec, table)
        assert failing.get(spec.id, []) == sorted(wrong)
        assert counts[spec.id].n_evaluated == len(scope)
        rows |= wrong
    assert in_error == len(rows)


@pytest.fixture
def shenzhen(request):
    return records(request.config, "shenzhen")


def outcome(lines, tmp_path, cuts=()):
    return run(SPECS, table_of(lines).scan(tmp_path, cuts=cuts), tmp_path)


def test_the_order_of_rows_changes_no_count(shenzhen, tmp_path):
    dice = random.Random(1)  # noqa: S311  a fixed order, not a secret
    shuffled = dice.sample(list(enumerate(shenzhen, 1)), len(shenzhen))
    counts, failing, _ = outcome(shenzhen, tmp_path)
    other_counts, other_failing, _ = outcome([line for _, line in shuffled], tmp_path)
    assert other_counts == counts
    for check, rows in failing.items():
        if not check.endswith(
            ".unique"
        ):  # which of two equal rows comes first depends on the order
            assert {shuffled[row - 1][0] for row in other_failing[check]} == set(rows)


def test_the_cut_into_files_changes_nothing(shenzhen, tmp_path):
    whole = outcome(shenzhen, tmp_path)
    assert outcome(shenzhen, tmp_path, cuts=(0, 1, 500, 500, 1286)) == whole


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"AQI": "-1"}, "AQI.bounds"),
        ({"AQI": "high"}, "AQI.type"),
        ({"CO": "0.15"}, "CO.multiple_of"),
        ({"Level": "很好"}, "Level.enum"),
        ({"Hour": "24"}, "Hour.pattern"),
        ({"WatchPoint": ""}, "WatchPoint.required"),
        ({"WatchPoint": "园"}, "WatchPoint.length"),
        ({"Date": "20200402"}, "Date+Hour+WatchPoint.unique"),
    ],
)
def test_one_bad_row_more_is_one_failure_more(changes, check, shenzhen, tmp_path):
    good = {**shenzhen[0], "Date": "20990101", "PrimaryPollution": ""}
    before, _, _ = outcome([*shenzhen, good], tmp_path)
    after, failing, _ = outcome([*shenzhen, good | changes], tmp_path)
    more = {name: count.n_failed - before[name].n_failed for name, count in after.items()}
    assert {name: number for name, number in more.items() if number} == {check: 1}
    assert failing[check][-1] == len(shenzhen) + 1


def test_nothing_of_a_good_table_fails(shenzhen, tmp_path):
    good = {**shenzhen[0], "PrimaryPollution": ""}
    counts, failing, in_error = outcome([good], tmp_path)
    assert (failing, in_error) == ({}, 0)
    results = judge(SPECS, tuple(counts.values()))
    assert {r.spec.id for r in results if r.outcome is not Outcome.PASSED} == {
        "PrimaryPollution.pattern"
    }
    assert score(results, default_policy()).score == 100


def test_the_scores_of_shenzhen(shenzhen, tmp_path):
    counts, _, in_error = outcome(shenzhen, tmp_path)
    scores = score(judge(SPECS, tuple(counts.values())), default_policy())
    rows = {row.dimension: (row.score, row.a, row.b) for row in scores.dimensions}
    assert rows[Dimension.UNIQUENESS] == (1, 1222, 1287)
    assert rows[Dimension.COMPLETENESS] == (100, 3861, 3861)
    assert rows[Dimension.ACCURACY] == (None, 0, 0)
    assert 0 < in_error < 1287
