"""One record by its key, and whether what somebody claims of it is so."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau import DeliveryOrder
from catalog.keyfile import KeyFiles, key_text, write_keys
from catalog.predicate import Comparison, Operator
from tests.bureau.test_sharing import granted
from tests.web.serving import Client, served
from tests.web.test_metering import uses

LOOKUP, VERIFY = "/api/v1/lookup/meters", "/api/v1/verify/meters"
KEY = {"meter": "M001", "day": "2026-03-01"}


@pytest.fixture
def parks(port, token):
    client = Client(port, token)
    return lambda path, **body: client("POST", path, body)


def test_a_key_gives_the_granted_columns_of_its_record(parks):
    answer = parks(LOOKUP, key=KEY)
    assert answer.status == 200
    assert answer.json == {"records": [{"meter": "M001", "day": "2026-03-01", "litres": 120}]}


@pytest.mark.parametrize(
    ("claims", "matches"),
    [
        ({"litres": 120}, True),
        ({"litres": "120"}, True),
        ({"litres": 121}, False),
        ({"litres": None}, False),
        ({"litres": 120, "meter": "M001"}, True),
        ({"litres": 120, "meter": "M002"}, False),
        ({"litres": "0120"}, True),
        ({"day": "2026-03-01"}, True),
    ],
)
def test_a_claim_is_so_or_not_and_nothing_else_is_said(parks, claims, matches):
    assert parks(VERIFY, key=KEY, claims=claims).json == {"matches": matches}


@pytest.mark.parametrize(
    "claims", [{"litres": [120]}, {"litres": {"x": 1}}, {"litres": "many"}, {"day": "20260301"}]
)
def test_a_claim_that_no_cell_could_hold_is_refused(parks, claims):
    answer = parks(VERIFY, key=KEY, claims=claims)
    assert (answer.status, answer.json["code"]) == (400, "INVALID_PARAMETER_VALUE")


def test_a_key_that_is_nobodys_looks_like_a_claim_that_is_wrong(parks):
    nobody = {"meter": "M999", "day": "2026-03-01"}
    assert parks(VERIFY, key=nobody, claims={"litres": 120}).json == {"matches": False}
    answer = parks(LOOKUP, key=nobody)
    assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"key": "M001"},
        {"key": {}},
        {"key": {"meter": "M001"}},
        {"key": KEY | {"litres": 120}},
        {"key": KEY | {"keeper": "王芳"}},
        {"key": {"meter": None, "day": "2026-03-01"}},
        {"key": {"meter": ["M001"], "day": "2026-03-01"}},
    ],
)
def test_only_the_key_can_be_searched_by(parks, body):
    for path in (LOOKUP, VERIFY):
        answer = parks(path, **body, claims={"litres": 120})
        assert answer.status == 400, path
        assert answer.json["code"] == "INVALID_PARAMETER_VALUE"


@pytest.mark.parametrize("claims", [{}, {"keeper": "王芳"}, {"nothing": 1}, None])
def test_claims_are_of_granted_columns_whether_others_exist_or_not(parks, claims):
    answer = parks(VERIFY, key=KEY, claims=claims)
    assert answer.status == 400
    assert "王芳" not in answer.body.decode()


def test_half_a_character_is_no_key_of_anybody(parks):
    answer = parks(LOOKUP, key={"meter": "\ud800", "day": "2026-03-01"})
    assert answer.status == 404


def test_rows_that_are_not_granted_are_not_found(delivered, clock):
    rows = Comparison("meter", Operator.EQ, ("M001",))
    granted(delivered, clock, rows=rows)
    token = delivered.acting_as("requester.parks").credentials.issue("GRT-0001").token
    with served(delivered) as port:
        parks = Client(port, token)
        assert parks("POST", LOOKUP, {"key": KEY}).status == 200
        other = {"meter": "M002", "day": "2026-03-01"}
        assert parks("POST", LOOKUP, {"key": other}).status == 404
        assert parks("POST", VERIFY, {"key": other, "claims": {"litres": 90}}).json == {
            "matches": False
        }
    for path in (delivered.settings.home / "views").rglob("*.keys"):
        assert b"M002" not in path.read_bytes()


def test_a_grant_without_the_key_gives_no_record_by_it(delivered, clock):
    granted(delivered, clock, columns=("meter", "litres"))
    token = delivered.acting_as("requester.parks").credentials.issue("GRT-0001").token
    with served(delivered) as port:
        answer = Client(port, token)("POST", LOOKUP, {"key": KEY})
        assert answer.status == 400
        assert "does not give the key" in answer.json["title"]


def test_each_answer_is_a_use_and_survives_with_the_journal(shared, token):
    with served(shared) as port:
        parks = Client(port, token)
        for _ in range(3):
            parks("POST", LOOKUP, {"key": KEY})
        parks("POST", VERIFY, {"key": KEY, "claims": {"litres": 1}})
        parks("POST", LOOKUP, {"key": {"meter": "M999", "day": "2026-03-01"}})
        parks("POST", LOOKUP, {"key": {}})
    [[grant, _, count, rows, _]] = uses(shared)
    assert (grant, count, rows) == ("GRT-0001", 4, 4)
    assert shared.verify_ledger().ok


def test_a_new_delivery_is_looked_up_from_then_on(shared, token, tmp_path):
    with served(shared) as port:
        parks = Client(port, token)
        assert parks("POST", LOOKUP, {"key": KEY}).json["records"][0]["litres"] == 120
        changed = tmp_path / "changed.csv"
        changed.write_text("meter,day,litres,keeper\nM001,2026-03-01,7,王芳\n", "utf-8")
        shared.acting_as("steward.water").deliver(DeliveryOrder(dataset="meters", path=changed))
        assert parks("POST", LOOKUP, {"key": KEY}).json["records"][0]["litres"] == 7


def test_a_grant_is_used_only_so_often(shared, token):
    with served(shared, per_minute=5) as port:
        parks = Client(port, token)
        statuses = [parks("POST", LOOKUP, {"key": KEY}).status for _ in range(7)]
        assert statuses == [200] * 5 + [429] * 2
        assert parks("POST", LOOKUP, {"key": KEY}).headers["retry-after"] == "60"
    assert uses(shared)[0][2] == 5


def test_doors_are_closed_alike(shared, port, token):
    assert Client(port)("POST", LOOKUP, {"key": KEY}).status == 401
    assert Client(port, token)("POST", "/api/v1/lookup/people", {"key": KEY}).status == 404
    assert Client(port, token).get(LOOKUP).status == 405
    shared.acting_as("authority.data").revoke_grant("GRT-0001", reason="不再需要")
    answer = Client(port, token)("POST", LOOKUP, {"key": KEY})
    assert (answer.status, answer.json["code"]) == (403, "PERMISSION_DENIED")


scalars = st.one_of(st.text(), st.integers(), st.booleans(), st.none())


@given(st.lists(st.fixed_dictionaries({"a": scalars, "b": scalars, "c": scalars}), max_size=20))
def test_every_record_is_found_by_its_key(tmp_path_factory, records):
    folder = tmp_path_factory.mktemp("keys")
    lines = folder / "records.jsonl"
    lines.write_bytes(b"".join(json.dumps(one).encode() + b"\n" for one in records))
    write_keys(lines, ("a", "b"), folder / "table.keys")
    with closing(KeyFiles()) as files:
        for record in records:
            text = key_text(record, ("a", "b"))
            found = [json.loads(one) for one in files.find(folder / "table.keys", text)]
            assert found == [one for one in records if key_text(one, ("a", "b")) == text]
            assert record in found
        assert files.find(folder / "table.keys", "[]") == []
    with closing(sqlite3.connect(folder / "table.keys")) as database:
        plan = database.execute("EXPLAIN QUERY PLAN SELECT body FROM record WHERE key = 'x'")
        assert "USING INDEX record_by_key" in plan.fetchone()[3]
