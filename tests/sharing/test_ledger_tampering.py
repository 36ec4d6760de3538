"""Whatever is done to the rows behind the program's back, `verify` finds it and says where."""

import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.clock import to_micros
from core.errors import LedgerCorrupt
from sharing.ledger.entry import Event, encode
from sharing.ledger.merkle import Frontier, Head, leaf_hash, root_of
from sharing.ledger.verify import FaultKind, StoredEntry, verify
from tests.sharing.ledgers import (
    ACTOR,
    MORNING,
    append,
    issued,
    make_engine,
    make_ledger,
    verified,
)

SIZE = 13  # peaks over 8, 4 and 1 entries
indexes = st.integers(0, SIZE - 1)


def make_row(index, *, event=None, at=None):
    event = event or issued(index)
    moment = at or MORNING + timedelta(minutes=index)
    body = encode(event, index=index, recorded_at=moment, actor=ACTOR, department="eco")
    return StoredEntry(
        index=index,
        recorded_at=to_micros(moment),
        kind=event.kind.encode(),
        subject=event.subject.encode(),
        body=body,
        leaf_hash=leaf_hash(body),
    )


def head_over(rows):
    frontier = Frontier()
    for row in rows:
        frontier.append(row.leaf_hash)
    return frontier.head()


HONEST = [make_row(index) for index in range(SIZE)]
HEAD = head_over(HONEST)


def named(verification, *, by_root=False):
    """The indexes that faults name: those of entries, or those traced from the head's hashes."""
    found = set()
    for fault in verification.faults:
        if fault.index is not None and (fault.kind is FaultKind.ROOT) == by_root:
            found |= set(range(fault.index, fault.last + 1))
    return found


def whole(verification):
    """The kinds of fault that no entry has by itself."""
    return [fault.kind for fault in verification.faults if fault.index is None]


def kinds(verification):
    return {fault.kind for fault in verification.faults}


@given(st.integers(0, 40), st.lists(st.integers(0, 5), min_size=40, max_size=40))
def test_an_honest_log_raises_no_alarm(size, waits):
    moments = [MORNING + timedelta(minutes=sum(waits[:n])) for n in range(size)]
    rows = [make_row(index, at=moment) for index, moment in enumerate(moments)]
    verification = verify(rows, head_over(rows))
    assert verification.faults == ()
    assert verification.size == size
    assert verification.root == root_of(row.leaf_hash for row in rows)


@settings(deadline=None)
@given(st.permutations(HONEST), st.integers(0, SIZE), st.integers(0, SIZE))
def test_rows_in_any_other_order_number_or_selection_raise_an_alarm(rows, start, stop):
    for wrong in (rows, HONEST[start:stop], [*HONEST, *rows[start:stop]]):
        assert verify(wrong, HEAD).ok == (wrong == HONEST)


@given(indexes, indexes)
def test_missing_entries_are_named(first, last):
    left = [row for row in HONEST if not first <= row.index <= last]
    verification = verify(left, HEAD)
    assert named(verification) == set(range(first, last + 1))


@given(indexes, indexes)
def test_swapped_bodies_are_named(one, other):
    rows = list(HONEST)
    rows[one] = replace(HONEST[other], index=one)
    rows[other] = replace(HONEST[one], index=other)
    verification = verify(rows, HEAD)
    assert verification.ok == (one == other)
    if one != other:
        assert {one, other} <= named(verification)


@given(st.integers(0, SIZE))
def test_an_entry_slipped_in_is_named(place):
    new = make_row(place, at=MORNING + timedelta(minutes=max(place - 1, 0)))
    later = [replace(row, index=row.index + 1) for row in HONEST[place:]]
    verification = verify([*HONEST[:place], new, *later], HEAD)
    assert named(verification) >= {SIZE, *range(place + 1, SIZE)}
    assert place in named(verification) | named(verification, by_root=True)


