"""Credentials of machines, and the segments of the journal of what they read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "credential",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("grant_number", sa.Integer(), nullable=False),
        sa.Column("terms_hash", sa.String(64), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_by", sa.String(), nullable=False),
        sa.Column("why_revoked", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_number"],
            ["access_grant.number"],
            name=op.f("fk_credential_grant_number_access_grant"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_credential")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_credential_token_hash")),
    )
    op.create_table(
        "sealed_journal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_sealed_journal")),
    )
    op.create_index(op.f("ix_credential_grant_number"), "credential", ["grant_number"])


def downgrade() -> None:
    op.drop_table("sealed_journal")
    op.drop_table("credential")
