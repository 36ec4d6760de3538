"""SQL conditions that say what was true at a cut: known, published, delivered, granted, used.

Every scalar subquery here is correlated with the row it is asked about and answered by an index
seek, so that a rate grows with the number of datasets and grants, not with deliveries and uses.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    ScalarSelect,
    and_,
    exists,
    func,
    not_,
    or_,
    select,
)

from catalog.model import DatasetStatus
from rates.cut import Cut
from rates.queries.source import DATASET, GRANT, REVIEW, SUSPENSION, USE_DAY


def known(table: FromClause, cut: Cut) -> ColumnElement[bool]:
    """The versioned registry row was the true one at the cut."""
    return and_(
        table.c.recorded_at < cut.until,
        or_(table.c.superseded_at.is_(None), table.c.superseded_at >= cut.until),
    )


def published(cut: Cut) -> ColumnElement[bool]:
    """The dataset was in the catalogue, and neither a draft nor withdrawn."""
    return and_(DATASET.c.status == DatasetStatus.PUBLISHED.value, known(DATASET, cut))


def first_grant(cut: Cut) -> ScalarSelect[Any]:
    """The lowest number of a grant to another department that was live in the window."""
    grant = GRANT.alias()
    return _lowest(grant, live_in_window(grant, cut))


def first_used_grant(cut: Cut) -> ScalarSelect[Any]:
    """The lowest number of a grant to another department that was used in the window."""
    grant = GRANT.alias()
    return _lowest(grant, last_use(grant, cut).is_not(None))


def last_use(grant: FromClause, cut: Cut) -> ScalarSelect[Any]:
    """The last day in the window on which a use under the grant was completed."""
    counter = USE_DAY.alias()
    return (
        select(func.max(counter.c.day))
        .where(
            counter.c.grant_number == grant.c.number,
            counter.c.day >= cut.first_day,
            counter.c.day <= cut.last_day,
        )
        .correlate_except(counter)
        .scalar_subquery()
    )


def _lowest(grant: FromClause, condition: ColumnElement[bool]) -> ScalarSelect[Any]:
    return (
        select(func.min(grant.c.number))
        .where(
            grant.c.dataset == DATASET.c.code,
            grant.c.department != DATASET.c.provider,
            condition,
        )
        .correlate_except(grant)
        .scalar_subquery()
    )


def live_in_window(grant: FromClause, cut: Cut) -> ColumnElement[bool]:
    """The grant was live at some moment of the window.

    If so, it was live at the first moment of the window, or when it was granted, or when its period
    began, or when a suspension ended, or a review that was missed was made: nothing else makes a
    grant live.
    """
    review = REVIEW.alias()
    attested = exists().where(
        review.c.grant_number == grant.c.number,
        review.c.reviewed_at >= cut.since,
        review.c.reviewed_at < cut.until,
        live_at(grant, review.c.reviewed_at),
    )
    suspension = SUSPENSION.alias()
    resumed = exists().where(
        suspension.c.grant_number == grant.c.number,
        suspension.c.until >= cut.since,
        suspension.c.until < cut.until,
        live_at(grant, suspension.c.until),
    )
    return or_(
        live_at(grant, cut.since),
        *(
            and_(start >= cut.since, start < cut.until, live_at(grant, start))
            for start in (grant.c.granted_at, grant.c.not_before)
        ),
        resumed.correlate_except(suspension),
        attested.correlate_except(review),
    )


def live_at(grant: FromClause, moment: Any) -> ColumnElement[bool]:
    """The same rule as `sharing.model.Grant.state_at`, for a moment or a column of moments."""
    suspension = SUSPENSION.alias()
    suspended = exists().where(
        suspension.c.grant_number == grant.c.number,
        suspension.c.since <= moment,
        or_(suspension.c.until.is_(None), suspension.c.until > moment),
    )
    return and_(
        grant.c.granted_at <= moment,
        grant.c.not_before <= moment,
        grant.c.not_after > moment,
        or_(grant.c.revoked_at.is_(None), grant.c.revoked_at > moment),
        or_(grant.c.finished_at.is_(None), grant.c.finished_at > moment),
        not_(suspended.correlate_except(suspension)),
        not_(_review_missed_at(grant, moment)),
    )


def _review_missed_at(grant: FromClause, moment: Any) -> ColumnElement[bool]:
    """The review that was due then had not been made; what was due is kept with each review."""
    review = REVIEW.alias()
    made_late = exists().where(
        review.c.grant_number == grant.c.number,
        review.c.due_at <= moment,
        review.c.reviewed_at > moment,
    )
    overdue = and_(grant.c.review_due.is_not(None), grant.c.review_due <= moment)
    return or_(overdue, made_late.correlate_except(review))
