"""Registry, contracts, checks, sharing and the append-only ledger.

Runs on SQLite and PostgreSQL alike, imports no application code, and goes down as it came up.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


SQLITE_GUARDS = (
    """
CREATE TRIGGER ledger_entry_refuse_update BEFORE UPDATE ON ledger_entry
BEGIN
  SELECT RAISE(ABORT, 'the ledger is append-only');
END""",
    """
CREATE TRIGGER ledger_entry_refuse_delete BEFORE DELETE ON ledger_entry
BEGIN
  SELECT RAISE(ABORT, 'the ledger is append-only');
END""",
    """
CREATE TRIGGER ledger_entry_next_index BEFORE INSERT ON ledger_entry
WHEN NEW."index" IS NOT (SELECT coalesce(max("index") + 1, 0) FROM ledger_entry)
BEGIN
  SELECT RAISE(ABORT, 'the ledger takes only its next index');
END""",
)
POSTGRESQL_GUARDS = (
    """
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'integrity_constraint_violation';
END
$$""",
    """
CREATE TRIGGER ledger_entry_refuse_change BEFORE UPDATE OR DELETE ON ledger_entry
FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change()""",
    """
CREATE TRIGGER ledger_entry_refuse_truncate BEFORE TRUNCATE ON ledger_entry
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()""",
    """ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_refuse_change""",
    """ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_refuse_truncate""",
)


def upgrade() -> None:
    op.create_table(
        "access_request",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("dataset", sa.String(length=100), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("submitted_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("grant_number", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_access_request")),
    )
    op.create_index(op.f("ix_access_request_dataset"), "access_request", ["dataset"], unique=False)
    op.create_index(op.f("ix_access_request_state"), "access_request", ["state"], unique=False)

    op.create_table(
        "application",
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("facets", sa.JSON(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("superseded_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
    )
    op.create_index(op.f("ix_application_code"), "application", ["code"], unique=False)
    op.create_index(
        "uq_application_current",
        "application",
        ["code"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )

    op.create_table(
        "check_run",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("dataset", sa.String(length=100), nullable=False),
        sa.Column("contract", sa.String(), nullable=False),
        sa.Column("contract_version", sa.String(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("ran_at", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("coverage_executed", sa.Integer(), nullable=False),
        sa.Column("coverage_declared", sa.Integer(), nullable=False),
        sa.Column("failing_rows", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_run")),
    )
    op.create_index(op.f("ix_check_run_dataset"), "check_run", ["dataset"], unique=False)
    op.create_index(op.f("ix_check_run_ran_at"), "check_run", ["ran_at"], unique=False)

    op.create_table(
        "contract_version",
        sa.Column("contract", sa.String(length=200), nullable=False),
        sa.Column("version", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("published_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("contract", "version", name=op.f("pk_contract_version")),
    )
    op.create_table(
        "dataset",
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("update_cycle", sa.String(), nullable=True),
        sa.Column("share_type", sa.String(), nullable=True),
        sa.Column("share_mode", sa.String(), nullable=True),
        sa.Column("use_conditions", sa.String(), nullable=False),
        sa.Column("resource_class", sa.String(), nullable=True),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("legal_basis", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("facets", sa.JSON(), nullable=False),
        sa.Column("responsibility", sa.JSON(), nullable=False),
        sa.Column("fulfils", sa.String(), nullable=False),
        sa.Column("contract", sa.String(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("distributions", sa.JSON(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("superseded_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset")),
    )
    op.create_index(op.f("ix_dataset_code"), "dataset", ["code"], unique=False)
    op.create_index(op.f("ix_dataset_fulfils"), "dataset", ["fulfils"], unique=False)
    op.create_index(op.f("ix_dataset_provider"), "dataset", ["provider"], unique=False)
    op.create_index("ix_dataset_provider_fulfils", "dataset", ["provider", "fulfils"], unique=False)
    op.create_index(
        "uq_dataset_current",
        "dataset",
        ["code"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )

    op.create_table(
        "dataset_gram",
        sa.Column("gram", sa.String(length=100), nullable=False),
        sa.Column("dataset", sa.String(length=100), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("gram", "dataset", name=op.f("pk_dataset_gram")),
    )
    op.create_index(op.f("ix_dataset_gram_dataset"), "dataset_gram", ["dataset"], unique=False)

    op.create_table(
        "department",
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("superseded_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
    )
    op.create_index(op.f("ix_department_code"), "department", ["code"], unique=False)
    op.create_index(
        "uq_department_current",
        "department",
        ["code"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )

    op.create_table(
        "division",
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("superseded_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_division")),
    )
    op.create_index(op.f("ix_division_code"), "division", ["code"], unique=False)
    op.create_index(op.f("ix_division_parent"), "division", ["parent"], unique=False)
    op.create_index(
        "uq_division_current",
        "division",
        ["code"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )

    op.create_table(
        "duty",
        sa.Column("code", sa.String(length=201), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("legal_ground", sa.String(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("exempt", sa.Boolean(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("superseded_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )
    op.create_index(op.f("ix_duty_code"), "duty", ["code"], unique=False)
    op.create_index(op.f("ix_duty_item"), "duty", ["item"], unique=False)
    op.create_index(
        "uq_duty_current",
        "duty",
        ["code"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )

    op.create_table(
        "lake_table",
        sa.Column("dataset", sa.String(length=100), nullable=False),
        sa.Column("folder", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("dataset", name=op.f("pk_lake_table")),
        sa.UniqueConstraint("folder", name=op.f("uq_lake_table_folder")),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_ledger_entry")),
    )
    op.create_index(op.f("ix_ledger_entry_kind"), "ledger_entry", ["kind"], unique=False)
    op.create_index(op.f("ix_ledger_entry_subject"), "ledger_entry", ["subject"], unique=False)

    op.create_table(
        "ledger_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_head")),
    )
    op.create_table(
        "person",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("superseded_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_code"), "person", ["code"], unique=False)
    op.create_index(
        "uq_person_current",
        "person",
        ["code"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )

    op.create_table(
        "person_salt",
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_person_salt")),
    )
    op.create_table(
        "provision_rule",
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("legal_ground", sa.String(), nullable=False),
        sa.Column("departments", sa.JSON(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("exempt", sa.JSON(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("superseded_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provision_rule")),
    )
    op.create_index(op.f("ix_provision_rule_code"), "provision_rule", ["code"], unique=False)
    op.create_index(
        "uq_provision_rule_current",
        "provision_rule",
        ["code"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )

    op.create_table(
        "access_grant",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("request", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("dataset", sa.String(length=100), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("terms_hash", sa.String(length=64), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=False),
        sa.Column("granted_at", sa.BigInteger(), nullable=False),
        sa.Column("granted_by", sa.String(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_by", sa.String(), nullable=False),
        sa.Column("revoke_reason", sa.String(), nullable=False),
        sa.Column("first_used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request"],
            ["access_request.number"],
            name=op.f("fk_access_grant_request_access_request"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_access_grant")),
        sa.UniqueConstraint("request", name=op.f("uq_access_grant_request")),
    )
    op.create_index(
        "ix_access_grant_dataset_period",
        "access_grant",
        ["dataset", "not_before", "not_after"],
        unique=False,
    )

    op.create_table(
        "check_result",
        sa.Column("run", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.String(), nullable=False),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("n_evaluated", sa.BigInteger(), nullable=False),
        sa.Column("n_failed", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run"], ["check_run.id"], name=op.f("fk_check_result_run_check_run")
        ),
        sa.PrimaryKeyConstraint("run", "position", name=op.f("pk_check_result")),
    )
    op.create_index(op.f("ix_check_result_check_id"), "check_result", ["check_id"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("dataset", sa.String(length=100), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("contract", sa.String(), nullable=False),
        sa.Column("contract_version", sa.String(), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("source_bytes", sa.BigInteger(), nullable=False),
        sa.Column("source_format", sa.String(), nullable=False),
        sa.Column("encoding", sa.String(), nullable=False),
        sa.Column("header", sa.Boolean(), nullable=False),
        sa.Column("sheet", sa.String(), nullable=False),
        sa.Column("rows_read", sa.BigInteger(), nullable=False),
        sa.Column("rows_published", sa.BigInteger(), nullable=False),
        sa.Column("lake_table", sa.String(length=32), nullable=False),
        sa.Column("lake_version", sa.Integer(), nullable=True),
        sa.Column("check_run", sa.String(), nullable=False),
        sa.Column("delivered_by", sa.String(), nullable=False),
        sa.Column("delivered_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset"], ["lake_table.dataset"], name=op.f("fk_delivery_dataset_lake_table")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("dataset", "number", name=op.f("uq_delivery_dataset_number")),
    )
    op.create_index(
        "ix_delivery_dataset_delivered_at", "delivery", ["dataset", "delivered_at"], unique=False
    )
    op.create_index(op.f("ix_delivery_delivered_at"), "delivery", ["delivered_at"], unique=False)

    op.create_table(
        "dimension_score",
        sa.Column("run", sa.String(length=32), nullable=False),
        sa.Column("dimension", sa.String(length=20), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("a", sa.BigInteger(), nullable=False),
        sa.Column("b", sa.BigInteger(), nullable=False),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run"], ["check_run.id"], name=op.f("fk_dimension_score_run_check_run")
        ),
        sa.PrimaryKeyConstraint("run", "dimension", name=op.f("pk_dimension_score")),
    )
    op.create_table(
        "grant_suspension",
        sa.Column("grant_number", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_number"],
            ["access_grant.number"],
            name=op.f("fk_grant_suspension_grant_number_access_grant"),
        ),
        sa.PrimaryKeyConstraint("grant_number", "since", name=op.f("pk_grant_suspension")),
    )
    op.create_table(
        "grant_use",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("grant_number", sa.Integer(), nullable=False),
        sa.Column("dataset", sa.String(length=100), nullable=False),
        sa.Column("lake_version", sa.Integer(), nullable=False),
        sa.Column("terms_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("authorised_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_number"],
            ["access_grant.number"],
            name=op.f("fk_grant_use_grant_number_access_grant"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_use")),
    )
    op.create_index(op.f("ix_grant_use_grant_number"), "grant_use", ["grant_number"], unique=False)

    op.create_table(
        "use_day",
        sa.Column("grant_number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_number"],
            ["access_grant.number"],
            name=op.f("fk_use_day_grant_number_access_grant"),
        ),
        sa.PrimaryKeyConstraint("grant_number", "day", name=op.f("pk_use_day")),
    )
    postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in POSTGRESQL_GUARDS if postgresql else SQLITE_GUARDS:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("use_day")
    op.drop_table("grant_use")
    op.drop_table("grant_suspension")
    op.drop_table("dimension_score")
    op.drop_table("delivery")
    op.drop_table("check_result")
    op.drop_table("access_grant")
    op.drop_table("provision_rule")
    op.drop_table("person_salt")
    op.drop_table("person")
    op.drop_table("ledger_head")
    op.drop_table("ledger_entry")
    op.drop_table("lake_table")
    op.drop_table("duty")
    op.drop_table("division")
    op.drop_table("department")
    op.drop_table("dataset_gram")
    op.drop_table("dataset")
    op.drop_table("contract_version")
    op.drop_table("check_run")
    op.drop_table("application")
    op.drop_table("access_request")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS ledger_refuse_change")
