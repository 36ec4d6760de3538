"""A program that dies at any stage of a delivery leaves nothing half done, and can be run again."""

import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bureau import DeliveryOrder

TOP = Path(__file__).parents[2]

# Kills itself when the named stage is announced; for "commit", between the Delta commit and the
# registry row, which is the moment when the lake is ahead of the registry.
SCRIPT = """
import os, signal, sys
from pathlib import Path
from bureau import Bureau, DeliveryOrder

home, file, fatal = sys.argv[1:]

def watch(stage, part):
    if stage == fatal:
        os.kill(os.getpid(), signal.SIGKILL)

town = Bureau.open(Path(home), actor="steward.water")
town.deliver(DeliveryOrder(dataset="meters", path=Path(file)), on_progress=watch)
"""


def deliver_and_die(home, file, stage):
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, str(home), str(file), stage],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("stage", ["identify", "stage", "check", "publish", "record"])
def test_killed_at_any_stage_nothing_shows_and_the_same_command_completes_it(town, good, stage):
    before = town.ledger_head()
    died = deliver_and_die(town.settings.home, good, stage)
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert town.ledger_head() == before
    assert town.dataset_page("meters").deliveries == ()
    assert town.verify_ledger().faults == ()

    done = town.acting_as("steward.water").deliver(DeliveryOrder(dataset="meters", path=good))
    assert done.delivery.number == 1
    assert done.delivery.rows_published == 4
    assert len(town.dataset_page("meters").deliveries) == 1
    assert town.verify_ledger().faults == ()


def test_readers_stay_on_the_recorded_version_when_a_newer_one_was_never_recorded(
    town, good, tmp_path
):
    first = town.acting_as("steward.water").deliver(DeliveryOrder(dataset="meters", path=good))
    newer = tmp_path / "newer.csv"
    newer.write_text(good.read_text("utf-8") + "M009,2026-03-09,1,王芳\n", "utf-8")
    died = deliver_and_die(town.settings.home, newer, "record")
    assert died.returncode == -signal.SIGKILL, died.stderr
    report, _ = town.acting_as("steward.water").run_checks("meters")
    assert report.rows == 4
    again = town.acting_as("steward.water").deliver(DeliveryOrder(dataset="meters", path=newer))
    assert again.delivery.number == 2
    assert again.delivery.lake_version > first.delivery.lake_version
    assert again.delivery.rows_published == 5


def test_what_a_cut_off_delivery_left_is_reclaimed_and_nothing_else(town, good, tmp_path, clock):
    steward = town.acting_as("steward.water")
    steward.deliver(DeliveryOrder(dataset="meters", path=good))
    newer = tmp_path / "newer.csv"
    newer.write_text(good.read_text("utf-8") + "M009,2026-03-09,1,王芳\n", "utf-8")
    deliver_and_die(town.settings.home, newer, "record")
    assert town.reclaim() == []
    clock.moment = datetime.now(UTC) + timedelta(days=2)
    gone = town.reclaim()
    assert len(gone) == 2
    assert [name.split("/")[1] for name in gone if "/_checks/" in name] == ["_checks"]
    evidence = {path.name for path in town.settings.lake.glob("*/_checks/*")}
    assert evidence == {town.dataset_page("meters").deliveries[0].check_run}
    report, _ = steward.run_checks("meters")
    assert report.rows == 4
    assert steward.deliver(DeliveryOrder(dataset="meters", path=newer)).delivery.number == 2
    assert town.reclaim() == []
