"""A check run put together: verdicts and scores from what an engine counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from contracts.model import DataContract
from quality.compile import compile_contract
from quality.model import CheckReport, Count
from quality.score import default_policy, grade, score
from quality.verdicts import judge


def make_report(
    *,
    id: str,  # noqa: A002 (the field's own name)
    dataset: str,
    contract: DataContract,
    counts: Sequence[Count],
    rows: int,
    failing_rows: int,
    engine: str,
    ran_at: datetime,
) -> CheckReport:
    """Judge and score under the default policy; pure, so that a stored run can be judged anew."""
    policy = default_policy()
    results = judge(compile_contract(contract), counts)
    dimensions, overall, executed, declared = score(results, policy)
    return CheckReport(
        id=id,
        dataset=dataset,
        contract=contract.id,
        contract_version=contract.version,
        engine=engine,
        policy=policy.name,
        ran_at=ran_at,
        rows=rows,
        results=tuple(results),
        dimensions=dimensions,
        score=overall,
        grade=grade(overall, results, policy),
        coverage_executed=executed,
        coverage_declared=declared,
        failing_rows=failing_rows,
    )
