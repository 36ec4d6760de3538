"""What is kept back on the doors that machines come by."""

from __future__ import annotations

import base64
import io
import json
import secrets
from contextlib import contextmanager

import pyarrow.parquet as pq
import pytest

from catalog.predicate import Comparison, Operator
from sharing.safeguards import NONE
from tests.residents import (
    COLUMNS,
    NEED,
    PEOPLE,
    PSEUDONYM,
    SECRET,
    agreed,
    deliver,
    mask,
    with_residents,
)
from tests.web.serving import Client, served

TABLE = "/delta-sharing/shares/water/schemas/water/tables/residents"
LOOKUP, VERIFY = "/api/v1/lookup/residents", "/api/v1/verify/residents"
FIRST = dict(zip(COLUMNS, PEOPLE[0], strict=True))


@pytest.fixture
def register(town, tmp_path):
    return with_residents(town, tmp_path / "register")


@contextmanager
def reader(register, clock, columns=COLUMNS, safeguards=NONE, **changes):
    """What parks calls with, under one grant of the register."""
    grant = agreed(register, clock, columns, safeguards, **changes)
    token = register.acting_as("requester.parks").credentials.issue(grant.ref).token
    with served(register) as port:
        yield Client(port, token)


def hint(column, value, op="equal"):
    return {
        "op": op,
        "children": [
            {"op": "column", "name": column, "valueType": "string"},
            {"op": "literal", "value": value, "valueType": "string"},
        ],
    }


def stating(*hints):
    return {"jsonPredicateHints": json.dumps({"op": "and", "children": list(hints)})}


def rows(parks, body=None):
    """The rows of a query; none where no file is offered."""
    answer = parks.query(body, TABLE)
    assert answer.status == 200, answer.body
    found = []
    for line in answer.lines[2:]:
        url = line["file"]["url"].partition("/delta-sharing")[2]
        table = pq.read_table(io.BytesIO(parks.get(f"/delta-sharing{url}").body))
        found += table.to_pylist()
    return found


def test_files_are_masked_and_described_as_they_are_given(register, clock):
    safeguards = PSEUDONYM + mask("birth_year", "partial", 2) + mask("income", "redact") + SECRET
    with reader(register, clock, safeguards=safeguards) as parks:
        _, described = parks.get(f"{TABLE}/metadata").lines
        schema = json.loads(described["metaData"]["schemaString"])
        kinds = {field["name"]: field["type"] for field in schema["fields"]}
        assert kinds["birth_year"] == kinds["id_number"] == "string"
        assert kinds["income"] == "decimal(38,9)"
        found = rows(parks)
        assert {row["income"] for row in found} == {None}
        assert {row["birth_year"] for row in found} == {"19****"}
        addresses = {row["name"]: row["address"] for row in found}
        assert [addresses[name] for name in ("陈一", "林二", "黄三")] == [
            "深南大道1号",
            None,
            "深南大道3号",
        ]


