"""A program that dies while it reads: no half file, and no file that is not counted."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bureau import NewRequest, ReadOrder
from core.errors import StorageUnavailable
from rates.model import RateQuery
from tests.snapshot import snapshot

TOP = Path(__file__).parents[2]
PURPOSE = "Watering plan"
LINES = ["meter,litres", "M001,120", "M001,130", "M002,90", "M003,"]

# Kills itself when the data is written but not yet metered, or metered but not yet in its place.
READER = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from bureau import Bureau, ReadOrder
from core.clock import FixedClock

home, target, fatal, purpose, moment = sys.argv[1:]

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

if fatal == "written":
    os.fsync = die
else:
    Path.replace = die

clock = FixedClock(datetime.fromisoformat(moment))
town = Bureau.open(Path(home), actor="requester.parks", clock=clock)
town.read(
    ReadOrder(
        dataset="meters", application="lawns", purpose=purpose, target=Path(target), format="csv"
    )
)
"""


@pytest.fixture
def granted(delivered, clock):
    """The town with a delivery and a grant on it."""
    town = delivered
    parks = town.acting_as("requester.parks")
    request, _ = parks.create_request(
        NewRequest(
            dataset="meters",
            application="lawns",
            legal_basis="Water Act, Art. 9",
            scenario=PURPOSE,
            columns=("meter", "litres"),
            not_before=clock.now(),
            not_after=clock.now() + timedelta(days=1),
        )
    )
    parks.submit_request(request.ref)
    town.acting_as("both.parks").endorse_request(request.ref)
    town.acting_as("approver.water").approve_request(request.ref)
    return town


def used(town):
    [rate] = town.rates(RateQuery(as_of=town.today()), rate_ids=["USE-1"])
    return rate.n


def order_to(target):
    return ReadOrder(
        dataset="meters", application="lawns", purpose=PURPOSE, target=target, format="csv"
    )


@pytest.mark.parametrize(("fatal", "metered"), [("written", False), ("placed", True)])
def test_a_read_that_dies_gives_no_half_file_and_none_that_is_not_counted(
    granted, clock, tmp_path, fatal, metered
):
    target = tmp_path / "out.csv"
    target.write_text("an older file", "utf-8")
    arguments = [granted.settings.home, target, fatal, PURPOSE, clock.now().isoformat()]
    died = subprocess.run(
        [sys.executable, "-c", READER, *map(str, arguments)],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert target.read_text("utf-8") == "an older file"
    # That it was allowed is on record before a byte was written, and its use before it has its name.
    last = granted.ledger_log(limit=1)[0].kind
    grant, [use] = granted.get_grant("GRT-0001")
    if metered:
        assert (last, use.status, use.rows) == ("read.completed", "completed", 4)
        assert grant.first_used_at is not None
    else:
        assert (last, use.status, use.rows) == ("read.authorised", "authorised", 0)
        assert grant.first_used_at is None
        assert snapshot(granted.settings.home).tables["use_day"] == []
    assert used(granted) == metered
    assert granted.verify_ledger().ok

    assert granted.acting_as("requester.parks").read(order_to(target)).use.rows == 4
    assert target.read_text("utf-8").splitlines() == LINES
    assert used(granted) == 1


def test_a_file_that_cannot_take_its_place_is_counted_and_kept(granted, tmp_path, monkeypatch):
    target, sync = tmp_path / "out.csv", os.fsync

    def taken(file):
        target.mkdir(exist_ok=True)
        sync(file)

    monkeypatch.setattr(os, "fsync", taken)
    with pytest.raises(StorageUnavailable, match="cannot be used: Is a directory") as error:
        granted.acting_as("requester.parks").read(order_to(target))
    [part] = tmp_path.glob(".extract-*/part")
    assert part.read_text("utf-8").splitlines() == LINES
    assert error.value.hint == f"it is counted as read, and lies in {part}: move it from there"
    _, [use] = granted.get_grant("GRT-0001")
    assert (use.status, used(granted)) == ("completed", 1)
    assert granted.ledger_log(limit=1)[0].kind == "read.completed"
    assert granted.verify_ledger().ok


def test_a_read_that_is_stopped_from_the_keyboard_is_a_failed_use(granted, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        granted.acting_as("requester.parks").read(order_to(tmp_path / "out.csv"))
    _, [use] = granted.get_grant("GRT-0001")
    assert use.status == "failed"
    assert granted.ledger_log(limit=1)[0].kind == "read.failed"
    assert list(tmp_path.glob("*out*")) == list(tmp_path.glob(".extract-*")) == []
