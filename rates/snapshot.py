"""A snapshot: numbers and their rows as they were on a day, as bytes that never change.

One JSON text a line, each in its canonical form: the first says what was measured and gives the
numbers; each other one is a row of one rate.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from core.canonical import Json, canonical_bytes
from core.errors import NotFound
from rates.definitions import find_rate
from rates.model import Funnel, FunnelStage, Member, RateQuery, RateResult, Spread

FORM = 1
"""The version of these lines."""

_COUNTED = ("n", "base", "excluded", "rule_set")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """The numbers of a snapshot."""

    query: RateQuery
    results: tuple[RateResult, ...]
    funnel: Funnel | None

    def of(self, rates: Sequence[str]) -> list[RateResult]:
        """The numbers of these rates, or all; raises NotFound for one that it does not have."""
        named = {rate.strip().upper() for rate in rates}
        found = [
            one
            for one in self.results
            if not named or named & {one.definition.id, one.definition.name.upper()}
        ]
        if len(found) < len(named):
            had = ", ".join(one.definition.name for one in self.results)
            raise NotFound("rate", f"{', '.join(rates)} in the snapshot", hint=f"it has {had}")
        return found


def head_line(query: RateQuery, results: Sequence[RateResult], funnel: Funnel | None) -> bytes:
    """The first line. Raises InvalidInput where there is nothing that was measured."""
    asked: dict[str, Json] = asdict(query) | {"as_of": query.as_of.isoformat()}
    told: dict[str, Json] = {
        "snapshot": FORM,
        "query": asked,
        "ledger": {"size": results[0].ledger_size, "root": results[0].ledger_root},
        "rates": [_told(result) for result in results],
        "funnel": None if funnel is None else _told_funnel(funnel),
    }
    return canonical_bytes(told) + b"\n"


def row_lines(rate: str, members: Iterable[Member]) -> Iterator[bytes]:
    """A line for each row of the rate with this name, in their order."""
    for member in members:
        yield canonical_bytes({"rate": rate, "row": asdict(member)}) + b"\n"


def read_head(line: bytes) -> Frozen:
    """The numbers of a first line; raises KeyError, ValueError or TypeError where it is none."""
    told = json.loads(line)
    if told["snapshot"] != FORM:
        raise ValueError(told["snapshot"])
    asked = told["query"]
    query = RateQuery(**asked | {"as_of": date.fromisoformat(asked["as_of"])})
    ledger = {"ledger_size": told["ledger"]["size"], "ledger_root": told["ledger"]["root"]}
    funnel = told["funnel"]
    return Frozen(
        query=query,
        results=tuple(_result(one, query, ledger) for one in told["rates"]),
        funnel=None
        if funnel is None
        else Funnel(
            query=query,
            stages=tuple(FunnelStage(**stage) for stage in funnel["stages"]),
            outside=funnel["outside"],
            rule_set=funnel["rule_set"],
            **ledger,
        ),
    )


def read_rows(lines: Iterable[bytes], rate: str) -> Iterator[Member]:
    """The rows of one rate among the lines after the first."""
    names = {field.name for field in fields(Member)}
    for line in lines:
        told = json.loads(line)
        if told["rate"] == rate:
            yield Member(**{name: value for name, value in told["row"].items() if name in names})


def _told(result: RateResult) -> Json:
    spread = None if result.spread is None else asdict(result.spread)
    counted = {name: getattr(result, name) for name in _COUNTED}
    return {"rate": result.definition.name, "spread": spread, **counted}


def _told_funnel(funnel: Funnel) -> Json:
    stages: list[Json] = [asdict(stage) for stage in funnel.stages]
    return {"stages": stages, "outside": funnel.outside, "rule_set": funnel.rule_set}


def _result(told: Mapping[str, Any], query: RateQuery, ledger: Mapping[str, Any]) -> RateResult:
    return RateResult(
        definition=find_rate(told["rate"]).definition,
        query=query,
        group="",
        spread=None if told["spread"] is None else Spread(**told["spread"]),
        **{name: told[name] for name in _COUNTED},
        **ledger,
    )
