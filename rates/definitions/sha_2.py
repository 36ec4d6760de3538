"""SHA-2 实际共享率: of what may be shared, how much another department has been granted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select

from rates.cut import Cut
from rates.evidence import grant_evidence
from rates.model import Family, RateDefinition
from rates.queries.facts import first_grant
from rates.queries.members import Rate, dataset_columns, from_datasets
from rates.queries.shareable import NOT_SHARED, UNKNOWN_TYPE, not_shareable
from rates.queries.source import GRANT

_DEFINITION = RateDefinition(
    id="SHA-2",
    version=1,
    family=Family.SHARING,
    title_zh="实际共享率",
    title_en="Effective sharing rate",
    numerator="datasets of the base with at least one grant to another department that was live at "
    "some moment of the window; a suspended grant is not live",
    denominator="published datasets whose sharing type is unconditional or conditional",
    exclusions="datasets that are not shared, and datasets whose sharing type is not stated",
    reasons=(NOT_SHARED, UNKNOWN_TYPE),
    basis="proposed; the sharing types are those of Decree 809 Art. 14",
    windowed=True,
    headline=True,
)


def _members(cut: Cut) -> Select[Any]:
    columns = [
        *dataset_columns(GRANT.c.number.is_not(None), not_shareable()),
        GRANT.c.number.label("grant"),
        GRANT.c.department.label("receiver"),
    ]
    granted = GRANT.c.number == first_grant(cut)
    return from_datasets(cut, columns).outerjoin(GRANT, granted)


def _evidence(row: Row[Any], cut: Cut) -> str:  # noqa: ARG001 (the shape all rates share)
    if row.grant is None:
        return "no live grant to another department in the window"
    return grant_evidence(row.grant, row.receiver)


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
