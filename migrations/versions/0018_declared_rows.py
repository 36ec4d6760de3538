"""How many rows a source said to have delivered; indexes that hold what rates ask of each dataset."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None

_DELIVERIES = "ix_delivery_dataset_delivered_at"


def upgrade() -> None:
    op.add_column("delivery", sa.Column("declared_rows", sa.BigInteger(), nullable=True))
    op.drop_index(_DELIVERIES, table_name="delivery")
    op.create_index(_DELIVERIES, "delivery", ["dataset", "delivered_at", "status"])
    op.drop_index("ix_check_run_dataset", table_name="check_run")
    op.create_index("ix_check_run_dataset_ran_at", "check_run", ["dataset", "ran_at"])


def downgrade() -> None:
    op.drop_index("ix_check_run_dataset_ran_at", table_name="check_run")
    op.create_index("ix_check_run_dataset", "check_run", ["dataset"])
    op.drop_index(_DELIVERIES, table_name="delivery")
    op.create_index(_DELIVERIES, "delivery", ["dataset", "delivered_at"])
    op.drop_column("delivery", "declared_rows")