def test_canaries_in_every_cell_that_is_kept_back_are_never_seen(town, clock, tmp_path):
    """Row 20 of the list of attacks: fetch every byte that a reader can reach, in every form."""
    canaries: list[str] = []

    def canary() -> str:
        canaries.append(f"canary{secrets.token_hex(12)}")
        return canaries[-1]

    shown = [f"s{number}" for number in range(4)]
    people = (
        # id_number, name, phone, address, address_secret, sex, birth_year, district, income
        (canary(), shown[0], canary(), canary(), "true", "f", 1990, "440305", "1"),
        (canary(), shown[1], canary(), "open road", "false", "f", 1990, "440305", "2"),
        (canary(), shown[2], canary(), canary(), "", "f", 1990, "440305", "3"),
        (canary(), canary(), canary(), canary(), "false", "m", 1985, "440304", "4"),
        (canary(), canary(), canary(), canary(), "false", "f", 1900, "440305", "5"),
    )
    register = with_residents(town, tmp_path / "register", small="suppress", people=people)
    safeguards = PSEUDONYM + mask("phone", "redact") + SECRET
    columns = ("id_number", "name", "phone", "address", "birth_year", "district")
    kept = Comparison("district", Operator.EQ, ("440305",))
    seen = b""
    with reader(register, clock, columns, safeguards, rows=kept) as parks:
        for form in ("parquet", "delta"):
            capabilities = {"delta-sharing-capabilities": f"responseformat={form}"}
            bodies = [
                {},
                {"predicateHints": [f"phone = '{canaries[1]}'"]},
                stating(hint("phone", canaries[1])),
                {"version": 0},
                {"version": 99},
                {"timestamp": "1999-01-01T00:00:00Z"},
                {"limitHint": 1},
                b"{",
            ]
            answers = [parks.query(body, TABLE, **capabilities) for body in bodies]
            answers += [
                parks.get(path, **capabilities)
                for path in (
                    "/delta-sharing/shares",
                    "/delta-sharing/shares/water/all-tables",
                    f"{TABLE}/metadata",
                    f"{TABLE}/version",
                    f"{TABLE}/changes?startingVersion=0",
                    f"{TABLE}/sex",
                )
            ]
            for answer in [one for one in answers if one.status == 200]:
                for line in answer.body.splitlines():
                    told = json.loads(line).get("file", {})
                    add = told.get("deltaSingleAction", {}).get("add", {})
                    if url := told.get("url") or add.get("path"):
                        path = url[url.index("/delta-sharing") :]
                        answers += [parks.get(path), parks.get(path, Range="bytes=-9")]
            seen += b"".join(one.body + json.dumps(one.headers).encode() for one in answers)
        [pseudonym] = [row["id_number"] for row in rows(parks) if row["name"] == "s1"]
        keys = [{"id_number": pseudonym}, {"id_number": canaries[2]}, {"phone": canaries[1]}]
        for key in keys:
            body = {"key": key, "claims": {"phone": canaries[3], "name": "s1"}}
            answers = [parks("POST", path, body) for path in (LOOKUP, VERIFY)]
            seen += b"".join(one.body + json.dumps(one.headers).encode() for one in answers)
        assert {row["name"]: row["address"] for row in rows(parks)} == {
            "s0": None,
            "s1": "open road",
            "s2": None,
        }
    assert b"open road" in seen
    for value in canaries:
        for form in (value.encode(), value.encode("utf-16-le"), value.encode().hex().encode()):
            assert form not in seen
        assert base64.b64encode(value.encode()).rstrip(b"=") not in seen