@given(indexes)
def test_an_entry_rewritten_with_its_hash_is_traced_to_its_part_of_the_log(index):
    forged = make_row(index, event=Event("grant.revoked", "grant:GRT-9999", {}))
    verification = verify([*HONEST[:index], forged, *HONEST[index + 1 :]], HEAD)
    assert kinds(verification) == {FaultKind.ROOT}
    traced, _ = verification.faults
    assert re.match(r"(entry|entries) (\d+)( to \d+ do| does) not give", traced.message)
    assert whole(verification) == [FaultKind.ROOT]
    part = next(span for span in (range(8), range(8, 12), range(12, 13)) if index in span)
    assert named(verification, by_root=True) >= set(part)


def test_without_its_frontier_a_head_still_tells_that_something_differs():
    forged = [*HONEST[:-1], make_row(SIZE - 1, event=Event("grant.revoked", "grant:GRT-1", {}))]
    assert verify(HONEST, Head(HEAD.size, HEAD.root)).ok
    assert kinds(verify(forged, Head(HEAD.size, HEAD.root))) == {FaultKind.ROOT}


@pytest.mark.parametrize(
    ("index", "change", "kind", "words"),
    [
        (3, {"body": b"{}"}, FaultKind.EDITED, "entry 3 was edited"),
        (3, {"body": None}, FaultKind.EDITED, "entry 3 was edited"),
        (3, {"leaf_hash": bytes(32)}, FaultKind.EDITED, "entry 3 was edited"),
        (3, {"leaf_hash": None}, FaultKind.EDITED, "entry 3 was edited"),
        (3, {"body": b"{}"}, FaultKind.UNREADABLE, "the body of entry 3 cannot be read"),
        (3, {"kind": b"x"}, FaultKind.COLUMN, "the kind column of entry 3 differs"),
        (3, {"subject": None}, FaultKind.COLUMN, "the subject column of entry 3 differs"),
        (3, {"recorded_at": 0}, FaultKind.COLUMN, "the time column of entry 3 differs"),
        (12, {"index": 13}, FaultKind.MISSING, "entry 12 is missing"),
        (12, {"index": 13}, FaultKind.ADDED, "entry 13 was added: the head counts 13"),
        (12, {"index": 13}, FaultKind.MISPLACED, "entry 13 holds what was recorded as entry 12"),
        (12, {"index": 3}, FaultKind.MISPLACED, "entry 3 stands where entry 12 was due"),
        (0, {"index": -1}, FaultKind.MISPLACED, "entry -1 stands where entry 0 was due"),
    ],
)
def test_each_fault_is_said_in_a_plain_sentence(index, change, kind, words):
    rows = [replace(row, **change) if row.index == index else row for row in HONEST]
    faults = verify(rows, HEAD).faults
    assert any(fault.kind is kind and fault.message.startswith(words) for fault in faults)


def test_a_time_that_runs_backwards_is_a_fault_even_of_a_log_that_hashes_well():
    rows = [make_row(0), make_row(1, at=MORNING - timedelta(seconds=1)), make_row(2)]
    [fault] = verify(rows, head_over(rows)).faults
    assert (fault.index, fault.kind) == (1, FaultKind.TIME)


def test_a_gap_of_any_width_is_one_fault():
    rows = [*HONEST[:3], replace(HONEST[3], index=10**15)]
    verification = verify(rows, HEAD)
    assert [f.message for f in verification.faults if f.kind is FaultKind.MISSING] == [
        "entries 3 to 12 are missing"
    ]
    assert 10**15 in named(verification)


def test_a_removal_that_moved_all_after_it_is_told_once():
    moved = [replace(row, index=row.index - 1) for row in HONEST[7:]]
    faults = verify([*HONEST[:6], *moved], HEAD).faults
    assert [(fault.index, fault.last, fault.message) for fault in faults[:2]] == [
        (6, 11, "entries 6 to 11 hold what was recorded as entries 7 to 12"),
        (12, 12, "entry 12 is missing"),
    ]
    assert [fault.index for fault in faults[2:]] == [None]


