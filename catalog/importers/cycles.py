"""Update cycles as other catalogues write them: ISO 8601 repetitions and words."""

from __future__ import annotations

from catalog.model import UpdateCycle

_CYCLES = {
    UpdateCycle.REALTIME: ("R/PT1S", "R/PT1M", "continuous", "continuously updated", "real-time"),
    UpdateCycle.HOURLY: ("R/PT1H", "hourly", "每小时"),
    UpdateCycle.DAILY: ("R/P1D", "R/PT24H", "daily", "每日", "每天"),
    UpdateCycle.WEEKLY: ("R/P1W", "R/P7D", "weekly", "每周"),
    UpdateCycle.MONTHLY: ("R/P1M", "monthly", "每月"),
    UpdateCycle.QUARTERLY: ("R/P3M", "quarterly", "每季度"),
    UpdateCycle.SEMIANNUAL: ("R/P6M", "R/P0.5Y", "semiannual", "biannual", "每半年"),
    UpdateCycle.ANNUAL: ("R/P1Y", "R/P12M", "annual", "annually", "yearly", "每年"),
    UpdateCycle.ON_DEMAND: ("as needed", "on demand", "按需"),
    UpdateCycle.IRREGULAR: ("irregular", "不定期"),
}
_BY_WORD = {word.casefold(): cycle for cycle, words in _CYCLES.items() for word in words}


def read_cycle(text: str) -> UpdateCycle | None:
    """The cycle that `text` names exactly, in whatever case; None for any other, never a guess."""
    folded = text.strip().casefold()
    return _BY_WORD.get(folded) or next(
        (cycle for cycle in UpdateCycle if cycle.value == folded), None
    )
