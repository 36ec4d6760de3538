"""How many records a second the server gives by their key, beside a bare FastAPI route.

    python -m benchmarks.lookups --rows 10000000 --seconds 10

makes a table of so many keys, grants it, serves it, and asks for records over kept connections, with
authorisation and metering on. Prints one JSON document: calls a second and milliseconds of each.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from benchmarks.calling import call, served
from benchmarks.measuring import machine, timed
from bureau import Bureau, DeliveryOrder, NewRequest, demo
from web.app import create_app

ASKED = 100_000
"""Different keys that are asked for."""
CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: streets
version: 2.0.0
name: Keys
status: active
schema:
  - name: streets
    properties:
      - {name: code, logicalType: integer, required: true, primaryKey: true, primaryKeyPosition: 1}
      - {name: name, logicalType: string}
      - {name: district_code, logicalType: string}
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=10_000_000)
    options.add_argument("--seconds", type=float, default=10)
    given = options.parse_args()
    chance = random.Random(1)
    bodies = [b'{"key":{"code":%d}}' % chance.randrange(given.rows) for _ in range(ASKED)]
    with tempfile.TemporaryDirectory() as folder:
        town, token = make(Path(folder), given.rows)
        asked = f"POST /api/v1/lookup/streets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}"
        with served(create_app(town.workspace, per_minute=10**9)) as port:
            first, _ = timed(lambda: call(port, asked, bodies[:1], 0))
            lookups = call(port, asked, bodies, given.seconds)
        with served(bare()) as port:
            plain = {
                name: call(port, f"POST /{name} HTTP/1.1\r\nHost: x", bodies, given.seconds)
                for name in ("threaded", "async")
            }
        town.close()
    result = {"rows": given.rows, "first_lookup": first, "lookup": lookups, "bare": plain}
    print(json.dumps({"machine": machine(), **result}, indent=2))


def make(folder: Path, rows: int) -> tuple[Bureau, str]:
    """The sample city with a table of `rows` keys, and a token for it."""
    town = Bureau.create(folder / "city")
    town.apply(demo.sample_city() / "registry")
    operator = town.acting_as("operator.data")
    operator.import_calendar(sorted((demo.sample_city() / "calendar").glob("*.csv")))
    (folder / "contract.yaml").write_text(CONTRACT, "utf-8")
    operator.apply(folder / "contract.yaml")
    table = folder / "streets.csv"
    with table.open("w", encoding="utf-8") as file:
        file.write("code,name,district_code\n")
        file.writelines(f"{n},街道 {n},440305\n" for n in range(rows))
    town.acting_as("steward.statistics").deliver(DeliveryOrder(dataset="streets", path=table))
    now = town.now()
    new = NewRequest(
        dataset="streets",
        application="nanshan-grid",
        legal_basis="《政务数据共享条例》第二十四条",
        scenario="按街道划分基层治理网格",
        columns=("code", "name"),
        rows=None,
        not_before=now,
        not_after=now + timedelta(days=30),
    )
    asking = town.acting_as("requester.nanshan")
    [request, *_] = asking.create_request(new, submitted=True)
    town.acting_as("approver.nanshan").endorse_request(request.ref)
    town.acting_as("approver.statistics").approve_request(request.ref)
    [grant] = town.list_grants(dataset="streets")
    return town, asking.credentials.issue(grant.ref).token


def bare() -> FastAPI:
    """Routes that do nothing: one run by a thread, as most are, and one by the loop itself."""
    app = FastAPI()

    @app.post("/threaded")
    def threaded(stated: dict[str, Any]) -> dict[str, Any]:
        return stated

    @app.post("/async")
    async def at_once(stated: dict[str, Any]) -> dict[str, Any]:
        return stated

    return app


if __name__ == "__main__":
    main()
