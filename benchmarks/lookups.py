"""How many records a second the server gives by their key, beside a bare FastAPI route.

    python -m benchmarks.lookups --rows 10000000 --seconds 10

makes a table of so many keys, grants it, serves it, and asks for records over kept connections, with
authorisation and metering on. Prints one JSON document: calls a second and milliseconds of each.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from benchmarks.measuring import machine
from bureau import Bureau, DeliveryOrder, NewRequest, demo
from web.app import create_app

CONNECTIONS = 8
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
    with tempfile.TemporaryDirectory() as folder:
        town, token = make(Path(folder), given.rows)
        asked = f"POST /api/v1/lookup/streets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}"
        with served(create_app(town.workspace, per_minute=10**9)) as port:
            began = time.perf_counter()
            asyncio.run(ask(port, asked, 1, 0.1))
            first = time.perf_counter() - began
            lookups = asyncio.run(ask(port, asked, given.rows, given.seconds))
        with served(bare()) as port:
            plain = asyncio.run(
                ask(port, "POST /plain HTTP/1.1\r\nHost: x", given.rows, given.seconds)
            )
        town.close()
    result = {"rows": given.rows, "first_lookup_s": round(first, 1)}
    print(json.dumps({"machine": machine(), **result, "lookup": lookups, "bare": plain}, indent=2))


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
    app = FastAPI()

    @app.post("/plain")
    def plain(stated: dict[str, Any]) -> dict[str, Any]:
        return stated

    return app


@contextmanager
def served(app: FastAPI) -> Iterator[int]:
    config = uvicorn.Config(app, port=0, log_level="error", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


async def ask(port: int, head: str, rows: int, seconds: float) -> dict[str, float]:
    """Ask for records at random until the time is over; the client shares the machine."""
    chance, times, until = random.Random(1), [], time.perf_counter() + seconds

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            body = b'{"key":{"code":%d}}' % chance.randrange(rows)
            began = time.perf_counter()
            writer.write(
                f"{head}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 200"), answer
            [length] = [line for line in answer.lower().split(b"\r\n") if b"content-length" in line]
            await reader.readexactly(int(length.partition(b":")[2]))
            times.append(time.perf_counter() - began)
        writer.close()

    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
    times.sort()
    return {
        "calls_a_second": round(len(times) / seconds),
        "median_ms": round(times[len(times) // 2] * 1000, 1),
        "p99_ms": round(times[int(len(times) * 0.99)] * 1000, 1),
    }


if __name__ == "__main__":
    main()
