"""Entries in and out of SQLite and PostgreSQL alike."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.orm import Session

from core.errors import InvalidInput, LedgerCorrupt, NotFound
from sharing.ledger.entry import Event, decode
from sharing.ledger.merkle import EMPTY_ROOT, Head, leaf_hash, root_of
from sharing.ledger.repository import LedgerRepository
from sharing.ledger.tables import LedgerEntryRow, LedgerHeadRow, guard_statements
from tests.sharing.ledgers import ACTOR, MORNING, append, issued, opened, verified

HOUR = timedelta(hours=1)


@pytest.fixture
def engine(ledger_engine):
    return ledger_engine


def test_an_empty_ledger_has_the_empty_root(engine):
    with opened(engine) as ledger:
        assert ledger.head() == ledger.head_at(MORNING) == Head(0, EMPTY_ROOT)
        assert ledger.list_entries(limit=10) == []
        assert list(ledger.stored()) == []
    assert verified(engine).ok


def test_appending_nothing_changes_nothing(engine):
    assert append(engine) == ()
    with opened(engine) as ledger:
        assert ledger.head().size == 0


def test_an_entry_comes_back_as_it_was_appended(engine):
    entries = append(engine, issued(1), issued(2)) + append(engine, issued(3), at=MORNING + HOUR)
    assert [entry.index for entry in entries] == [0, 1, 2]
    with opened(engine) as ledger:
        assert ledger.list_entries(limit=10) == list(entries)
        assert [ledger.get(n) for n in range(3)] == list(entries)
        assert ledger.head() == Head(3, root_of(entry.leaf_hash for entry in entries))
    last = entries[2]
    assert last.leaf_hash == leaf_hash(last.body)
    said = decode(last.body)
    assert (said.index, said.recorded_at) == (last.index, last.recorded_at) == (2, MORNING + HOUR)
    assert (
        (said.kind, said.subject) == (last.kind, last.subject) == ("grant.issued", "grant:GRT-0003")
    )
    assert (said.actor, said.department) == (ACTOR, "eco")
    assert said.facts == {"dataset": "空气", "number": 3}


def test_one_append_or_many_give_the_same_root(engine):
    with Session(engine) as session, session.begin():
        ledger = LedgerRepository(session)
        given = {"recorded_at": MORNING, "actor": ACTOR, "department": "eco"}
        leaves = [e.leaf_hash for n in range(5) for e in ledger.append([issued(n)], **given)]
        leaves += [e.leaf_hash for e in ledger.append([issued(n) for n in range(5, 1500)], **given)]
        assert ledger.head() == Head(1500, root_of(leaves))
    verification = verified(engine)
    assert verification.ok
    assert verification.size == 1500
    assert verification.root == root_of(leaves)


def test_what_is_rolled_back_was_never_there(engine):
    append(engine, issued(1))
    with opened(engine) as ledger:
        before = ledger.head()
    with Session(engine) as session:
        LedgerRepository(session).append(
            [issued(2)], recorded_at=MORNING, actor=ACTOR, department="eco"
        )
        session.rollback()
    with opened(engine) as ledger:
        assert ledger.head() == before
    assert append(engine, issued(3))[0].index == 1
    assert verified(engine).ok


def test_one_event_that_cannot_be_written_stops_them_all(engine):
    with pytest.raises(InvalidInput, match="float"):
        append(engine, issued(1), Event("grant.issued", "grant:GRT-0002", {"share": 0.5}))
    with opened(engine) as ledger:
        assert ledger.head().size == 0


def test_time_never_runs_backwards(engine):
    append(engine, issued(1), at=MORNING)
    [late] = append(engine, issued(2), at=MORNING - HOUR)
    [on] = append(engine, issued(3), at=MORNING + HOUR)
    assert (late.recorded_at, on.recorded_at) == (MORNING, MORNING + HOUR)
    assert decode(late.body).recorded_at == MORNING
    assert verified(engine).ok


def test_the_list_is_narrowed_by_kind_subject_time_and_start(engine):
    revoked = Event("grant.revoked", "grant:GRT-0001", {})
    append(engine, issued(1), issued(2), at=MORNING)
    append(engine, revoked, at=MORNING + HOUR)
    append(engine, issued(3), at=MORNING + 2 * HOUR)

    def indexes(limit=10, **narrowing):
        return [entry.index for entry in ledger.list_entries(limit=limit, **narrowing)]

    with opened(engine) as ledger:
        assert indexes() == [0, 1, 2, 3]
        assert indexes(limit=2) == [2, 3]
        assert indexes(start=1) == [1, 2, 3]
        assert indexes(kind="grant.issued") == [0, 1, 3]
        assert indexes(kind="grant.issued", limit=2) == [1, 3]
        assert indexes(subject="grant:GRT-0001") == [0, 2]
        assert indexes(kind="grant.revoked", subject="grant:GRT-0001") == [2]
        assert indexes(since=MORNING + HOUR) == [2, 3]
        assert indexes(until=MORNING + HOUR) == [0, 1]
        assert indexes(since=MORNING + HOUR, until=MORNING + 2 * HOUR) == [2]
        assert indexes(kind="grant.lost") == []


def test_the_head_of_a_past_moment_is_what_it_was_then(engine):
    heads = {}
    for hour in range(1, 6):
        moment = MORNING + hour * HOUR
        append(engine, *(issued(hour * 10 + n) for n in range(hour)), at=moment)
        with opened(engine) as ledger:
            heads[moment] = ledger.head()
    with opened(engine) as ledger:
        for moment, head in heads.items():
            assert ledger.head_at(moment) == head
            assert ledger.head_at(moment + HOUR / 2) == head
        assert ledger.head_at(MORNING) == Head(0, EMPTY_ROOT)


@pytest.mark.parametrize("index", [-1, 2, 2**70])
def test_an_entry_past_the_end_is_not_found(engine, index):
    append(engine, issued(1), issued(2))
    with opened(engine) as ledger, pytest.raises(NotFound, match=str(index)) as caught:
        ledger.get(index)
    assert caught.value.hint == "the ledger holds 2 entries"


def unguarded(engine, *statements):
    """Change the tables as somebody would who has the rights of the database's owner."""
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)


