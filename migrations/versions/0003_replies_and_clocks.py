"""Receipt, return and extension of requests, grounds of refusals, rectification, and clocks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("received_at", sa.BigInteger(), nullable=True),
        sa.Column("received_by", sa.String(), nullable=False, server_default=""),
        sa.Column("returned", sa.JSON(), nullable=True),
        sa.Column("extension", sa.JSON(), nullable=True),
        sa.Column("ground", sa.String(), nullable=False, server_default=""),
    ):
        op.add_column("access_request", column)
    for column in (
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("accepted_by", sa.String(), nullable=False, server_default=""),
    ):
        op.add_column("access_grant", column)
    for column in (
        sa.Column("suspended_by", sa.String(), nullable=False, server_default=""),
        sa.Column("rectified_at", sa.BigInteger(), nullable=True),
        sa.Column("rectified_by", sa.String(), nullable=False, server_default=""),
        sa.Column("report", sa.String(), nullable=False, server_default=""),
    ):
        op.add_column("grant_suspension", column)
    op.create_table(
        "clock",
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
        sa.PrimaryKeyConstraint("subject", "limit_name", name=op.f("pk_clock")),
    )
    op.create_index(
        "ix_clock_open",
        "clock",
        ["debtor", "due_on"],
        unique=False,
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_clock_open", table_name="clock")
    op.drop_table("clock")
    for name in ("report", "rectified_by", "rectified_at", "suspended_by"):
        op.drop_column("grant_suspension", name)
    for name in ("accepted_by", "accepted_at", "delivered_at"):
        op.drop_column("access_grant", name)
    for name in ("ground", "extension", "returned", "received_by", "received_at"):
        op.drop_column("access_request", name)
