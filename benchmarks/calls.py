"""What millions of metered calls leave behind: bytes a call, entries of the ledger, time of the rates.

    python -m benchmarks.calls --calls 11000000 --grants 1000 --days 30 --batches 48

meters lookups of so many grants on so many days, as the server does but without HTTP, and counts them
into the ledger so many times a day. Prints one JSON document.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from benchmarks.granted import city, grant
from benchmarks.measuring import counted, machine, timed
from bureau import Bureau
from bureau.metering import Meter
from core.clock import FixedClock
from rates.model import RateQuery
from sharing.metering.model import Looked

BYTES = 118
"""Of an answer with one record."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=11_000_000)
    options.add_argument("--grants", type=int, default=1_000)
    options.add_argument("--days", type=int, default=30)
    options.add_argument("--batches", type=int, default=48, help="a day")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.csv"
        table.write_text("code,name,first,second\n1,a,b,c\n", "utf-8")
        town = city(Path(folder), table)
        grant(town, ("code", "name"))
        clock = FixedClock(town.now())
        home = town.settings.home
        town.close()
        _copy_grant(home / "bureau.db", given.grants)
        print(json.dumps({"machine": machine(), **measured(home, clock, given)}, indent=2))


def measured(home: Path, clock: FixedClock, given: argparse.Namespace) -> dict[str, object]:
    town = Bureau.open(home, clock=clock)
    before, entries = _sizes(town), _entries(town)
    rates, _ = timed(lambda: town.rates(RateQuery(as_of=town.today())))
    meter = Meter(town.workspace, lambda _: ())
    batches, sealing = given.days * given.batches, 0.0

    def run() -> None:
        nonlocal sealing
        calls = _calls(given.calls, given.grants, clock, timedelta(days=given.days))
        for number in range(batches):
            for _ in range(_share(given.calls, batches, number)):
                meter.looked(next(calls))
            began = time.perf_counter()
            meter.seal()
            sealing += time.perf_counter() - began

    spent = counted(given.calls, run)
    meter.close()
    after = _sizes(town)
    grown = {name: round((after[name] - before[name]) / given.calls, 2) for name in after}
    again, _ = timed(lambda: town.rates(RateQuery(as_of=town.today())))
    result = {
        "calls": given.calls,
        "grants": given.grants,
        "metering": spent,
        "seconds_of_sealing": round(sealing, 1),
        "entries_of_the_ledger": _entries(town) - entries,
        "bytes_a_call": grown | {"all": round(sum(grown.values()), 2)},
        "rate_show": {"before": rates, "after": again},
    }
    town.close()
    return result


def _calls(calls: int, grants: int, clock: FixedClock, time_of_all: timedelta) -> Iterator[Looked]:
    """Lookups of grants at random, evenly over the time; the clock goes with them."""
    chance, began = random.Random(11), clock.now()
    for number in range(calls):
        at = began + time_of_all * number / calls + _jitter(chance)
        clock.moment = at
        ref = f"GRT-{chance.randrange(grants) + 1:04d}"
        yield Looked(ref, f"CRD-{ref[4:]}", 1, BYTES + chance.randrange(40), at)


def _jitter(chance: random.Random) -> timedelta:
    return timedelta(microseconds=chance.randrange(1000))


def _share(calls: int, batches: int, number: int) -> int:
    return calls * (number + 1) // batches - calls * number // batches


def _copy_grant(database: Path, grants: int) -> None:
    """As many grants as asked for, all alike: only their counters matter here."""
    with closing(sqlite3.connect(database)) as connection, connection:
        for table in ("access_request", "access_grant"):
            cursor = connection.execute(f"SELECT * FROM {table} WHERE number = 1")
            names = [column[0] for column in cursor.description]
            row = dict(zip(names, cursor.fetchone(), strict=True))
            marks = ", ".join("?" * len(names))
            numbered = [name for name in names if name in ("number", "request", "grant_number")]
            connection.executemany(
                f"INSERT INTO {table} VALUES ({marks})",
                (
                    tuple((row | dict.fromkeys(numbered, number)).values())
                    for number in range(2, grants + 1)
                ),
            )


def _sizes(town: Bureau) -> dict[str, int]:
    with closing(sqlite3.connect(town.settings.home / "bureau.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    journal = (town.settings.home / "journal").glob("*")
    return {
        "database": (town.settings.home / "bureau.db").stat().st_size,
        "journal": sum(path.stat().st_blocks * 512 for path in journal),
    }


def _entries(town: Bureau) -> int:
    with town.workspace.reading() as unit:
        return unit.ledger.head().size


if __name__ == "__main__":
    main()
