"""The numbers that a check measured, beside how many rows it looked at and how many failed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    measured = sa.Column("measured", sa.JSON(), nullable=False, server_default="{}")
    op.add_column("check_result", measured)
    with op.batch_alter_table("check_result") as batch:
        batch.alter_column("measured", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("check_result") as batch:
        batch.drop_column("measured")
