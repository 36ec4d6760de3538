"""How long a person waits for `bureau` to answer, each time from a new process.

    python -m benchmarks.cold_start --runs 20

Measured: Python doing nothing, help, and three looks at the sample city (made first, unless
`--home` names a workspace). The commands take turns, so that what else runs on the machine meets
all of them alike; the minimum is the best estimate of an idle machine. Prints one JSON document.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.measuring import machine, timed

TOP = Path(__file__).parents[1]
PROGRAM = "from cli import app; app()"
"""What the installed script `bureau` does."""
CALLS = {
    "python -c pass": ["pass"],
    "bureau --help": [PROGRAM, "--help"],
    "bureau dataset --help": [PROGRAM, "dataset", "--help"],
    "bureau dataset list": [PROGRAM, "dataset", "list"],
    "bureau dataset list --json": [PROGRAM, "dataset", "list", "--json"],
    "bureau rate show": [PROGRAM, "rate", "show"],
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=20)
    options.add_argument("--home", type=Path, help="a workspace to look at")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or make_city(Path(folder) / "city")
        result = {
            "machine": machine(),
            "runs": given.runs,
            "milliseconds": measure(home, given.runs),
        }
    print(json.dumps(result, indent=2))


def make_city(home: Path) -> Path:
    from bureau import demo

    demo.run(home, lambda _said: None)
    return home


def measure(home: Path, runs: int) -> dict[str, dict[str, float]]:
    spent: dict[str, list[dict[str, float]]] = {name: [] for name in CALLS}
    for _ in range(runs):
        for name, call in CALLS.items():
            times, _ = timed(lambda call=call: run(call, home))  # type: ignore[misc]
            spent[name].append(times)
    return {name: summary(times) for name, times in spent.items()}


def run(call: list[str], home: Path) -> None:
    environment = {**os.environ, "BUREAU_HOME": str(home)}
    subprocess.run(
        [sys.executable, "-c", *call], cwd=TOP, env=environment, capture_output=True, check=True
    )


def summary(times: list[dict[str, float]]) -> dict[str, float]:
    clock = [1000 * spent["seconds"] for spent in times]
    processor = [1000 * spent["cpu_seconds"] for spent in times]
    return {
        "minimum": round(min(clock)),
        "median": round(median(clock)),
        "cpu_minimum": round(min(processor)),
        "cpu_median": round(median(processor)),
    }


if __name__ == "__main__":
    main()
