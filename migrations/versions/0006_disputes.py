"""Disputes (争议), and what became of a request through one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dispute",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("department", sa.String(length=100), nullable=False),
        sa.Column("provider", sa.String(length=100), nullable=False),
        sa.Column("dataset", sa.String(length=100), nullable=False),
        sa.Column("grounds", sa.String(), nullable=False),
        sa.Column("raised_by", sa.String(), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("settlement", sa.JSON(), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_dispute")),
    )
    op.create_index(op.f("ix_dispute_subject"), "dispute", ["subject"])
    op.add_column("access_request", sa.Column("dispute", sa.Integer(), nullable=True))
    ruled_by = sa.Column("ruled_by", sa.String(), nullable=False, server_default="")
    op.add_column("access_request", ruled_by)


def downgrade() -> None:
    op.drop_column("access_request", "ruled_by")
    op.drop_column("access_request", "dispute")
    op.drop_index(op.f("ix_dispute_subject"), table_name="dispute")
    op.drop_table("dispute")
