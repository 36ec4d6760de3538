"""What decided a member, in words: deliveries, grants and ages. No SQL."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.clock import local_day
from core.ids import GRANT, reference
from rates.cut import Cut
from rates.model import Words


def delivery_evidence(
    dataset: str, number: int | None, delivered_at: datetime | None, cut: Cut
) -> Words:
    if number is None or delivered_at is None:
        return Words(f"{dataset} 尚无数据入库", f"{dataset} has no published delivery")
    day = local_day(delivered_at, cut.zone)
    return Words(f"{dataset} 第 {number} 次交付，{day}", f"{dataset} #{number} of {day}")


def grant_evidence(number: int, receiver: str) -> Words:
    grant = reference(GRANT, number)
    return Words(f"{grant} 授权给 {receiver}", f"{grant} to {receiver}")


def age_text(age: timedelta) -> Words:
    """Whole days and hours, rounded down: "3 d 4 h"."""
    days, hours = age.days, age.seconds // 3600
    return Words(f"{days} 天 {hours} 小时", f"{days} d {hours} h")
