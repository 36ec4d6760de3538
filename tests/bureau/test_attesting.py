"""Every row that an act wrote is attested by its ledger entry: an edit of it is found and named."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import date

import psycopg
import pytest

from bureau import Bureau
from core.canonical import canonical_bytes
from core.clock import FixedClock
from sharing.ledger.merkle import Frontier, leaf_hash
from sharing.records.model import RecordKind
from tests.bureau.test_sharing import asked, granted, sent
from tests.busy import busy
from tests.conftest import CALENDARS
from tests.town import write_registry


@pytest.fixture(scope="module")
def lived(made, tmp_path_factory):
    """The folder of a town in which every attested table has rows."""
    folder = tmp_path_factory.mktemp("busy")
    shutil.copytree(made[1], folder / "town")
    clock = FixedClock()
    town = Bureau.open(folder / "town", clock=clock)
    busy(town, folder / "files", clock)
    town.close()
    return folder / "town"


@pytest.fixture
def town(lived, tmp_path, clock):
    shutil.copytree(lived, tmp_path / "town")
    town = Bureau.open(tmp_path / "town", clock=clock)
    yield town
    town.close()


def database(town):
    return closing(sqlite3.connect(town.settings.home / "bureau.db"))


def edit(town, *statements):
    with database(town) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def faults(town):
    return [(fault.kind.value, fault.message) for fault in town.verify_ledger().faults]


def attested(entry):
    return json.loads(entry.body)["facts"].get("attested", [])


def told(town):
    """The tables of which the entries of the town attest a row, by the entry."""
    entries = town.ledger_log(limit=10_000)
    return {entry.index: {row["table"] for row in attested(entry)} for entry in entries}


WHAT = {
    "access_grant": ("revoke_reason", "GRT-0001 in the table of grants"),
    "grant_suspension": ("report", "GRT-0001#2026-03-02T01:00:00+00:00 in the table of susp"),
    "calendar_announcement": ("days", "1 in the table of announcements of working days"),
    "grant_review": ("outcome", "GRT-0001#2026-03-02T01:00:00+00:00 in the table of reviews"),
    "usage_record": ("text", "GRT-0001#1 in the table of usage records"),
    "disposal_requirement": ("how", "GRT-0001 in the table of requirements of disposal"),
    "disposal_proof": ("verdict", "GRT-0001#1 in the table of proofs of disposal"),
    "onward_transfer": ("recipient", "GRT-0001#1 in the table of transfers to third parties"),
    "grant_renewal": ("grant_number", "REQ-0002 in the table of renewals"),
    "emergency": ("case_number", "GRT-0002 in the table of emergencies"),
    "emergency_review": ("finding", "GRT-0002#authority in the table of emergency reviews"),
    "emergency_authorisation": (
        "until",
        "requester.parks#2026-03-12T01:00:00+00:00 in the table of em",
    ),
    "correction": ("finding", "COR-0001 in the table of corrections"),
    "catalogue_submission": ("reason", "SUB-0001 in the table of submissions"),
    "catalogue_event": ("changed_on", "EVT-0001 in the table of catalogue events"),
    "named_source": ("department", "1 in the table of named sources"),
    "service_change": ("filing", "CHG-0001 in the table of service changes"),
    "service_change_consultation": ("text", "CHG-0001#parks in the table of consultations"),
    "return_flow": ("start_on", "RET-0001 in the table of returns"),
    "return_check": ("given", "RET-0001#1 in the table of return checks"),
    "data_need": ("items", "NED-0001 in the table of needs"),
    "once_only_answer": ("reason", "school-place#家庭租赁地址#leases in the table of answers"),
    "credential": ("expires_at", "CRD-0001 in the table of credentials"),
    "delegation": ("until", "DLG-0001 in the table of delegations"),
    "dispute": ("grounds", "DSP-0001 in the table of disputes"),
}
"""A column of each table, and how the row is named that is edited in it."""
WHO = {
    "access_request": ("endorsed_by", "REQ-0001 in the table of requests"),
    "dispute": ("raised_by", "DSP-0001 in the table of disputes"),
    "correction": ("verified_by", "COR-0001 in the table of corrections"),
    "delegation": ("delegate", "DLG-0001 in the table of delegations"),
    "catalogue_submission": ("head", "SUB-0001 in the table of submissions"),
    "emergency": ("opened_by", "GRT-0002 in the table of emergencies"),
}
"""The same with the people."""
NOT_ATTESTED = """
clock clock_fact use_day sealed_journal ledger_entry ledger_head
division department person person_salt application provision_rule duty service_item dataset dataset_gram
contract_version delivery lake_table check_run check_result dimension_score
grant_use notice notice_sending person_contact act_key alembic_version
"""
"""Compared otherwise; the registry and what was delivered; what nobody decided (docs/ledger.md)."""
OWN = [table for table in WHAT if table not in ("access_grant", "grant_suspension")]
"""Those of which no other comparison says that a row is missing or was added."""
NAMES = {"grant_number": "grant", "case_number": "case", "start_on": "start"}
"""Columns that the program calls otherwise."""
OTHER = {"grant_number": "2", "given": "77", "until": "until + 1", "items": "'[]'"}


def test_what_was_never_touched_agrees_and_every_table_is_attested(town):
    assert faults(town) == []
    assert set().union(*told(town).values()) == {*WHAT, *WHO}


def test_a_new_table_is_attested_or_told_not_to_be(town):
    with database(town) as connection:
        found = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    assert {name for (name,) in found} == {*WHAT, *WHO, *NOT_ATTESTED.split()}


def test_entries_hold_nobodys_name_and_nothing_that_people_wrote(town):
    rows = "".join(str(attested(entry)) for entry in town.ledger_log(limit=10_000))
    for canary in ("approver.", "requester.", "灌溉公司", "节水", "少十倍"):
        assert canary not in rows


@pytest.mark.parametrize("table", WHAT)
def test_what_was_edited_is_named_with_its_entry_and_its_column(town, table):
    column, name = WHAT[table]
    edit(town, f"UPDATE {table} SET {column} = {OTHER.get(column, repr('x'))}")
    said = [message for kind, message in faults(town) if kind == "row"]
    [message] = [message for message in said if message.startswith(name)]
    assert "is not what entry " in message
    assert message.endswith(f" says: {NAMES.get(column, column)}")
    entry = int(message.partition("what entry ")[2].partition(" ")[0])
    assert table in told(town)[entry]


@pytest.mark.parametrize("table", WHO)
def test_another_person_in_a_row_is_found(town, table):
    column, name = WHO[table]
    edit(town, f"UPDATE {table} SET {column} = 'auditor.audit'")
    assert {kind for kind, _ in faults(town)} == {"row"}
    [message] = [said for _, said in faults(town) if said.startswith(f"{name} is not what entry ")]
    assert message.endswith(f" says: {column}")


def test_the_dataset_beside_the_terms_of_a_request_is_found(town):
    edit(town, "UPDATE access_request SET dataset = 'other' WHERE number = 1")
    [(kind, message)] = faults(town)
    assert (kind, message.rpartition(" says: ")[2]) == ("row", "dataset")


def test_people_inside_documents_are_found_by_their_place(town):
    edit(town, "UPDATE dispute SET steps = json_set(steps, '$[0].decision.by', 'both.water')")
    [(_, message)] = faults(town)
    assert message.endswith(" says: steps.0.decision.by")


@pytest.mark.parametrize("table", OWN)
def test_a_row_that_is_gone_is_named_with_its_entry(town, table):
    name = WHAT[table][1].partition(" in the table of ")[0]
    edit(town, f"DELETE FROM {table}")
    [message] = [said for kind, said in faults(town) if kind == "row" and said.startswith(name)]
    assert " is gone from the table of " in message
    entry = int(message.partition(" of entry ")[2].partition(" ")[0])
    assert table in told(town)[entry]


@pytest.mark.parametrize("table", OWN)
def test_a_row_that_was_slipped_in_is_named(town, table):
    with database(town) as connection, connection:
        connection.row_factory = sqlite3.Row
        row = dict(connection.execute(f"SELECT * FROM {table}").fetchone())
        *_, last = connection.execute(
            f"SELECT name FROM pragma_table_info('{table}') WHERE pk > 0 ORDER BY pk"
        ).fetchall()
        key = last["name"]
        row[key] = row[key] + 70 if isinstance(row[key], int) else "operator.data"
        names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
        if table == "return_flow":  # a department has one return of a dataset
            row["withdrawn_at"] = 1
        if table == "credential":  # a token is one credential's
            row["token_hash"] += "2"
        connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))
    [(kind, message)] = faults(town)
    assert kind == "row"
    assert message.endswith(", and no entry made it")


def test_text_that_is_none_and_values_of_another_type_are_found_too(town):
    edit(
        town,
        "UPDATE correction SET problem = CAST(X'FF' AS TEXT), columns = '{', delivery = 1.5",
        "UPDATE emergency SET due_on = 'soon', opened_at = 'never'",
        "UPDATE grant_suspension SET by_authority = 7",
    )
    said = "\n".join(message for _, message in faults(town))
    assert ": columns, delivery, problem" in said
    assert ": due_on, opened_at" in said
    assert ": by_authority" in said


def test_the_same_document_written_otherwise_is_the_same(town):
    edit(town, """UPDATE data_need SET items = '[ "\\u6708租金",\n"押金" ]'""")
    assert faults(town) == []


def test_what_was_erased_of_a_person_cannot_be_told_and_all_else_can(town):
    edit(town, "DELETE FROM person_salt WHERE person IN ('steward.water', 'requester.parks')")
    assert faults(town) == []
    edit(
        town,
        "UPDATE correction SET verified_by = '', reason = 'x'",
        "UPDATE usage_record SET recorded_by = 'both.parks' WHERE number = 1",
        "DELETE FROM emergency_authorisation",
    )
    assert [message.partition("says: ")[2] for _, message in faults(town)] == [
        "recorded_by",
        "reason, verified_by",
    ]


def test_the_people_who_are_named_are_under_their_own_salts(town):
    entries = {entry.kind: entry for entry in town.ledger_log(limit=10_000)}
    [made] = attested(entries["delegation.made"])
    _, body, _ = town.ledger_entry(entries["delegation.made"].index)
    assert made["columns"]["delegator"] == body.actor
    assert made["columns"]["delegate"] not in ("", body.actor)


def test_a_deputy_and_whom_they_stand_in_for_are_attested_each(town, clock):
    clock.advance(days=10)
    town.acting_as("approver.water").delegations.make(
        "both.water", until=date(2026, 3, 20), reason="休假"
    )
    ref = sent(town, asked(clock)).ref
    town.acting_as("both.water", behalf="approver.water").receive_request(ref)
    assert faults(town) == []
    edit(
        town,
        "UPDATE access_request SET received_by = 'both.water' WHERE received_by LIKE '% for %'",
    )
    [(_, message)] = faults(town)
    assert message.endswith("says: received_by.for")


@pytest.mark.parametrize(
    ("column", "place"),
    [
        ("granted_by", "approver.water"),
        ("revoked_by", ""),
        ("finished_by", ""),
        ("accepted_by", ""),
    ],
)
def test_a_name_that_is_nobodys_is_found_where_somebody_or_nobody_stood(town, clock, column, place):
    clock.advance(days=10)
    ref = granted(town, clock).ref
    assert faults(town) == []
    edit(
        town,
        f"UPDATE access_grant SET {column} = 'mayor.wang' WHERE number = {int(ref[4:])}"
        f" AND {column} = '{place}'",
    )
    [(_, message)] = faults(town)
    assert message.startswith(f"{ref} in the table of grants is not what entry")
    assert message.endswith(f"says: {column}")


def test_many_records_are_purged_at_once(town, clock):
    clock.advance(days=10)
    parks = town.acting_as("requester.parks")
    ref = granted(town, clock).ref
    for number in range(110):
        parks.records.add(ref, kind=RecordKind.PROCESS, text=f"第 {number} 次")
    town.acting_as("authority.data").revoke_grant(ref, reason="完成")
    clock.advance(days=4 * 366)
    _, receipt = parks.records.purge(ref)
    assert len(receipt.entries) == 2  # an entry holds only so much
    assert faults(town) == []
    edit(town, "UPDATE usage_record SET purged_at = NULL WHERE number = 5")
    [(_, message)] = faults(town)
    assert message.startswith(f"{ref}#5 in the table of usage records")
    assert message.endswith("says: purged_at")


@pytest.fixture
def old(town):
    """The town with a ledger of a time when entries attested no rows."""
    frontier = Frontier()
    with database(town) as connection, connection:
        for name in ("refuse_update", "refuse_delete", "next_index"):
            connection.execute(f"DROP TRIGGER ledger_entry_{name}")
        entries = connection.execute('SELECT "index", body FROM ledger_entry ORDER BY 1').fetchall()
        for index, body in entries:
            document = json.loads(body)
            document["facts"].pop("attested", None)
            left = canonical_bytes(document)
            frontier.append(leaf_hash(left))
            connection.execute(
                'UPDATE ledger_entry SET body = ?, leaf_hash = ? WHERE "index" = ?',
                (left, leaf_hash(left), index),
            )
        connection.execute(
            "UPDATE ledger_head SET root = ?, frontier = ?", (frontier.root(), frontier.to_bytes())
        )
    return town


def test_an_old_ledger_says_nothing_of_what_it_never_attested(old):
    assert faults(old) == []
    edit(old, "UPDATE correction SET reason = 'x'", "DELETE FROM delegation")
    assert faults(old) == []


def test_an_old_ledger_attests_disputes_by_their_standing(old):
    edit(old, "UPDATE dispute SET grounds = 'x'")
    said = "DSP-0001 in the table of disputes is not what its last entry says"
    assert faults(old) == [("dispute", said)]


def test_an_old_ledger_knows_what_no_entry_made(old):
    edit(old, "UPDATE correction SET number = 71", "UPDATE data_need SET number = 71")
    assert faults(old) == [
        ("row", "COR-0071 stands in the table of corrections, and no entry made it"),
        ("row", "NED-0071 stands in the table of needs, and no entry made it"),
    ]


def test_the_next_act_on_an_old_row_attests_it(old, clock):
    clock.advance(days=10)
    edit(old, "UPDATE correction SET problem = 'x'")
    old.acting_as("steward.water").corrections.correct("COR-0001", none_needed="原始记录无误")
    assert faults(old) == []
    edit(old, "UPDATE correction SET problem = 'y'")
    [(_, message)] = faults(old)
    assert message.endswith("says: problem")


def test_on_postgresql_too(monkeypatch, postgres_url, tmp_path, clock):
    url = postgres_url()
    monkeypatch.setenv("BUREAU_DATABASE_URL", url)
    Bureau.create(tmp_path / "town", city="深圳市").close()
    with closing(Bureau.open(tmp_path / "town", clock=clock)) as town:
        town.apply(write_registry(tmp_path / "registry"))
        town.acting_as("operator.data").import_calendar(sorted(CALENDARS.glob("*.csv")))
        busy(town, tmp_path / "files", clock)
        assert faults(town) == []
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute("UPDATE correction SET finding = 'x', rows = '[1]'")
            connection.execute("UPDATE grant_suspension SET by_authority = true, report = 'x'")
            connection.execute("UPDATE emergency SET due_on = '2030-01-01', opened_at = 1")
            connection.execute("UPDATE dispute SET steps = '[]'")
            connection.execute("DELETE FROM usage_record WHERE number = 1")
        gone, *edited = [message for _, message in faults(town)]
        assert gone.startswith("GRT-0001#1 of entry ")
        assert {
            message.partition(" is not what entry ")[0]: message.partition("says: ")[2]
            for message in edited
        } == {
            "COR-0001 in the table of corrections": "finding, rows",
            "DSP-0001 in the table of disputes": "steps, steps.0.brought_by, steps.0.decision.by",
            "GRT-0001#2026-03-02T01:00:00+00:00 in the table of suspensions": "by_authority, report",
            "GRT-0002 in the table of emergencies": "due_on, opened_at",
        }
