"""The whole act of delivering a CSV of N megabytes against DuckDB's own COPY of it to Parquet.

    python -m benchmarks.deliver_act --mb 1000

`Bureau.deliver`, as `bureau dataset deliver` calls it: hash, child process, encoding, typed Parquet,
every check of the contract, evidence, Delta commit, registry row and ledger entry. Once under a
contract that states types and nothing else, once under one with a key, ranges, lengths and a
pattern. COPY and deliveries take turns. Prints one JSON document with the best time of each.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.delivery import BYTES_A_ROW, READING, copy, write_csv
from benchmarks.measuring import machine, timed
from bureau import Bureau, DeliveryOrder

REGISTRY = """\
kind: Division
items:
  - {code: "4403", name_zh: 深圳市, level: city}
---
kind: Department
items:
  - {code: ecology, name_zh: 生态环境局, division: "4403"}
---
kind: Person
items:
  - {code: authority, name: 某甲, department: ecology, roles: [authority]}
  - {code: steward, name: 某乙, department: ecology, roles: [steward]}
---
kind: Dataset
items:
  - code: readings
    title_zh: 监测数据
    provider: ecology
    format: CSV
    update_cycle: daily
    share_type: unconditional
    share_mode: file
    resource_class: departmental
    grade: general
    contract: readings
"""
CONTRACT = """\
kind: DataContract
apiVersion: v3.1.0
id: readings
name: Readings
version: 1.0.0
status: active
schema:
  - name: readings
    physicalType: file
    properties:
"""
TYPES = {
    "id": "integer",
    "station": "string",
    "aqi": "integer",
    "pm25": "number",
    "day": "date",
    "hash": "string",
    "address": "string",
}
RULES = {
    "id": "required: true, primaryKey: true, primaryKeyPosition: 1",
    "station": 'required: true, logicalTypeOptions: {pattern: "^st[0-9]{1,3}$"}',
    "aqi": "required: true, logicalTypeOptions: {minimum: 0, maximum: 500}",
    "pm25": "required: true, logicalTypeOptions: {minimum: 0}",
    "day": "required: true",
    "hash": "required: true, logicalTypeOptions: {minLength: 32, maxLength: 32}",
    "address": "logicalTypeOptions: {maxLength: 100}",
}
CONTRACTS: dict[str, dict[str, str]] = {"types only": {}, "with checks": RULES}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mb", type=int, default=100)
    options.add_argument("--repeat", type=int, default=2)
    options.add_argument("--folder", type=Path, help="where to work; needs about 4 times the size")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        result = measure(Path(folder), given.mb, given.repeat)
    print(json.dumps({"machine": machine(), **result}, indent=2))


def measure(folder: Path, megabytes: int, repeat: int) -> dict[str, Any]:
    source = folder / "readings.csv"
    write_csv(source, megabytes * 1_000_000 // BYTES_A_ROW, READING)
    copies: list[dict[str, Any]] = []
    deliveries: dict[str, list[dict[str, Any]]] = {name: [] for name in CONTRACTS}
    for _ in range(repeat):
        copies.append(timed(lambda: copy(source, folder / "copy.parquet"))[0])
        for name, rules in CONTRACTS.items():
            with tempfile.TemporaryDirectory(dir=folder) as home:
                deliveries[name].append(deliver(Path(home), source, rules))
    best = min(copies, key=_seconds)
    result: dict[str, Any] = {"megabytes": source.stat().st_size / 1e6, "duckdb copy": best}
    for name, runs in deliveries.items():
        act = min(runs, key=_seconds)
        cpu = act["cpu_seconds"] / best["cpu_seconds"]
        ratio = act["seconds"] / best["seconds"]
        result[name] = act | {"ratio": round(ratio, 2), "cpu_ratio": round(cpu, 2)}
    return result


def deliver(home: Path, source: Path, rules: dict[str, str]) -> dict[str, Any]:
    """One delivery into a new workspace, with the seconds that each stage took."""
    registry = home / "registry"
    registry.mkdir()
    for number, document in enumerate([*REGISTRY.split("---\n"), contract(rules)]):
        (registry / f"{number}.yaml").write_text(document, "utf-8")
    Bureau.create(home / "workspace").apply(registry)
    bureau = Bureau.open(home / "workspace", actor="steward")
    stages = Stages()
    order = DeliveryOrder(dataset="readings", path=source)
    try:
        spent, delivered = timed(lambda: bureau.deliver(order, stages.enter))
    finally:
        bureau.close()
    report = delivered.report
    return {
        **spent,
        "stages": stages.seconds(),
        "rows": report.rows,
        "checks": len(report.results),
        "passed": report.passed,
    }


class Stages:
    """Turns the progress that a delivery reports into seconds for each stage."""

    def __init__(self) -> None:
        self._entered: list[tuple[str, float]] = [("hash and start", time.perf_counter())]

    def enter(self, stage: str, _part: float) -> None:
        if stage != self._entered[-1][0]:
            self._entered.append((stage, time.perf_counter()))

    def seconds(self) -> dict[str, float]:
        ends = [begun for _, begun in self._entered[1:]] + [time.perf_counter()]
        spent: dict[str, float] = {}
        for (stage, begun), end in zip(self._entered, ends, strict=True):
            spent[stage] = round(spent.get(stage, 0) + end - begun, 2)
        return spent


def contract(rules: dict[str, str]) -> str:
    lines = []
    for name, kind in TYPES.items():
        parts = [f"name: {name}", f"logicalType: {kind}"]
        parts += [rules[name]] if name in rules else []
        lines.append(f"      - {{{', '.join(parts)}}}\n")
    return CONTRACT + "".join(lines)


def _seconds(spent: dict[str, Any]) -> float:
    return float(spent["seconds"])


if __name__ == "__main__":
    main()
