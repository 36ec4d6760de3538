"""Clocks as each act left them, so that a past day can be asked for.

The ledger's entries hold every clock that an act changed: the table is filled from them, and so
knows the days before it was made as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_BATCH = 5000


def upgrade() -> None:
    facts = op.create_table(
        "clock_fact",
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("limit_name", sa.String(length=40), nullable=False),
        sa.Column("debtor", sa.String(length=100), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("profile", sa.String(length=64), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("pauses", sa.JSON(), nullable=False),
        sa.Column("extended_by", sa.Integer(), nullable=False),
        sa.Column("extended_after", sa.Integer(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "limit_name", "recorded_at", name=op.f("pk_clock_fact")),
    )
    op.create_index("ix_clock_limit_name_ended_on", "clock", ["limit_name", "ended_on"])
    batch: list[dict[str, Any]] = []
    for fact in _facts(op.get_bind()):
        batch.append(fact)
        if len(batch) == _BATCH:
            op.bulk_insert(facts, batch)
            batch = []
    op.bulk_insert(facts, batch)


def downgrade() -> None:
    op.drop_index("ix_clock_limit_name_ended_on", table_name="clock")
    op.drop_table("clock_fact")


def _facts(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    """What the entries say, in their order; of entries of one moment the last counts."""
    entry = sa.table(
        "ledger_entry", sa.column("index"), sa.column("recorded_at"), sa.column("body")
    )
    query = sa.select(entry.c.recorded_at, entry.c.body).order_by(entry.c.index)
    held: dict[tuple[str, str], dict[str, Any]] = {}
    moment = None
    for recorded_at, body in connection.execute(query.execution_options(yield_per=1000)):
        if recorded_at != moment:
            yield from held.values()
            held, moment = {}, recorded_at
        for clock in _clocks(body):
            fact = _row(clock) | {"recorded_at": recorded_at}
            held[fact["subject"], fact["limit_name"]] = fact
    yield from held.values()


def _clocks(body: bytes) -> list[dict[str, Any]]:
    if b'"clocks":' not in body:
        return []
    try:
        found = json.loads(body)["facts"].get("clocks", [])
    except (ValueError, LookupError, AttributeError):  # verification says so; it is no clock
        return []
    return found if isinstance(found, list) else []


def _row(clock: dict[str, Any]) -> dict[str, Any]:
    row = {name: value for name, value in clock.items() if name != "limit"}
    ended_on = clock["ended_on"]
    return row | {
        "limit_name": clock["limit"],
        "started_on": date.fromisoformat(clock["started_on"]),
        "due_on": date.fromisoformat(clock["due_on"]),
        "ended_on": date.fromisoformat(ended_on) if ended_on else None,
    }
