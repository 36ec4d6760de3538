"""What can be granted at all: data that is shared, in columns that are promised, for a time to come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bureau.unit_of_work import ReadUnit
from catalog.model import Dataset, DatasetStatus
from contracts.model import DataContract
from core.errors import Conflict
from sharing.model import AccessRequest


def require_grantable(
    unit: ReadUnit, request: AccessRequest, dataset: Dataset, agreed: Sequence[str]
) -> DataContract | None:
    """Refuse to agree to what cannot be granted (any more); gives back the newest contract."""
    refuse_unshareable(dataset)
    _refuse_pointless(request, dataset, unit.now)
    newest = unit.contracts.newest(dataset.contract)
    _refuse_gone(request, dataset, agreed, newest)
    return newest


def _refuse_gone(
    request: AccessRequest,
    dataset: Dataset,
    agreed: Sequence[str],
    newest: DataContract | None,
) -> None:
    """Refuse to agree to columns that the dataset promises no more since they were asked for."""
    promised = {column.name for column in newest.table.properties} if newest else set()
    if gone := [name for name in agreed if name not in promised]:
        version = f"{newest.id} {newest.version}" if newest else "no contract"
        raise Conflict(
            f"{dataset.code} promises {', '.join(gone)} no more ({version}): request {request.ref}"
            f" was made under version {request.terms.contract_version}",
            hint="agree to the others with --columns A,B, or refuse it with a reason; the requester"
            " asks anew for what there is now",
        )


def _refuse_pointless(request: AccessRequest, dataset: Dataset, now: datetime) -> None:
    """Refuse to agree to what would be no right: to one's own data, or of a time that is over."""
    if dataset.provider == request.department:
        raise Conflict(
            f"{dataset.code} has become {request.department}'s own data: it needs no grant",
            hint=f"its requester withdraws it: bureau request withdraw {request.ref}",
        )
    if request.terms.not_after <= now:
        raise Conflict(
            f"the period (使用时限) of request {request.ref} is over",
            hint="where the reply is late, its requester moves the period on: bureau request"
            f" prolong {request.ref}; otherwise a new request states another",
        )


def refuse_unshareable(dataset: Dataset) -> None:
    if dataset.status is not DatasetStatus.PUBLISHED:
        raise Conflict(
            f"dataset {dataset.code} is {dataset.status}: only what is published is requested (Art. 16)",
            hint=f"how it stands: bureau dataset show {dataset.code}; a request that was made before"
            " is refused, or its requester withdraws it",
        )
    if dataset.share_type is None or not dataset.share_type.shareable:
        raise Conflict(
            f"dataset {dataset.code} is not shared (不予共享): {dataset.legal_basis or 'no basis'}",
            hint="a request that was made before is refused: bureau request refuse REQUEST"
            " --ground law_forbids --reason TEXT",
        )
