"""Every row that an act wrote is attested by its ledger entry: an edit of it is found and named."""

import json
import shutil
import sqlite3
from contextlib import closing

import pytest

from bureau import Bureau
from core.clock import FixedClock
from tests.busy import busy


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
def town(lived, tmp_path):
    shutil.copytree(lived, tmp_path / "town")
    town = Bureau.open(tmp_path / "town", clock=FixedClock())
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
    "grant_review": ("outcome", "GRT-0001#2026-03-02T01:00:00+00:00 in the table of reviews"),
    "usage_record": ("text", "GRT-0001#1 in the table of usage records"),
    "disposal_requirement": ("how", "GRT-0001 in the table of requirements of disposal"),
    "disposal_proof": ("verdict", "GRT-0001#1 in the table of proofs of disposal"),
    "onward_transfer": ("recipient", "GRT-0001#1 in the table of transfers to third parties"),
    "grant_renewal": ("grant_number", "REQ-0002 in the table of renewals"),
    "emergency": ("case_number", "GRT-0002 in the table of emergencies"),
    "emergency_review": ("finding", "GRT-0002#authority in the table of emergency reviews"),
    "emergency_authorisation": ("until", "requester.parks#2026-03-12T01:00:00+00:00 in the"),
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
    "delegation": ("until", "DLG-0001 in the table of delegations"),
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
NAMES = {"grant_number": "grant", "case_number": "case", "start_on": "start"}
"""Columns that the program calls otherwise."""
OTHER = {"grant_number": "2", "given": "77", "until": "until + 1", "items": "'[]'"}


def test_what_was_never_touched_agrees_and_every_table_is_attested(town):
    assert faults(town) == []
    assert set().union(*told(town).values()) == {*WHAT, *WHO}


def test_entries_hold_nobodys_name_and_nothing_that_people_wrote(town):
    rows = "".join(str(attested(entry)) for entry in town.ledger_log(limit=10_000))
    for canary in ("approver.", "requester.", "灌溉公司", "局长甲", "节水", "少十倍"):
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
    said = [message for kind, message in faults(town) if kind == "row"]
    assert [m for m in said if m.startswith(name) and m.endswith(f": {column}")]
