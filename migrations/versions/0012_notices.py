"""Notices and their outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_person_number", "notice", ["person", "number"], unique=False)
    op.create_index(
        "ix_notice_unread",
        "notice",
        ["person"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "notice_sending",
        sa.Column("notice", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.BigInteger(), nullable=False),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice"], ["notice.number"], name=op.f("fk_notice_sending_notice_notice")
        ),
        sa.PrimaryKeyConstraint("notice", "channel", name=op.f("pk_notice_sending")),
    )
    op.create_index(
        "ix_notice_sending_unsent",
        "notice_sending",
        ["next_try_at", "notice"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )
    op.create_table(
        "person_contact",
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("mail", sa.String(length=254), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_person_contact")),
    )


def downgrade() -> None:
    op.drop_table("person_contact")
    op.drop_index("ix_notice_sending_unsent", table_name="notice_sending")
    op.drop_table("notice_sending")
    op.drop_index("ix_notice_unread", table_name="notice")
    op.drop_index("ix_notice_person_number", table_name="notice")
    op.drop_table("notice")