class TestNeedToKnow:
    GIVEN = ("id_number", "name", "phone", "income")
    STATED = (hint("id_number", FIRST["id_number"]), hint("name", FIRST["name"]))

    @pytest.fixture
    def parks(self, register, clock):
        with reader(register, clock, self.GIVEN, NEED) as parks:
            yield parks

    def test_a_query_gives_the_rows_of_which_it_states_enough(self, parks):
        [row] = rows(parks, stating(*self.STATED))
        assert (row["phone"], row["name"]) == (FIRST["phone"], FIRST["name"])
        assert rows(parks, stating(self.STATED[0], hint("name", "陈二"))) == []
        assert rows(parks, stating(*self.STATED, hint("income", "11", "lessThan"))) == [row]
        assert rows(parks, stating(*self.STATED, hint("income", "9", "lessThan"))) == []

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"predicateHints": [f"id_number = '{FIRST['id_number']}'"]},
            stating(STATED[0]),
            stating(STATED[0], hint("name", FIRST["name"], "lessThanOrEqual")),
            {"jsonPredicateHints": json.dumps({"op": "or", "children": list(STATED)})},
            {"jsonPredicateHints": json.dumps({"op": "not", "children": [STATED[0]]})},
            {"version": 0, "limitHint": 1},
        ],
    )
    def test_who_states_too_little_gets_nothing(self, parks, body):
        answer = parks.query(body, TABLE)
        assert answer.status == 403
        assert "states id_number and name" in answer.json["message"]

    @pytest.mark.parametrize("column", ["phone", "address", "nothing"])
    def test_what_is_hidden_or_not_searched_by_is_not_found(self, parks, column):
        answer = parks.query(stating(*self.STATED, hint(column, FIRST["phone"])), TABLE)
        assert (answer.status, answer.json["message"]) == (404, "there is nothing under this name")

    @pytest.mark.parametrize(
        "text",
        [
            "{",
            "[]",
            "3",
            '{"op":"and","children":[]}',
            '{"op":"like","children":[1]}',
            json.dumps(hint("id_number", 5)),
            json.dumps({"op": "equal", "children": [1, 2]}),
            '{"op":"not","children":[' * 200 + "1" + "]}" * 200,
            "[" * 100_000,
        ],
    )
    def test_a_predicate_that_is_none_is_refused(self, parks, text):
        assert parks.query({"jsonPredicateHints": text}, TABLE).status == 400

    def test_a_value_that_no_cell_holds_is_refused(self, parks):
        body = stating(*self.STATED, hint("income", "a lot"))
        assert parks.query(body, TABLE).status == 400

    def test_records_are_looked_up_by_what_has_to_be_stated(self, parks):
        key = {"id_number": FIRST["id_number"], "name": FIRST["name"]}
        answer = parks("POST", LOOKUP, {"key": key})
        assert answer.json["records"] == [key | {"phone": FIRST["phone"], "income": 10}]
        claims = {"key": key, "claims": {"income": 10}}
        assert parks("POST", VERIFY, claims).json == {"matches": True}
        assert parks("POST", LOOKUP, {"key": key | {"name": "陈二"}}).status == 404
        for less in ({"id_number": FIRST["id_number"]}, {"phone": FIRST["phone"]}, {}):
            assert parks("POST", LOOKUP, {"key": less}).status == 400

    def test_queries_of_single_records_are_kept_to_a_pace(self, register, clock):
        grant = agreed(register, clock, self.GIVEN, NEED)
        token = register.acting_as("requester.parks").credentials.issue(grant.ref).token
        with served(register, per_minute=2) as port:
            parks = Client(port, token)
            states = [parks.query(stating(*self.STATED), TABLE).status for _ in range(3)]
        assert states == [200, 200, 429]


class TestKeys:
    def test_a_pseudonym_is_looked_up_by_itself_alone(self, register, clock):
        with reader(register, clock, ("id_number", "name"), PSEUDONYM) as parks:
            [pseudonym] = [row["id_number"] for row in rows(parks) if row["name"] == FIRST["name"]]
            found = parks("POST", LOOKUP, {"key": {"id_number": pseudonym}})
            assert found.json["records"][0]["name"] == FIRST["name"]
            answer = parks("POST", LOOKUP, {"key": {"id_number": FIRST["id_number"]}})
            assert answer.status == 404

    @pytest.mark.parametrize(
        "safeguards",
        [mask("id_number", "partial", 6, 4), mask("id_number", "redact")],
    )
    def test_a_key_that_is_partly_shown_finds_nothing(self, register, clock, safeguards):
        with reader(register, clock, ("id_number", "name"), safeguards) as parks:
            answer = parks("POST", LOOKUP, {"key": {"id_number": "440305****0011"}})
            assert answer.status == 400


def test_a_version_with_small_groups_is_not_served(town, clock, tmp_path):
    folder = tmp_path / "register"
    register = with_residents(town, folder, small="refuse", people=PEOPLE[:6])
    with reader(register, clock, ("id_number", "sex", "birth_year")) as parks:
        assert len(rows(parks)) == 6
        deliver(register, folder, PEOPLE)
        answer = parks.query({}, TABLE)
        assert answer.status == 400
        assert "fewer than 3" in answer.json["message"]
        assert parks("POST", LOOKUP, {"key": {"id_number": FIRST["id_number"]}}).status == 400
        assert len(rows(parks, {"version": 0})) == 6
