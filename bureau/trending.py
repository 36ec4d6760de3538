"""How a rate moves over periods that follow each other."""

from __future__ import annotations

from bureau import measuring
from bureau.acts import Acts
from core.errors import InvalidInput
from rates.model import GroupBy, Grouping, RateQuery, RateResult
from rates.series import Every, last_periods


class Trends(Acts):
    def over(
        self,
        rate_id: str,
        query: RateQuery,
        *,
        every: Every,
        count: int,
        group_by: Grouping | None = None,
    ) -> list[RateResult]:
        """The rate over each of the last `count` periods, oldest first, `query.period` its name.

        Grouped, those of a group follow each other; a group has no point before it had members.
        Raises InvalidInput for groups by month: that is what periods are.
        """
        if group_by is not None and group_by.by is GroupBy.MONTH:
            raise InvalidInput(
                "a trend has its periods already", hint="say how long each is: --every month"
            )
        definitions = [measuring.explain(rate_id)]
        with self.workspace.reading() as unit:
            unit.rates.require_named(query, group_by)
            found = [
                result
                for one in last_periods(query, every, count)
                for result in measuring.measured(unit, definitions, one, group_by)
            ]
        return sorted(found, key=lambda result: result.group)
