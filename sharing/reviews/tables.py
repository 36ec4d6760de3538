"""Rows of the reviews of grants."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class GrantReviewRow(Base):
    """A review with the evidence it was made on, which goes on counting afterwards."""

    __tablename__ = "grant_review"

    grant: Mapped[int] = mapped_column(
        "grant_number", ForeignKey("access_grant.number"), primary_key=True
    )
    reviewed_at: Mapped[datetime] = mapped_column(primary_key=True)
    outcome: Mapped[str]
    reason: Mapped[str]
    reviewed_by: Mapped[str]
    due_at: Mapped[datetime | None]
    uses: Mapped[int]
    rows: Mapped[int] = mapped_column(BigInteger)
    last_use: Mapped[date | None]


class GrantRenewalRow(Base):
    """The request that is to follow a grant; what it is granted as stands in the request."""

    __tablename__ = "grant_renewal"

    request: Mapped[int] = mapped_column(
        "request_number", ForeignKey("access_request.number"), primary_key=True
    )
    grant: Mapped[int] = mapped_column(
        "grant_number", ForeignKey("access_grant.number"), index=True
    )
