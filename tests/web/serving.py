"""The real server on a real socket, and the calls that a reader makes."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import uvicorn

from bureau import Bureau, DeliveryOrder
from bureau.plane import DataPlane
from core.clock import Clock
from tests.bureau.test_sharing import granted
from tests.town import FILES
from web.app import create_app
from web.server import configured

SHARES = "/delta-sharing/shares"
TABLE = f"{SHARES}/water/schemas/water/tables/meters"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.body.splitlines()]

    @property
    def json(self) -> Any:
        [line] = self.body.splitlines()
        return json.loads(line)


@dataclass
class Client:
    """Calls with one token."""

    port: int
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        given = {**self.headers, **headers}
        if self.token:
            given.setdefault("Authorization", f"Bearer {self.token}")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            text = body if body is None or isinstance(body, bytes) else json.dumps(body)
            connection.request(method, quote(path, safe="/?&=%:+"), text, given)
            found = connection.getresponse()
            named = {name.lower(): value for name, value in found.getheaders()}
            return Answer(found.status, named, found.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self("GET", path, **headers)

    def query(self, body: Any = None, table: str = TABLE, **headers: str) -> Answer:
        return self("POST", f"{table}/query", {} if body is None else body, **headers)

    def file(self, **headers: str) -> str:
        """The path of the newest version's only file."""
        [_, _, line] = self.query(**headers).lines
        address = urlsplit(line["file"]["url"])
        return f"{address.path}?{address.query}"


GAUGES = """
apiVersion: v3.1.0
kind: DataContract
id: gauges
version: 1.0.0
name: Gauges
status: active
description: {purpose: Levels of water}
schema:
  - name: gauges
    properties:
      - {name: gauge, logicalType: string, required: true}
      - {name: 水位, logicalType: number}
      - {name: flow, logicalType: number, physicalType: double}
      - {name: read_at, logicalType: timestamp}
      - {name: opened, logicalType: date}
      - {name: clock, logicalType: time}
      - {name: alarm, logicalType: boolean}
      - {name: count, logicalType: integer}
"""
"""A contract with a column of each type."""
COLUMNS = ("gauge", "水位", "flow", "read_at", "opened", "clock", "alarm", "count")


def with_gauges(town: Bureau, clock: Clock, folder: Path, text: str) -> Bureau:
    """The town with a second dataset, delivered as `text`, of which parks may read all columns."""
    folder.mkdir()
    meters = FILES["datasets.yaml"]
    gauges = meters.replace("code: meters", "code: gauges").replace(
        "    fulfils: meter-readings\n    contract: meters", "    contract: gauges"
    )
    (folder / "gauges.yaml").write_text(GAUGES, "utf-8")
    (folder / "dataset.yaml").write_text(gauges, "utf-8")
    (folder / "gauges.csv").write_text(text, "utf-8")
    town.acting_as("operator.data").apply(folder / "gauges.yaml")
    town.acting_as("operator.data").apply(folder / "dataset.yaml")
    order = DeliveryOrder(dataset="gauges", path=folder / "gauges.csv")
    assert town.acting_as("steward.water").deliver(order).delivery.rows_published
    granted(town, clock, dataset="gauges", columns=COLUMNS)
    return town


@contextmanager
def served(bureau: Bureau, **options: Any) -> Iterator[int]:
    """The port of a server of the workspace; it has counted everything when it ends."""
    server = uvicorn.Server(configured(create_app(DataPlane(bureau.workspace), **options), port=0))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
