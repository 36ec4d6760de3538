"""Return lists and returns (回流)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "return_flow",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dataset", sa.String(length=100), nullable=False),
        sa.Column("division", sa.String(length=100), nullable=False),
        sa.Column("department", sa.String(length=100), nullable=False),
        sa.Column("column_name", sa.String(), nullable=False),
        sa.Column("match", sa.String(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("accepted_by", sa.String(), nullable=False),
        sa.Column("grant_number", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["grant_number"],
            ["access_grant.number"],
            name=op.f("fk_return_flow_grant_number_access_grant"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_return_flow")),
    )
    op.create_index(
        "uq_return_flow_on_list",
        "return_flow",
        ["dataset", "department"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "return_check",
        sa.Column("return_number", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=False),
        sa.Column("checked_by", sa.String(), nullable=False),
        sa.Column("delivery", sa.Integer(), nullable=True),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("given", sa.BigInteger(), nullable=False),
        sa.Column("expected", sa.BigInteger(), nullable=True),
        sa.Column("nobodys", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("on_time", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["return_number"],
            ["return_flow.number"],
            name=op.f("fk_return_check_return_number_return_flow"),
        ),
        sa.PrimaryKeyConstraint("return_number", "number", name=op.f("pk_return_check")),
    )


def downgrade() -> None:
    op.drop_table("return_check")
    op.drop_index("uq_return_flow_on_list", table_name="return_flow")
    op.drop_table("return_flow")
