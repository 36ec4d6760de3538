"""Submissions to the catalogue and their review."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catalogue_event",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("cause", "duty", "item")),
        sa.Column("dataset", sa.String(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("more_days", sa.Integer(), nullable=True),
        sa.Column("more_reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("consented_by", sa.String(), nullable=False),
        sa.Column("consented_at", sa.BigInteger(), nullable=True),
        sa.Column("submission", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_catalogue_event")),
    )
    op.create_table(
        "catalogue_submission",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("proposals", sa.JSON(), nullable=False),
        sa.Column("secrecy", sa.String(), nullable=False),
        sa.Column("personal", sa.String(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("event_number", sa.Integer(), nullable=True),
        sa.Column("submitted_by", sa.String(), nullable=False),
        sa.Column("submitted_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_number"],
            ["catalogue_event.number"],
            name=op.f("fk_catalogue_submission_event_number_catalogue_event"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_catalogue_submission")),
    )
    op.create_index(op.f("ix_catalogue_submission_state"), "catalogue_submission", ["state"])
    op.create_table(
        "named_source",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item", sa.String(length=100), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("named_by", sa.String(), nullable=False),
        sa.Column("named_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_named_source")),
    )
    op.create_index(op.f("ix_named_source_item"), "named_source", ["item"])


def downgrade() -> None:
    op.drop_table("named_source")
    op.drop_table("catalogue_submission")
    op.drop_table("catalogue_event")
