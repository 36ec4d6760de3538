"""Traffic lights and targets of the policy profile, over the rates of the city or of its parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from bureau import measuring, policies
from bureau.acts import Acts
from core.errors import NotFound
from rates.lights import Aim, Lit, aim, light_up
from rates.model import Grouping, RateQuery, RateResult


class Lights(Acts):
    def show(self, query: RateQuery, group_by: Grouping | None = None) -> list[Lit]:
        """Every light of the profile, for each group where grouped."""
        lights = policies.profile(self.workspace.settings).lights.values()
        rates = dict.fromkeys(rate for light in lights for rate in light.rates)
        found: dict[str, dict[str, RateResult]] = defaultdict(dict)
        for result in self._measured(list(rates), query, group_by):
            found[result.group][result.definition.id] = result
        if group_by is None:
            found.setdefault("", {})
        return [light_up(light, group, found[group]) for light in lights for group in sorted(found)]

    def targets(self, query: RateQuery, group_by: Grouping | None = None) -> list[Aim]:
        """Every rate that has a target, held against it."""
        targets = policies.profile(self.workspace.settings).targets
        results = self._measured(list(targets), query, group_by)
        return [aim(targets[result.definition.id], result) for result in results]

    def _measured(
        self, rates: Sequence[str], query: RateQuery, group_by: Grouping | None
    ) -> list[RateResult]:
        if not rates:
            return []
        try:
            return measuring.show(self.workspace, query, rate_ids=rates, group_by=group_by)
        except NotFound as error:
            if error.kind != "rate":
                raise
            policy = self.workspace.settings.policy
            raise NotFound(
                "rate", f"{error.ref} that the profile {policy} names", hint=error.hint
            ) from error
