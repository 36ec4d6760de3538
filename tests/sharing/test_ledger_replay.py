"""What entries say of grants and counters is compared with the tables, and a difference is named."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.clock import to_micros
from sharing.ledger.clocks import digest
from sharing.ledger.entry import Event, decode, encode
from sharing.ledger.faults import FaultKind
from sharing.ledger.merkle import leaf_hash
from sharing.ledger.replay import Replay, Standing, Tables
from sharing.ledger.verify import StoredEntry
from sharing.metering.model import Counted
from tests.sharing.ledgers import ACTOR, MORNING

ZONE = ZoneInfo("Asia/Shanghai")
HASH = "9f" * 32
DAY = date(2026, 3, 2)
CLOCK = {"subject": "grant:GRT-0001", "limit": "deliver", "due_on": "2026-03-30"}
EVENTS = [
    ("grant.issued", {"terms_hash": HASH, "clocks": [CLOCK]}),
    ("read.completed", {"rows": 3, "bytes": 40}),
    ("read.completed", {"rows": 2, "bytes": 30}),
    ("read.completed", {"rows": 0, "bytes": 10}),
    ("grant.suspended", {}),
    ("grant.resumed", {}),
    ("grant.revoked", {}),
]


def at(hour):
    return MORNING + timedelta(hours=hour)


def stored(events):
    for index, (kind, facts) in enumerate(events):
        event = Event(kind, "grant:GRT-0001", facts)
        moment = at(index)
        body = encode(event, index=index, recorded_at=moment, actor=ACTOR, department="eco")
        yield StoredEntry(
            index=index,
            recorded_at=to_micros(moment),
            kind=kind.encode(),
            subject=b"grant:GRT-0001",
            body=body,
            leaf_hash=leaf_hash(body),
        )


def replayed(events=EVENTS):
    replay = Replay(ZONE)
    rows = list(stored(events))
    assert list(replay.over(rows)) == rows
    return replay


STANDING = Standing(HASH, at(6), ((at(4), at(5)),), first_used_at=at(1))
REVOKED = "revoked since 2026-03-02T07:00:00+00:00"
GRANTS = {"GRT-0001": STANDING}
DAYS = {("GRT-0001", DAY): Counted(2, 5, 70)}
CLOCKS = {("grant:GRT-0001", "deliver"): CLOCK}
FACTS = {("grant:GRT-0001", "deliver", at(0)): digest(CLOCK)}
KEPT = Tables(grants=GRANTS, days=DAYS, clocks=CLOCKS, clock_facts=FACTS)


def test_tables_that_agree_raise_no_alarm():
    assert list(replayed().compare(KEPT)) == []
    assert list(Replay(ZONE).compare(Tables())) == []


@pytest.mark.parametrize(
    ("grants", "said"),
    [
        ({}, "GRT-0001 was issued, and is gone from the table of grants"),
        (
            GRANTS | {"GRT-0009": STANDING},
            "GRT-0009 stands in the table of grants, and no entry issued it",
        ),
        (
            {"GRT-0001": replace(STANDING, terms_hash="00" * 32)},
            "the terms of GRT-0001 are not those that were issued",
        ),
        (
            {"GRT-0001": replace(STANDING, revoked_at=None)},
            f"GRT-0001 is not revoked in the table of grants, and {REVOKED} in the ledger",
        ),
        (
            {"GRT-0001": replace(STANDING, suspensions=((at(4), None),))},
            "the suspensions of GRT-0001 are not those that the ledger holds",
        ),
        (
            {"GRT-0001": replace(STANDING, first_used_at=None)},
            "first_used_at of GRT-0001 is not what the ledger says",
        ),
        (
            {"GRT-0001": replace(STANDING, delivered_at=at(0))},
            "delivered_at of GRT-0001 is not what the ledger says",
        ),
    ],
)
def test_a_grant_that_differs_is_named(grants, said):
    [fault] = replayed().compare(replace(KEPT, grants=grants))
    assert (fault.index, fault.kind, fault.message) == (None, FaultKind.GRANT, said)


@pytest.mark.parametrize(
    ("counted", "said"),
    [
        (Counted(9, 5, 70), "9 uses, 5 rows, 70 bytes; the ledger has 2 uses, 5 rows, 70 bytes"),
        (Counted(), "0 uses, 0 rows, 0 bytes; the ledger has 2 uses, 5 rows, 70 bytes"),
    ],
)
def test_a_counter_that_differs_is_named_with_its_day(counted, said):
    [fault] = replayed().compare(replace(KEPT, days={("GRT-0001", DAY): counted}))
    assert (fault.index, fault.kind) == (None, FaultKind.COUNTER)
    assert fault.message == f"the counter of GRT-0001 on 2026-03-02 has {said}"


def test_days_are_those_of_the_city():
    late = [EVENTS[0], *[("ledger.noted", {})] * 14, EVENTS[1]]
    days = replayed(late).said.days
    assert days == {("GRT-0001", date(2026, 3, 3)): Counted(1, 3, 40)}, (
        "MORNING + 15 h is 16:00 UTC"
    )


def test_a_body_that_cannot_be_read_is_left_to_the_verification():
    rows = [replace(row, body=b"{}") for row in stored(EVENTS)]
    replay = Replay(ZONE)
    assert list(replay.over(rows)) == rows
    assert replay.said.grants == {}


def test_what_a_forged_body_counts_is_never_taken_for_a_number():
    replay = Replay(ZONE)
    replay.take(decode(next(stored([("read.completed", {"rows": "many", "bytes": None})])).body))
    assert replay.said.days == {}


@pytest.mark.parametrize(
    "clocks", [{}, {("grant:GRT-0001", "deliver"): CLOCK | {"due_on": "2026-04-30"}}]
)
def test_a_clock_that_differs_is_named(clocks):
    [fault] = replayed().compare(replace(KEPT, clocks=clocks))
    assert fault.kind is FaultKind.CLOCK
    assert fault.message == "the clock deliver of grant:GRT-0001 is not what its last entry says"


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {("grant:GRT-0001", "deliver", at(0)): digest(CLOCK | {"due_on": "2026-04-30"})},
    ],
)
def test_a_fact_of_a_clock_that_differs_is_named(facts):
    [fault] = replayed().compare(replace(KEPT, clock_facts=facts))
    assert fault.kind is FaultKind.CLOCK
    assert fault.message == (
        "the clock deliver of grant:GRT-0001 since 2026-03-02T01:00:00+00:00 is not kept as the"
        " entry of then says"
    )


def test_a_request_that_differs_is_named():
    replay = replayed()
    replay.said.requests["REQ-0001"] = HASH
    [fault] = replay.compare(replace(KEPT, requests={"REQ-0001": "00" * 32}))
    assert fault.kind is FaultKind.REQUEST
    assert "REQ-0001 in the table of requests is not" in fault.message
