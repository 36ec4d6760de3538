"""A transfer of granted data to a third party: asked for, answered, made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Answer(StrEnum):
    CONSENTED = "consented"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnwardTransfer:
    """Who may get data of a grant, and what for; numbered per grant from 1.

    `passed_on_at` is when the department declared that it passed the data on.
    """

    number: int
    recipient: str
    purpose: str
    asked_at: datetime
    asked_by: str
    answer: Answer | None = None
    answered_at: datetime | None = None
    answered_by: str = ""
    reason: str = ""
    passed_on_at: datetime | None = None
    passed_on_by: str = ""
