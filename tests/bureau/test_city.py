"""The sample city as a whole: every delivery has exactly the faults that a plain count finds."""

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from bureau import Bureau, DeliveryOrder, demo
from catalog.model import Dataset, DeliveryStatus, Person
from core.actor import Role
from core.clock import FixedClock
from quality.model import Outcome
from rates.model import RateQuery
from tests.cli.program import Program
from tests.docs.test_city import DELIVERIES, EXPECTED, ROWS, contracts, rows_of

AIR = Path(__file__).parents[1] / "data" / "air-quality"
STATUS = {
    "division-codes": DeliveryStatus.ACCEPTED,
    "division-history": DeliveryStatus.FLAGGED,
    "streets": DeliveryStatus.QUARANTINED,
    "metro-stations": DeliveryStatus.ACCEPTED,
    "transit-card-records": DeliveryStatus.QUARANTINED,
    "air-quality-hourly": DeliveryStatus.FLAGGED,
    "industry-codes": DeliveryStatus.REFUSED,
    "working-days": DeliveryStatus.FLAGGED,
    "epidemic-city-daily": DeliveryStatus.QUARANTINED,
    "standards-classification": DeliveryStatus.QUARANTINED,
}
ENCODINGS = {
    "metro-stations": "gb18030",
    "division-history": "utf_8_sig",
}
"""Every other delivery is plain UTF-8."""

ENTRIES = 224
GAPS = {
    "source_missing": 1,
    "operator_missing": 1,
    "duty_without_dataset": 14,
    "duty_not_collected": 3,
    "dataset_without_duty": 1,
    "contract_missing": 3,
}
CITIES = {
    "beijing": (1152, 36, 482),
    "shanghai": (990, 50, 593),
    "chongqing": (2880, 90, 7949),
}
"""Rows, rows that repeat the key of an earlier one, and cells that read NaN."""
KEPT = 1000
"""Failing cells that are kept for each check."""


@dataclass(frozen=True)
class City:
    bureau: Bureau
    made: demo.Demo
    said: tuple[str, ...]

    @property
    def program(self):
        return Program(self.made.home)


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """The sample city as `bureau demo` makes it, on 2 March 2026."""
    said = []
    home = tmp_path_factory.mktemp("city") / "shenzhen"
    clock = FixedClock()
    made = demo.run(home, said.append, clock=clock)
    bureau = Bureau.open(home, clock=clock)
    yield City(bureau, made, tuple(said))
    bureau.close()


@pytest.fixture(scope="module")
def ecology(tmp_path_factory):
    """The steward of air quality, in a city to which nothing has been delivered."""
    home = tmp_path_factory.mktemp("city") / "registered"
    Bureau.create(home).close()
    bureau = Bureau.open(home, clock=FixedClock())
    bureau.apply(demo.sample_city() / "registry")
    yield bureau.acting_as("steward.ecology")
    bureau.close()


def surplus(rows, columns):
    """The rows that repeat the key of an earlier one, from 0."""
    first = {}
    keys = [tuple(row[column] for column in columns) for row in rows]
    return {number for number, key in enumerate(keys) if first.setdefault(key, number) != number}


def expected(dataset):
    """Check to the numbers of its failing rows, from 1.

    The count of repeated keys leaves out the first row of each; nothing else is told apart.
    """
    rows = rows_of(dataset)
    found = {}
    for check, (_, find) in EXPECTED[dataset].items():
        named, _, kind = check.rpartition(".")
        failing = surplus(rows, named.split("+")) if kind == "unique" else find(rows)
        found[check] = {number + 1 for number in failing}
    return found


def steward_of(city, dataset):
    provider = city.bureau.get_item(Dataset, dataset).provider
    people = city.bureau.list_items(Person)
    return next(p.code for p in people if p.department == provider and Role.STEWARD in p.roles)


def failing_rows(city, dataset, limit):
    return city.bureau.acting_as(steward_of(city, dataset)).failing_rows(dataset, limit=limit)


def failed(report):
    return {r.spec.id: r.n_failed for r in report.results if r.outcome is not Outcome.PASSED}


@pytest.mark.parametrize("dataset", EXPECTED)
def test_each_delivery_fails_where_a_plain_count_says_and_nowhere_else(city, dataset):
    report = city.bureau.check_report(dataset)
    faults = expected(dataset)
    assert failed(report) == {check: len(rows) for check, rows in faults.items()}
    assert {r.outcome for r in report.results} <= {Outcome.PASSED, Outcome.FAILED}
    assert report.rows == ROWS[dataset][0]
    assert report.failing_rows == len(set().union(*faults.values()))
    assert report.coverage_executed == report.coverage_declared


