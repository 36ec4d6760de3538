"""Rates and the funnel as of a day, each number with the ledger's size and root beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bureau.unit_of_work import ReadUnit
from bureau.workspace import Workspace
from core.clock import end_of_day
from rates import measure
from rates.counting import count_members
from rates.definitions import find_rate, list_rates
from rates.model import (
    FILTERS,
    Funnel,
    GroupBy,
    Grouping,
    Member,
    RateDefinition,
    RateQuery,
    RateResult,
)
from rates.series import months
from sharing.ledger.merkle import Head


def show(
    workspace: Workspace,
    query: RateQuery,
    *,
    rate_ids: Sequence[str] = (),
    group_by: Grouping | None = None,
) -> list[RateResult]:
    """The named rates, or all that can answer; one result a group where grouped.

    A rate cannot answer where its members are not told apart by what is asked for: by application,
    say. Raises InvalidInput where such a one is named.
    """
    with workspace.reading() as unit:
        unit.rates.require_named(query, group_by)
        definitions = [explain(rate) for rate in rate_ids] or _able(unit, query, group_by)
        if group_by is None or group_by.by is not GroupBy.MONTH:
            return list(measured(unit, definitions, query, group_by))
        by_month = [
            [replace(result, group=one.period) for result in measured(unit, definitions, one)]
            for one in months(query)
        ]
    return [result for of_rate in zip(*by_month, strict=True) for result in of_rate]


def measured(
    unit: ReadUnit,
    definitions: Sequence[RateDefinition],
    query: RateQuery,
    group_by: Grouping | None = None,
) -> Iterator[RateResult]:
    """The rates over one stretch of time, which may be among several."""
    head = head_of(unit, query)
    rule_set = unit.rates.rule_set_hash(query)
    for definition in definitions:
        yield from measure.rate_results(
            definition,
            query,
            unit.rates.count(definition, query, group_by),
            rule_set=rule_set,
            ledger_size=head.size,
            ledger_root=head.root.hex(),
        )


def rows(workspace: Workspace, rate_id: str, query: RateQuery) -> list[Member]:
    """Every row behind the number: the base with and without, and what is left out and why."""
    definition = explain(rate_id)
    with workspace.reading() as unit:
        unit.rates.require_named(query)
        return unit.rates.members(definition, query)


def grouped_rows(
    workspace: Workspace, rate_id: str, query: RateQuery, group_by: Grouping
) -> list[tuple[str, Member]]:
    """Every row behind the number of each group, with the group: those that `show` counts."""
    definition = explain(rate_id)
    with workspace.reading() as unit:
        unit.rates.require_named(query, group_by)
        if group_by.by is not GroupBy.MONTH:
            return unit.rates.members_by(definition, query, group_by)
        return [
            (one.period, member)
            for one in months(query)
            for member in unit.rates.members(definition, one)
        ]


def explain(rate_id: str) -> RateDefinition:
    return find_rate(rate_id).definition


def funnel(workspace: Workspace, query: RateQuery) -> Funnel:
    with workspace.reading() as unit:
        unit.rates.require_named(query)
        return funnel_in(unit, query)


def funnel_in(unit: ReadUnit, query: RateQuery) -> Funnel:
    head = head_of(unit, query)
    return measure.funnel(
        query,
        unit.rates.funnel(query),
        rule_set=unit.rates.rule_set_hash(query),
        ledger_size=head.size,
        ledger_root=head.root.hex(),
    )


def listed(
    unit: ReadUnit, query: RateQuery, rate_ids: Sequence[str] = ()
) -> Iterator[tuple[RateResult, list[Member]]]:
    """The named rates, or all that can answer, each with its rows, of which the number is made."""
    unit.rates.require_named(query)
    definitions = [explain(rate) for rate in rate_ids] or _able(unit, query, None)
    head = head_of(unit, query)
    rule_set = unit.rates.rule_set_hash(query)
    for definition in definitions:
        members = unit.rates.members(definition, query)
        [result] = measure.rate_results(
            definition,
            query,
            [count_members(members)],
            rule_set=rule_set,
            ledger_size=head.size,
            ledger_root=head.root.hex(),
        )
        yield result, members


def _able(unit: ReadUnit, query: RateQuery, group_by: Grouping | None) -> list[RateDefinition]:
    asked = {by for by in GroupBy if by.value in FILTERS and getattr(query, by.value)}
    if group_by is not None:
        asked.add(group_by.by)
    asked.discard(GroupBy.MONTH)
    definitions = [rate.definition for rate in list_rates()]
    return [one for one in definitions if asked <= unit.rates.told_apart(one, query)]


def head_of(unit: ReadUnit, query: RateQuery) -> Head:
    """The ledger as it stood when the measured day ended, or as it stands."""
    moment = end_of_day(query.as_of, unit.settings.zone)
    return unit.ledger.head() if moment > unit.now else unit.ledger.head_at(moment)
