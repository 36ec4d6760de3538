"""SQL conditions that say what was true at a cut: known, published, delivered, granted, used.

Every scalar subquery here is correlated with the row it is asked about and answered by an index
seek, so that a rate grows with the number of datasets and grants, not with deliveries and uses.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, not_, or_, select
from sqlalchemy.orm import aliased

from catalog.model import DatasetStatus, DeliveryStatus
from catalog.tables import DatasetRow, DeliveryRow
from rates.cut import Cut
from sharing.tables import GrantRow, SuspensionRow, UseDayRow

_PUBLISHED_DELIVERY = [status.value for status in DeliveryStatus if status.published]


def known(row: Any, cut: Cut) -> ColumnElement[bool]:
    """The versioned registry row was the true one at the cut."""
    return and_(
        row.recorded_at < cut.until,
        or_(row.superseded_at.is_(None), row.superseded_at >= cut.until),
    )


def published(dataset: type[DatasetRow], cut: Cut) -> ColumnElement[bool]:
    return and_(dataset.status == DatasetStatus.PUBLISHED.value, known(dataset, cut))


def newest_delivery(dataset: Any, cut: Cut) -> ScalarSelect[str]:
    """The id of the dataset's newest delivery that readers could see; null when there is none."""
    delivery = aliased(DeliveryRow)
    return (
        select(delivery.id)
        .where(
            delivery.dataset == dataset.code,
            delivery.delivered_at < cut.until,
            delivery.status.in_(_PUBLISHED_DELIVERY),
        )
        .order_by(delivery.delivered_at.desc(), delivery.number.desc())
        .limit(1)
        .correlate_except(delivery)
        .scalar_subquery()
    )


def first_grant(dataset: Any, cut: Cut) -> ScalarSelect[int | None]:
    """The lowest number of a grant to another department that was live in the window."""
    grant = aliased(GrantRow)
    return _lowest(grant, dataset, _live_in_window(grant, cut))


def first_used_grant(dataset: Any, cut: Cut) -> ScalarSelect[int | None]:
    """The lowest number of a grant to another department that was used in the window."""
    grant = aliased(GrantRow)
    return _lowest(grant, dataset, last_use(grant, cut).is_not(None))


def last_use(grant: Any, cut: Cut) -> ScalarSelect[Any]:
    """The last day in the window on which a use under the grant was completed."""
    counter = aliased(UseDayRow)
    return (
        select(func.max(counter.day))
        .where(
            counter.grant == grant.number,
            counter.day >= cut.first_day,
            counter.day <= cut.last_day,
        )
        .correlate_except(counter)
        .scalar_subquery()
    )


def _lowest(grant: Any, dataset: Any, condition: ColumnElement[bool]) -> ScalarSelect[int | None]:
    return (
        select(func.min(grant.number))
        .where(
            grant.dataset == dataset.code,
            grant.department != dataset.provider,
            condition,
        )
        .correlate_except(grant)
        .scalar_subquery()
    )


def _live_in_window(grant: Any, cut: Cut) -> ColumnElement[bool]:
    """The grant was live at some moment of the window.

    If so, it was live at the first moment of the window, or when it was granted, or when its period
    began, or when a suspension ended: nothing else makes a grant live.
    """
    suspension = aliased(SuspensionRow)
    resumed = exists().where(
        suspension.grant == grant.number,
        suspension.until >= cut.since,
        suspension.until < cut.until,
        _live_at(grant, suspension.until),
    )
    return or_(
        _live_at(grant, cut.since),
        *(
            and_(start >= cut.since, start < cut.until, _live_at(grant, start))
            for start in (grant.granted_at, grant.not_before)
        ),
        resumed.correlate_except(suspension),
    )


def _live_at(grant: Any, moment: Any) -> ColumnElement[bool]:
    """The same rule as `sharing.model.Grant.state_at`, for a moment or a column of moments."""
    suspension = aliased(SuspensionRow)
    suspended = exists().where(
        suspension.grant == grant.number,
        suspension.since <= moment,
        or_(suspension.until.is_(None), suspension.until > moment),
    )
    return and_(
        grant.granted_at <= moment,
        grant.not_before <= moment,
        grant.not_after > moment,
        or_(grant.revoked_at.is_(None), grant.revoked_at > moment),
        not_(suspended.correlate_except(suspension)),
    )
