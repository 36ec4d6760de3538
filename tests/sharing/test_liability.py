"""Liability events follow from entries alone (Decree 809 Art. 39 to 41)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sharing.calendar.model import WorkingCalendar
from sharing.calendar.seed import seed
from sharing.clocks.model import Clock, Pause
from sharing.ledger.entry import EntryBody
from sharing.liability.derive import OF_LIMITS, Derivation
from sharing.liability.grounds import Grounds
from sharing.liability.model import (
    DERIVED,
    NOT_DERIVED,
    TITLES,
    Code,
    Ground,
    Kind,
    Totals,
    totals,
)
from sharing.profiles.city import read_city
from sharing.profiles.model import LimitName
from sharing.profiles.national import national

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
KINDS = ("scenario", "process", "effect", "storage", "destruction")
TODAY = date(2026, 6, 1)


CITY = read_city(
    """
profile = "huaxi"
extends = "cn-national-809"
title_zh = "花溪"
title_en = "Huaxi"

[limits.reply_conditional]
amount = 5

[limits.dispute]
amount = 8
law = "花溪数据条例 第9条"
""".encode(),
    "huaxi.toml",
    national(),
)


def entry(kind, subject, facts, *, index=0, department="water", actor="0", hours=0):
    return EntryBody(
        index=index,
        recorded_at=START + timedelta(days=index, hours=hours),
        kind=kind,
        subject=subject,
        actor=actor * 64,
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


def derived(*entries, today=TODAY, policy=None, providers=None):
    derivation = Derivation(
        zone=ZoneInfo("Asia/Shanghai"),
        grounds=Grounds(
            law=national(), policy=policy or national(), calendar=WorkingCalendar(seed())
        ),
        authorities={"data"},
        records=KINDS,
        provider_of=(providers or {}).get,
    )
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
    assert (event.code, event.department, event.entries) == (code, department, (3,))
    assert event.basis.ground is Ground.LAW
    assert event.day == date(2026, 3, 5)


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("request.refused", {"unconditional": False}),
        ("return.checked", {"complete": True}),
        ("read.denied", {"rules": ["no_grant"]}),
        ("read.denied", {"rules": ["suspended", "scheduled"]}),
        ("read.denied", {}),
        (
            "read.denied",
            {
                "rules": ["application", "suspended"],
                "refused": [["GRT-0001", "suspended"], ["GRT-0002", "application"]],
            },
        ),
        ("request.agreed", {"late": True}),
    ],
)
def test_acts_that_are_none(kind, facts):
    assert derived(entry(kind, "dataset:meters", facts)) == []


def test_rule_26_an_event_names_the_article_or_the_setting_that_it_breaks():
    version = national().version
    signed = clock(LimitName.RECEIPT, article="", days=1, profile=version)
    replied = clock(profile=version)
    [event] = derived(told(signed))
    assert (event.code, event.basis.ground) == (Code.P4, Ground.POLICY)
    assert event.basis.source.startswith("cn-national-809, receipt: Art. 21 counts from receipt")
    [event] = derived(told(replied))
    assert (event.code, event.basis.ground) == (Code.P4, Ground.LAW)
    assert event.basis.source == "政务数据共享条例 (Decree 809) Art. 21"


def test_rule_26_late_by_a_shortened_limit_breaks_no_article_before_the_laws_own_day():
    short = clock(days=5, due_on=date(2026, 3, 9), profile=CITY.version)
    [event] = derived(told(short), today=date(2026, 3, 16), policy=CITY)
    assert (event.basis.ground, event.day) == (Ground.POLICY, date(2026, 3, 10))
    assert event.basis.source == (
        "huaxi, reply_conditional of 5 working days: shorter than Art. 21 (Art. 23)"
    )
    [event] = derived(told(short), today=date(2026, 3, 17), policy=CITY)
    assert (event.basis.ground, event.day) == (Ground.LAW, date(2026, 3, 17))
    [event] = derived(told(short), today=date(2026, 3, 16))
    assert event.basis.source.startswith("an earlier profile, reply_conditional of 5 working days")


def test_rule_26_a_limit_of_a_law_that_the_city_cites_is_law():
    late = clock(LimitName.DISPUTE, "data", article="", days=8, profile=CITY.version)
    [event] = derived(told(late), policy=CITY)
    assert (event.code, event.basis.ground) == (Code.A2, Ground.LAW)
    assert event.basis.source == "花溪数据条例 第9条"


def test_rule_26_a_limit_past_the_calendar_is_late_by_the_city_alone():
    end = date(max(told.year for told in seed()), 12, 20)
    short = clock(days=5, started_on=end, due_on=end + timedelta(days=7), profile=CITY.version)
    [event] = derived(told(short), today=end + timedelta(days=60), policy=CITY)
    assert event.basis.ground is Ground.POLICY


def test_rule_26_the_same_attempt_on_one_day_is_one_event():
    def denied(index, hours, **changes):
        facts = {"department": "parks", "rules": ["purpose"], "refused": [["GRT-0001", "purpose"]]}
        at = {"index": index, "hours": hours - 24 * index}
        who = {"actor": changes.pop("actor", "0")}
        return entry("read.denied", "dataset:meters", facts | changes, **at, **who)

    job = [denied(n, n) for n in range(4)]
    [event] = derived(*job)
    assert (event.kind, event.code, event.count) == (Kind.ATTEMPT, Code.R2, 4)
    assert event.entries == (0, 1, 2, 3)
    assert (event.first_at, event.last_at) == (job[0].recorded_at, job[3].recorded_at)
    others = [
        denied(4, 4, actor="1"),
        denied(5, 5, department="audit"),
        denied(6, 6, refused=[["GRT-0002", "purpose"]]),
        denied(7, 7, refused=[["GRT-0001", "columns"]]),
        denied(8, 24),
    ]
    assert [event.count for event in derived(*job, *others)] == [4, 1, 1, 1, 1, 1]


def test_rule_26_attempts_and_breaches_are_listed_and_counted_apart():
    attempts = [
        entry("transfer.denied", "grant:GRT-0001", {"department": "parks"}, index=index, hours=h)
        for index, h in ((0, 0), (1, -23))
    ]
    refused = entry("request.refused", "request:REQ-0002", {"unconditional": True}, index=2)
    late = told(clock(LimitName.RECEIPT, article="", profile=national().version))
    events = derived(*attempts, refused, late)
    assert [event.kind for event in events] == [Kind.BREACH, Kind.BREACH, Kind.ATTEMPT]
    assert totals(events) == Totals(law=1, policy=1, attempts=1, tries=2)
    assert totals([]) == Totals()


REVIEWED = (START + timedelta(days=30)).isoformat()


def issued(**facts):
    parties = {"department": "parks", "provider": "water", "dataset": "meters"}
    terms = {"not_after": (START + timedelta(days=60)).isoformat()}
    told = parties | {"terms": terms, "review_due": REVIEWED} | facts
    return entry("grant.issued", "grant:GRT-0001", told)


def test_rule_26_a_missed_review_is_the_providers():
    assert derived(issued(), today=date(2026, 3, 31)) == []
    [event] = derived(issued(), today=date(2026, 4, 1))
    assert (event.code, event.department, event.open) == (Code.P9, "water", True)
    assert (event.day, event.basis.ground) == (date(2026, 4, 1), Ground.POLICY)
    assert event.basis.source.startswith("cn-national-809, grant_review_months: ")
    assert event.because == "its review was due on 2026-04-01 and is open on 2026-04-01"
    [moved] = derived(issued(), today=date(2026, 4, 1), providers={"meters": "heat"})
    assert moved.department == "heat"
    assert derived(issued(), today=date(2026, 4, 1), providers={"meters": "parks"}) == []
    [never] = derived(issued(), today=TODAY)
    assert (never.open, never.because.endswith("was never made")) == (None, True)
    assert derived(issued(review_due=None), today=TODAY) == []
    revoked = entry("grant.revoked", "grant:GRT-0001", {}, index=5)
    assert derived(issued(), revoked, today=TODAY) == []


@pytest.mark.parametrize("outcome", ["kept", "revoked"])
def test_rule_26_a_late_review_stays_an_event_of_whoever_made_it(outcome):
    facts = {"outcome": outcome, "review_due": REVIEWED}
    if outcome == "kept":
        facts["review_due"] = (START + timedelta(days=200)).isoformat()
    made = entry("grant.reviewed", "grant:GRT-0001", facts, index=33, department="heat")
    [event] = derived(issued(), made)
    assert (event.code, event.department, event.open) == (Code.P9, "heat", False)
    assert (event.day, event.entries) == (date(2026, 4, 1), (33,))
    in_time = entry("grant.reviewed", "grant:GRT-0001", facts, index=20)
    assert derived(issued(), in_time) == []


@pytest.mark.parametrize(
    ("kind", "facts", "mended", "others"),
    [
        ("request.refused", {"unconditional": True}, ("request.agreed", {}), "dispute.upheld"),
        ("return.checked", {"complete": False}, ("return.checked", {"complete": True}), "x"),
    ],
)
def test_rule_26_what_can_be_mended_is_open_until_it_is(kind, facts, mended, others):
    done = entry(kind, "thing:1", facts)
    assert [event.open for event in derived(done)] == [True]
    assert [event.open for event in derived(done, entry(others, "thing:1", {}, index=1))] == [True]
    elsewhere = entry(mended[0], "thing:2", mended[1], index=1)
    assert [event.open for event in derived(done, elsewhere)] == [True]
    after = entry(mended[0], "thing:1", mended[1], index=1)
    assert [event.open for event in derived(done, after)] == [False]


def test_rule_26_an_attempt_is_neither_open_nor_mended():
    tried = entry("transfer.denied", "grant:GRT-0001", {"department": "parks"})
    assert [event.open for event in derived(tried)] == [None]


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


def registered(index, *, verb="changed", status="published", share_type="conditional"):
    facts = {"provider": "water", "share_type": share_type, "status": status}
    return entry(f"dataset.{verb}", "dataset:meters", facts, index=index)


def relied_on(index, department="parks", days=90):
    until = (START + timedelta(days=days)).isoformat()
    facts = {"department": department, "provider": "water", "dataset": "meters"}
    return entry(
        "grant.issued", "grant:GRT-0001", facts | {"terms": {"not_after": until}}, index=index
    )


def test_rule_26_a_service_that_was_stopped_without_a_filing_is_the_providers():
    first, given = registered(0, verb="registered"), relied_on(1)
    [event] = derived(first, given, registered(2, status="withdrawn"))
    assert (event.code, event.department, event.open) == (Code.P7, "water", True)
    assert (event.entries, event.basis.source) == ((2,), "政务数据共享条例 (Decree 809) Art. 27")
    [event] = derived(first, given, registered(2, share_type="not_shared"))
    assert event.code is Code.P7
    [event] = derived(first, given, registered(2, status="withdrawn"), registered(3))
    assert event.open is False, "it is shared again"


def test_a_service_that_nobody_relies_on_or_that_was_filed_is_stopped_freely():
    first, stop = registered(0, verb="registered"), registered(2, status="withdrawn")
    filed = entry("change.made", "change:CHG-0001", {"dataset": "meters"}, index=2)
    assert derived(first, stop) == []
    assert derived(first, relied_on(1, department="water"), stop) == [], "its own use is no service"
    assert derived(first, relied_on(1, days=2), stop) == [], "the grant ended before"
    assert derived(first, relied_on(1), filed, stop) == []
    [event] = derived(first, relied_on(1), filed, registered(2), registered(3, status="draft"))
    assert event.code is Code.P7, "a filing covers the change that is made under it, and no other"


def test_every_code_of_the_law_is_looked_for_or_said_not_to_follow():
    assert {*DERIVED, *NOT_DERIVED} == set(Code) == set(TITLES)
    assert not set(DERIVED) & set(NOT_DERIVED)
    assert len(Code) == 9 + 7 + 3
