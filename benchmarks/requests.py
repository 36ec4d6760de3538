"""How long a decision, an inbox and the list of what is overdue take beside many closed requests.

    python -m benchmarks.requests --requests 100000 --open 500

makes the sample city, puts so many requests with their clocks into it, all but `--open` of them
closed, and prints one JSON document: the median milliseconds of each act, with and without them.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, insert
from sqlalchemy.orm import Session

from benchmarks.measuring import machine, timed
from bureau import Bureau, demo
from bureau.request_document import read_requests
from sharing.clocks.tables import ClockRow
from sharing.tables import AccessRequestRow

REQUEST = "emergency-air-quality"
ASKING, ENDORSING, DECIDING = "requester.emergency", "approver.emergency", "approver.ecology"
BATCH = 20_000

Rows = Iterator[dict[str, Any]]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--requests", type=int, default=100_000)
    options.add_argument("--open", type=int, default=500, help="how many of them wait for a reply")
    options.add_argument("--repeat", type=int, default=20)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "city"
        town = Bureau.create(home)
        town.apply(demo.sample_city() / "registry")
        calendars = sorted((demo.sample_city() / "calendar").glob("*.csv"))
        town.acting_as("operator.data").import_calendar(calendars)
        without = measure(home, given.repeat)
        fill(home, town.now(), given.requests, given.open)
        result = {"without": without, "with": measure(home, given.repeat)}
        town.close()
    sizes = {"requests": given.requests, "open": given.open}
    print(json.dumps({"machine": machine(), **sizes, "milliseconds": result}, indent=2))


def measure(home: Path, repeat: int) -> dict[str, float]:
    """Median milliseconds of each act, in one process that has done each once before."""
    town = Bureau.open(home)
    asking, deciding = town.acting_as(ASKING), town.acting_as(DECIDING)
    endorsing = town.acting_as(ENDORSING)
    path = demo.sample_city() / "requests" / f"{REQUEST}.yaml"
    [new] = read_requests(path.read_bytes(), path.name, zone=town.settings.zone, today=town.today())
    spent: dict[str, list[float]] = {}

    def act(name: str, work: Callable[[], Any]) -> Any:
        times, result = timed(work)
        spent.setdefault(name, []).append(times["seconds"] * 1000)
        return result

    for _ in range(repeat + 1):
        ref = act("submit", lambda: asking.create_request(new, submitted=True))[0].ref
        act("endorse", lambda ref=ref: endorsing.endorse_request(ref))
        act("receive", lambda ref=ref: deciding.receive_request(ref))
        act("decide", lambda ref=ref: deciding.approve_request(ref))
        act("inbox", deciding.inbox)
        act("overdue", town.overdue_requests)
    town.close()
    return {name: round(statistics.median(times[1:]), 1) for name, times in spent.items()}


def fill(home: Path, now: datetime, requests: int, waiting: int) -> None:
    """Put in requests, the last `waiting` of them open: half of these are overdue."""
    engine = create_engine(f"sqlite:///{home / 'bureau.db'}")
    with Session(engine) as session:
        first = 1_000
        row = session.query(AccessRequestRow).first()
        if row is None:
            raise SystemExit("measure without them first: their terms are copied")
        terms = dict(row.terms)
        for table, rows in (
            (AccessRequestRow, _requests(first, requests, waiting, terms, now)),
            (ClockRow, _clocks(first, requests, waiting, now.date())),
        ):
            while batch := list(islice(rows, BATCH)):
                session.execute(insert(table.__table__), batch)  # type: ignore[arg-type]
        session.commit()
    engine.dispose()


def _requests(
    first: int, requests: int, waiting: int, terms: dict[str, Any], now: datetime
) -> Rows:
    for number in range(requests):
        is_open = number >= requests - waiting
        yield {
            "number": first + number,
            "state": "submitted" if is_open else "refused",
            "department": "emergency",
            "dataset": terms["dataset"],
            "terms": terms,
            "created_by": ASKING,
            "created_at": now,
            "dossier": None,
            "proposed_at": now,
            "submitted_at": now,
            "endorsed_by": ENDORSING,
            "first_approval": None,
            "left_out": [],
            "received_at": now,
            "received_by": DECIDING,
            "returned": None,
            "extension": None,
            "decided_by": "" if is_open else DECIDING,
            "decided_at": None if is_open else now,
            "ground": "" if is_open else "exceeds_need",
            "reason": "",
            "grant_number": None,
        }


def _clocks(first: int, requests: int, waiting: int, today: date) -> Rows:
    for number in range(requests):
        is_open = number >= requests - waiting
        due_on = today + timedelta(days=7 if number % 2 else -7)
        for limit in ("receipt", "reply_conditional"):
            ended = not is_open or limit == "receipt"
            yield {
                "subject": f"request:REQ-{first + number:04d}",
                "limit_name": limit,
                "debtor": "ecology",
                "days": 10,
                "article": "21",
                "profile": "0" * 64,
                "started_on": today - timedelta(days=20),
                "due_on": due_on,
                "pauses": [],
                "extended_by": 0,
                "extended_after": 0,
                "ended_on": today if ended else None,
            }


if __name__ == "__main__":
    main()
