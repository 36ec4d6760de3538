"""What is read through the server is counted once, survives a crash, and ends in the ledger."""

from __future__ import annotations

import errno
import http.client
import json
import random
import shutil
import socket
import time
from urllib.parse import quote, urlsplit

import pytest

from bureau import Bureau
from bureau.plane import DataPlane
from core.errors import Conflict
from sharing.metering import journal as keeping
from tests.web.serving import TABLE, Client, served, with_gauges


def uses(town):
    """What the ledger says was used, by grant and day."""
    entries = [one for one in town.ledger_log(limit=1000) if one.kind == "uses.sealed"]
    return [use for entry in entries for use in json.loads(entry.body)["facts"]["uses"]]


def journal(town):
    return b"".join(path.read_bytes() for path in (town.settings.home / "journal").glob("*.jsonl"))


def test_a_read_moves_the_rate_and_the_ledger_holds(shared, token):
    with served(shared) as port:
        parks = Client(port, token)
        size = len(parks.get(parks.file()).body)
    assert uses(shared) == [["GRT-0001", "2026-03-02", 1, 4, size]]
    grant, _ = shared.get_grant("GRT-0001")
    assert grant.first_used_at is not None
    assert shared.verify_ledger().ok


def test_what_is_no_use(shared, token):
    with served(shared) as port:
        parks = Client(port, token)
        path = parks.file()
        size = int(parks("HEAD", path).headers["content-length"])
        for _ in range(20):
            parks("HEAD", path)
            parks.get(path, Range="bytes=0-0")
        parks.get(path, Range=f"bytes=-{size * 8 // 10}")
        parks.query()
    assert uses(shared) == []
    assert shared.get_grant("GRT-0001")[0].first_used_at is None


def test_the_same_file_again_under_one_query_is_one_use(shared, token):
    with served(shared) as port:
        parks = Client(port, token)
        path = parks.file()
        for _ in range(5):
            parks.get(path)
        parks.get(parks.file())
    [[_, _, count, rows, _]] = uses(shared)
    assert (count, rows) == (2, 8)


def test_a_crash_loses_no_use_and_counts_none_twice(shared, token, tmp_path, clock):
    with served(shared) as port:
        parks = Client(port, token)
        size = len(parks.get(parks.file()).body)
        half = parks.file()
        parks.get(half, Range=f"bytes={size // 2}-")
        while journal(shared).count(b'["sent"') < 2:  # the last byte is out before it is noted
            time.sleep(0.01)
        # What is on the disk now is what a killed program leaves.
        shutil.copytree(shared.settings.home, tmp_path / "killed")
    town = Bureau.open(tmp_path / "killed", clock=clock)
    assert uses(town) == []
    with served(town) as port:
        assert uses(town) == [["GRT-0001", "2026-03-02", 1, 4, size]]
        assert Client(port).get(half, Range=f"bytes=0-{size // 2 - 1}").status == 206
    assert uses(town) == [["GRT-0001", "2026-03-02", 1, 4, size]] * 2
    with served(town):
        pass
    assert len(uses(town)) == 2
    assert town.verify_ledger().ok
    town.close()


def test_halves_of_a_file_by_two_queries_are_one_use(shared, token):
    with served(shared) as port:
        parks = Client(port, token)
        size = len(parks.get(parks.file()).body)
        first, second = parks.file(), parks.file()
        parks.get(first, Range=f"bytes=0-{size // 2}")
        parks.get(second, Range=f"bytes={size // 2}-")
    [[_, _, count, rows, _]] = uses(shared)
    assert (count, rows) == (2, 8)


def test_nothing_leaves_that_cannot_be_noted(shared, token, monkeypatch):
    with served(shared) as port:
        parks = Client(port, token)
        path = parks.file()

        def full(*_):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(keeping, "_write", full)
        with pytest.raises(http.client.IncompleteRead) as cut:
            parks.get(path)
        assert cut.value.partial == b""
        assert parks.get("/readyz").status == 503
        monkeypatch.undo()
        assert parks.get(path).status == 200


@pytest.mark.parametrize("crashes", [1, 2])
def test_what_was_leaving_when_the_program_died_is_counted_once(
    shared, token, tmp_path, clock, crashes
):
    with served(shared) as port:
        parks = Client(port, token)
        size = len(parks.get(parks.file()).body)
        while b'["sent"' not in journal(shared):
            time.sleep(0.01)
        shutil.copytree(shared.settings.home, tmp_path / "killed")
    town = Bureau.open(tmp_path / "killed", clock=clock)
    [segment] = (town.settings.home / "journal").glob("*.jsonl")
    lines = segment.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(b'["sent"')]
    assert kept[-1].startswith(b'["leaving"')
    segment.write_bytes(b"".join(kept))
    for _ in range(crashes):
        with served(town):
            pass
    assert uses(town) == [["GRT-0001", "2026-03-02", 1, 4, size]]
    assert town.verify_ledger().ok
    town.close()


def test_a_counter_that_was_edited_is_found(shared, token):
    import sqlite3
    from contextlib import closing

    with served(shared) as port:
        parks = Client(port, token)
        parks.get(parks.file())
    with closing(sqlite3.connect(shared.settings.home / "bureau.db")) as database, database:
        database.execute("UPDATE use_day SET uses = 100")
    [fault] = shared.verify_ledger().faults
    assert "the counter of GRT-0001 on 2026-03-02 has 100 uses" in fault.message


