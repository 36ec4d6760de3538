"""What stands out is listed with its evidence; what is ordinary is not."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.period import parse_period
from sharing.ledger.entry import EntryBody
from sharing.supervision.gaming import (
    EVEN_DAYS,
    RECIPROCAL_DAYS,
    RUN,
    TITLES,
    UNUSED_DAYS,
    Sign,
    Watch,
    even_runs,
)

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
YEAR = parse_period("2026")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def entry(kind, subject, at, **facts):
    entry.index += 1
    return EntryBody(
        index=entry.index,
        recorded_at=at,
        kind=kind,
        subject=subject,
        actor="0" * 64,
        department="water",
        facts=facts,
    )


entry.index = 0


def delivery(at=START, sha="a", number=1, dataset="meters"):
    return entry("delivery.published", f"dataset:{dataset}", at, number=number, sha256=sha)


def issued(
    ref="GRT-0001", at=START, provider="water", department="parks", dataset="meters", days=365
):
    return entry(
        "grant.issued",
        f"grant:{ref}",
        at,
        provider=provider,
        department=department,
        dataset=dataset,
        terms={"not_after": (at + timedelta(days=days)).isoformat()},
    )


def used(at, ref="GRT-0001"):
    return entry("read.completed", f"grant:{ref}", at, rows=4)


def sealed(day, count, ref="GRT-0001"):
    at = START + timedelta(days=day)
    return entry(
        "uses.sealed", f"journal:{day + 1}", at, uses=[[ref, at.date().isoformat(), count, 9, 9]]
    )


def found(*entries, period=YEAR, related=lambda *_two: None, now=START + timedelta(days=300)):
    watch = Watch(ZoneInfo("Asia/Shanghai"), period)
    for one in sorted(entries, key=lambda one: one.recorded_at):
        watch.take(one)
    return watch.findings(related, now)


def test_uses_at_even_intervals_of_one_version_are_found_with_every_entry():
    uses = [used(START + n * HOUR) for n in range(1, RUN + 1)]
    [one] = found(delivery(), issued(), *uses)
    assert (one.sign, one.department, one.count) == (Sign.REGULAR_USE, "parks", RUN)
    assert one.entries == tuple(use.index for use in uses)
    assert one.because == "12 uses, one every 3600 seconds, of the same version"


def test_one_use_less_a_new_version_or_an_uneven_use_is_ordinary():
    hourly = [START + n * HOUR for n in range(1, RUN + 1)]
    assert found(delivery(), issued(), *map(used, hourly[1:])) == []
    fresh = delivery(hourly[5] + HOUR / 2, sha="b", number=2)
    assert found(delivery(), issued(), *map(used, hourly), fresh) == []
    uneven = [*hourly[:6], hourly[6] + 3 * HOUR / 5, *hourly[7:]]
    assert found(delivery(), issued(), *map(used, uneven)) == []
    assert found(delivery(), issued(department="water"), *map(used, hourly)) == [], "its own use"
    assert found(delivery(), issued(), *map(used, hourly), period=parse_period("2025")) == []


def test_days_with_the_same_number_of_uses_are_found_as_the_journal_counts_them():
    days = [sealed(day, 24) for day in range(1, EVEN_DAYS + 1)]
    [one] = found(delivery(), issued(), *days)
    assert (one.sign, one.count) == (Sign.REGULAR_USE, 24 * EVEN_DAYS)
    assert one.entries == tuple(day.index for day in days)
    assert found(delivery(), issued(), *days[1:]) == []
    other = [sealed(day, 24 + (day == 7)) for day in range(1, EVEN_DAYS + 1)]
    assert found(delivery(), issued(), *other) == []
    fresh = delivery(START + timedelta(days=7, hours=2), sha="b", number=2)
    assert found(delivery(), issued(), *days, fresh) == []


def same(*_two):
    return "同属区划 440305", "both are of division 440305"


def test_a_grant_between_related_departments_that_nobody_used_is_found():
    [one] = found(delivery(), issued(), related=same)
    assert (one.sign, one.department, one.subject) == (
        Sign.UNUSED_BETWEEN_RELATED,
        "water",
        "grant:GRT-0001",
    )
    assert one.because == "granted to parks and never used: both are of division 440305"


@pytest.mark.parametrize(
    ("entries", "now"),
    [
        ((delivery(), issued()), START + timedelta(days=UNUSED_DAYS) - timedelta(seconds=1)),
        ((delivery(), issued(days=UNUSED_DAYS - 1)), START + timedelta(days=300)),
        ((delivery(), issued(), used(START + DAY)), START + timedelta(days=300)),
        ((issued(),), START + timedelta(days=300)),
        ((delivery(), issued(department="water")), START + timedelta(days=300)),
        ((delivery(START + timedelta(days=250)), issued()), START + timedelta(days=300)),
    ],
    ids=["not yet", "ended before", "used", "nothing to use", "its own", "delivered late"],
)
def test_what_could_not_be_used_for_long_is_ordinary(entries, now):
    assert found(*entries, related=same, now=now) == []


def test_two_departments_that_grant_each_other_what_neither_uses_are_found():
    def back(days):
        return issued("GRT-0002", START + timedelta(days=days), "parks", "water", "trees")

    trees = delivery(dataset="trees")
    both = found(delivery(), trees, issued(), back(RECIPROCAL_DAYS))
    assert [(one.department, one.subject) for one in both] == [
        ("parks", "grant:GRT-0002"),
        ("water", "grant:GRT-0001"),
    ]
    assert "GRT-0002 was granted in return, and never used either" in both[1].because
    assert found(delivery(), trees, issued(), back(RECIPROCAL_DAYS + 1)) == []
    one_used = used(START + timedelta(days=40), "GRT-0002")
    assert found(delivery(), trees, issued(), back(1), one_used) == []


def test_the_same_file_again_is_a_delivery_without_change():
    first, again = delivery(), delivery(START + DAY, number=2)
    third = delivery(START + 2 * DAY, number=3)
    [one] = found(first, again, third)
    assert (one.sign, one.count) == (Sign.UNCHANGED_DELIVERY, 2)
    assert one.entries == (first.index, again.index, third.index)
    assert one.because == "the same file as delivery #1"
    assert found(first, delivery(START + DAY, sha="b", number=2)) == []
    back = [delivery(START + n * DAY, sha=sha, number=n + 1) for n, sha in enumerate("aba")]
    assert found(*back) == [], "what comes back has changed in between"
    march = found(first, delivery(START + 40 * DAY, number=2), period=parse_period("2026-03"))
    assert march == [], "it belongs to April"


@given(
    st.integers(1, 10**6),
    st.integers(RUN, 40),
    st.lists(st.integers(-4, 4), min_size=40, max_size=40),
)
def test_a_machines_interval_is_found_whatever_it_is_with_the_drift_of_a_scheduler(
    seconds, count, drift
):
    """Drift of a few thousandths of the interval, never more than the tolerance."""
    moments = [START]
    for number in range(count - 1):
        moments.append(moments[-1] + timedelta(seconds=seconds * (1 + drift[number] / 1000)))
    assert [list(run) for run in even_runs(moments)] == [list(range(count))]


@given(st.lists(st.integers(1, 10**6), max_size=60))
def test_runs_are_as_long_as_said_and_share_no_interval(gaps):
    moments = [START + timedelta(seconds=sum(gaps[:n])) for n in range(len(gaps) + 1)]
    runs = list(even_runs(moments))
    assert all(len(run) >= RUN for run in runs)
    for one, after in pairwise(runs):
        assert one[-1] <= after[0]


def test_every_sign_has_its_words():
    assert set(TITLES) == set(Sign)
