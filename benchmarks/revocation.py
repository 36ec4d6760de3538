"""How soon after `grant revoke` nothing is given any more: to new calls, and in the middle of a file.

    python -m benchmarks.revocation --rounds 100 --rows 1000000

In each round a grant is read in four ways at once: query, file and lookup in turn, and a download that
goes on and on. It is revoked, and each way is asked on until it is refused. Prints one JSON document:
milliseconds from the start of the act, and from its end, where the download was cut by it.
"""

from __future__ import annotations

import argparse
import http.client
import json
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import duckdb

from benchmarks.calling import served
from benchmarks.granted import DATASET, TABLE, city, grant
from benchmarks.measuring import machine
from bureau import Bureau
from bureau.plane import DataPlane
from web.app import create_app

COLUMNS = ("code", "name", "first", "second")
WRITE = """
COPY (SELECT i AS code, 'street ' || i AS name, sha256(CAST(i AS VARCHAR)) AS first,
      sha256(CAST(-i AS VARCHAR)) AS second FROM range({rows}) AS t(i)) TO '{path}' (HEADER)
"""
PIECE, PAUSE_S = 256 << 10, 0.002
"""A download takes so much and waits a little, as over a network."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=100)
    options.add_argument("--rows", type=int, default=1_000_000)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.csv"
        duckdb.execute(WRITE.format(rows=given.rows, path=table))
        town = city(Path(folder), table)
        with served(create_app(DataPlane(town.workspace), per_minute=10**9)) as port:
            rounds = [revoked(town, port) for _ in range(given.rounds)]
        town.close()
    result = {
        way: {
            after: _spread([one[way][number] for one in rounds])
            for number, after in enumerate(("from_its_start_ms", "from_its_end_ms"))
        }
        for way in rounds[0]
    }
    print(json.dumps({"machine": machine(), "rounds": given.rounds, **result}, indent=2))


def revoked(town: Bureau, port: int) -> dict[str, tuple[float, float]]:
    """Seconds until each way is refused, from the start of the act and from its end."""
    ref, token = grant(town, COLUMNS)
    address = _file(port, token)
    ways: dict[str, Callable[[], int]] = {
        "query": partial(_call, port, "POST", f"{TABLE}/query", token, "{}"),
        "file": partial(_call, port, "GET", address, token, None, Range="bytes=0-9"),
        "lookup": partial(
            _call, port, "POST", f"/api/v1/lookup/{DATASET}", token, '{"key":{"code":1}}'
        ),
        "download": partial(_download, port, address),
    }
    for call in ways.values():
        assert call() < 300
    refused: dict[str, float] = {}

    def go_on(names: tuple[str, ...]) -> None:
        while left := [name for name in names if name not in refused]:
            for name in left:
                if ways[name]() >= 400:
                    refused[name] = time.perf_counter()

    threads = [
        threading.Thread(target=go_on, args=(names,))
        for names in (("query", "file", "lookup"), ("download",))
    ]
    for thread in threads:
        thread.start()
    time.sleep(0.05)
    began = time.perf_counter()
    town.acting_as("authority.data").revoke_grant(ref, reason="measured")
    ended = time.perf_counter()
    for thread in threads:
        thread.join()
    return {way: (refused[way] - began, refused[way] - ended) for way in ways}


def _file(port: int, token: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", f"{TABLE}/query", "{}", {"Authorization": f"Bearer {token}"})
    lines = connection.getresponse().read().splitlines()
    connection.close()
    address = urlsplit(json.loads(lines[-1])["file"]["url"])
    return f"{address.path}?{address.query}"


def _call(port: int, method: str, path: str, token: str, body: str | None, **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request(method, path, body, headers | {"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def _download(port: int, path: str) -> int:
    """The status of the file, or 499 where it was cut."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path)
    answer = connection.getresponse()
    left = answer.length or 0
    while answer.status == 200 and left:
        piece = answer.read(min(PIECE, left))
        if not piece:
            return 499
        left -= len(piece)
        time.sleep(PAUSE_S)
    connection.close()
    return answer.status


def _spread(seconds: list[float]) -> dict[str, float]:
    found = sorted(seconds)
    return {
        "p50": round(found[len(found) // 2] * 1000, 1),
        "p99": round(found[int(len(found) * 0.99)] * 1000, 1),
        "most": round(found[-1] * 1000, 1),
    }


if __name__ == "__main__":
    main()
