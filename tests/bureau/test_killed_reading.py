"""A program that dies while it reads: no half file, and nothing that counts as a use."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bureau import NewRequest, ReadOrder
from rates.model import RateQuery
from tests.snapshot import snapshot

TOP = Path(__file__).parents[2]
PURPOSE = "Watering plan"

# Kills itself when the data is written but not yet in its place, or in its place but not yet metered.
READER = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from bureau import Bureau, ReadOrder
from core.clock import FixedClock

home, target, fatal, purpose, moment = sys.argv[1:]

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

place = Path.replace

def place_and_die(part, target):
    place(part, target)
    die()

if fatal == "written":
    os.fsync = die
else:
    Path.replace = place_and_die

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


@pytest.mark.parametrize(("fatal", "whole"), [("written", False), ("placed", True)])
def test_a_read_that_dies_gives_no_half_file_and_is_never_counted(
    granted, clock, tmp_path, fatal, whole
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
    lines = target.read_text("utf-8").splitlines()
    assert lines == (
        ["meter,litres", "M001,120", "M001,130", "M002,90", "M003,"] if whole else ["an older file"]
    )
    # That it was allowed is on record before a byte was written; that it was used is not.
    assert granted.ledger_log(limit=1)[0].kind == "read.authorised"
    grant, [use] = granted.get_grant("GRT-0001")
    assert (use.status, use.rows, grant.first_used_at) == ("authorised", 0, None)
    assert snapshot(granted.settings.home).tables["use_day"] == []
    assert used(granted) == 0
    assert granted.verify_ledger().ok

    order = ReadOrder(
        dataset="meters", application="lawns", purpose=PURPOSE, target=target, format="csv"
    )
    assert granted.acting_as("requester.parks").read(order).use.rows == 4
    assert used(granted) == 1


def test_a_read_that_is_stopped_from_the_keyboard_is_a_failed_use(granted, tmp_path, monkeypatch):
    target = tmp_path / "out.csv"
    order = ReadOrder(
        dataset="meters", application="lawns", purpose=PURPOSE, target=target, format="csv"
    )
    monkeypatch.setattr(os, "fsync", lambda _: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        granted.acting_as("requester.parks").read(order)
    _, [use] = granted.get_grant("GRT-0001")
    assert use.status == "failed"
    assert granted.ledger_log(limit=1)[0].kind == "read.failed"
    assert list(tmp_path.glob("*out*")) == list(tmp_path.glob(".extract-*")) == []
