"""Rows of credentials; no token is ever stored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class CredentialRow(Base):
    __tablename__ = "credential"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    grant: Mapped[int] = mapped_column(
        "grant_number", ForeignKey("access_grant.number"), index=True
    )
    terms_hash: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    issued_at: Mapped[datetime]
    issued_by: Mapped[str]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str]
    why_revoked: Mapped[str]
