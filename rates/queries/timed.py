"""Rates of clocks: what was due, by the department that owed it, and whether it was in time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func

from rates.cut import Cut
from rates.evidence import clock_evidence
from rates.model import Exclusion, Words
from rates.queries.clocks import clock_columns, from_clocks, in_time
from rates.queries.facts import known
from rates.queries.members import Rule, member_columns
from rates.queries.source import CLOCK, CLOCK_FACT, DATASET
from sharing.profiles.model import LimitName

WITHDRAWN = Exclusion(code="withdrawn", title_zh="已撤回", title_en="withdrawn by who asked")


def timed(
    cut: Cut,
    limit: LimitName,
    about: str,
    title: ColumnElement[Any],
    theme: ColumnElement[Any],
    *,
    excluded: Sequence[Rule] = (),
    also: Sequence[ColumnElement[Any]] = (),
) -> Select[Any]:
    """Each clock of the limit that is judged, called as what it is `about`."""
    named = func.substr(CLOCK.c.subject, len(about) + 2)
    called = (named, func.coalesce(title, ""), CLOCK_FACT.c.debtor, func.coalesce(theme, ""))
    columns = [*member_columns(called, in_time(), excluded), *clock_columns(), *also]
    return from_clocks(cut, limit).add_columns(*columns)


def the_dataset(code: ColumnElement[Any], cut: Cut) -> ColumnElement[bool]:
    """The entry as it was at the cut, published or not."""
    return and_(DATASET.c.code == code, known(DATASET, cut))


def timed_evidence(row: Row[Any], cut: Cut) -> Words:
    return clock_evidence(row.due_on, row.ended_on, row.extended_by)
