"""Dossiers, endorsement, second approval, delegation and keys of acts; who suspended a grant."""

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
    for name in ("resumed_by", "why_resumed"):
        column = sa.Column(name, sa.String(), nullable=False, server_default="")
        op.add_column("grant_suspension", column)
    for column in (
        sa.Column("dossier", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.BigInteger(), nullable=True),
        sa.Column("endorsed_by", sa.String(), nullable=False, server_default=""),
        sa.Column("first_approval", sa.JSON(), nullable=True),
        sa.Column("left_out", sa.JSON(), nullable=False, server_default="[]"),
    ):
        op.add_column("access_request", column)
    op.create_index("ix_access_request_dossier", "access_request", ["dossier"], unique=False)
    op.create_table(
        "delegation",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("delegator", sa.String(length=100), nullable=False),
        sa.Column("delegate", sa.String(length=100), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_delegation")),
    )
    op.create_index("ix_delegation_delegate", "delegation", ["delegate"], unique=False)
    op.create_table(
        "act_key",
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("act_key", sa.String(length=100), nullable=False),
        sa.Column("what", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("first_entry", sa.Integer(), nullable=False),
        sa.Column("last_entry", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", "act_key", name=op.f("pk_act_key")),
    )


def downgrade() -> None:
    op.drop_table("act_key")
    op.drop_index("ix_delegation_delegate", table_name="delegation")
    op.drop_table("delegation")
    op.drop_index("ix_access_request_dossier", table_name="access_request")
    for name in ("left_out", "first_approval", "endorsed_by", "proposed_at", "dossier"):
        op.drop_column("access_request", name)
    for name in ("why_resumed", "resumed_by", "by_authority"):
        op.drop_column("grant_suspension", name)
