"""Every benchmark runs and says its figures in JSON; how fast is nobody's business here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

TOP = Path(__file__).parents[2]
WITHOUT_FIGURES = {"answered", "asked", "calling", "granted", "measuring"}
"""Modules that the benchmarks share."""
NEEDS_NGINX = {"bytes"}
"""It is run by `make bytes`, which installs nginx: no other test needs anything but Python."""
NEEDS_SOURCES = {"open_city"}
"""It reads three catalogues that are too large to stand here."""

SMALL = {
    "calls": [*("--calls", "300", "--grants", "20"), *("--days", "2", "--batches", "2")],
    "cold_start": ["--runs", "1"],
    "deliver_act": ["--mb", "1", "--repeat", "1"],
    "delivery": ["--mb", "1", "--repeat", "1"],
    "ledger": ["--entries", "5", "--commits", "2"],
    "lookups": ["--rows", "20", "--seconds", "0.2"],
    "rates": [*("--datasets", "100", "--grants", "120", "--uses", "1000"), "--deliveries", "2"],
    "registration": ["--datasets", "3"],
    "reports": ["--rows", "40", "--departments", "4"],
    "revocation": ["--rounds", "2", "--rows", "20000"],
    "requests": ["--requests", "20", "--open", "4", "--repeat", "1"],
}


@cache
def figures(name: str, home: Path) -> dict[str, Any]:
    """What the benchmark prints, at a size that takes no time."""
    more = ["--home", str(home)] if name == "cold_start" else []
    called = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *SMALL[name], *more],
        cwd=TOP,
        env={**os.environ, "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert called.returncode == 0, called.stderr
    said = json.loads(called.stdout)
    assert isinstance(said, dict)
    return said


def test_every_benchmark_is_tried():
    found = {path.stem for path in (TOP / "benchmarks").glob("*.py")}
    assert found - WITHOUT_FIGURES - NEEDS_NGINX - NEEDS_SOURCES == set(SMALL)


@pytest.mark.parametrize("name", sorted(SMALL))
def test_a_benchmark_prints_its_figures(name, made):
    assert figures(name, made[1])


def test_the_benchmark_that_needs_nginx_is_run_before_a_change_lands():
    assert "make bytes" in (TOP / ".ci" / "run").read_text("utf-8").splitlines()
    assert "benchmarks.bytes" in (TOP / "Makefile").read_text("utf-8")


def test_registration_registers_all_of_it_and_changes_nothing_the_second_time(made):
    said = figures("registration", made[1])
    for mode in ("items lists", "one file a dataset"):
        assert said[mode]["registered"] == 3
        assert said[mode]["ledger_entries"] == 3 + 62


def test_a_benchmarked_delivery_passes_its_checks(made):
    said = figures("deliver_act", made[1])
    assert said["types only"]["passed"]
    assert said["with checks"]["passed"]
