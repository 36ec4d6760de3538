"""Indexes that hold all that rates ask of the ledger's entries and of clocks, which lie scattered."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_ENTRIES = "ix_ledger_entry_kind_recorded_at_subject"
_CLOCKS = "ix_clock_limit_name_ended_on_subject"


def upgrade() -> None:
    op.drop_index("ix_ledger_entry_kind", table_name="ledger_entry")
    op.create_index(_ENTRIES, "ledger_entry", ["kind", "recorded_at", "subject"])
    op.drop_index("ix_clock_limit_name_ended_on", table_name="clock")
    op.create_index(_CLOCKS, "clock", ["limit_name", "ended_on", "subject"])


def downgrade() -> None:
    op.drop_index(_CLOCKS, table_name="clock")
    op.create_index("ix_clock_limit_name_ended_on", "clock", ["limit_name", "ended_on"])
    op.drop_index(_ENTRIES, table_name="ledger_entry")
    op.create_index("ix_ledger_entry_kind", "ledger_entry", ["kind"])
