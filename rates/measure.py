"""Numbers with everything that an auditor needs beside them."""

from __future__ import annotations

from collections.abc import Iterable

from rates.model import (
    FUNNEL_STAGES,
    Funnel,
    FunnelCount,
    FunnelStage,
    RateCount,
    RateDefinition,
    RateQuery,
    RateResult,
)


def rate_results(
    definition: RateDefinition,
    query: RateQuery,
    counts: Iterable[RateCount],
    *,
    rule_set: str,
    ledger_size: int,
    ledger_root: str,
) -> list[RateResult]:
    """One result per count. `rule_set` is kept only where the base is duties."""
    return [
        RateResult(
            definition=definition,
            query=query,
            group=count.group,
            n=count.n,
            base=count.base,
            excluded=count.excluded,
            spread=count.spread,
            rule_set=rule_set if definition.over_duties else "",
            ledger_size=ledger_size,
            ledger_root=ledger_root,
        )
        for count in counts
    ]


def funnel(
    query: RateQuery, count: FunnelCount, *, rule_set: str, ledger_size: int, ledger_root: str
) -> Funnel:
    stages = zip(FUNNEL_STAGES, count.reached, strict=True)
    return Funnel(
        query=query,
        stages=tuple(
            FunnelStage(name=name, title_zh=zh, title_en=en, n=n) for (name, zh, en), n in stages
        ),
        outside=count.outside,
        rule_set=rule_set,
        ledger_size=ledger_size,
        ledger_root=ledger_root,
    )
