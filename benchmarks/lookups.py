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
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from benchmarks.calling import call, served
from benchmarks.granted import city, grant
from benchmarks.measuring import machine, timed
from bureau.plane import DataPlane
from web.app import create_app

ASKED = 100_000
"""Different keys that are asked for."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=10_000_000)
    options.add_argument("--seconds", type=float, default=10)
    given = options.parse_args()
    chance = random.Random(1)
    bodies = [b'{"key":{"code":%d}}' % chance.randrange(given.rows) for _ in range(ASKED)]
    with tempfile.TemporaryDirectory() as folder:
        town = city(Path(folder), keys(Path(folder) / "keys.csv", given.rows))
        _, token = grant(town, ("code", "name"))
        asked = f"POST /api/v1/lookup/streets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}"
        with served(create_app(DataPlane(town.workspace), per_minute=10**9)) as port:
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


def keys(path: Path, rows: int) -> Path:
    """A table of so many keys."""
    with path.open("w", encoding="utf-8") as file:
        file.write("code,name,first,second\n")
        file.writelines(f"{n},街道 {n},440305,\n" for n in range(rows))
    return path


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
