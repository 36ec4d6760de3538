"""Liability events follow from entries alone (Decree 809 Art. 39 to 41)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sharing.clocks.model import Clock, Pause
from sharing.ledger.entry import EntryBody
from sharing.liability.derive import OF_LIMITS, Derivation
from sharing.liability.model import TITLES, Code
from sharing.profiles.model import LimitName

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
KINDS = ("scenario", "process", "effect", "storage", "destruction")
TODAY = date(2026, 6, 1)


def entry(kind, subject, facts, *, index=0, department="water"):
    return EntryBody(
        index=index,
        recorded_at=START + timedelta(days=index),
        kind=kind,
        subject=subject,
        actor="0" * 64,
        department=department,
        facts=facts,
    )


def clock(limit=LimitName.REPLY_CONDITIONAL, debtor="water", **changes):
    values = {
        "subject": "request:REQ-0001",
        "limit": limit,
        "debtor": debtor,
        "days": 10,
        "article": "21",
        "profile": "",
        "started_on": date(2026, 3, 2),
        "due_on": date(2026, 3, 16),
    }
    return Clock(**(values | changes))


def derived(*entries, today=TODAY):
    derivation = Derivation(zone=ZoneInfo("Asia/Shanghai"), authorities={"data"}, records=KINDS)
    for one in entries:
        derivation.take(one)
    return derivation.events(today)


def told(one):
    return entry("request.submitted", one.subject, {"clocks": [one.to_json()]})


@pytest.mark.parametrize("limit", OF_LIMITS)
def test_rule_26_what_ends_late_or_never_is_an_event(limit):
    [late] = derived(told(clock(limit, ended_on=date(2026, 3, 17))))
    assert (late.day, late.department, late.open) == (date(2026, 3, 17), "water", False)
    [never] = derived(told(clock(limit)))
    assert (never.code, never.open) == (late.code, True)
    assert derived(told(clock(limit, ended_on=date(2026, 3, 16)))) == []
    assert derived(told(clock(limit)), today=date(2026, 3, 16)) == []
    stood = (Pause(since=date(2026, 3, 3), until=None, left=9),)
    assert derived(told(clock(limit, pauses=stood))) == []


def test_rule_26_the_last_entry_of_a_clock_counts():
    first, last = clock(), clock(ended_on=date(2026, 3, 10))
    assert derived(told(first), told(last)) == []


def test_rule_26_the_authority_has_codes_of_its_own():
    codes = {
        (limit, debtor): derived(told(clock(limit, debtor)))[0].code
        for limit in (LimitName.DISPUTE, LimitName.UNCATALOGUED_NEED, LimitName.EMERGENCY_REVIEW)
        for debtor in ("water", "data")
    }
    assert codes == {
        (LimitName.DISPUTE, "water"): Code.P9,
        (LimitName.DISPUTE, "data"): Code.A2,
        (LimitName.UNCATALOGUED_NEED, "water"): Code.P9,
        (LimitName.UNCATALOGUED_NEED, "data"): Code.A3,
        (LimitName.EMERGENCY_REVIEW, "water"): Code.P9,
        (LimitName.EMERGENCY_REVIEW, "data"): Code.A3,
    }


@pytest.mark.parametrize(
    ("kind", "facts", "code", "department"),
    [
        ("request.refused", {"unconditional": True}, Code.P2, "water"),
        ("return.checked", {"complete": False, "provider": "city"}, Code.P5, "city"),
        ("read.denied", {"rules": ["purpose"], "department": "parks"}, Code.R2, "parks"),
        ("read.denied", {"rules": ["ended", "no_grant"], "department": "parks"}, Code.R2, "parks"),
        ("transfer.denied", {"department": "parks"}, Code.R3, "parks"),
        ("source.contested", {"item": "streets", "departments": ["a", "b"]}, Code.A1, ""),
    ],
)
def test_rule_26_acts_that_are_events(kind, facts, code, department):
    [event] = derived(entry(kind, "dataset:meters", facts, index=3))
    assert (event.code, event.department, event.entry) == (code, department, 3)
    assert event.day == date(2026, 3, 5)


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("request.refused", {"unconditional": False}),
        ("return.checked", {"complete": True}),
        ("read.denied", {"rules": ["no_grant"]}),
        ("read.denied", {"rules": ["suspended", "scheduled"]}),
        ("read.denied", {}),
        ("request.agreed", {"late": True}),
    ],
)
def test_acts_that_are_none(kind, facts):
    assert derived(entry(kind, "dataset:meters", facts)) == []


def test_rule_26_a_source_that_was_named_is_contested_no_more():
    contested = entry("source.contested", "item:streets", {"departments": ["a", "b"]})
    assert [event.open for event in derived(contested)] == [True]
    assert derived(contested, entry("source.named", "item:streets", {}, index=1)) == []


def test_rule_26_use_without_records_is_an_event_once_it_ended():
    terms = {"not_after": (START + timedelta(days=30)).isoformat()}
    about = "grant:GRT-0001"
    issued = entry("grant.issued", about, {"department": "parks", "terms": terms})
    read = entry("read.completed", about, {"rows": 3}, index=1)
    kept = [
        entry("record.added", about, {"kind": kind}, index=2 + n) for n, kind in enumerate(KINDS)
    ]
    [event] = derived(issued, read, *kept[:3])
    assert (event.code, event.department) == (Code.R5, "parks")
    assert event.because == "the use ended without records of storage"
    assert derived(issued, read, *kept[:4]) == [], "destruction is recorded with the disposal"
    assert derived(issued, read, today=date(2026, 3, 20)) == []
    assert derived(issued) == []
    [early] = derived(issued, read, entry("grant.finished", about, {}, index=5))
    assert early.day == date(2026, 3, 7)


def test_every_code_has_its_words_and_its_article():
    assert set(TITLES) == set(Code)
    assert {code.article for code in Code} == {"39", "40", "41"}
