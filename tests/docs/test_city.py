"""The sample city: sound registry, sound contracts, credited files, and exactly the known faults."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from catalog.documents import Known, Registry, load_registry
from catalog.expand import expand
from catalog.gaps import GapKind, find_gaps
from catalog.model import DatasetStatus, DeliveryPolicy, ShareMode, ShareType
from catalog.predicate import columns_of, parse_predicate
from contracts.lint import lint
from contracts.model import DataContract
from contracts.odcs import parse_contract
from core.actor import Role
from core.strict_yaml import load_yaml
from quality.compile import compile_contract

CITY = Path(__file__).parents[2] / "examples" / "city"
DELIVERIES = {path.stem: path for path in sorted((CITY / "deliveries").iterdir())}
REQUESTS = sorted((CITY / "requests").glob("*.yaml"))
MAX_BYTES = 1_200_000
DAY = date(2026, 3, 2)

Row = dict[str, str]
Finder = Callable[[list[Row]], set[int]]

ROWS = {
    "air-quality-hourly": (1287, 1035),
    "metro-stations": (215, 0),
    "transit-card-records": (100, 26),
    "industry-codes": (1970, 232),
    "division-codes": (393, 0),
    "division-history": (375, 64),
    "streets": (79, 5),
    "working-days": (286, 10),
    "epidemic-city-daily": (294, 29),
    "standards-classification": (1861, 3),
}
"""Rows in each delivery, and how many of them fail at least one check."""


@cache
def registry() -> Registry:
    folder = CITY / "registry"
    files = ((str(p.relative_to(folder)), p.read_bytes()) for p in sorted(folder.rglob("*.yaml")))
    return load_registry(files, Known())


@cache
def contracts() -> dict[str, DataContract]:
    parsed = (parse_contract(text, name) for name, text in registry().contracts)
    return {contract.id: contract for contract in parsed}


@cache
def rows_of(dataset: str) -> list[Row]:
    """The delivery read by nothing but the standard library; "" stands for an empty cell."""
    data = DELIVERIES[dataset].read_bytes()
    columns = contracts()[dataset].table.properties
    if dataset == "metro-stations":
        lines = csv.reader(io.StringIO(data.decode("gb18030")))
        return [dict(zip([c.name for c in columns], line, strict=True)) for line in lines]
    if DELIVERIES[dataset].suffix == ".json":
        document = json.loads(data)
        found: list[dict[str, Any]] = document.get("data") or document["days"]
    else:
        found = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    return [{c.name: str(row.get(c.physical_name or c.name, "")) for c in columns} for row in found]


def repeated(*columns: str) -> Finder:
    def find(rows: list[Row]) -> set[int]:
        keys = [tuple(row[column] for column in columns) for row in rows]
        times = Counter(keys)
        return {number for number, key in enumerate(keys) if times[key] > 1}

    return find


def where(column: str, bad: Callable[[str], bool]) -> Finder:
    return lambda rows: {number for number, row in enumerate(rows) if bad(row[column])}


def unlike(pattern: str) -> Callable[[str], bool]:
    return lambda text: text != "" and re.search(pattern, text) is None


def not_among(*allowed: str) -> Callable[[str], bool]:
    return lambda text: text != "" and text not in allowed


def unknown_in(dataset: str, column: str) -> Callable[[str], bool]:
    return lambda text: text != "" and all(row[column] != text for row in rows_of(dataset))


def is_nan(text: str) -> bool:
    return text == "NaN"


def is_empty(text: str) -> bool:
    return text == ""


def has_blank(text: str) -> bool:
    return any(blank in text for blank in " \u00a0\u3000")


EXPECTED: dict[str, dict[str, tuple[int, Finder]]] = {
    "air-quality-hourly": {
        "date+hour+station.unique": (130, repeated("date", "hour", "station")),
        "primary_pollutant.enum": (
            1002,
            where("primary_pollutant", not_among("细颗粒物(PM2.5)", "颗粒物(PM10)", "二氧化氮")),
        ),
        "aqi.type": (37, where("aqi", is_nan)),
        "pm25.type": (37, where("pm25", is_nan)),
        "pm10.type": (85, where("pm10", is_nan)),
        "co.type": (43, where("co", is_nan)),
        "no2.type": (37, where("no2", is_nan)),
        "o3_1h.type": (38, where("o3_1h", is_nan)),
        "o3_8h.type": (33, where("o3_8h", is_nan)),
        "so2.type": (33, where("so2", is_nan)),
    },
    "metro-stations": {},
    "transit-card-records": {
        "card_no.pattern": (1, where("card_no", unlike(r"\A[A-J]{9}\Z"))),
        "car_no.required": (2, where("car_no", is_empty)),
        "station.required": (2, where("station", is_empty)),
        "station.reference": (23, where("station", unknown_in("metro-stations", "station_name"))),
    },
    "industry-codes": {
        "code.unique": (198, repeated("code")),
        "code.pattern": (9, where("code", unlike(r"\A([A-T]|[0-9]{2,4})\Z"))),
        "name.pattern": (26, where("name", has_blank)),
    },
    "division-codes": {},
    "division-history": {
        "code.reference": (9, where("code", unknown_in("division-codes", "code"))),
        "successor.pattern": (56, where("successor", unlike(r"\A[0-9]{6}\Z"))),
    },
    "streets": {"name.pattern": (5, where("name", unlike(r"街道\Z")))},
    "working-days": {"name.enum": (10, where("name", lambda name: name == "中秋节、国庆节"))},
    "epidemic-city-daily": {
        "city.required": (14, where("city", is_empty)),
        "city.pattern": (15, where("city", unlike(r"市\Z"))),
        "city_code.required": (20, where("city_code", is_empty)),
        "city_code.format": (9, where("city_code", unlike(r"\A[0-9]{6}\Z"))),
        "city_code.reference": (9, where("city_code", unknown_in("division-codes", "code"))),
    },
    "standards-classification": {
        "code.unique": (2, repeated("code")),
        "name.pattern": (1, where("name", has_blank)),
    },
}
"""How many rows fail, by dataset and check, and how to find them without the program's help.

