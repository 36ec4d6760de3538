"""What all tables share: the declarative base, naming of constraints, column types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from sqlalchemy import JSON, BigInteger, MetaData, func, select
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, MappedAsDataclass, Session
from sqlalchemy.types import TypeDecorator

from core.clock import from_micros, optional_micros

T = TypeVar("T")

_CHUNK = 500
_WRITTEN = "written"


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime stored as integer microseconds since 1970 UTC.

    The same number on SQLite and PostgreSQL: exact, ordered, and free of either's time zone rules.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 (SQLAlchemy's signature)
        return optional_micros(value)

    def process_result_value(
        self,
        value: int | None,
        dialect: Dialect,  # noqa: ARG002 (SQLAlchemy's signature)
    ) -> datetime | None:
        return None if value is None else from_micros(value)


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """In parts that a database takes as the values of one IN."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def next_number(session: Session, column: InstrumentedAttribute[Any]) -> int:
    """The next free number; the write door is open to one writer, so it stays free."""
    return (session.scalar(select(func.max(column))) or 0) + 1


def written(session: Session, row: type[Base], *key: Any) -> None:
    """Note that this transaction writes the row of this key; its ledger entry attests it."""
    session.info.setdefault(_WRITTEN, {})[row, key] = None


def rows_written(session: Session) -> list[tuple[type[Base], tuple[Any, ...]]]:
    """The rows that were noted, each once, in their order."""
    return list(session.info.get(_WRITTEN, ()))
