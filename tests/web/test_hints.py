"""What a reader says of the rows that it looks for leaves out files, and nothing that it needs."""

from __future__ import annotations

import json

import pytest

from catalog import extract as extracting
from tests.web.serving import Client, served, with_gauges
from tests.web.test_safeguards import hint

TABLE = "/delta-sharing/shares/water/schemas/water/tables/gauges"
ROWS = 300_000
HEADING = "gauge,水位,flow,read_at,opened,clock,alarm,count\n"


@pytest.fixture
def files(town, clock, tmp_path, monkeypatch):
    """The rows of each file that a query offers, of a table in several files."""
    monkeypatch.setattr(extracting, "PART_BYTES", 1 << 17)
    text = HEADING + "".join(f"g{n:06},,,,,,,{n}\n" for n in range(ROWS))
    with_gauges(town, clock, tmp_path / "gauges", text)
    token = town.acting_as("requester.parks").credentials.issue("GRT-0001").token
    with served(town) as port:
        parks = Client(port, token)

        def rows(**body):
            answer = parks.query(body, TABLE)
            assert answer.status == 200
            return [json.loads(line["file"]["stats"])["numRecords"] for line in answer.lines[2:]]

        yield rows


def said(*hints):
    return json.dumps({"op": "and", "children": list(hints)})


def test_files_that_cannot_hold_what_is_looked_for_are_left_out(files):
    every = files()
    assert len(every) > 2
    assert sum(every) == ROWS
    assert files(jsonPredicateHints=said(hint("count", "5"))) == every[:1]
    assert files(jsonPredicateHints=said(hint("gauge", "g299999"))) == every[-1:]
    assert files(jsonPredicateHints=said(hint("count", "999999"))) == []
    assert files(jsonPredicateHints=said(hint("count", "5"), hint("count", "7"))) == every[:1]
    for nothing_said in (
        said(hint("nothing", "1")),
        said(hint("count", "many")),
        "{",
        "",
    ):
        assert files(jsonPredicateHints=nothing_said) == every
    assert files(predicateHints=["count = 5"]) == every
    assert files(limitHint=10) == every[:1]
    assert files(limitHint=every[0] + 1) == every[:2]
    assert files(limitHint=10, predicateHints=["count = 299999"]) == every
    assert files(limitHint=0) == files(limitHint=-1) == []
