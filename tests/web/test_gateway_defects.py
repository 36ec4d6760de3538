"""Seven defects of a gateway that a city runs, each shown on a naive build of the same query.

The naive build does what that gateway was read to do: it joins strings to SQL, and counts before it
sends. The other half of each test asks our server the same.
"""

from __future__ import annotations

import json
import logging

import duckdb
import pytest

from catalog.predicate import Any as AnyOf
from catalog.predicate import Comparison, Operator
from tests.residents import COLUMNS, NEED, PEOPLE, agreed, mask, with_residents
from tests.web.serving import Client, served
from tests.web.test_safeguards import FIRST, LOOKUP, TABLE, hint, rows, stating


@pytest.fixture
def register(town, tmp_path):
    return with_residents(town, tmp_path / "register")


@pytest.fixture
def naive():
    """The register as a table behind a gateway that joins strings."""
    with duckdb.connect() as connection:
        names = ", ".join(COLUMNS)
        values = ", ".join(f"({', '.join(repr(cell) for cell in row)})" for row in PEOPLE)
        connection.execute(f"CREATE TABLE residents AS SELECT * FROM (VALUES {values}) v({names})")

        def ask(columns, where):
            query = f"SELECT {columns} FROM residents WHERE {where}"
            return [row[0] for row in connection.execute(query).fetchall()]

        yield ask


def token_of(register, clock, columns=COLUMNS, safeguards=None, **changes):
    extra = {} if safeguards is None else {"safeguards": safeguards}
    grant = agreed(register, clock, columns, **extra, **changes)
    return register.acting_as("requester.parks").credentials.issue(grant.ref).token


def district(code):
    return Comparison("district", Operator.EQ, (code,))


def test_defect_1_each_caller_gets_its_own_rows_and_not_those_of_all_filters(
    register, clock, naive
):
    filters = ["district = '440305'", "district = '440304'"]
    assert len(naive("name", " or ".join(filters))) == len(PEOPLE)
    mine = token_of(register, clock, ("name", "district"), rows=district("440304"))
    other = token_of(
        register, clock, ("name", "district"), rows=district("440305"), application="ponds"
    )
    with served(register) as port:
        assert [row["name"] for row in rows(Client(port, mine))] == ["郑七"]
        assert len(rows(Client(port, other))) == len(PEOPLE) - 1


def test_defect_2_a_callers_choice_narrows_all_of_the_filter(register, clock, naive):
    allowed, chosen = "sex = 'm' or birth_year = 1970", "income = '40'"
    assert len(naive("name", f"{allowed} and {chosen}")) > 1
    both = AnyOf(
        (
            Comparison("sex", Operator.EQ, ("m",)),
            Comparison("birth_year", Operator.EQ, (1970,)),
        )
    )
    columns = ("id_number", "name", "income", "sex")
    token = token_of(register, clock, columns, NEED.of(columns), rows=both)
    with served(register) as port:
        known = dict(zip(COLUMNS, PEOPLE[3], strict=True))
        either = {"op": "or", "children": [hint("income", "40"), hint("sex", "f")]}
        stated = [hint(name, known[name]) for name in ("id_number", "name")]
        assert [row["name"] for row in rows(Client(port, token), stating(*stated, either))] == [
            "赵四"
        ]
        outside = [hint(name, FIRST[name]) for name in ("id_number", "name")]
        assert rows(Client(port, token), stating(*outside, either)) == []


@pytest.mark.parametrize(
    "value", ["x' or '1'='1", "x'; drop table residents; --", 'x" or 1=1', "x\\' or 1=1"]
)
def test_defect_3_a_value_is_never_a_piece_of_the_query(register, clock, naive, value):
    if "1'='1" in value:
        assert len(naive("name", f"name = '{value.strip(chr(39))}'")) == len(PEOPLE)
    columns = ("id_number", "name", "phone")
    token = token_of(register, clock, columns, NEED)
    with served(register) as port:
        parks = Client(port, token)
        stated = [hint("id_number", FIRST["id_number"]), hint("name", value)]
        assert rows(parks, stating(*stated)) == []
        key = {"id_number": FIRST["id_number"], "name": value}
        assert parks("POST", LOOKUP, {"key": key}).status == 404
        named = stating(*stated, hint(value, "1"))
        assert parks.query(named, TABLE).status == 404