DROP = {
    "sqlite": "DROP TRIGGER ledger_entry_refuse_delete",
    "postgresql": "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
}


def test_a_removed_entry_is_not_passed_over(engine):
    append(engine, *(issued(n) for n in range(3)))
    unguarded(
        engine,
        text(DROP[engine.dialect.name]),
        text('DELETE FROM ledger_entry WHERE "index" >= 1'),
    )
    with opened(engine) as ledger, pytest.raises(LedgerCorrupt, match="entry 1 is missing"):
        ledger.get(1)
    with pytest.raises(LedgerCorrupt, match="2, is missing") as caught:
        append(engine, issued(3))
    assert caught.value.index == 2


@pytest.mark.parametrize(
    "change", [{"size": 1}, {"root": bytes(32)}, {"frontier": b"?"}, {"frontier": bytes(8)}]
)
def test_nothing_is_built_on_a_head_that_contradicts_itself(engine, change):
    append(engine, issued(1), issued(2))
    unguarded(engine, update(LedgerHeadRow).values(**change))
    with pytest.raises(LedgerCorrupt, match="contradicts itself"):
        append(engine, issued(3))
    assert not verified(engine).ok


def test_nothing_is_built_beside_an_entry_that_the_head_does_not_know(engine):
    [entry] = append(engine, issued(1))
    added = {name: getattr(entry, name) for name in ("kind", "subject", "body", "leaf_hash")}
    unguarded(engine, insert(LedgerEntryRow).values(index=1, recorded_at=MORNING, **added))
    with pytest.raises(LedgerCorrupt, match="does not take entry 1"):
        append(engine, issued(2))


def test_rows_are_read_for_verification_a_batch_at_a_time(engine):
    append(engine, *(issued(n) for n in range(2500)))
    with opened(engine) as ledger:
        rows = ledger.stored()
        assert next(rows).index == 0
        assert [row.index for row in rows] == list(range(1, 2500))


def test_an_unknown_kind_of_database_has_no_guards():
    with pytest.raises(InvalidInput, match="mysql"):
        guard_statements("mysql")