def test_a_second_fault_is_not_hidden_behind_what_follows_from_the_first():
    moved = [replace(row, index=row.index - 1) for row in HONEST[7:]]
    moved[2] = replace(moved[2], subject=b"grant:GRT-9999")
    del moved[4]
    faults = verify([*HONEST[:6], *moved], HEAD).faults
    assert [(fault.index, fault.last, fault.kind) for fault in faults if fault.index] == [
        (6, 9, FaultKind.MISPLACED),
        (8, 8, FaultKind.COLUMN),
        (10, 10, FaultKind.MISSING),
        (11, 11, FaultKind.MISPLACED),
        (12, 12, FaultKind.MISSING),
    ]


@settings(deadline=None)
@given(st.sets(indexes, min_size=1))
def test_every_edited_entry_is_within_a_fault_and_no_other_is(edited):
    rows = [replace(row, leaf_hash=bytes(32)) if row.index in edited else row for row in HONEST]
    assert named(verify(rows, HEAD)) == edited


def test_a_ledger_without_its_head_is_one_fault_of_the_whole():
    added, lost = verify(HONEST, Frontier().head()).faults
    assert (added.index, added.last, added.kind) == (0, SIZE - 1, FaultKind.ADDED)
    assert (lost.index, lost.kind) == (None, FaultKind.HEAD)
    assert lost.message == (
        "the ledger as a whole: no head counts the 13 entries: it was removed, or they were added"
    )


@pytest.fixture(scope="module")
def honest_file(tmp_path_factory):
    """A ledger of SIZE entries in a file, with the guards dropped as its owner could."""
    path = tmp_path_factory.mktemp("honest") / "ledger.db"
    engine = make_ledger(f"sqlite:///{path}")
    for index in range(SIZE):
        append(engine, issued(index), at=MORNING + timedelta(minutes=index))
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        for guard in ("refuse_update", "refuse_delete", "next_index"):
            connection.execute(f"DROP TRIGGER ledger_entry_{guard}")
    return path


@pytest.fixture(scope="module")
def tampered(honest_file):
    """Apply statements to a fresh copy of the file and verify it."""
    copy = honest_file.with_name("copy.db")

    def verify_after(*statements):
        for left in honest_file.parent.glob("copy.db*"):
            left.unlink()
        shutil.copy(honest_file, copy)
        with closing(sqlite3.connect(copy)) as connection, connection:
            for statement, *values in statements:
                connection.execute(statement, values)
        engine = make_engine(f"sqlite:///{copy}")
        try:
            return verified(engine)
        finally:
            engine.dispose()

    return verify_after


def stored_bytes(path, column, index):
    query = f'SELECT CAST({column} AS BLOB) FROM ledger_entry WHERE "index" = ?'
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query, [index]).fetchone()[0]


def test_an_untouched_file_raises_no_alarm(tampered):
    assert tampered().ok


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_any_flipped_bit_in_the_file_is_found(honest_file, tampered, data):
    index = data.draw(indexes)
    column = data.draw(st.sampled_from(["kind", "subject", "body", "leaf_hash"]))
    value = bytearray(stored_bytes(honest_file, column, index))
    place = data.draw(st.integers(0, len(value) - 1))
    value[place] ^= 1 << data.draw(st.integers(0, 7))
    new = "CAST(? AS TEXT)" if column in {"kind", "subject"} else "?"
    update = f'UPDATE ledger_entry SET {column} = {new} WHERE "index" = ?'
    assert index in named(tampered((update, bytes(value), index)))


@settings(deadline=None)
@given(index=indexes, bit=st.integers(0, 62))
def test_any_flipped_bit_of_a_time_is_found(tampered, index, bit):
    flip = (
        "UPDATE ledger_entry SET recorded_at = (recorded_at | ?1) - (recorded_at & ?1) "
        'WHERE "index" = ?2'
    )
    assert index in named(tampered((flip, 1 << bit, index)))


@settings(deadline=None)
@given(index=indexes, other=st.integers(-5, 2**40))
def test_any_renumbering_is_found(tampered, index, other):
    move = 'UPDATE OR IGNORE ledger_entry SET "index" = ? WHERE "index" = ?'
    verification = tampered((move, other, index))
    assert verification.ok == (0 <= other < SIZE)  # a taken number is ignored by SQLite
    assert verification.ok or {index, other} <= named(verification)