def test_defect_4_every_masked_column_is_masked_and_none_is_an_oracle(register, clock, naive):
    of_one_grade = ["phone", "address"]
    first_only = ", ".join(
        "'*' AS phone" if number == 0 else name for number, name in enumerate(of_one_grade)
    )
    assert naive(first_only.partition(", ")[2], "true")[0] == FIRST["address"]
    assert naive("'*'", f"phone = '{FIRST['phone']}'") == ["*"]  # the mask tells that it is there
    safeguards = mask("phone", "redact") + mask("address", "partial", 2) + NEED.of(())
    columns = ("id_number", "name", "phone", "address")
    token = token_of(register, clock, columns, safeguards)
    with served(register) as port:
        parks = Client(port, token)
        stated = [hint(name, FIRST[name]) for name in ("id_number", "name")]
        [row] = rows(parks, stating(*stated))
        assert (row["phone"], row["address"]) == (None, "深南****")
        for column in ("phone", "address"):
            assert rows(parks, stating(*stated, hint(column, FIRST[column]))) == []


def test_defect_5_no_setting_opens_a_second_door_and_no_header_is_written_down(
    register, clock, caplog
):
    def gateway(headers, settings):
        logging.getLogger("gateway").info("headers: %s", headers)
        return settings.get("cssjj") == "true" or headers.get("Authorization") == "right"

    caplog.set_level(logging.DEBUG)
    assert gateway({"Authorization": "a secret"}, {"cssjj": "true"})
    assert "a secret" in caplog.text
    caplog.clear()
    token = token_of(register, clock, ("name",))
    with served(register) as port:
        parks = Client(port, token)
        answer = parks.query({}, TABLE)
        signed = answer.lines[2]["file"]["url"]
        parks.get(signed[signed.index("/delta-sharing") :])
        for headers in (
            {"X-Signature": token},
            {"cssjj": "true"},
            {"Authorization": f"Basic {token}"},
            {"Authorization": ""},
        ):
            assert Client(port, headers=headers).query({}, TABLE).status == 401
    assert token not in caplog.text
    assert signed.rpartition("sig=")[2] not in caplog.text


def test_defect_6_uses_are_paced_and_counted_when_the_bytes_have_left_with_who_used(
    register, clock
):
    counted = []

    def gateway(send):
        counted.append({"caller": None})  # the department is commented out, and so is the pace
        send()

    with pytest.raises(ConnectionError):
        gateway(lambda: (_ for _ in ()).throw(ConnectionError()))
    assert counted == [{"caller": None}]
    token = token_of(register, clock, ("id_number", "name"))
    with served(register, per_minute=3) as port:
        parks = Client(port, token)
        path = parks.query({}, TABLE).lines[2]["file"]["url"]
        parks.get(
            path[path.index("/delta-sharing") :], Range="bytes=0-3"
        )  # not enough of it, nor of a column
        key = {"key": {"id_number": FIRST["id_number"]}}
        assert [parks("POST", LOOKUP, key).status for _ in range(5)] == [200] * 3 + [429] * 2
    [entry] = [one for one in register.ledger_log(limit=50) if one.kind == "uses.sealed"]
    [[grant, _, uses, *_]] = json.loads(entry.body)["facts"]["uses"]
    assert (grant, uses) == ("GRT-0001", 3)
    assert register.get_grant(grant)[0].department == "parks"


def test_defect_7_nothing_is_counted_or_cut_before_it_is_filtered(town, clock, tmp_path, naive):
    assert naive("count(*)", "true") == [len(PEOPLE)]  # told beside the filtered page
    many = tuple(
        (
            str(number),
            f"n{number}",
            "",
            "",
            "false",
            "f",
            1990,
            "440305" if number % 3 else "440304",
            "1",
        )
        for number in range(3000)
    )
    register = with_residents(town, tmp_path / "register", people=many)
    token = token_of(register, clock, ("name",), rows=district("440304"))
    with served(register) as port:
        parks = Client(port, token)
        answer = parks.query({"limitHint": 5}, TABLE)
        records = [json.loads(line["file"]["stats"])["numRecords"] for line in answer.lines[2:]]
        assert sum(records) == 1000
        assert len(rows(parks)) == 1000
    assert b"3000" not in answer.body
