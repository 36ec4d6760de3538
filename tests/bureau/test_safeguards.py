"""What is kept back on the doors of the command line and of Python, and how it is agreed to."""

from __future__ import annotations

import csv
import json

import pytest

from bureau import ReadOrder
from catalog.predicate import All, Comparison, Operator
from core.errors import Conflict, Denied, InvalidInput
from sharing.policy import Rule
from tests.bureau import test_replying
from tests.bureau.test_sharing import PURPOSE, asked, sent
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


@pytest.fixture
def register(town, tmp_path):
    return with_residents(town, tmp_path / "register")


@pytest.fixture
def read(register, tmp_path):
    def rows(**changes):
        target = tmp_path / "out.csv"
        values = {
            "dataset": "residents",
            "application": "lawns",
            "purpose": PURPOSE,
            "target": target,
            "format": "csv",
        }
        register.acting_as("requester.parks").read(ReadOrder(**(values | changes)))
        return list(csv.DictReader(target.read_text("utf-8").splitlines()))

    return rows


city_parks = test_replying.city_parks


def equal(**values):
    return All(tuple(Comparison(name, Operator.EQ, (value,)) for name, value in values.items()))


def test_a_grant_is_of_what_was_agreed_to_and_reads_so(register, clock, read):
    safeguards = PSEUDONYM + mask("phone", "partial", 3, 4) + mask("income", "redact") + SECRET
    grant = agreed(register, clock, safeguards=safeguards)
    assert grant.terms.safeguards == safeguards
    kept, _ = register.get_grant(grant.ref)
    assert (kept.terms, kept.terms_hash) == (grant.terms, grant.terms.hash)
    rows = sorted(read(), key=lambda row: row["phone"])
    assert [row["phone"] for row in rows] == [f"138****000{n}" for n in range(1, 8)]
    assert {row["income"] for row in rows} == {""}
    assert [row["address"] for row in rows] == [
        "深南大道1号", "", "深南大道3号", "", "后海路5号", "", "福华路7号",
    ]  # fmt: skip
    names = [row["id_number"] for row in rows]
    assert len(set(names)) == len(PEOPLE)
    assert not set(names) & {person[0] for person in PEOPLE}
    again = [row["id_number"] for row in read()]
    assert again == sorted(names)  # and so the order of the source joins nothing
    assert register.verify_ledger().ok


def test_pseudonyms_of_two_grants_cannot_be_joined(register, clock, read):
    """Row 19 of the list of attacks."""
    agreed(register, clock, ("id_number",), PSEUDONYM)
    agreed(register, clock, ("id_number",), PSEUDONYM, application="ponds")
    first, second = (
        {row["id_number"] for row in read(application=application)}
        for application in ("lawns", "ponds")
    )
    assert len(first) == len(second) == len(PEOPLE)
    assert not first & second


def test_only_rows_of_which_the_reader_knows_enough(register, clock, read):
    agreed(register, clock, ("id_number", "name", "phone"), NEED)
    first = dict(zip(COLUMNS, PEOPLE[0], strict=True))
    known = {"id_number": first["id_number"], "name": first["name"]}
    assert read(where=equal(**known)) == [known | {"phone": first["phone"]}]
    assert read(where=equal(**known), columns=("phone",)) == [{"phone": first["phone"]}]
    assert read(where=equal(**known | {"name": "陈二"})) == []
    assert read(where=equal(**known | {"id_number": PEOPLE[1][0]})) == []
    for where in (None, equal(name=first["name"]), equal(id_number=first["id_number"])):
        with pytest.raises(Denied, match="may not be read") as denied:
            read(where=where)
        assert "gives only rows of which the reader states id_number and name" in str(
            denied.value.reasons
        )
    [entry] = register.ledger_log(limit=1)
    assert entry.kind == "read.denied"
    assert json.loads(entry.body)["facts"]["rules"] == [Rule.NEED]


@pytest.mark.parametrize("column", ["phone", "address", "nothing"])
def test_no_row_is_searched_by_what_is_hidden_whether_it_exists_or_not(
    register, clock, read, column
):
    agreed(register, clock, ("id_number", "name", "phone"), NEED)
    known = {"id_number": PEOPLE[0][0], "name": PEOPLE[0][1]}
    with pytest.raises(Denied) as denied:
        read(where=equal(**known, **{column: PEOPLE[0][2]}))
    assert f"gives no rows by {column}" in str(denied.value.reasons)


