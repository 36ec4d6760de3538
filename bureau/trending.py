"""How a rate moves over periods that follow each other."""

from __future__ import annotations

from bureau import measuring
from bureau.acts import Acts
from rates.model import RateQuery, RateResult
from rates.series import Every, last_periods


class Trends(Acts):
    def over(self, rate_id: str, query: RateQuery, *, every: Every, count: int) -> list[RateResult]:
        """The rate over each of the last `count` periods, oldest first, named by `group`."""
        definitions = [measuring.explain(rate_id)]
        with self.workspace.reading() as unit:
            return [
                result
                for one in last_periods(query, every, count)
                for result in measuring.points(unit, definitions, one)
            ]
