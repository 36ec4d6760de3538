"""What entries attest of rows, taken apart and compared: no database, so that any row can be had."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.attested.model import Reading, Shape
from sharing.ledger.entry import Event, commitment, encode
from sharing.ledger.faults import FaultKind
from sharing.ledger.merkle import leaf_hash
from sharing.ledger.rows import (
    TOGETHER,
    UNSALTED,
    Attested,
    Commitments,
    Table,
    rows_in,
    with_rows,
)
from sharing.ledger.verify import StoredEntry
from sharing.words import words_hash
from tests.sharing.ledgers import ACTOR, MORNING

SALTS = {"ding": b"d" * 32, "yi": b"y" * 32}
COMMIT = Commitments(SALTS)
NOTES = Table(
    name="note", noun="notes", prefix="GRT", made_by=frozenset({"note.added"}), people=frozenset()
)
SHAPE = Shape(
    table=NOTES,
    about="grant",
    by=None,
    names=("grant", "number", "text", "told", "flag", "made_by", "head"),
    key=("grant", "number"),
    content=frozenset({"text", "told", "flag", "made_by"}),
    documents=frozenset({"told"}),
    flags=frozenset({"flag"}),
    people={"head": "made_by"},
)
STORED = (1, 1, b"why", b'{"by": "yi", "steps": [{"asked_by": "ding"}]}', 1, b"ding", b"Li")


def row(*stored, commit=COMMIT):
    return Reading(SHAPE, stored or STORED).row(commit)


def entry(index, kind, rows=(), subject="grant:GRT-0001"):
    [event] = with_rows([Event(kind, subject, {})], rows)
    body = encode(event, index=index, recorded_at=MORNING, actor=ACTOR, department="eco")
    return StoredEntry(
        index=index,
        recorded_at=0,
        kind=kind.encode(),
        subject=subject.encode(),
        body=body,
        leaf_hash=leaf_hash(body),
    )


def compared(entries, *kept, commit=COMMIT):
    attested = Attested([NOTES])
    assert list(attested.over(entries)) == entries
    found = attested.compare(lambda _: kept, commit.known(), lambda: entries)
    return [fault.message for fault in found]


def test_a_row_has_digests_of_what_is_written_and_commitments_to_who_wrote_it():
    whole = row()
    assert (whole.key, whole.subject) == ((1, 1), "grant:GRT-0001")
    assert sorted(whole.columns) == [
        "flag",
        "head",
        "made_by",
        "text",
        "told",
        "told.by",
        "told.steps.0.asked_by",
    ]
    assert whole.columns["made_by"] == commitment(SALTS["ding"], "ding")
    assert whole.columns["head"] == commitment(SALTS["ding"], "Li")
    assert whole.columns["text"] == words_hash("why")[:32]
    told = json.dumps(whole.told())
    assert not any(name in told for name in ("ding", "Li", "why"))


def test_what_is_empty_is_left_out_and_no_is_not():
    assert set(row(1, 1, b"", b"null", 0, b"", b"").columns) == {"flag"}
    assert set(row(1, 1, None, b"[]", None, b"", b"").columns) == set()


def test_both_databases_give_the_same():
    postgres = (1, 1, "why", json.loads(STORED[3]), True, "ding", "Li")
    assert row(*postgres) == row()


def test_a_signature_of_a_deputy_commits_to_both_people():
    columns = row(1, 1, b"", b"{}", 0, b"yi for ding", b"").columns
    assert columns["made_by"] == commitment(SALTS["yi"], "yi")
    assert columns["made_by.for"] == commitment(SALTS["ding"], "ding")


def test_of_who_has_no_salt_is_told_just_that():
    columns = row(commit=Commitments({})).columns
    assert {columns[name] for name in ("made_by", "head", "told.by")} == {UNSALTED}


def test_where_the_policy_decided_it_is_no_person():
    assert len(row(1, 1, b"", b"{}", 0, b"policy", b"").columns["made_by"]) == 32


@given(
    st.lists(
        st.binary(max_size=4) | st.none() | st.integers() | st.floats(), min_size=7, max_size=7
    )
)
def test_any_row_at_all_can_be_read(stored):
    assert row(*stored).table is NOTES


def test_rows_stand_in_the_entry_that_made_them_else_in_the_last_about_their_subject():
    events = [
        Event("note.added", "grant:GRT-0001", {}),
        Event("grant.seen", "grant:GRT-0001", {}),
        Event("grant.seen", "grant:GRT-0002", {}),
    ]
    changed = replace(row(), table=replace(NOTES, name="other", made_by=frozenset()))
    stray = replace(changed, subject="grant:GRT-0009", key=(9, 1))
    told = [
        [(table, key) for table, key, _ in rows_in(event.facts)]
        for event in with_rows(events, [row(), changed, stray])
    ]
    assert told == [[("note", (1, 1))], [("other", (1, 1))], [("other", (9, 1))]]
    with pytest.raises(ValueError, match="no event says why"):
        with_rows([], [row()])
    assert with_rows(events, []) == events


def test_many_rows_are_spread_over_the_entries_of_an_act():
    events = [Event("note.gone", "grant:GRT-0001", {})] * 3
    many = [replace(row(), key=(1, number)) for number in range(2 * TOGETHER + 1)]
    told = [len(list(rows_in(event.facts))) for event in with_rows(events, many)]
    assert told == [1, TOGETHER, TOGETHER]


@pytest.mark.parametrize(
    "forged",
    [
        None,
        1,
        [1],
        [{}],
        [{"table": 1, "key": [], "columns": {}}],
        [{"table": "note", "key": [[1]], "columns": {}}],
        [{"table": "note", "key": [1]}],
    ],
)
def test_what_is_forged_attests_nothing(forged):
    assert list(rows_in({"attested": forged})) == []


def test_the_newest_entry_counts():
    newer = row(1, 1, b"more", *STORED[3:])
    entries = [entry(0, "note.added", [row()]), entry(1, "note.changed", [newer])]
    assert compared(entries, newer) == []
    said = "GRT-0001#1 in the table of notes is not what entry 1 says: text"
    assert compared(entries, row()) == [said]


def test_a_row_is_missing_or_was_added():
    entries = [entry(0, "note.added", [row()])]
    assert compared(entries) == ["GRT-0001#1 of entry 0 is gone from the table of notes"]
    added = row(2, 7, *STORED[2:])
    said = "GRT-0002#7 stands in the table of notes, and no entry made it"
    assert compared(entries, row(), added) == [said]


def test_an_entry_that_made_rows_and_attests_none_is_of_an_older_time():
    assert compared([entry(0, "note.added")], row()) == []
    elsewhere = entry(0, "note.added", subject="grant:GRT-0002")
    assert len(compared([elsewhere], row())) == 1


def test_of_somebody_erased_only_what_is_left_is_compared():
    entries = [entry(0, "note.added", [row()])]
    left = Commitments({"yi": SALTS["yi"]})
    assert compared(entries, row(commit=left), commit=left) == []
    other = row(1, 1, b"else", *STORED[3:], commit=left)
    [message] = compared(entries, other, commit=left)
    assert message.endswith("says: text")
    taken = row(*STORED[:5], b"yi", b"Li", commit=left)
    [message] = compared(entries, taken, commit=left)
    assert message.endswith("says: head, made_by")


def test_the_fault_is_of_a_row():
    attested = Attested([NOTES])
    list(attested.over([entry(0, "note.added", [row()])]))
    [fault] = attested.compare(lambda _: (), {}, list)
    assert (fault.index, fault.last, fault.kind) == (None, None, FaultKind.ROW)


def test_a_body_that_cannot_be_read_is_left_to_the_verification():
    broken = replace(entry(0, "note.added", [row()]), body=b'{"attested":')
    assert compared([broken], row()) == [
        "GRT-0001#1 stands in the table of notes, and no entry made it"
    ]


def test_a_row_is_called_by_its_reference_its_moment_and_its_person():
    table = Table(name="a", noun="as", people=frozenset({0}), moments=frozenset({1}))
    committed = COMMIT("yi", "yi")
    assert table.call((committed, 0), COMMIT.known()) == "yi#1970-01-01T00:00:00+00:00"
    assert table.call((committed, "x"), {}) == f"{committed}#x"