@pytest.mark.parametrize("dataset", EXPECTED)
def test_each_failing_cell_has_its_row_and_its_original_text(city, dataset):
    failing = failing_rows(city, dataset, 100_000)
    rows = rows_of(dataset)
    kept = {}
    for cell in failing.cells:
        kept.setdefault(cell.check, set()).add(cell.row)
        if cell.column not in failing.hidden:
            assert (cell.text or "") == rows[cell.row - 1][cell.column]
    faults = expected(dataset)
    assert kept == {check: set(sorted(numbers)[:KEPT]) for check, numbers in faults.items()}


@pytest.mark.parametrize("dataset", EXPECTED)
def test_what_becomes_of_each_delivery_follows_from_its_policy(city, dataset):
    [delivery] = city.bureau.dataset_page(dataset).deliveries
    failing = len(set().union(*expected(dataset).values()))
    rows = ROWS[dataset][0]
    published = {
        DeliveryStatus.ACCEPTED: rows,
        DeliveryStatus.FLAGGED: rows,
        DeliveryStatus.QUARANTINED: rows - failing,
        DeliveryStatus.REFUSED: 0,
    }
    assert delivery.status is STATUS[dataset]
    assert (delivery.rows_read, delivery.rows_published) == (rows, published[delivery.status])
    assert (delivery.lake_version is None) is (delivery.status is DeliveryStatus.REFUSED)
    assert delivery.source_bytes == DELIVERIES[dataset].stat().st_size
    assert delivery.encoding == ENCODINGS.get(dataset, "utf_8")


def test_cells_that_cannot_be_read_show_what_was_handed_in(city):
    cells = failing_rows(city, "air-quality-hourly", 100_000).cells
    unread = [cell for cell in cells if cell.check.endswith(".type")]
    assert len(unread) == 343
    assert {cell.text for cell in unread} == {"NaN"}
    pollutants = [c.text for c in cells if c.check == "primary_pollutant.enum"]
    assert Counter(pollutants)["NaN"] == KEPT - 1  # one of the first thousand names two


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv", "md"])
def test_no_card_number_is_shown(city, form):
    cards = {row["card_no"] for row in rows_of("transit-card-records")}
    rows = ("check", "rows", "transit-card-records", "--limit", 10_000, "--format", form)
    result = city.program.ok(*rows, person=steward_of(city, "transit-card-records"))
    assert "card_no.pattern" in result.stdout
    assert [card for card in cards if card in result.output] == []


def test_no_card_number_leaves_the_bureau_or_enters_the_ledger(city):
    failing = failing_rows(city, "transit-card-records", 10_000)
    assert failing.hidden == {"card_no"}
    assert {cell.text for cell in failing.cells if cell.column == "card_no"} == {None}
    cards = {row["card_no"].encode() for row in rows_of("transit-card-records")}
    for entry in city.bureau.ledger_log(limit=1000):
        assert [card for card in cards if card in entry.body] == []


def test_the_three_headline_rates(city):
    rates = {rate.definition.id: (rate.n, rate.base, rate.excluded) for rate in city.made.rates}
    assert rates == {
        "COL-1": (9, 26, {"exempt": 1}),
        "SHA-2": (3, 12, {"not_shared": 1}),
        "USE-1": (2, 9, {"not_mounted": 3, "not_shared": 1}),
    }


def test_each_rate_is_the_count_of_the_rows_it_lists(city):
    query = RateQuery(as_of=city.bureau.today())
    for rate in city.bureau.rates(query):
        rows = city.bureau.rate_rows(rate.definition.id, query)
        base = [row for row in rows if not row.excluded]
        counted = sum(row.n for row in base), sum(row.base for row in base)
        assert counted == (rate.n, rate.base)
        assert Counter(row.excluded for row in rows if row.excluded) == rate.excluded


def test_the_funnel(city):
    assert [(stage.name, stage.n) for stage in city.made.funnel.stages] == [
        ("due", 26),
        ("catalogued", 12),
        ("mounted", 9),
        ("granted", 3),
        ("used", 2),
    ]
    assert city.made.funnel.outside == 1


def test_the_gaps(city):
    gaps = city.bureau.gaps()
    assert Counter(gap.kind.value for gap in gaps) == GAPS
    unclear = {g.subject for g in gaps if g.kind in ("source_missing", "operator_missing")}
    assert unclear == {"real-estate-register"}
    missing = {gap.subject for gap in gaps if gap.kind == "contract_missing"}
    assert missing == {"employment-registration", "real-estate-register", "census-microdata"}


