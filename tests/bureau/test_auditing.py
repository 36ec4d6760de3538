"""The tables beside the ledger are held against it."""

import sqlite3
from contextlib import closing

import pytest

from tests.bureau.test_sharing import granted, read


@pytest.fixture
def used(delivered, clock, tmp_path):
    """A grant that was used, suspended, resumed, used again and revoked."""
    granted(delivered, clock)
    head = delivered.acting_as("approver.water")
    read(delivered, tmp_path)
    head.suspend_grant("GRT-0001", reason="a doubt")
    clock.moment += clock.moment.resolution
    delivered.acting_as("requester.parks").rectify_grant("GRT-0001", report="done")
    head.resume_grant("GRT-0001", reason="none left")
    read(delivered, tmp_path)
    delivered.acting_as("authority.data").revoke_grant("GRT-0001", reason="over")
    return delivered


def faults_after(bureau, *statements):
    with closing(sqlite3.connect(bureau.settings.home / "bureau.db")) as database, database:
        for statement in statements:
            database.execute(statement)
    return [(fault.index, fault.kind, fault.message) for fault in bureau.verify_ledger().faults]


def test_what_was_never_touched_agrees(used):
    assert used.verify_ledger().faults == ()


@pytest.mark.parametrize(
    ("statement", "kind", "words"),
    [
        ("UPDATE use_day SET uses = uses + 7", "counter", "of GRT-0001 on 2026-03-02 has 9 uses,"),
        ("DELETE FROM use_day", "counter", "of GRT-0001 on 2026-03-02 has 0 uses,"),
        ("UPDATE access_grant SET revoked_at = NULL", "grant", "GRT-0001 is not revoked in the"),
        ("DELETE FROM grant_suspension", "grant", "the suspensions of GRT-0001"),
        ("UPDATE grant_suspension SET until = NULL", "grant", "the suspensions of GRT-0001"),
        (
            "UPDATE access_grant SET terms = json_set(terms, '$.scenario', 'any')",
            "grant",
            "the terms of GRT-0001 are not",
        ),
        ("UPDATE access_grant SET first_used_at = NULL", "grant", "first_used_at of GRT-0001 is"),
        ("UPDATE access_grant SET accepted_at = 1", "grant", "accepted_at of GRT-0001 is not"),
        ("UPDATE access_request SET reason = 'x'", "request", "REQ-0001 in the table of requests"),
        ("UPDATE access_request SET decided_at = 1", "request", "REQ-0001 in the table of"),
        ("DELETE FROM clock WHERE limit_name = 'receipt'", "clock", "receipt of request:REQ-0001"),
        ("UPDATE clock SET due_on = '2026-12-24' WHERE limit_name = 'receipt'", "clock", "receipt"),
        (
            "DELETE FROM clock_fact WHERE limit_name = 'receipt'",
            "clock",
            "receipt of request:REQ-0001 since 2026-03-02T01:00:00+00:00 is not kept",
        ),
        (
            "UPDATE clock_fact SET ended_on = NULL WHERE limit_name = 'receipt'",
            "clock",
            "receipt of request:REQ-0001 since 2026-03-02T01:00:00+00:00 is not kept",
        ),
        (
            (
                "INSERT INTO clock_fact SELECT subject, limit_name, debtor, days, article, profile,"
                " started_on, due_on, pauses, extended_by, extended_after, ended_on,"
                " recorded_at + 1 FROM clock_fact WHERE limit_name = 'receipt'"
            ),
            "clock",
            "receipt of request:REQ-0001 since 2026-03-02T01:00:00.000001+00:00 is not kept",
        ),
        ("UPDATE access_grant SET terms = '{}'", "grant", "counters cannot be read"),
        ("UPDATE access_grant SET revoked_at = 'never'", "grant", "counters cannot be read"),
    ],
)
def test_a_table_that_was_edited_is_found(used, statement, kind, words):
    [(index, found, message)] = faults_after(used, statement)
    assert (index, found) == (None, kind)
    assert words in message
