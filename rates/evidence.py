"""What decided a member, in words: deliveries, grants and ages. No SQL."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from catalog.model import UpdateCycle
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


def clock_evidence(due_on: date, ended_on: date | None, extended_by: int) -> Words:
    """When it was due and when it was done; "open" where it was not."""
    more = Words(f"（已延长 {extended_by} 个工作日）", f" (extended by {extended_by} working days)")
    told = more if extended_by else Words("", "")
    done = Words(f"{ended_on} 办结", f"done {ended_on}") if ended_on else Words("未办结", "open")
    return Words(f"应于 {due_on} 前办结{told.zh}，{done.zh}", f"due {due_on}{told.en}, {done.en}")


def refresh_evidence(cycle: str | None, due: int, came: int) -> Words:
    """How many refreshes came of those that were due under the cycle."""
    named = Words("周期未明确", "no cycle")
    if cycle:
        named = Words(f"{UpdateCycle(cycle).title_zh}更新", cycle)
    if not due:
        return Words(f"{named.zh}，无应更新次数", f"{named.en}, none due")
    return Words(
        f"{named.zh}，应更新 {due} 次，实际 {came} 次", f"{named.en}, {came} of {due} came"
    )
