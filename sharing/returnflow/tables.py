"""Rows of return lists and of the checks of what was returned."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base

_ON_LIST = text("withdrawn_at IS NULL")


class ReturnFlowRow(Base):
    __tablename__ = "return_flow"
    __table_args__ = (
        Index(
            "uq_return_flow_on_list",
            "dataset",
            "department",
            unique=True,
            sqlite_where=_ON_LIST,
            postgresql_where=_ON_LIST,
        ),
    )

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    dataset: Mapped[str] = mapped_column(String(100))
    division: Mapped[str] = mapped_column(String(100))
    department: Mapped[str] = mapped_column(String(100))
    column: Mapped[str] = mapped_column("column_name")
    match: Mapped[str]
    start: Mapped[date] = mapped_column("start_on")
    entered_at: Mapped[datetime]
    entered_by: Mapped[str]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str]
    application: Mapped[str]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[str]
    grant: Mapped[int | None] = mapped_column("grant_number", ForeignKey("access_grant.number"))
    withdrawn_at: Mapped[datetime | None]


class ReturnCheckRow(Base):
    __tablename__ = "return_check"

    flow: Mapped[int] = mapped_column(
        "return_number", ForeignKey("return_flow.number"), primary_key=True
    )
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    checked_at: Mapped[datetime]
    checked_by: Mapped[str]
    delivery: Mapped[int | None]
    held: Mapped[int] = mapped_column(BigInteger)
    given: Mapped[int] = mapped_column(BigInteger)
    expected: Mapped[int | None] = mapped_column(BigInteger)
    nobodys: Mapped[int] = mapped_column(BigInteger)
    missing: Mapped[list[Any]]
    on_time: Mapped[bool | None]