def test_only_one_server_meters_a_workspace(shared):
    with served(shared), pytest.raises(Conflict, match="another server"):
        DataPlane(shared.workspace)


def test_a_journal_that_takes_nothing_stops_the_serving(shared, token, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with served(shared) as port:
        parks = Client(port, token)
        path = parks.file()
        with monkeypatch.context() as broken:
            broken.setattr("sharing.metering.journal.os.write", full)
            ready = parks.get("/readyz")
            assert ready.status == 503
            assert "journal" in ready.json["reason"]
            assert parks.query().status == 503
        assert parks.get("/readyz").status == 200
        assert parks.get(path).status == 200


def test_a_reader_that_goes_away_has_read_nothing_more(shared, token):
    with served(shared) as port:
        path = Client(port, token).file()
        with socket.create_connection(("127.0.0.1", port)) as connection:
            request = (
                f"GET {quote(path, safe='/?&=%')} HTTP/1.1\r\nHost: x\r\nRange: bytes=0-9\r\n\r\n"
            )
            connection.sendall(request.encode())
    assert uses(shared) == []


@pytest.fixture
def big(town, clock, tmp_path):
    """The town with a table whose file is larger than all that waits in sockets, and its token."""
    chance = random.Random(4403)  # noqa: S311 (the same each time)
    lines = (f"{chance.randbytes(45).hex()},,,,,,,{number}" for number in range(500_000))
    text = "\n".join(["gauge,水位,flow,read_at,opened,clock,alarm,count", *lines, ""])
    with_gauges(town, clock, tmp_path / "gauges", text)
    return town.acting_as("requester.parks").credentials.issue("GRT-0001").token


def test_a_download_under_way_is_cut_when_the_grant_ends(town, big):
    with served(town) as port:
        parks = Client(port, big)
        [_, _, line] = parks.query(table=TABLE.replace("meters", "gauges")).lines
        size = line["file"]["size"]
        assert size > 20 << 20
        address = urlsplit(line["file"]["url"])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", f"{address.path}?{address.query}")
        answer = connection.getresponse()
        assert answer.length == size
        seen = len(answer.read(1 << 20))
        town.acting_as("authority.data").revoke_grant("GRT-0001", reason="不再需要")
        with pytest.raises(http.client.IncompleteRead) as cut:
            answer.read()
        seen += len(cut.value.partial)
        connection.close()
    assert seen < size
    assert uses(town) == []
    assert b'["sent"' in journal(town)


def test_a_reader_that_takes_nothing_for_now_is_cut_too(town, big):
    def under_way():
        return journal(town).count(b'["leaving"') - journal(town).count(b'["sent"')

    with served(town) as port:
        parks = Client(port, big)
        [_, _, line] = parks.query(table=TABLE.replace("meters", "gauges")).lines
        address = urlsplit(line["file"]["url"])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", f"{address.path}?{address.query}")
        answer = connection.getresponse()
        answer.read(1 << 10)
        while not under_way():
            time.sleep(0.01)
        town.acting_as("authority.data").revoke_grant("GRT-0001", reason="不再需要")
        while under_way():  # what waits is given up, though nobody takes it
            time.sleep(0.01)
        with pytest.raises(http.client.IncompleteRead):
            answer.read()
        connection.close()
    assert uses(town) == []


def test_what_waits_in_the_sockets_of_a_reader_that_leaves_was_not_sent(shared, clock, tmp_path):
    chance = random.Random(4405)  # noqa: S311 (the same each time)
    lines = (f"{chance.randbytes(45).hex()},,,,,,,{number}" for number in range(40_000))
    text = "\n".join(["gauge,水位,flow,read_at,opened,clock,alarm,count", *lines, ""])
    with_gauges(shared, clock, tmp_path / "gauges", text)
    token = shared.acting_as("requester.parks").credentials.issue("GRT-0002").token
    with served(shared) as port:
        parks = Client(port, token)
        [_, _, line] = parks.query(table=TABLE.replace("meters", "gauges")).lines
        address, size = urlsplit(line["file"]["url"]), line["file"]["size"]
        assert 1 << 20 < size < 3 << 20  # all of it fits into the sockets
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", port)) as connection:
                path = f"{address.path}?{address.query}"
                connection.sendall(f"GET {quote(path, safe='/?&=%')} HTTP/1.1\r\nHost: x\r\n\r\n".encode())  # fmt: skip
                connection.recv(1)
                time.sleep(0.2)  # the server gives all that the sockets take
    assert uses(shared) == []


def test_a_reader_that_leaves_with_the_last_byte_has_used_it(shared, token):
    with served(shared) as port:
        parks = Client(port, token)
        for _ in range(50):
            parks.get(parks.file(), Connection="close")
    [[_, _, count, rows, _]] = uses(shared)
    assert (count, rows) == (50, 200)


def test_a_reader_that_stops_half_way_has_not_used_it(town, big):
    with served(town) as port:
        parks = Client(port, big)
        [_, _, line] = parks.query(table=TABLE.replace("meters", "gauges")).lines
        address = urlsplit(line["file"]["url"])
        for _ in range(3):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", f"{address.path}?{address.query}")
            connection.getresponse().read(2 << 20)
            connection.close()
    assert uses(town) == []
