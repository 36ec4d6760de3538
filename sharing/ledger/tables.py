"""Rows of the ledger, and the triggers that keep them append-only.

The triggers stop mistakes and casual edits; whoever owns the database can drop them. The proof is
in the hashes. A migration copies the statements, because it must not change when this file does.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    SQLColumnExpression,
    String,
    case,
    cast,
    func,
    type_coerce,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base
from core.errors import InvalidInput
from sharing.ledger.entry import MAX_KIND, MAX_SUBJECT
from sharing.ledger.merkle import HASH_SIZE


class LedgerEntryRow(Base):
    __tablename__ = "ledger_entry"
    # Rates count entries of a kind by their subject: the bodies beside them are not read.
    __table_args__ = (
        Index("ix_ledger_entry_kind_recorded_at_subject", "kind", "recorded_at", "subject"),
    )

    index: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    recorded_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(MAX_KIND))
    subject: Mapped[str] = mapped_column(String(MAX_SUBJECT), index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary(HASH_SIZE))


class LedgerHeadRow(Base):
    """The one row (id 1) that every writer locks, and that knows how the log goes on."""

    __tablename__ = "ledger_head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    size: Mapped[int]
    frontier: Mapped[bytes] = mapped_column(LargeBinary)
    root: Mapped[bytes] = mapped_column(LargeBinary(HASH_SIZE))


# On SQLite, REPLACE removes the old row without firing a delete trigger: the insert guard stops it.
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

# ALWAYS: an ordinary trigger sleeps while session_replication_role is replica.
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
    "ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_refuse_change",
    "ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_refuse_truncate",
)


def guard_statements(dialect_name: str) -> list[str]:
    """The DDL, in order, that makes `ledger_entry` append-only on this kind of database."""
    guards = {"sqlite": SQLITE_GUARDS, "postgresql": POSTGRESQL_GUARDS}
    if dialect_name not in guards:
        raise InvalidInput(
            f"the ledger has no guards for the database '{dialect_name}'",
            hint="use SQLite or PostgreSQL",
        )
    return list(guards[dialect_name])


def raw_columns(dialect_name: str) -> list[ColumnElement[Any]]:
    """The columns of an entry as they are stored: the time a number, text as UTF-8 bytes."""
    row = LedgerEntryRow
    micros = type_coerce(row.recorded_at, BigInteger)
    if dialect_name == "sqlite":
        columns: dict[str, SQLColumnExpression[Any]] = {
            "recorded_at": _if_typed("integer", row.recorded_at, micros),
            "kind": _if_typed("text", row.kind, cast(row.kind, LargeBinary)),
            "subject": _if_typed("text", row.subject, cast(row.subject, LargeBinary)),
            "body": _if_typed("blob", row.body, row.body),
            "leaf_hash": _if_typed("blob", row.leaf_hash, row.leaf_hash),
        }
    else:
        columns = {
            "recorded_at": micros,
            "kind": func.convert_to(row.kind, "UTF8", type_=LargeBinary()),
            "subject": func.convert_to(row.subject, "UTF8", type_=LargeBinary()),
            "body": row.body,
            "leaf_hash": row.leaf_hash,
        }
    return [row.index.label("index"), *(value.label(name) for name, value in columns.items())]


def _if_typed(
    storage_class: str, column: SQLColumnExpression[Any], value: SQLColumnExpression[Any]
) -> ColumnElement[Any]:
    """`value`, or null where `column` is of another type.

    SQLite keeps any type in any column, and text that is not UTF-8 cannot be fetched as text.
    """
    return case((func.typeof(column) == storage_class, value))
