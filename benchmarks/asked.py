"""Rows of what was asked for and answered, for the benchmark of the rates: as many as grants."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

START = datetime(2025, 1, 1, tzinfo=UTC)
DEPARTMENTS = 1000

Rows = Iterator[dict[str, Any]]


def department(number: int) -> str:
    return f"department-{number % DEPARTMENTS}"


def _clock(number: int) -> dict[str, Any]:
    """The time to reply to a request: ten days, one in five of which were not enough."""
    started = date(2025, 1, 1) + timedelta(days=number % 420)
    return {
        "subject": f"request:REQ-{number:04d}",
        "limit_name": "reply_conditional",
        "debtor": department(number),
        "days": 10,
        "article": "21",
        "profile": "0" * 64,
        "started_on": started,
        "due_on": started + timedelta(days=10),
        "pauses": [],
        "extended_by": 0,
        "extended_after": 0,
        "ended_on": None,
    }


def clocks(grants: int) -> Rows:
    return (_ended(number) for number in range(1, grants + 1))


def _ended(number: int) -> dict[str, Any]:
    clock = _clock(number)
    taken = timedelta(days=14 if number % 5 == 0 else 7)
    return clock | {"ended_on": clock["started_on"] + taken}


def clock_facts(grants: int) -> Rows:
    for number in range(1, grants + 1):
        for clock in (_clock(number), _ended(number)):
            day = clock["ended_on"] or clock["started_on"]
            yield clock | {"recorded_at": datetime(day.year, day.month, day.day, tzinfo=UTC)}


def decisions(grants: int) -> Rows:
    """One entry in eight refused, as many as there are requests, over the same days."""
    for index in range(grants):
        yield {
            "index": index,
            "recorded_at": START + timedelta(days=420 * index // grants),
            "kind": "request.refused" if index % 8 == 0 else "request.agreed",
            "subject": f"request:REQ-{index + 1:04d}",
            "body": b"{}" + b" " * 800,
            "leaf_hash": b"",
        }


def records(grants: int) -> Rows:
    """What those write that use a grant; every second of them all that is due."""
    for number in range(1, grants + 1, 3):
        for place, kind in enumerate(
            ("scenario", "process", "storage", "effect")[: 2 + number % 4]
        ):
            yield {
                "grant_number": number,
                "number": place + 1,
                "kind": kind,
                "recorded_at": START + timedelta(days=300),
                "purged_at": None,
            }
