"""Delivery of a CSV of N megabytes against DuckDB's own COPY of the same file to Parquet.

Measured: identify (hash, encoding), stage (typed Parquet, unread cells), publish (Delta commit).
Three files of the same table: UTF-8, UTF-8 in which one number in a thousand reads NaN, GB18030.
Each time is the best of `--repeat` runs, COPY and delivery taking turns. JSON on standard output.

    python benchmarks/delivery.py --mb 1000
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import duckdb

sys.path.insert(0, str(Path(__file__).parents[1]))

from catalog.lake import Lake
from catalog.plan import Column, ColumnType, Scan
from catalog.source.connection import literal
from catalog.source.sniff import SourceFile, identify
from catalog.source.staging import stage

COLUMNS = tuple(
    Column(name, kind, (name,))
    for name, kind in (
        ("id", ColumnType.INTEGER),
        ("station", ColumnType.STRING),
        ("aqi", ColumnType.INTEGER),
        ("pm25", ColumnType.NUMBER),
        ("day", ColumnType.DATE),
        ("hash", ColumnType.STRING),
        ("address", ColumnType.STRING),
    )
)
BYTES_A_ROW = 94
TABLE = """
SELECT i AS id, 'st' || (i % 1000) AS station, (i * 7919) % 500 AS aqi,
       {pm25} AS pm25, DATE '2020-01-01' + CAST(i % 365 AS INTEGER) AS day,
       md5(CAST(i AS VARCHAR)) AS hash, '深圳市南山区 ' || (i % 77) || ' text' AS address
FROM range({rows}) AS t(i)
"""
READING = "CAST(CAST(i * 31 % 10000 AS DECIMAL(9, 2)) / 100 AS VARCHAR)"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--mb", type=int, default=100)
    options.add_argument("--repeat", type=int, default=2)
    options.add_argument("--folder", type=Path, help="where to work; needs about 5 times the size")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        print(json.dumps(measure(Path(folder), given.mb, given.repeat), indent=2))


def measure(folder: Path, megabytes: int, repeat: int) -> dict[str, object]:
    plain, dirty = folder / "plain.csv", folder / "dirty.csv"
    rows = megabytes * 1_000_000 // BYTES_A_ROW
    write_csv(plain, rows, READING)
    write_csv(dirty, rows, f"CASE WHEN i % 1000 = 7 THEN 'NaN' ELSE {READING} END")
    results: dict[str, object] = {"cpus": os.cpu_count(), "megabytes": plain.stat().st_size / 1e6}
    files = {"utf-8": plain, "utf-8 with unread cells": dirty}
    for name, path in files.items():
        results[name] = compare(folder, path, repeat)
    legacy = folder / "gb18030.csv"
    transcode(plain, legacy)
    results["gb18030"] = compare(folder, legacy, repeat, baseline=plain)
    return results


def write_csv(path: Path, rows: int, pm25: str) -> None:
    query = TABLE.format(rows=rows, pm25=pm25)
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({query}) TO {literal(str(path))} (HEADER)").fetchall()


def transcode(source: Path, target: Path) -> None:
    with (
        source.open(encoding="utf-8", newline="") as read,
        target.open("w", encoding="gb18030", newline="") as write,
    ):
        while piece := read.read(1 << 20):
            write.write(piece)


def compare(
    folder: Path, path: Path, repeat: int, baseline: Path | None = None
) -> dict[str, float]:
    """Best times in seconds; DuckDB copies `baseline` where it cannot read `path` itself."""
    copies, deliveries = [], []
    for _ in range(repeat):
        copies.append(timed(lambda: copy(baseline or path, folder / "copy.parquet"))[0])
        deliveries.append(deliver(folder, path))
    best = min(deliveries, key=lambda times: times["total"])
    return {"duckdb copy": min(copies), **best, "ratio": best["total"] / min(copies)}


def copy(source: Path, target: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (FROM read_csv({literal(str(source))})) TO {literal(str(target))}"
        ).fetchall()


def deliver(folder: Path, path: Path) -> dict[str, float]:
    scratch, lake = folder / "scratch", Lake(folder / "lake")
    (folder / "lake").mkdir(exist_ok=True)
    scratch.mkdir()
    staged = lake.staging_path("t1", "d1")

    def staging(source: SourceFile) -> Scan:
        return stage(source, COLUMNS, staged, scratch)

    try:
        identified, source = timed(lambda: identify(path, text=scratch / "utf8"))
        converted, _ = timed(lambda: staging(source))
        published, _ = timed(
            lambda: lake.publish("t1", staged, COLUMNS, delivery_id="d1", sha256=source.sha256)
        )
    finally:
        shutil.rmtree(scratch)
        shutil.rmtree(folder / "lake")
    return {
        "identify": identified,
        "stage": converted,
        "publish": published,
        "total": identified + converted + published,
    }


T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    result = work()
    return round(time.perf_counter() - start, 2), result


if __name__ == "__main__":
    main()
