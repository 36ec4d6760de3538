"""How long a report of many rows takes in each format, and how much memory.

    python -m benchmarks.reports --rows 100000 --departments 100

The document is made up: two rates and their rows, so that what is measured is the formats and not
the queries. Each format runs in a process of its own. Prints one JSON document.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any

from benchmarks.measuring import machine, timed
from reports.compose import rate_bars, rate_cards, rate_table
from reports.data import sealed
from reports.model import Identity, Members, Method, Report, Row, Standing, Text

FORMATS = ("html", "xlsx", "pdf", "whole", "markdown")
DAY = date(2026, 6, 30)
_CHILDREN = resource.RUSAGE_CHILDREN


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--departments", type=int, default=100)
    options.add_argument("--format", choices=FORMATS)
    given = options.parse_args()
    if given.format:
        print(json.dumps(measure(given.format, given.rows, given.departments)))
        return
    result: dict[str, Any] = {"machine": machine(), "rows": given.rows}
    for name in FORMATS:
        size = ("--rows", str(given.rows), "--departments", str(given.departments))
        called = subprocess.run(
            [sys.executable, "-m", "benchmarks.reports", "--format", name, *size],
            capture_output=True,
            text=True,
            check=True,
        )
        result[name] = json.loads(called.stdout)
    print(json.dumps(result, indent=2))


def measure(name: str, rows: int, departments: int) -> dict[str, Any]:
    built, document = timed(lambda: sealed(report(rows, departments), language="both"))
    form = import_module(f"reports.{name}")
    written, content = timed(lambda: form.render(document))
    most = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, _CHILDREN))
    return {
        "document": built,
        "file": written,
        "file_mb": round(len(content) / 1e6, 1),
        "memory_mb": round(max(most) / 1024),
    }


def report(rows: int, departments: int) -> Report:
    rates = (
        members("COL-1", Text("归集率", "Collection rate"), rows // 2, departments),
        members("SHA-2", Text("实际共享率", "Effective sharing rate"), rows // 2, departments),
    )
    names = {f"department-{n:04}": Text(f"第{n}局", f"Bureau {n}") for n in range(departments)}
    bars = [rate_bars(rate, names) for rate in rates]
    return Report(
        identity=Identity(
            kind="sharing",
            title=Text("政务数据共享报告", "Report on data sharing"),
            city="深圳市",
            as_of=DAY,
            window_days=365,
            since=DAY,
            until=datetime(2026, 7, 1, tzinfo=UTC),
            ledger_size=1,
            ledger_root="00" * 32,
            generator="databureau",
        ),
        blocks=(rate_cards(rates, {}), rate_table(rates), *bars),
        members=rates,
        names=names,
    )


def members(rate: str, title: Text, rows: int, departments: int) -> Members:
    same = Text("已入库的责任", "duties that were met")
    standings = (Standing.IN, Standing.IN, Standing.OUT, Standing.EXCLUDED)
    listed = [
        Row(
            f"dataset-{number:06}",
            f"道路交通流量数据目录 {number}",
            f"department-{number % departments:04}",
            standings[number % 4],
            "exempt" if number % 4 == 3 else "",
            Text.same(f"dataset-{number:06} #{number % 97} of 2026-06-{number % 30 + 1:02}"),
        )
        for number in range(rows)
    ]
    return Members(
        id=rate,
        title=title,
        method=Method(name=rate, numerator=same, denominator=same, exclusions=same, basis=same),
        codes={"exempt": Text("责任豁免", "exempt from the rule")},
        rows=sorted(listed, key=lambda row: (row.department, row.id)),
    )


if __name__ == "__main__":
    main()
