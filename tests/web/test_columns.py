"""Readers that fetch the columns they want of a file, and not the file: that is a use too."""

from __future__ import annotations

import io
import random
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bureau import Bureau
from sharing.usage.model import Door, Period
from tests.web.serving import TABLE, Client, served, with_gauges
from tests.web.test_metering import uses

ROWS = 300_000


class RangeReader(io.RawIOBase):
    """A file behind an address, of which only what is asked for is fetched, as clients do."""

    def __init__(self, client: Client, path: str) -> None:
        self._client, self._path, self._place = client, path, 0
        self._size = int(client("HEAD", path).headers["content-length"])
        self.fetched = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]  # fmt: skip
        return self._place

    def read(self, count: int = -1) -> bytes:
        stop = self._size if count is None or count < 0 else min(self._place + count, self._size)
        if stop <= self._place:
            return b""
        answer = self._client.get(self._path, Range=f"bytes={self._place}-{stop - 1}")
        assert answer.status == 206
        self._place = stop
        self.fetched += len(answer.body)
        return answer.body


@pytest.fixture
def wide(town, clock, tmp_path):
    """The town with a table of several groups of rows, and a token for it."""
    chance = random.Random(4404)  # noqa: S311 (the same each time)
    lines = (f"{chance.randbytes(8).hex()},{number % 9},,,,,,{number}" for number in range(ROWS))
    text = "\n".join(["gauge,水位,flow,read_at,opened,clock,alarm,count", *lines, ""])
    with_gauges(town, clock, tmp_path / "gauges", text)
    return town


@pytest.fixture
def token(wide):
    return wide.acting_as("requester.parks").credentials.issue("GRT-0001").token


def file_of(client):
    [_, _, line] = client.query(table=TABLE.replace("meters", "gauges")).lines
    address = line["file"]["url"].split("/", 3)[3]
    return f"/{address}", line["file"]["size"]


def read(client, path, *columns):
    reader = RangeReader(client, path)
    found = pq.ParquetFile(pa.PythonFile(reader, "r"), pre_buffer=False).read(list(columns) or None)
    return found, reader.fetched


def test_one_column_of_a_file_is_a_use_of_its_rows(wide, token):
    with served(wide) as port:
        parks = Client(port, token)
        path, size = file_of(parks)
        found, fetched = read(parks, path, "水位")
        for _ in range(3):
            read(parks, path, "水位")
    assert found.num_rows == ROWS
    assert fetched < size * 0.05
    [[_, _, count, rows, counted]] = uses(wide)
    assert (count, rows) == (1, ROWS)
    assert 0 < counted <= fetched
    [use] = wide.acting_as("requester.parks").usage.list_uses("GRT-0001", Period())
    assert (use.door, use.rows, use.bytes) == (Door.QUERY, ROWS, counted)
    assert wide.verify_ledger().ok


def test_to_look_what_is_in_a_file_is_no_use(wide, token):
    with served(wide) as port:
        parks = Client(port, token)
        path, _ = file_of(parks)
        reader = RangeReader(parks, path)
        assert pq.ParquetFile(pa.PythonFile(reader, "r")).metadata.num_rows == ROWS
        assert reader.fetched > 0
        part = pq.ParquetFile(pa.PythonFile(RangeReader(parks, path), "r"), pre_buffer=False)
        assert part.metadata.num_row_groups > 1
        assert 0 < part.read_row_group(0).num_rows < ROWS * 0.8
    assert uses(wide) == []


def test_all_columns_one_after_the_other_are_one_use_of_all_bytes(wide, token):
    with served(wide) as port:
        parks = Client(port, token)
        path, size = file_of(parks)
        read(parks, path, "count", "水位")
        read(parks, path)
    assert [use[2:] for use in uses(wide)] == [[1, ROWS, size]]


def test_a_column_is_counted_once_though_the_program_died_and_the_file_is_gone(
    wide, token, tmp_path, clock
):
    with served(wide) as port:
        parks = Client(port, token)
        path, _ = file_of(parks)
        read(parks, path, "水位")
        shutil.copytree(wide.settings.home, tmp_path / "killed")
    town = Bureau.open(tmp_path / "killed", clock=clock)
    shutil.rmtree(town.settings.home / "views")
    with served(town):
        pass
    assert uses(town) == uses(wide) != []
    parks = town.acting_as("requester.parks").usage
    assert [use.rows for use in parks.list_uses("GRT-0001", Period())] == [ROWS]
    town.close()
