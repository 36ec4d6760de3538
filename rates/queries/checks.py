"""The newest check run of a dataset."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, ScalarSelect, Select, select, true

from rates.cut import Cut
from rates.model import Exclusion
from rates.queries.members import from_entries
from rates.queries.source import CHECK_RUN, DATASET

UNCHECKED = Exclusion(code="unchecked", title_zh="未检查", title_en="never checked", unknown=True)


def with_newest_run(
    cut: Cut,
    columns: Sequence[ColumnElement[Any]],
    such: Callable[[FromClause], ColumnElement[bool]] = lambda _: true(),
) -> Select[Any]:
    """Each published dataset with its newest run `such` as is asked for, if any."""
    newest = CHECK_RUN.c.id == _newest_run(cut, such)
    return from_entries(cut, columns).outerjoin(CHECK_RUN, newest)


def _newest_run(cut: Cut, such: Callable[[FromClause], ColumnElement[bool]]) -> ScalarSelect[Any]:
    run = CHECK_RUN.alias()
    return (
        select(run.c.id)
        .where(run.c.dataset == DATASET.c.code, run.c.ran_at < cut.until, such(run))
        .order_by(run.c.ran_at.desc(), run.c.id.desc())
        .limit(1)
        .correlate_except(run)
        .scalar_subquery()
    )
