"""The feed of what changed between versions, as the grant gives them."""

from __future__ import annotations

import io
from datetime import timedelta

import pyarrow.parquet as pq
import pytest

from catalog.predicate import Comparison, Operator
from tests.residents import COLUMNS, NEED, PEOPLE, PSEUDONYM, agreed, deliver, with_residents
from tests.web.serving import Client, served
from tests.web.test_safeguards import TABLE

MOVED = (
    *PEOPLE[:6],
    (*PEOPLE[6][:7], "440305", "70"),  # into the district that is granted
)
RICHER = ((*PEOPLE[0][:8], "11"), *MOVED[1:3], *MOVED[4:])  # one earns more, one is gone


@pytest.fixture
def register(town, clock, tmp_path):
    """Three versions, a day apart."""
    folder = tmp_path / "register"
    register = with_residents(town, folder)
    for people in (MOVED, RICHER):
        clock.advance(days=1)
        deliver(register, folder, people)
    return register


@pytest.fixture
def feed(register, clock):
    rows = Comparison("district", Operator.EQ, ("440305",))
    agreed(register, clock, ("id_number", "name", "income", "district"), PSEUDONYM, rows=rows)
    token = register.acting_as("requester.parks").credentials.issue("GRT-0001").token
    with served(register) as port:
        parks = Client(port, token)

        def changes(query):
            answer = parks.get(f"{TABLE}/changes?{query}")
            if answer.status != 200:
                return answer.status
            found = []
            for line in answer.lines[2:]:
                url = line["cdf"]["url"]
                body = parks.get(url[url.index("/delta-sharing") :]).body
                for row in pq.read_table(io.BytesIO(body)).to_pylist():
                    assert row["id_number"] not in {person[0] for person in PEOPLE}
                    found.append((line["cdf"]["version"], row["_change_type"], row["name"]))
            return sorted(found)

        yield changes


FIRST = [(0, "insert", name) for name in ("吴六", "周五", "林二", "赵四", "陈一", "黄三")]
SECOND = [(1, "insert", "郑七")]
THIRD = [(2, "delete", "赵四"), (2, "delete", "陈一"), (2, "insert", "陈一")]


def test_rows_come_and_go_as_they_are_granted(feed, clock):
    assert feed("startingVersion=0") == sorted([*FIRST, *SECOND, *THIRD])
    assert feed("startingVersion=1") == sorted([*SECOND, *THIRD])
    assert feed("startingVersion=1&endingVersion=1") == SECOND
    assert feed("startingVersion=1&endingVersion=99") == sorted([*SECOND, *THIRD])
    yesterday = (clock.now() - timedelta(days=1)).isoformat().replace("+00:00", "Z")
    assert feed(f"startingTimestamp={yesterday}&endingTimestamp={yesterday}") == SECOND
    assert feed("startingVersion=1&endingVersion=1") == SECOND  # the file is there already


@pytest.mark.parametrize(
    "query",
    [
        "",
        "startingVersion=3",
        "startingVersion=2&endingVersion=1",
        "startingVersion=-1",
        "startingVersion=x",
        "startingVersion=9999999999999999999999",
        "startingVersion=0&startingTimestamp=2026-03-02T00:00:00Z",
        "startingTimestamp=yesterday",
        "endingVersion=1",
    ],
)
def test_a_span_that_is_none_is_refused(feed, query):
    assert feed(query) == 400


def test_a_grant_of_single_rows_has_no_feed(register, clock):
    agreed(register, clock, COLUMNS, NEED)
    token = register.acting_as("requester.parks").credentials.issue("GRT-0001").token
    with served(register) as port:
        answer = Client(port, token).get(f"{TABLE}/changes?startingVersion=0")
    assert answer.status == 400
    assert "single rows" in answer.json["message"]
