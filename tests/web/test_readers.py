"""The reader that departments have, the Python package delta-sharing, on the real server."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from bureau import DeliveryOrder
from tests.bureau.test_sharing import granted
from tests.town import GOOD
from tests.web.serving import served, with_gauges
from tests.web.test_metering import uses

TOP = Path(__file__).parents[2]
PYTHON = Path(os.environ.get("BUREAU_READERS", TOP / ".venv-clients")) / "bin" / "python"
"""An environment with constraints/clients.txt; `make test` makes it."""
READER = Path(__file__).with_name("reader.py")
TYPES = """meter,day,litres,keeper
M001,2026-03-01,120,王芳
M002,2026-02-28,,李雷
"""


def reads(town, tmp_path, port):
    profile = tmp_path / "parks.share"
    token = town.acting_as("requester.parks").credentials.issue("GRT-0001").token
    endpoint = f"http://127.0.0.1:{port}/delta-sharing"
    text = {"shareCredentialsVersion": 1, "endpoint": endpoint, "bearerToken": token}
    profile.write_text(json.dumps(text), "utf-8")
    done = subprocess.run(
        [PYTHON, "-P", READER, profile], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def found(delivered, clock, tmp_path):
    """What the reader finds after a second delivery, and what was counted."""
    granted(delivered, clock, columns=("meter", "day", "litres"))
    path = tmp_path / "types.csv"
    path.write_text(TYPES, "utf-8")
    delivered.acting_as("steward.water").deliver(DeliveryOrder(dataset="meters", path=path))
    with served(delivered) as port:
        seen = reads(delivered, tmp_path, port)
    return seen, uses(delivered)


def test_all_that_the_python_reader_can_do(found):
    seen, counted = found
    rows = [
        {"meter": "M001", "day": "2026-03-01", "litres": 120},
        {"meter": "M002", "day": "2026-02-28", "litres": None},
    ]
    assert seen["all_tables"] == ["water.water.meters"]
    assert (seen["version"], seen["since"], seen["protocol"]) == (1, 0, 1)
    assert [field["type"] for field in seen["schema"]] == ["string", "date", "long"]
    assert [row["meter"] for row in seen["parquet"]] == [row["meter"] for row in rows]
    assert [row["day"][:10] for row in seen["parquet"]] == [row["day"] for row in rows]
    assert seen["delta"] == seen["parquet"]
    assert len(seen["limit"]) == 2
    assert len(seen["first"]) == GOOD.count("\n") - 1
    assert seen["first in delta"] == seen["first"]
    assert seen["missing"]["error"] == "HTTPError"
    assert "404" in seen["missing"]["text"]
    changes = [_change(row) for row in seen["changes"]]
    assert changes[:4] == [(meter, "insert", 0) for meter in ("M001", "M001", "M002", "M003")]
    assert changes[4:] == [_change(row) for row in seen["newest changes"]]
    assert sorted(changes[4:]) == [
        *[("M001", "delete", 1)] * 1,
        *[(meter, kind, 1) for meter, kind in (("M002", "delete"), ("M002", "insert"))],
        ("M003", "delete", 1),
    ]
    assert sorted(map(_change, seen["changes in delta"])) == sorted(changes)
    # Eight loads, whatever number of calls each of them took.
    [[_, _, count, rows, _]] = counted
    assert (count, rows) == (8, 2 + 2 + 2 + 4 + 4 + 2 * 8 + 4)


def _change(row):
    return row["meter"], row["_change_type"], row["_commit_version"]


GAUGES = """gauge,水位,flow,read_at,opened,clock,alarm,count
一号,12.345678901,0.1,2026-03-01T08:30:00.5,2019-12-31,08:30:00,true,9007199254740993
二号,-1,,,,,,
"""


def test_every_type_of_column_is_read_alike_in_both_forms(town, clock, tmp_path):
    with_gauges(town, clock, tmp_path / "gauges", GAUGES)
    with served(town) as port:
        found = reads(town, tmp_path, port)
    types = [field["type"] for field in found["schema"]]
    assert types == [
        "string",
        "decimal(38,9)",
        "double",
        "timestamp",
        "date",
        "string",
        "boolean",
        "long",
    ]
    assert found["parquet"] == found["delta"]
    first, second = found["parquet"]
    assert first["gauge"] == "一号"
    assert first["read_at"].startswith("2026-03-01T08:30:00.5")
    assert str(first["水位"]).startswith("12.345678")
    assert (first["flow"], first["alarm"], first["clock"]) == (0.1, True, "08:30:00")
    assert [second[name] for name in ("read_at", "opened", "clock", "alarm", "count")] == [None] * 5
