"""Rows of check history: one run, its results, its scores by dimension."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class CheckRunRow(Base):
    __tablename__ = "check_run"
    __table_args__ = (Index("ix_check_run_dataset_ran_at", "dataset", "ran_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    dataset: Mapped[str] = mapped_column(String(100))
    contract: Mapped[str]
    contract_version: Mapped[str]
    engine: Mapped[str]
    policy: Mapped[str]
    ran_at: Mapped[datetime] = mapped_column(index=True)
    rows: Mapped[int] = mapped_column(BigInteger)
    score: Mapped[int | None]
    grade: Mapped[int | None]
    coverage_executed: Mapped[int]
    coverage_declared: Mapped[int]
    failing_rows: Mapped[int] = mapped_column(BigInteger)
    facts: Mapped[dict[str, Any]]


class CheckResultRow(Base):
    __tablename__ = "check_result"

    run: Mapped[str] = mapped_column(ForeignKey("check_run.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    check: Mapped[str] = mapped_column("check_id", index=True)
    spec: Mapped[dict[str, Any]]
    outcome: Mapped[str]
    n_evaluated: Mapped[int] = mapped_column(BigInteger)
    n_failed: Mapped[int] = mapped_column(BigInteger)
    message: Mapped[str]
    measured: Mapped[dict[str, Any]]


class DimensionScoreRow(Base):
    __tablename__ = "dimension_score"

    run: Mapped[str] = mapped_column(ForeignKey("check_run.id"), primary_key=True)
    dimension: Mapped[str] = mapped_column(String(20), primary_key=True)
    score: Mapped[int | None]
    a: Mapped[int] = mapped_column(BigInteger)
    b: Mapped[int] = mapped_column(BigInteger)
    checks: Mapped[int]