def test_the_ledger_proves_itself_and_holds_every_act(city):
    assert (city.made.verification.size, city.made.verification.faults) == (ENTRIES, ())
    assert city.bureau.verify_ledger() == city.made.verification
    kinds = Counter(entry.kind for entry in city.bureau.ledger_log(limit=1000))
    assert {kind: n for kind, n in kinds.items() if not kind.endswith(".registered")} == {
        "duties.expanded": 1,
        "contract.published": 10,
        "delivery.published": 9,
        "delivery.refused": 1,
        "request.created": 4,
        "request.proposed": 4,
        "request.submitted": 4,
        "request.received": 4,
        "calendar.imported": 4,
        "request.agreed": 3,
        "request.refused": 1,
        "grant.issued": 3,
        "read.authorised": 2,
        "read.completed": 2,
        "read.denied": 2,
    }


def test_a_read_for_another_purpose_is_denied_and_leaves_no_file(city):
    assert [line for line in city.said if "denied" in line] == [
        "emergency tried another purpose on air-quality-hourly: denied, recorded",
        "nanshan tried another purpose on streets: denied, recorded",
    ]
    denied = city.bureau.ledger_log(limit=10, kind="read.denied")
    assert [entry.subject for entry in denied] == ["dataset:air-quality-hourly", "dataset:streets"]
    for entry in denied:
        _, body, person = city.bureau.ledger_entry(entry.index)
        assert body.facts["rules"] == ["purpose"]
        assert person in ("requester.emergency", "requester.nanshan")
    assert not (city.made.home / "other-purpose.csv").exists()


def test_the_emergency_office_reads_its_four_stations_where_an_index_was_measured(city):
    granted = ["date", "hour", "station", "aqi", "level", "pm25"]
    stations = ("盐田", "梅沙", "葵涌", "南澳")
    with (city.made.home / "emergency-air-quality.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert list(found[0]) == granted
    wanted = [
        {
            **{column: row[column] for column in ("hour", "station", "aqi", "level")},
            "date": f"{row['date'][:4]}-{row['date'][4:6]}-{row['date'][6:]}",
            "pm25": "" if row["pm25"] == "NaN" else row["pm25"],
        }
        for row in rows_of("air-quality-hourly")
        if row["station"] in stations and row["aqi"] != "NaN"
    ]
    assert found == wanted
    assert len(found) == 393


def test_the_district_reads_its_own_streets_without_those_set_aside(city):
    with (city.made.home / "nanshan-streets.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    rows = [
        row
        for row in rows_of("streets")
        if row["district_code"] == "440305" and row["name"].endswith("街道")
    ]
    assert found == [{c: row[c] for c in ("code", "name", "district_code")} for row in rows]
    assert len(found) == 8


def test_making_the_city_again_replaces_nothing_else(city, tmp_path):
    (tmp_path / "letters.txt").write_text("mine", "utf-8")
    result = city.program("demo", tmp_path)
    assert result.exit_code == 4
    assert "holds something that is not a sample city" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]


@pytest.mark.parametrize("name", CITIES)
def test_the_same_contract_finds_the_faults_of_another_city(ecology, name):
    path = AIR / f"{name}.csv"
    columns = contracts()["air-quality-hourly"].table.properties
    with path.open(encoding="utf-8", newline="") as file:
        rows = [{c.name: line[c.physical_name] for c in columns} for line in csv.DictReader(file)]
    pollutants = next(c.enum for c in columns if c.name == "primary_pollutant")
    faults = {
        f"{column}.type": {number for number, row in enumerate(rows) if row[column] == "NaN"}
        for column in ("aqi", "pm25", "pm10", "co", "no2", "o3_1h", "o3_8h", "so2")
    }
    faults["primary_pollutant.enum"] = {
        number for number, row in enumerate(rows) if row["primary_pollutant"] not in pollutants
    }
    faults["date+hour+station.unique"] = surplus(rows, ("date", "hour", "station"))
    nan = sum(cell == "NaN" for row in rows for cell in row.values())
    counted = (len(rows), len(faults["date+hour+station.unique"]), nan)
    assert counted == CITIES[name]

    delivered = ecology.deliver(DeliveryOrder(dataset="air-quality-hourly", path=path))
    assert failed(delivered.report) == {
        check: len(found) for check, found in faults.items() if found
    }
    assert delivered.report.failing_rows == len(set().union(*faults.values()))
    assert delivered.delivery.status is DeliveryStatus.FLAGGED
    assert delivered.delivery.rows_published == len(rows)
    cells = ecology.failing_rows("air-quality-hourly", limit=100_000).cells
    assert {cell.text for cell in cells if cell.check.endswith(".type")} == {"NaN"}
