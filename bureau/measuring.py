"""Rates and the funnel as of a day, each number with the ledger's size and root beside it."""

from __future__ import annotations

from collections.abc import Sequence

from bureau.unit_of_work import ReadUnit
from bureau.workspace import Workspace
from core.clock import end_of_day
from rates import measure
from rates.definitions import find_rate, list_rates
from rates.model import (
    Funnel,
    GroupBy,
    Member,
    RateDefinition,
    RateQuery,
    RateResult,
)
from sharing.ledger.merkle import Head


def show(
    workspace: Workspace,
    query: RateQuery,
    *,
    rate_ids: Sequence[str] = (),
    group_by: GroupBy | None = None,
) -> list[RateResult]:
    """The named rates, or all of them; one result a group where grouped."""
    definitions = [explain(rate) for rate in rate_ids] or [r.definition for r in list_rates()]
    with workspace.reading() as unit:
        head = _head(unit, workspace, query)
        rule_set = unit.rates.rule_set_hash(query)
        results: list[RateResult] = []
        for definition in definitions:
            results += measure.rate_results(
                definition,
                query,
                unit.rates.count(definition, query, group_by),
                rule_set=rule_set,
                ledger_size=head.size,
                ledger_root=head.root.hex(),
            )
    return results


def rows(workspace: Workspace, rate_id: str, query: RateQuery) -> list[Member]:
    """Every row behind the number: the base with and without, and what is left out and why."""
    definition = explain(rate_id)
    with workspace.reading() as unit:
        return unit.rates.members(definition, query)


def explain(rate_id: str) -> RateDefinition:
    return find_rate(rate_id).definition


def funnel(workspace: Workspace, query: RateQuery) -> Funnel:
    with workspace.reading() as unit:
        head = _head(unit, workspace, query)
        return measure.funnel(
            query,
            unit.rates.funnel(query),
            rule_set=unit.rates.rule_set_hash(query),
            ledger_size=head.size,
            ledger_root=head.root.hex(),
        )


def _head(unit: ReadUnit, workspace: Workspace, query: RateQuery) -> Head:
    """The ledger as it stood when the measured day ended, or as it stands."""
    moment = end_of_day(query.as_of, workspace.settings.zone)
    return unit.ledger.head() if moment > unit.now else unit.ledger.head_at(moment)
