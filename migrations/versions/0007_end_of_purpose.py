"""End of purpose, disposal, records of use, onward transfer and changes of a service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

GRANT = "access_grant.number"


def upgrade() -> None:
    for column in (
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_by", sa.String(), nullable=False, server_default=""),
        sa.Column("finish_cause", sa.String(), nullable=False, server_default=""),
        sa.Column("finish_reason", sa.String(), nullable=False, server_default=""),
        sa.Column("disposed_at", sa.BigInteger(), nullable=True),
    ):
        op.add_column("access_grant", column)
    op.create_table(
        "disposal_requirement",
        sa.Column("grant_number", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("required_at", sa.BigInteger(), nullable=False),
        sa.Column("required_by", sa.String(), nullable=False),
        _of_grant("disposal_requirement"),
        sa.PrimaryKeyConstraint("grant_number", name=op.f("pk_disposal_requirement")),
    )
    op.create_table(
        "disposal_proof",
        sa.Column("grant_number", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        _of_grant("disposal_proof"),
        sa.PrimaryKeyConstraint("grant_number", "number", name=op.f("pk_disposal_proof")),
    )
    op.create_table(
        "usage_record",
        sa.Column("grant_number", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("purged_at", sa.BigInteger(), nullable=True),
        _of_grant("usage_record"),
        sa.PrimaryKeyConstraint("grant_number", "number", name=op.f("pk_usage_record")),
    )
    op.create_table(
        "onward_transfer",
        sa.Column("grant_number", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("passed_on_at", sa.BigInteger(), nullable=True),
        sa.Column("passed_on_by", sa.String(), nullable=False),
        _of_grant("onward_transfer"),
        sa.PrimaryKeyConstraint("grant_number", "number", name=op.f("pk_onward_transfer")),
    )
    op.create_table(
        "service_change",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dataset", sa.String(length=100), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("begun_by", sa.String(), nullable=False),
        sa.Column("filing", sa.String(), nullable=False),
        sa.Column("unheard", sa.String(), nullable=False),
        sa.Column("filed_at", sa.BigInteger(), nullable=True),
        sa.Column("filed_by", sa.String(), nullable=False),
        sa.Column("dropped_at", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_service_change")),
    )
    op.create_index(op.f("ix_service_change_dataset"), "service_change", ["dataset"], unique=False)
    op.create_table(
        "service_change_consultation",
        sa.Column("change_number", sa.Integer(), nullable=False),
        sa.Column("department", sa.String(length=100), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_number"],
            ["service_change.number"],
            name=op.f("fk_service_change_consultation_change_number_service_change"),
        ),
        sa.PrimaryKeyConstraint(
            "change_number", "department", name=op.f("pk_service_change_consultation")
        ),
    )


def _of_grant(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_grant_number_access_grant")
    return sa.ForeignKeyConstraint(["grant_number"], [GRANT], name=name)


def downgrade() -> None:
    op.drop_table("service_change_consultation")
    op.drop_index(op.f("ix_service_change_dataset"), table_name="service_change")
    op.drop_table("service_change")
    for table in ("onward_transfer", "usage_record", "disposal_proof", "disposal_requirement"):
        op.drop_table(table)
    for name in ("disposed_at", "finish_reason", "finish_cause", "finished_by", "finished_at"):
        op.drop_column("access_grant", name)