REST = "recorded_at, kind, subject, body, leaf_hash"
SHIFTS = [
    ("remove the first", ['DELETE FROM ledger_entry WHERE "index" = 0'], {0}),
    ("remove the middle", ['DELETE FROM ledger_entry WHERE "index" = 6'], {6}),
    ("remove the tail", ['DELETE FROM ledger_entry WHERE "index" >= 10'], {10, 11, 12}),
    ("remove all", ["DELETE FROM ledger_entry"], set(range(SIZE))),
    (
        "remove one and close the gap",
        [
            'DELETE FROM ledger_entry WHERE "index" = 6',
            'UPDATE ledger_entry SET "index" = "index" - 1 WHERE "index" > 6',
        ],
        {6, 7, 8, 9, 10, 11, 12},
    ),
    (
        "append a copy",
        [f'INSERT INTO ledger_entry SELECT 13, {REST} FROM ledger_entry WHERE "index" = 4'],
        {13},
    ),
    (
        "replace one by a copy of another",
        [f'REPLACE INTO ledger_entry SELECT 4, {REST} FROM ledger_entry WHERE "index" = 9'],
        {4},
    ),
    (
        "swap two",
        [
            'UPDATE ledger_entry SET "index" = -1 WHERE "index" = 4',
            'UPDATE ledger_entry SET "index" = 4 WHERE "index" = 9',
            'UPDATE ledger_entry SET "index" = 9 WHERE "index" = -1',
        ],
        {4, 9},
    ),
    (
        "text for a body",
        ['UPDATE ledger_entry SET body = CAST(body AS TEXT) WHERE "index" = 4'],
        {4},
    ),
    (
        "a blob for a kind",
        ['UPDATE ledger_entry SET kind = CAST(kind AS BLOB) WHERE "index" = 4'],
        {4},
    ),
    ("text for a time", ["UPDATE ledger_entry SET recorded_at = 'now' WHERE \"index\" = 4"], {4}),
    (
        "a broken kind",
        ["UPDATE ledger_entry SET kind = CAST(x'ff' AS TEXT) WHERE \"index\" = 4"],
        {4},
    ),
]


@pytest.mark.parametrize(
    ("statements", "expected"), [shift[1:] for shift in SHIFTS], ids=[shift[0] for shift in SHIFTS]
)
def test_rows_moved_removed_or_mistyped_in_the_file_are_named(tampered, statements, expected):
    found = named(tampered(*((statement,) for statement in statements)))
    assert expected <= found <= expected | {max(expected) + 1, 5, 10}


@pytest.mark.parametrize(
    "change",
    [
        ("UPDATE ledger_head SET size = 12",),
        ("UPDATE ledger_head SET root = zeroblob(32)",),
        ("UPDATE ledger_head SET frontier = zeroblob(8)",),
        ("UPDATE ledger_head SET frontier = x''",),
        ("DELETE FROM ledger_head",),
    ],
)
def test_a_head_that_was_changed_is_found(tampered, change):
    assert not tampered(change).ok


@pytest.mark.parametrize("column", ["size", "root", "frontier"])
def test_a_head_of_another_type_is_found(tampered, column):
    with pytest.raises(LedgerCorrupt, match="head of the ledger is damaged"):
        tampered((f"UPDATE ledger_head SET {column} = 'text'",))


def test_a_log_rewritten_together_with_its_head_is_beyond_this_check(tampered):
    """What a head kept elsewhere is for: alone, a consistent forgery looks like any other log."""
    shorter = head_over(HONEST[:10])
    verification = tampered(
        ('DELETE FROM ledger_entry WHERE "index" >= 10',),
        (
            "UPDATE ledger_head SET size = ?, root = ?, frontier = ?",
            shorter.size,
            shorter.root,
            shorter.frontier,
        ),
    )
    assert verification.ok
    assert not verify(HONEST[:10], HEAD).ok
