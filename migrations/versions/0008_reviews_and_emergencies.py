"""Periodic reviews, renewals and emergency grants."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("access_grant", sa.Column("review_due", sa.BigInteger(), nullable=True))
    op.add_column(
        "access_grant",
        sa.Column("emergency", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index("ix_access_grant_live", "access_grant", ["not_after", "review_due"])
    _reviews()
    _emergencies()


def _reviews() -> None:
    op.create_table(
        "grant_review",
        sa.Column("grant_number", sa.Integer(), nullable=False),
        sa.Column("reviewed_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("reviewed_by", sa.String(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("last_use", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["grant_number"],
            ["access_grant.number"],
            name=op.f("fk_grant_review_grant_number_access_grant"),
        ),
        sa.PrimaryKeyConstraint("grant_number", "reviewed_at", name=op.f("pk_grant_review")),
    )
    op.create_table(
        "grant_renewal",
        sa.Column("request_number", sa.Integer(), nullable=False),
        sa.Column("grant_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_number"],
            ["access_grant.number"],
            name=op.f("fk_grant_renewal_grant_number_access_grant"),
        ),
        sa.ForeignKeyConstraint(
            ["request_number"],
            ["access_request.number"],
            name=op.f("fk_grant_renewal_request_number_access_request"),
        ),
        sa.PrimaryKeyConstraint("request_number", name=op.f("pk_grant_renewal")),
    )
    op.create_index(
        op.f("ix_grant_renewal_grant_number"), "grant_renewal", ["grant_number"], unique=False
    )


def _emergencies() -> None:
    op.create_table(
        "emergency_authorisation",
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("authorised_at", sa.BigInteger(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("authorised_by", sa.String(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=False),
        sa.Column("withdraw_reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("person", "authorised_at", name=op.f("pk_emergency_authorisation")),
    )
    op.create_table(
        "emergency",
        sa.Column("grant_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("case_number", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_number"],
            ["access_grant.number"],
            name=op.f("fk_emergency_grant_number_access_grant"),
        ),
        sa.PrimaryKeyConstraint("grant_number", name=op.f("pk_emergency")),
    )
    op.create_table(
        "emergency_review",
        sa.Column("grant_number", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=20), nullable=False),
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("reviewed_at", sa.BigInteger(), nullable=False),
        sa.Column("reviewed_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_number"],
            ["emergency.grant_number"],
            name=op.f("fk_emergency_review_grant_number_emergency"),
        ),
        sa.PrimaryKeyConstraint("grant_number", "side", name=op.f("pk_emergency_review")),
    )


def downgrade() -> None:
    op.drop_table("emergency_review")
    op.drop_table("emergency")
    op.drop_table("emergency_authorisation")
    op.drop_index(op.f("ix_grant_renewal_grant_number"), table_name="grant_renewal")
    op.drop_table("grant_renewal")
    op.drop_table("grant_review")
    op.drop_index("ix_access_grant_live", table_name="access_grant")
    op.drop_column("access_grant", "emergency")
    op.drop_column("access_grant", "review_due")
