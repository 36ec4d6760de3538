"""Dossiers, sign-off, second approval and delegation; who suspended a grant."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "grant_suspension",
        sa.Column("by_authority", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_column("grant_suspension", "by_authority")
