"""Uses are counted once, whatever fails while they are."""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
from contextlib import contextmanager
from datetime import timedelta

import pytest

from bureau import Bureau
from bureau.metering import Meter
from core.errors import StorageUnavailable
from sharing.metering.journal import Journal
from sharing.metering.model import File, Looked, Query, Sent
from tests.bureau.test_sharing import granted


@pytest.fixture
def meter(delivered, clock):
    granted(delivered, clock)
    meter = Meter(delivered.workspace, lambda _: ())
    yield meter
    meter.close()


def query(clock):
    now = clock.now()
    return Query(
        id="q1",
        grant="GRT-0001",
        credential="CRD-0001",
        terms_hash="0" * 64,
        dataset="meters",
        lake_version=0,
        files=(File("big", 1000, 40),),
        issued_at=now,
        expires_at=now + timedelta(hours=1),
    )


def looked(clock):
    return Looked("GRT-0001", "CRD-0001", 1, 10, clock.now())


def uses(town):
    """What all entries of the ledger say together was used, and how many there are."""
    entries = [one for one in town.ledger_log(limit=1000) if one.kind == "uses.sealed"]
    found = [use for entry in entries for use in json.loads(entry.body)["facts"]["uses"]]
    return [sum(numbers) for numbers in zip(*(use[2:] for use in found), strict=True)]


@contextmanager
def copied(town, folder, clock):
    """What a killed program leaves on the disk."""
    shutil.copytree(town.settings.home, folder / "killed")
    left = Bureau.open(folder / "killed", clock=clock)
    yield left
    left.close()


def refuses(*_args, **_options):
    raise OSError(errno.ENOSPC, "No space left on device")


def cut_short(_file, data):
    return len(data) // 2


FAILING = [("open", refuses), ("write", refuses), ("write", cut_short), ("fsync", refuses)]


@pytest.mark.parametrize(("name", "fails"), FAILING)
def test_a_segment_that_cannot_be_closed_goes_on(delivered, meter, clock, monkeypatch, name, fails):
    meter.issue(query(clock))
    meter.looked(looked(clock))
    meter.sent(Sent("q1", "big", 0, 500, clock.now()), partial=False)
    with monkeypatch.context() as broken:
        broken.setattr(f"sharing.metering.journal.os.{name}", fails)
        for _ in range(2):
            with pytest.raises(StorageUnavailable, match="journal"):
                meter.seal()
    assert uses(delivered) == []
    meter.looked(looked(clock))
    meter.sent(Sent("q1", "big", 500, 1000, clock.now()), partial=False)
    assert meter.seal() == 3
    assert meter.seal() == 0
    assert uses(delivered) == [3, 42, 1020]


@pytest.mark.parametrize(("name", "fails"), FAILING)
def test_a_crash_after_a_segment_that_could_not_be_closed_loses_no_use(
    delivered, meter, clock, monkeypatch, tmp_path, name, fails
):
    meter.issue(query(clock))
    meter.looked(looked(clock))
    meter.sent(Sent("q1", "big", 0, 500, clock.now()), partial=False)
    with monkeypatch.context() as broken:
        broken.setattr(f"sharing.metering.journal.os.{name}", fails)
        with pytest.raises(StorageUnavailable):
            meter.seal()
    meter.sent(Sent("q1", "big", 500, 1000, clock.now()), partial=False)
    with copied(delivered, tmp_path, clock) as town:
        Meter(town.workspace, lambda _: ()).close()
        assert uses(town) == [2, 41, 1010]
        assert town.verify_ledger().ok


def test_what_the_ledger_has_is_packed_and_says_the_same(delivered, meter, clock):
    for _ in range(100):
        meter.looked(looked(clock))
    folder = delivered.settings.home / "journal"
    [plain] = folder.glob("*.jsonl")
    lines = plain.read_bytes()
    meter.seal()
    assert not plain.exists()
    packed = folder / "00000001.jsonl.gz"
    assert packed.stat().st_mode & 0o777 == 0o600
    assert packed.stat().st_size < len(lines) / 5
    journal = Journal(folder)
    assert [*journal.read(1)] == [looked(clock)] * 100
    [entry] = delivered.ledger_log(kind="uses.sealed", limit=1)
    digest = hashlib.sha256(lines).hexdigest()
    assert journal.digest(1) == json.loads(entry.body)["facts"]["sha256"] == digest


def test_a_segment_that_was_not_packed_is_at_the_next_start(
    delivered, meter, clock, monkeypatch, tmp_path
):
    meter.looked(looked(clock))
    with monkeypatch.context() as broken:
        broken.setattr("sharing.metering.journal.gzip.compress", refuses)
        with pytest.raises(StorageUnavailable):
            meter.seal()
    with copied(delivered, tmp_path, clock) as town:
        assert uses(town) == [1, 1, 10]
        Meter(town.workspace, lambda _: ()).close()
        assert uses(town) == [1, 1, 10]
        assert (town.settings.home / "journal" / "00000001.jsonl.gz").exists()


def test_the_journal_may_be_emptied_of_what_the_ledger_has(delivered, meter, clock, tmp_path):
    meter.looked(looked(clock))
    meter.seal()
    with copied(delivered, tmp_path, clock) as town:
        shutil.rmtree(town.settings.home / "journal")
        again = Meter(town.workspace, lambda _: ())
        again.looked(looked(clock))
        again.close()
        assert uses(town) == [2, 2, 20]


def test_a_batch_of_more_days_than_an_entry_holds_is_in_several(delivered, meter, clock):
    for _ in range(1600):
        meter.looked(Looked("GRT-0001", "CRD-0001", 10**9, 10**15, clock.now()))
        clock.advance(days=1)
    assert meter.seal() == 1600
    assert uses(delivered)[0] == 1600
    entries = delivered.ledger_log(kind="uses.sealed", limit=9)
    assert {one.subject for one in entries} == {"journal:1"}
    assert delivered.verify_ledger().ok
