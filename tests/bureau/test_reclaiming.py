"""What nothing needs any more is freed when asked for, and nothing else."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime, timedelta

from bureau.metering import Meter
from bureau.offering import Hints
from bureau.plane import DataPlane
from catalog.views import Views
from sharing.metering.model import Looked
from tests.bureau.test_sharing import granted


def test_views_that_nobody_asked_for_are_deleted_and_written_again_for_who_does(delivered, clock):
    granted(delivered, clock)
    token = delivered.acting_as("requester.parks").credentials.issue("GRT-0001").token
    plane = DataPlane(delivered.workspace)
    admitted = plane.admit(token)
    snapshot = plane.snapshot(admitted)
    [file] = plane.offer(admitted, snapshot, Hints()).files
    part = plane.file(file.id)
    view = part.parent
    left = view.parent / ".extract-cut-off"
    left.mkdir()
    old = time.time() - 3 * 24 * 3600
    os.utime(left, (old, old))
    clock.moment = datetime.now(UTC)
    assert delivered.reclaim() == [f"views/{view.parent.name}/.extract-cut-off"]
    assert plane.file(file.id) == part
    os.utime(view, (old, old))
    assert plane.look_up(admitted, snapshot, {"meter": "M001", "day": "2026-03-01"})
    assert delivered.reclaim() == [f"views/{view.parent.name}/{view.name}"]
    assert plane.file(file.id) is None
    assert plane.offer(admitted, snapshot, Hints()).files == (file,)
    assert plane.file(file.id) == part
    plane.close()


def test_a_view_that_is_asked_for_stays(tmp_path):
    views = Views(tmp_path)
    keys = tmp_path / "ab" / "abc.keys"
    keys.parent.mkdir()
    keys.write_bytes(b"")
    os.utime(keys, (1, 1))
    views._made("abc", ".keys", lambda _: None)
    assert views.reclaim(datetime.now(UTC) - timedelta(days=1)) == []


def test_segments_are_kept_for_as_long_as_records_of_use(delivered, clock):
    granted(delivered, clock)
    folder = delivered.settings.home / "journal"
    meter = Meter(delivered.workspace, lambda _: ())
    for _ in range(2):
        meter.looked(Looked("GRT-0001", "CRD-0001", 1, 10, clock.now()))
        meter.seal()
        clock.advance(days=600)
    assert delivered.reclaim() == ["journal/00000001.jsonl.gz"]
    assert [path.name for path in folder.glob("*.gz")] == ["00000002.jsonl.gz"]
    meter.looked(Looked("GRT-0001", "CRD-0001", 1, 10, clock.now()))
    clock.advance(days=1200)
    assert delivered.reclaim() == ["journal/00000002.jsonl.gz"]
    meter.close()
    assert delivered.verify_ledger().ok
    entries = delivered.ledger_log(kind="uses.sealed", limit=9)
    assert sum(json.loads(one.body)["facts"]["uses"][0][2] for one in entries) == 3
