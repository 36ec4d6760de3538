"""How long the rates take on a full registry.

    python -m benchmarks.rates --datasets 20000 --grants 100000 --uses 1000000
    python -m benchmarks.rates --datasets 100000 --grants 500000 --uses 5000000

builds a database of that size, of 1,000 departments, and prints one JSON document: rows made, and
seconds for each rate, for all of them by department, for the funnel, and for all that `bureau rate
show` asks. The uses are spread over `--years`, of which a rate looks at the last.
`--url` takes an empty PostgreSQL database.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import create_engine, insert, text
from sqlalchemy.orm import Session

from benchmarks.answered import (
    changes,
    check_runs,
    clocks_of,
    corrections,
    dimension_scores,
    named_sources,
)
from benchmarks.asked import DEPARTMENTS, START, clock_facts, clocks, decisions, department, records
from benchmarks.measuring import machine, timed
from catalog.model import DeliveryStatus, ShareType, UpdateCycle
from catalog.tables import (
    DatasetRow,
    DeliveryRow,
    DepartmentRow,
    DivisionRow,
    DutyRow,
    LakeTableRow,
)
from core.db import Base
from quality.tables import CheckRunRow, DimensionScoreRow
from rates.definitions import list_rates
from rates.model import GroupBy, Grouping, RateQuery
from rates.repository import RatesRepository
from sharing.clocks.tables import ClockFactRow, ClockRow
from sharing.corrections.tables import CorrectionRow
from sharing.ledger.tables import LedgerEntryRow
from sharing.records.tables import UsageRecordRow
from sharing.submissions.tables import CatalogueEventRow, NamedSourceRow
from sharing.tables import AccessRequestRow, GrantRow, SuspensionRow, UseDayRow

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
BATCH = 20_000

Rows = Iterator[dict[str, Any]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, default=10_000)
    parser.add_argument("--grants", type=int, default=100_000)
    parser.add_argument("--uses", type=int, default=1_000_000)
    parser.add_argument("--years", type=int, default=5, help="of daily counters")
    parser.add_argument("--deliveries", type=int, default=20, help="per dataset")
    parser.add_argument("--url", default="", help="an empty database; else a SQLite file is made")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = options.url or f"sqlite:///{Path(folder) / 'bureau.db'}"
        engine = create_engine(url)
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            rows = build(session, options)
            session.commit()
            if engine.dialect.name == "postgresql":
                session.execute(text("ANALYZE"))  # as the server does by itself, after a while
                session.commit()
            result = {
                "machine": machine(),
                "rows": rows,
                "database": engine.dialect.name,
                **measure(session),
            }
        engine.dispose()
    print(json.dumps(result, indent=2))


def measure(session: Session) -> dict[str, Any]:
    repository = RatesRepository(session, ZONE, NOW)
    query = RateQuery(as_of=TODAY)
    past = RateQuery(as_of=TODAY - timedelta(days=180))
    times: dict[str, dict[str, float]] = {}
    for definition in (rate.definition for rate in list_rates()):
        questions: dict[str, Callable[[], object]] = {
            "count": partial(repository.count, definition, query),
            "count of a past day": partial(repository.count, definition, past),
            "by department": partial(
                repository.count, definition, query, Grouping(GroupBy.DEPARTMENT)
            ),
            "members": partial(repository.members, definition, query),
        }
        for question, ask in questions.items():
            times[f"{definition.id} {question}"], _ = timed(ask)
    times["funnel"], _ = timed(partial(repository.funnel, query))

    def by_department() -> None:
        for rate in list_rates():
            repository.count(rate.definition, query, Grouping(GroupBy.DEPARTMENT))

    def show() -> None:
        for rate in list_rates():
            repository.count(rate.definition, query)
        repository.funnel(query)

    times["all rates by department"], _ = timed(by_department)
    times["rate show"], _ = timed(show)
    return {
        measured: {asked: spent[measured] for asked, spent in times.items()}
        for measured in ("seconds", "cpu_seconds")
    }


def build(session: Session, options: argparse.Namespace) -> dict[str, int]:
    """A city in which every dataset has a duty, and uses spread over grants and days."""
    chance = random.Random(809)
    tables: list[tuple[type[Base], Rows]] = [
        (DivisionRow, _divisions()),
        (DepartmentRow, _departments()),
        (DutyRow, _duties(options.datasets)),
        (DatasetRow, _datasets(options.datasets, chance)),
        (LakeTableRow, _lake_tables(options.datasets)),
        (DeliveryRow, _deliveries(options.datasets, options.deliveries, chance)),
        (AccessRequestRow, _requests(options.grants, options.datasets)),
        (GrantRow, _grants(options.grants, options.datasets, chance)),
        (SuspensionRow, _suspensions(options.grants)),
        (UseDayRow, _use_days(options, chance)),
        (CheckRunRow, check_runs(options.datasets, chance)),
        (DimensionScoreRow, dimension_scores(options.datasets)),
        (CorrectionRow, corrections(options.datasets)),
        (NamedSourceRow, named_sources(options.datasets)),
        (CatalogueEventRow, changes(options.datasets)),
        (ClockRow, clocks_of(options.datasets)),
        (
            ClockFactRow,
            (clock | {"recorded_at": START} for clock in clocks_of(options.datasets)),
        ),
        (ClockRow, clocks(options.grants)),
        (ClockFactRow, clock_facts(options.grants)),
        (LedgerEntryRow, decisions(options.grants)),
        (UsageRecordRow, records(options.grants)),
    ]
    made = Counter[str]()
    for row, rows in tables:
        made[row.__tablename__] += sum(_insert(session, row, batch) for batch in _batches(rows))
    return made


def _insert(session: Session, row: type[Base], batch: list[dict[str, Any]]) -> int:
    """What a row leaves out, because no rate reads it, is blank."""
    table = row.__table__
    blank = {
        column.name: column.type.python_type()
        for column in table.columns
        if not (column.nullable or column.primary_key or column.name in batch[0])
    }
    session.execute(insert(table), [blank | values for values in batch])  # type: ignore[arg-type]
    return len(batch)


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _known() -> dict[str, Any]:
    return {"recorded_at": START, "superseded_at": None}


def _divisions() -> Rows:
    yield _known() | {"code": "4403", "name_zh": "", "name_en": "", "level": "", "parent": None}
    for number in range(10):
        yield _known() | {
            "code": f"44030{number}",
            "name_zh": "",
            "name_en": "",
            "level": "district",
            "parent": "4403",
        }


def _departments() -> Rows:
    for number in range(DEPARTMENTS):
        yield _known() | {
            "code": department(number),
            "name_zh": "",
            "name_en": "",
            "kind": "business",
            "division": f"44030{number % 10}",
            "uscc": "",
            "roles": [],
        }


def _duties(datasets: int) -> Rows:
    for number in range(datasets):
        yield _known() | {
            "code": f"rule/{number}",
            "rule": "rule",
            "item": f"item-{number // DEPARTMENTS}",
            "title_zh": "",
            "title_en": "",
            "department": department(number),
            "legal_ground": "",
            "theme": f"theme-{number % 20}",
            "exempt": number % 50 == 0,
            "start": date(2025, 1, 1),
            "end": None,
        }


def _datasets(datasets: int, chance: random.Random) -> Rows:
    texts = ("title_en", "summary", "format", "use_conditions", "legal_basis", "contract")
    for number in range(datasets):
        yield (
            _known()
            | dict.fromkeys(texts, "some words about it")
            | {
                "code": _dataset(number),
                "title_zh": f"数据集 {number}",
                "provider": department(number),
                "update_cycle": chance.choice(list(UpdateCycle)).value,
                "share_type": chance.choice(list(ShareType)).value,
                "status": "published",
                "theme": f"theme-{number % 20}",
                "fulfils": f"item-{number // DEPARTMENTS}",
                "policy": "refuse",
                "items": ["a", "b"],
                "keywords": [],
                "facets": {},
                "responsibility": {},
                "distributions": [],
            }
        )


def _lake_tables(datasets: int) -> Rows:
    for number in range(datasets):
        yield {"dataset": _dataset(number), "folder": f"{number}"}


def _deliveries(datasets: int, each: int, chance: random.Random) -> Rows:
    texts = ("policy", "contract", "contract_version", "source_format", "encoding", "check_run")
    for number in range(datasets * 4 // 5):
        for count in range(1, each + 1):
            yield dict.fromkeys(texts, "some words") | {
                "id": f"{number:013x}{count:013x}",
                "dataset": _dataset(number),
                "number": count,
                "status": chance.choice(list(DeliveryStatus)).value,
                "source_sha256": "0" * 64,
                "source_bytes": 1,
                "rows_read": 1,
                "rows_published": 1,
                "declared_rows": 1 if number % 2 else None,
                "header": True,
                "sheet": "",
                "lake_table": _dataset(number),
                "lake_version": count,
                "delivered_by": "steward",
                "delivered_at": START + timedelta(days=420 * count / each),
            }


def _requests(grants: int, datasets: int) -> Rows:
    for number in range(1, grants + 1):
        yield {
            "number": number,
            "state": "agreed",
            "department": department(number + 1),
            "dataset": _dataset(number % datasets),
            "terms": {"application": "app", "scenario": "y"},
            "created_by": "",
            "created_at": START,
            "submitted_at": START,
            "received_at": START,
            "received_by": "",
            "returned": None,
            "extension": None,
            "ground": "",
            "decided_by": "",
            "decided_at": START,
            "reason": "",
            "grant_number": number,
            "dossier": None,
            "proposed_at": START,
            "endorsed_by": "",
            "first_approval": None,
            "left_out": [],
        }


def _grants(grants: int, datasets: int, chance: random.Random) -> Rows:
    for number in range(1, grants + 1):
        granted = START + timedelta(days=chance.randrange(420))
        yield {
            "number": number,
            "request": number,
            "provider": department(number % datasets),
            "department": department(number + 1),
            "dataset": _dataset(number % datasets),
            "application": "app",
            "terms": {"columns": ["a", "b"], "rows": None},
            "terms_hash": "0" * 64,
            "not_before": granted,
            "not_after": granted + timedelta(days=180),
            "granted_at": granted,
            "granted_by": "",
            "revoked_at": granted + timedelta(days=30) if number % 10 == 0 else None,
            "revoked_by": "",
            "revoke_reason": "",
            "delivered_at": granted,
            "accepted_at": None,
            "accepted_by": "",
            "first_used_at": granted if number % 3 == 1 else None,
            "finished_at": None,
            "finished_by": "",
            "finish_cause": "",
            "finish_reason": "",
            "disposed_at": None,
            "review_due": None,
            "emergency": False,
        }


def _suspensions(grants: int) -> Rows:
    for number in range(1, grants + 1, 20):
        yield {
            "grant_number": number,
            "since": START + timedelta(days=200),
            "until": START + timedelta(days=230),
            "reason": "",
            "suspended_by": "",
            "by_authority": False,
            "rectified_at": START + timedelta(days=229),
            "rectified_by": "",
            "report": "",
            "resumed_by": "",
            "why_resumed": "",
        }


def _use_days(options: argparse.Namespace, chance: random.Random) -> Rows:
    """Seven uses in ten fall on days of their own; every third grant is used."""
    used, span = range(1, options.grants + 1, 3), 365 * options.years
    days = min(7 * options.uses // 10 // len(used), span)
    for number in used:
        for day in sorted(chance.sample(range(span), days)):
            yield {
                "grant_number": number,
                "day": TODAY - timedelta(days=span - 1 - day),
                "uses": options.uses // (len(used) * days),
                "rows": 1,
                "bytes": 1,
            }


def _dataset(number: int) -> str:
    return f"dataset-{number}"


if __name__ == "__main__":
    main()