def test_a_choice_narrows_what_is_given_and_leaves_no_value_in_the_ledger(register, clock, read):
    rows = Comparison("district", Operator.EQ, ("440305",))
    agreed(register, clock, ("name", "district"), rows=rows)
    assert [row["name"] for row in read(where=equal(name="郑七"))] == []
    assert [row["name"] for row in read(where=equal(name="陈一"))] == ["陈一"]
    entries = register.ledger_log(limit=200)
    assert b'"chosen_by":"name"' in entries[-2].body
    assert not any("陈一".encode() in entry.body for entry in entries)
    with pytest.raises(InvalidInput):
        read(where=Comparison("name", Operator.EQ, (1,)))


class TestGroups:
    def test_a_grant_that_gives_small_groups_is_refused(self, town, clock, tmp_path):
        register = with_residents(town, tmp_path / "register", small="refuse")
        groups = ("name", "sex", "birth_year", "district")
        request = sent(register, asked(clock, dataset="residents", columns=groups))
        approver = register.acting_as("approver.water")
        with pytest.raises(Conflict, match="1 groups with 1 rows have fewer than 3") as refused:
            approver.approve_request(request.ref)
        assert "cannot be agreed to so" in str(refused.value)
        assert register.list_grants(dataset="residents") == []
        with pytest.raises(Conflict, match="1 groups"):
            approver.approve_request(request.ref, columns=("district", "sex"))
        grant, _ = approver.approve_request(
            request.ref,
            safeguards=mask("birth_year", "redact")
            + mask("district", "partial", 4)
            + mask("sex", "redact"),
        )
        assert grant.terms.safeguards

    def test_rows_that_are_chosen_by_one_are_groups_by_it_though_it_is_not_given(
        self, town, clock, tmp_path
    ):
        """Whoever asked for the rows of one person knows who it is."""
        register = with_residents(town, tmp_path / "register", small="refuse")
        alone = Comparison("birth_year", Operator.EQ, (1970,))
        new = asked(clock, dataset="residents", columns=("name", "income"), rows=alone)
        request = sent(register, new)
        with pytest.raises(Conflict, match="alike in birth_year"):
            register.acting_as("approver.water").approve_request(request.ref)

    def test_each_version_is_looked_at_before_it_is_given(self, town, clock, tmp_path):
        folder = tmp_path / "register"
        register = with_residents(town, folder, small="refuse", people=PEOPLE[:6])
        agreed(register, clock, ("name", "sex", "birth_year"))
        reader = register.acting_as("requester.parks")
        order = ReadOrder(
            dataset="residents",
            application="lawns",
            purpose=PURPOSE,
            target=tmp_path / "out.csv",
            format="csv",
        )
        assert reader.read(order).use.rows == 6
        assert deliver(register, folder, PEOPLE).cut_off == ("GRT-0001",)
        with pytest.raises(Conflict, match="fewer than 3 that are alike in sex, birth_year"):
            reader.read(order)
        assert [entry.kind for entry in register.ledger_log(limit=1)] == ["read.failed"]

    def test_small_groups_are_left_out_where_the_contract_says_so(self, town, clock, tmp_path):
        register = with_residents(town, tmp_path / "register", small="suppress")
        agreed(register, clock, ("name", "sex", "birth_year"))
        target = tmp_path / "out.csv"
        order = ReadOrder(
            dataset="residents",
            application="lawns",
            purpose=PURPOSE,
            target=target,
            format="csv",
        )
        assert register.acting_as("requester.parks").read(order).use.rows == 6
        assert "郑七" not in target.read_text("utf-8")

    def test_whoever_may_not_agree_learns_nothing_of_the_groups(self, town, clock, tmp_path):
        register = with_residents(town, tmp_path / "register", small="refuse")
        request = sent(register, asked(clock, dataset="residents", columns=("sex", "birth_year")))
        for person in ("steward.water", "both.parks", "authority.data"):
            with pytest.raises(Denied):
                register.acting_as(person).approve_request(request.ref)

    def test_the_policy_agrees_to_nothing_that_falls_into_groups(
        self, town, clock, tmp_path, city_parks
    ):
        """What is shared unconditionally is agreed to at once elsewhere in this city."""
        with_residents(town, tmp_path / "register", small="suppress")
        register = city_parks
        make_unconditional(town, tmp_path)
        groups = sent(register, asked(clock, dataset="residents", columns=("name", "sex")))
        assert groups.grant == ""
        rest = sent(register, asked(clock, dataset="residents", columns=("name",)))
        assert rest.grant


def make_unconditional(town, tmp_path):
    path = tmp_path / "register" / "dataset.yaml"
    path.write_text(
        path.read_text("utf-8").replace("share_type: conditional", "share_type: unconditional"),
        "utf-8",
    )
    assert "unconditional" in path.read_text("utf-8")
    town.acting_as("operator.data").apply(path)
