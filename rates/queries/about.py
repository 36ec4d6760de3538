"""Members that are about a dataset without being one: grants, requests, returns, needs.

What such a member is told apart by is looked up row by row, and only where it is asked for: a count
by department never looks at the dataset.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    String,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    select,
)

from core.ids import GRANT as GRANTS
from core.ids import reference
from rates.cut import Cut
from rates.queries.facts import known
from rates.queries.members import Parts, Rule, member_columns
from rates.queries.source import DATASET, ENTRY, GRANT

_DIGITS = 4
"""A reference has at least as many."""


def about_columns(
    cut: Cut,
    called: ColumnElement[str],
    dataset: ColumnElement[str],
    department: ColumnElement[str],
    numerator: ColumnElement[bool] | Parts,
    excluded: Sequence[Rule] = (),
) -> list[ColumnElement[Any]]:
    """The columns of a member about a dataset, for which `department` answers."""
    title, theme = (of_dataset_at(cut, dataset, name) for name in ("title_zh", "theme"))
    return [
        *member_columns(
            (called, func.coalesce(title, ""), department, func.coalesce(theme, "")),
            numerator,
            excluded,
        ),
        dataset.label("dataset"),
        func.coalesce(of_dataset_at(cut, dataset, "grade"), "").label("grade"),
        func.coalesce(of_dataset_at(cut, dataset, "share_type"), "").label("share_type"),
        func.coalesce(cast(of_dataset_at(cut, dataset, "facets"), Text), "").label("facets"),
    ]


def grant_columns(
    cut: Cut,
    department: ColumnElement[str],
    numerator: ColumnElement[bool] | Parts,
    excluded: Sequence[Rule] = (),
) -> list[ColumnElement[Any]]:
    """The columns of a member that is a grant."""
    called = numbered(GRANTS, GRANT.c.number)
    return [
        *about_columns(cut, called, GRANT.c.dataset, department, numerator, excluded),
        GRANT.c.application.label("application"),
        GRANT.c.number.label("number"),
        GRANT.c.department.label("receiver"),
    ]


def of_dataset_at(cut: Cut, code: ColumnElement[str], name: str) -> ColumnElement[Any]:
    """A column of the catalogue entry as it was known at the cut; null where there was none."""
    entry = DATASET.alias()
    return (
        select(entry.c[name])
        .where(entry.c.code == code, known(entry, cut))
        .correlate_except(entry)
        .scalar_subquery()
    )


def numbered(prefix: str, number: ColumnElement[int]) -> ColumnElement[str]:
    """What people call it, such as GRT-0042."""
    shorter = ((number < 10**digits, "0" * (_DIGITS - digits)) for digits in range(1, _DIGITS))
    zeros = case(*shorter, else_="")
    return literal(f"{prefix}-").concat(zeros).concat(cast(number, String))


def number_in(subject: ColumnElement[str], about: str, prefix: str) -> ColumnElement[int]:
    """The number in the subject of a clock or an entry, such as 7 of "request:REQ-0007"."""
    start = len(f"{about}:{reference(prefix, 0)}") - _DIGITS + 1
    return cast(func.substr(subject, start), Integer)


def recorded(
    subject: ColumnElement[str], kinds: Sequence[str], cut: Cut, *more: ColumnElement[bool]
) -> ColumnElement[bool]:
    """The ledger had an entry of one of these kinds about the subject at the cut."""
    return exists().where(*_about(ENTRY, subject, kinds, cut), *more).correlate_except(ENTRY)


def newest_entry(
    name: str, subject: ColumnElement[str], kinds: Sequence[str], cut: Cut
) -> ColumnElement[Any]:
    """A column of the newest entry of these kinds about the subject at the cut, or null."""
    entry = ENTRY.alias()
    return (
        select(entry.c[name])
        .where(*_about(entry, subject, kinds, cut))
        .order_by(entry.c.index.desc())
        .limit(1)
        .correlate_except(entry)
        .scalar_subquery()
    )


def within(moment: ColumnElement[Any], cut: Cut) -> ColumnElement[bool]:
    return and_(moment >= cut.since, moment < cut.until)


def _about(
    entry: FromClause, subject: ColumnElement[str], kinds: Sequence[str], cut: Cut
) -> list[ColumnElement[bool]]:
    return [
        entry.c.subject == subject,
        # Not the bare column: SQLite would look through all entries of a kind for one subject.
        entry.c.kind.concat("").in_(kinds),
        entry.c.recorded_at < cut.until,
    ]