Every other check that the contracts state holds.
"""


@pytest.mark.parametrize("dataset", EXPECTED)
def test_each_delivery_has_the_faults_that_are_told_of_it(dataset: str) -> None:
    rows = rows_of(dataset)
    found = {check: find(rows) for check, (_, find) in EXPECTED[dataset].items()}
    counts = {check: count for check, (count, _) in EXPECTED[dataset].items()}
    assert {check: len(failing) for check, failing in found.items()} == counts
    assert (len(rows), len(set[int]().union(*found.values()))) == ROWS[dataset]


@pytest.mark.parametrize("dataset", EXPECTED)
def test_the_contract_states_every_check_that_is_expected_to_fail(dataset: str) -> None:
    stated = {spec.id for spec in compile_contract(contracts()[dataset])}
    assert stated >= set(EXPECTED[dataset])


def test_the_air_quality_file_has_65_repeated_keys_and_1344_cells_that_read_nan() -> None:
    rows = rows_of("air-quality-hourly")
    times = Counter((row["date"], row["hour"], row["station"]) for row in rows)
    assert sum(count - 1 for count in times.values()) == 65
    assert sum(is_nan(cell) for row in rows for cell in row.values()) == 1344


def test_every_check_that_a_contract_states_can_be_executed() -> None:
    reasons = {
        f"{name}: {spec.id}": spec.reason
        for name, contract in contracts().items()
        for spec in compile_contract(contract)
        if spec.reason
    }
    assert reasons == {}


def test_every_contract_is_without_a_lint_finding() -> None:
    assert [found for name, text in registry().contracts for found in lint(text, name)] == []


def test_every_delivery_belongs_to_a_dataset_with_a_contract_and_every_contract_is_delivered() -> (
    None
):
    contracted = {d.item.code: d.item.contract for d in registry().datasets if d.item.contract}
    assert set(contracted) == set(DELIVERIES) == set(EXPECTED)
    assert set(contracted.values()) == set(contracts())


def test_the_registry_holds_the_city_down_to_its_streets() -> None:
    levels = Counter(placed.item.level for placed in registry().divisions)
    assert levels == {"province": 1, "city": 1, "district": 9, "street": 79}


def test_every_provider_has_a_steward_and_an_approver_who_are_two_persons() -> None:
    people = [placed.item for placed in registry().people]
    for provider in {placed.item.provider for placed in registry().datasets}:
        stewards = {p.code for p in people if p.department == provider and Role.STEWARD in p.roles}
        approvers = {
            p.code for p in people if p.department == provider and Role.APPROVER in p.roles
        }
        assert stewards, provider
        assert approvers, provider
        assert stewards.isdisjoint(approvers)


def test_the_datasets_show_every_kind_of_sharing_and_every_policy() -> None:
    datasets = [placed.item for placed in registry().datasets]
    assert {dataset.share_type for dataset in datasets} == set(ShareType)
    assert {dataset.policy for dataset in datasets} == set(DeliveryPolicy)
    assert all(dataset.status is DatasetStatus.PUBLISHED for dataset in datasets)


def test_the_duties_in_force_are_more_than_the_datasets_that_fulfil_them() -> None:
    city = registry()
    rules = [placed.item for placed in city.rules]
    duties = expand(rules, [placed.item for placed in city.departments])
    in_force = [duty for duty in duties if duty.end is None or duty.end >= DAY]
    assert len(in_force) == 27
    assert [duty.department for duty in in_force if duty.exempt] == ["statistics"]
    assert len(duties) == 28
    due = {(duty.item, duty.department) for duty in in_force}
    fulfilled = {(d.item.fulfils, d.item.provider) for d in city.datasets if d.item.fulfils}
    assert fulfilled <= due
    assert len(fulfilled) == 12


def test_one_dataset_leaves_open_who_answers_for_it() -> None:
    city = registry()
    departments = [placed.item for placed in city.departments]
    gaps = find_gaps([placed.item for placed in city.datasets], departments, [], set())
    unclear = (GapKind.SOURCE_MISSING, GapKind.OPERATOR_MISSING)
    assert [(gap.subject, gap.kind) for gap in gaps if gap.kind in unclear] == [
        ("real-estate-register", kind) for kind in unclear
    ]


@pytest.mark.parametrize("path", REQUESTS, ids=lambda path: path.stem)
def test_each_request_asks_another_department_for_columns_that_exist(path: Path) -> None:
    request = load_yaml(path.read_bytes(), path.name).value
    city = registry()
    columns = {p.name for p in contracts()[request["dataset"]].table.properties}
    asked = set(request["columns"])
    if "rows" in request:
        asked |= set(columns_of(parse_predicate(request["rows"])))
    assert asked <= columns
    assert ShareMode(request["mode"])
    assert request["days"] > 0
    assert request["legal_basis"]
    assert request["scenario"]
    (consumer,) = (
        a.item.department for a in city.applications if a.item.code == request["application"]
    )
    (provider,) = (d.item.provider for d in city.datasets if d.item.code == request["dataset"])
    assert consumer != provider


def test_every_delivery_is_credited() -> None:
    credited = (CITY / "SOURCES.md").read_text(encoding="utf-8")
    for path in DELIVERIES.values():
        line = next(line for line in credited.splitlines() if f"`{path.name}`" in line)
        assert re.search(r"MIT|Apache-2\.0|CC0|WTFPL", line), line


def test_the_city_stays_small() -> None:
    total = sum(path.stat().st_size for path in CITY.rglob("*") if path.is_file())
    assert total < MAX_BYTES
