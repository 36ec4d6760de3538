"""What machines read is seen use by use, also while the server runs, and is what the ledger sealed."""

import gzip
import json
import time

import pytest

from bureau.plane import DataPlane
from core.errors import Conflict, LedgerCorrupt
from sharing.usage.model import Door, Period
from tests.bureau.test_sharing import read
from tests.web.serving import Client, served
from tests.web.test_metering import journal

ALWAYS = Period()
KEY = {"key": {"meter": "M001", "day": "2026-03-01"}}


@pytest.fixture
def parks(shared):
    return shared.acting_as("requester.parks").usage


def use_all_doors(shared, port, token, tmp_path):
    client = Client(port, token)
    sent = journal(shared).count(b'["sent"')
    client.get(client.file())
    while journal(shared).count(b'["sent"') == sent:  # the last byte is out before it is noted
        time.sleep(0.01)
    client("POST", "/api/v1/lookup/meters", KEY)
    client("POST", "/api/v1/verify/meters", {**KEY, "claims": {"litres": 1}})
    read(shared, tmp_path)


def doors(page):
    [day] = page.days
    return [day.by_door[door] for door in (Door.FILE, Door.QUERY, Door.LOOKUP)], day.waiting


def test_uses_are_seen_while_the_server_goes_on(shared, token, parks, tmp_path):
    with served(shared) as port:
        use_all_doors(shared, port, token, tmp_path)
        folder = shared.settings.home / "journal"
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        assert doors(parks.show("GRT-0001", ALWAYS)) == ([1, 1, 2], 3)
        assert before == {path.name: path.read_bytes() for path in folder.iterdir()}
        with pytest.raises(Conflict, match="another server"):
            DataPlane(shared.workspace)
        use_all_doors(shared, port, token, tmp_path)
    page = parks.show("GRT-0001", ALWAYS)
    assert doors(page) == ([2, 2, 4], 0)
    assert page.days[0].counted.uses == 8
    assert shared.verify_ledger().ok


def test_a_use_walks_to_its_credential_version_terms_and_entry(shared, token, parks, tmp_path):
    with served(shared) as port:
        use_all_doors(shared, port, token, tmp_path)
    uses = {use.door: use for use in parks.list_uses("GRT-0001", ALWAYS)}
    grant, _ = shared.get_grant("GRT-0001")
    query, lookup = uses[Door.QUERY], uses[Door.LOOKUP]
    assert (query.credential, query.version, query.rows) == ("CRD-0001", 0, 4)
    assert {use.terms_hash for use in uses.values()} == {grant.terms_hash}
    entry, body, _ = shared.ledger_entry(query.entry)
    assert (entry.kind, query.entry) == ("uses.sealed", lookup.entry)
    [[_, _, counted, rows, size]] = body.facts["uses"]
    machine = [use for use in parks.list_uses("GRT-0001", ALWAYS) if use.door is not Door.FILE]
    assert (counted, rows, size) == (
        len(machine),
        sum(use.rows for use in machine),
        sum(use.bytes for use in machine),
    )


def test_a_query_read_over_two_segments_is_one_use_of_the_second(shared, token, parks, clock):
    with served(shared) as port:
        client = Client(port, token)
        path = client.file()
        size = int(client("HEAD", path).headers["content-length"])
        client.get(path, Range=f"bytes=0-{size // 2}")
    with served(shared) as port:
        Client(port, token).get(path, Range=f"bytes={size // 2}-")
    [use] = parks.list_uses("GRT-0001", ALWAYS)
    assert (use.door, use.rows, use.bytes) == (Door.QUERY, 4, size)
    clock.advance(days=2)
    with served(shared) as port:
        client = Client(port, token)
        client.get(client.file())
    [newer] = parks.list_uses("GRT-0001", Period(first=use.at.date().replace(day=4)))
    assert newer.id != use.id


def test_a_log_of_a_machine_s_own_is_paired_by_sizes(shared, token, parks, tmp_path):
    with served(shared) as port:
        use_all_doors(shared, port, token, tmp_path)
    lines = [
        json.dumps({"time": use.at.isoformat(), "bytes": use.bytes})
        for use in parks.list_uses("GRT-0001", ALWAYS)
    ]
    path = tmp_path / "own.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    found, _ = parks.reconcile("GRT-0001", path, ALWAYS)
    assert found.agrees
    assert found.counts["paired"] == 4


def test_a_journal_that_was_edited_after_it_was_sealed_is_found(shared, token, parks, tmp_path):
    with served(shared) as port:
        use_all_doors(shared, port, token, tmp_path)
    path = shared.settings.home / "journal" / "00000001.jsonl.gz"
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    edited = b"".join(line for line in lines if b'"looked"' not in line)
    path.write_bytes(gzip.compress(edited))
    with pytest.raises(
        LedgerCorrupt, match=r"is not what entry \d+ of the ledger sealed"
    ) as caught:
        parks.show("GRT-0001", ALWAYS)
    assert caught.value.hint


def test_where_the_journal_is_gone_the_counters_say_so(shared, token, parks, tmp_path):
    with served(shared) as port:
        use_all_doors(shared, port, token, tmp_path)
    for path in (shared.settings.home / "journal").glob("*.jsonl*"):
        path.unlink()
    assert doors(parks.show("GRT-0001", ALWAYS)) == ([1, 0, 0], -3)
