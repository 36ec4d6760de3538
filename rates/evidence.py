"""What decided a member, in words: deliveries, grants and ages. No SQL."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.clock import local_day
from core.ids import GRANT, reference
from rates.cut import Cut


def delivery_evidence(
    dataset: str, number: int | None, delivered_at: datetime | None, cut: Cut
) -> str:
    if number is None or delivered_at is None:
        return f"{dataset} has no published delivery"
    return f"{dataset} #{number} of {local_day(delivered_at, cut.zone)}"


def grant_evidence(number: int, receiver: str) -> str:
    return f"{reference(GRANT, number)} to {receiver}"


def age_text(age: timedelta) -> str:
    """Whole days and hours, rounded down: "3 d 4 h"."""
    return f"{age.days} d {age.seconds // 3600} h"
