"""A snapshot is the same bytes whatever happens afterwards, and what was altered is found."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from bureau import NewRequest
from core.errors import Conflict, Denied, InvalidInput, LedgerCorrupt, NotFound, StorageUnavailable
from rates.model import RateQuery


@pytest.fixture
def auditor(delivered):
    return delivered.acting_as("auditor.audit")


@pytest.fixture
def frozen(auditor, clock):
    """All rates as of the day before, which is over."""
    clock.advance(days=1)
    yesterday = auditor.today() - timedelta(days=1)
    return auditor.snapshots.take(RateQuery(as_of=yesterday))[0]


def kept(town, snapshot):
    return town.settings.home / "snapshots" / f"{snapshot.sha256}.jsonl.gz"


def test_the_numbers_and_rows_of_a_snapshot_are_those_of_its_day(auditor, frozen, clock):
    query = RateQuery(as_of=auditor.today() - timedelta(days=1))
    assert (frozen.ref, frozen.as_of, frozen.window_days) == ("RSN-0001", query.as_of, 365)
    before = auditor.snapshots.read("rsn-0001")
    assert list(before.results) == auditor.rates(query)
    assert before.funnel == auditor.funnel(query)
    rows = {rate: auditor.rate_rows(rate, query) for rate in ("COL-1", "SHA-2", "CAT-7")}

    clock.advance(days=40)
    parks = auditor.acting_as("requester.parks")
    parks.create_request(
        NewRequest(
            dataset="meters",
            application="lawns",
            legal_basis="Water Act, Art. 9",
            scenario="Watering plan",
            columns=("meter",),
            not_before=clock.now(),
            not_after=clock.now() + timedelta(days=1),
        )
    )
    assert auditor.snapshots.read("RSN-0001") == before
    for rate, members in rows.items():
        assert auditor.snapshots.rows("RSN-0001", rate) == members
    assert auditor.verify_ledger().ok


def test_the_same_day_frozen_again_is_the_same_bytes(auditor, clock):
    query = RateQuery(as_of=auditor.today())
    clock.advance(days=3)
    first, _ = auditor.snapshots.take(query, ["COL-1"])
    clock.advance(days=300)
    second, _ = auditor.snapshots.take(query, ["col-1"])
    assert (first.ref, second.ref) == ("RSN-0001", "RSN-0002")
    assert first.sha256 == second.sha256
    assert auditor.snapshots.list_all() == [first, second]


def test_a_snapshot_of_some_rates_has_no_others(auditor):
    taken, receipt = auditor.snapshots.take(RateQuery(as_of=auditor.today()), ["COL-1"])
    assert taken.rates == ("COL-1 v1",)
    assert len(receipt.entries) == 1
    assert auditor.snapshots.read(taken.ref).funnel is None
    with pytest.raises(NotFound, match="SHA-2 in RSN-0001"):
        auditor.snapshots.rows(taken.ref, "SHA-2")
    with pytest.raises(NotFound, match="SHA-2 in the snapshot"):
        auditor.snapshots.read(taken.ref).of(["SHA-2"])


def test_a_file_that_was_altered_is_found(auditor, frozen):
    path = kept(auditor, frozen)
    text = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(text.replace(b'"n":1', b'"n":2', 1)))
    with pytest.raises(LedgerCorrupt, match="not what entry"):
        auditor.snapshots.read("RSN-0001")
    packed = path.read_bytes()
    path.write_bytes(packed[:40] + bytes(40) + packed[80:])
    with pytest.raises(LedgerCorrupt, match="not what entry"):
        auditor.snapshots.read("RSN-0001")
    path.write_bytes(packed[:100])
    with pytest.raises(LedgerCorrupt, match="not what entry"):
        auditor.snapshots.rows("RSN-0001", "COL-1")
    path.write_bytes(b"no gzip at all")
    with pytest.raises(LedgerCorrupt, match="not what entry"):
        auditor.snapshots.read("RSN-0001")
    path.unlink()
    with pytest.raises(StorageUnavailable, match="the file of RSN-0001 is gone"):
        auditor.snapshots.read("RSN-0001")


def test_a_snapshot_of_another_version_of_the_program_is_told(auditor, monkeypatch):
    auditor.snapshots.take(RateQuery(as_of=auditor.today()), ["COL-1"])
    monkeypatch.setattr("rates.snapshot.FORM", 2)
    with pytest.raises(Conflict, match="RSN-0001 is in a form"):
        auditor.snapshots.read("RSN-0001")


@pytest.mark.usefixtures("frozen")
def test_a_snapshot_of_a_ledger_that_is_no_more_is_found(auditor):
    with closing(sqlite3.connect(auditor.settings.home / "bureau.db")) as database:
        database.execute("DROP TRIGGER ledger_entry_refuse_delete")
        database.execute('DELETE FROM ledger_entry WHERE "index" = 3')
        database.commit()
    with pytest.raises(LedgerCorrupt):
        auditor.snapshots.read("RSN-0001")


@pytest.mark.usefixtures("frozen")
def test_a_snapshot_of_another_ledger_is_found(auditor):
    with closing(sqlite3.connect(auditor.settings.home / "bureau.db")) as database:
        database.execute("DROP TRIGGER ledger_entry_refuse_update")
        database.execute('UPDATE ledger_entry SET leaf_hash = zeroblob(32) WHERE "index" = 3')
        database.commit()
    with pytest.raises(LedgerCorrupt, match="not how this ledger begins"):
        auditor.snapshots.read("RSN-0001")


def test_who_may_not_freeze_and_what_cannot_be(delivered, auditor):
    query = RateQuery(as_of=delivered.today())
    with pytest.raises(Denied):
        delivered.acting_as("steward.water").snapshots.take(query)
    with pytest.raises(NotFound, match="rate"):
        auditor.snapshots.take(query, ["ABC-1"])
    with pytest.raises(InvalidInput, match="has not begun"):
        auditor.snapshots.take(replace(query, as_of=query.as_of + timedelta(days=1)))
    with pytest.raises(NotFound, match="snapshot"):
        auditor.snapshots.read("RSN-0001")
    assert auditor.snapshots.list_all() == []
