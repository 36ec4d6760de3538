"""Rows of checks, corrections and catalogue changes for the benchmark of rates."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from benchmarks.asked import START, department
from quality.model import Dimension

Rows = Iterator[dict[str, Any]]

_TODAY = date(2026, 3, 1)


def check_runs(datasets: int, chance: random.Random) -> Rows:
    """Of each delivered dataset two, the second with a score."""
    for number in range(datasets * 4 // 5):
        for run in (1, 2):
            yield {
                "id": f"{number}-{run}",
                "dataset": f"dataset-{number}",
                "ran_at": START + timedelta(days=200 * run),
                "score": chance.randrange(40, 101),
                "coverage_executed": 5,
                "coverage_declared": 6,
                "grade": None,
                "facts": {},
            }


def dimension_scores(datasets: int) -> Rows:
    for number in range(datasets * 4 // 5):
        for place, dimension in enumerate(Dimension):
            measured = place % 3 != 0
            yield {
                "run": f"{number}-2",
                "dimension": dimension.value,
                "score": 90 if measured else None,
                "a": 9,
                "b": 10,
            }


def corrections(datasets: int) -> Rows:
    for number in range(1, datasets // 10 + 1):
        closed = START + timedelta(days=number % 420)
        yield {
            "number": number,
            "dataset": f"dataset-{number}",
            "columns": [],
            "rows": None,
            "grant_number": None,
            "finding": "confirmed" if number % 3 else "unfounded",
            "created_at": START,
            "received_at": START,
            "verified_at": closed,
            "corrected_in": None,
            "corrected_at": closed,
            "closed_at": closed,
            "withdrawn_at": None,
        }


def named_sources(datasets: int) -> Rows:
    for number in range(1, datasets // 60, 3):
        yield {
            "number": number,
            "item": f"item-{number}",
            "department": department(number),
            "named_at": START,
        }


def changes(datasets: int) -> Rows:
    for number in range(1, datasets // 10 + 1):
        yield {
            "number": number,
            "dataset": f"dataset-{number}",
            "more_days": None,
            "asked_at": None,
            "consented_at": None,
            "declined_at": None,
            "submission": None,
            "changed_on": _TODAY,
            "recorded_at": START,
        }


def clocks_of(datasets: int) -> Rows:
    """Of each change, review and correction, and of suspensions: most ended, on all days alike."""
    abouts = (
        ("catalogue_update", "catalogue_event:EVT-{:04d}", 10),
        ("catalogue_review", "submission:SUB-{:04d}", 10),
        ("correction", "correction:COR-{:04d}", 10),
        ("rectification", "grant:GRT-{:04d}#1", 20),
    )
    for limit, subject, part in abouts:
        for number in range(1, datasets // part + 1):
            day = date(2025, 1, 1) + timedelta(days=number % 420)
            yield {
                "subject": subject.format(number),
                "limit_name": limit,
                "debtor": department(number),
                "days": 10,
                "article": "",
                "profile": "",
                "started_on": day,
                "due_on": day + timedelta(days=14),
                "pauses": [],
                "extended_by": 0,
                "extended_after": 0,
                "ended_on": day + timedelta(days=number % 20) if number % 50 else None,
            }
