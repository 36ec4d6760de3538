"""The newest check run of a dataset."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, ScalarSelect, Select, and_, select, true

from rates.cut import Cut
from rates.model import Exclusion
from rates.queries.facts import known, published
from rates.queries.source import CHECK_RUN, DATASET, DEPARTMENT

UNCHECKED = Exclusion(code="unchecked", title_zh="未检查", title_en="never checked")


def with_newest_run(
    cut: Cut,
    columns: Sequence[ColumnElement[Any]],
    such: Callable[[FromClause], ColumnElement[bool]] = lambda _: true(),
) -> Select[Any]:
    """Each published dataset with its newest run `such` as is asked for, if any."""
    department = and_(DEPARTMENT.c.code == DATASET.c.provider, known(DEPARTMENT, cut))
    return (
        select(*columns)
        .select_from(DATASET)
        .outerjoin(DEPARTMENT, department)
        .outerjoin(CHECK_RUN, CHECK_RUN.c.id == _newest_run(cut, such))
        .where(published(cut))
    )


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
